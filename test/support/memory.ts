/** The memory of sign-ins without a store: what is around some that came. */
import type { Circumstances } from '../../src/domain/incident/intake.ts';
import { didOf, type Seen, tracesOf } from '../../src/domain/sign-in/memory.ts';
import type { SignIn } from '../../src/domain/sign-in/sign-in.ts';
import { noSurroundings, questionsAbout, type Surroundings, surroundings, touchedBy } from '../../src/domain/sign-in/surroundings.ts';
import type { Signal } from '../../src/domain/signal/signal.ts';

const rows = new WeakMap<SignIn, Omit<Seen, 'id'> | undefined>();

function rowOf(signIn: SignIn): Omit<Seen, 'id'> | undefined {
  if (rows.has(signIn)) return rows.get(signIn);
  const did = didOf(signIn);
  const { principal, at, mfa, workflow } = signIn;
  const row = did === 'other' ? undefined : { ...tracesOf(signIn), account: principal.account, at, did, mfa, workflow };
  rows.set(signIn, row);
  return row;
}

function rowsOf(signIns: readonly SignIn[]): Seen[] {
  return signIns
    .flatMap((signIn, id): Seen[] => {
      const row = rowOf(signIn);
      return row === undefined ? [] : [{ id, ...row }];
    })
    .toSorted((a, b) => a.at - b.at);
}

/** As after all these have come. */
export function around(signals: readonly Signal[]): Surroundings {
  const signIns = signals.filter((one) => one.kind === 'sign-in');
  return surroundings(rowsOf(signIns), touchedBy(signIns));
}

/** As the store would answer when one of them comes, and nothing after it has. @param signIns oldest first */
export function whenItComes(signIns: readonly SignIn[], index: number): Surroundings {
  const touched = touchedBy(signIns.slice(index, index + 1));
  const since = (signIns[index]?.at ?? 0) - 24 * 3_600_000;
  let first = index;
  while (first > 0 && (signIns[first - 1]?.at ?? 0) >= since) first--;
  const came = rowsOf(signIns.slice(first, index + 1));
  const seen = questionsAbout(touched).flatMap(({ by, value, did, from, until, most }) =>
    came.filter((one) => one[by] === value && one.did === did && one.at >= from && one.at <= until).slice(-most),
  );
  const found = [...new Map(seen.map((row) => [row.id, row])).values()];
  return surroundings(
    found.toSorted((a, b) => a.at - b.at),
    touched,
  );
}

/** A signal that comes while nothing is remembered. */
export function alone(circumstances: Pick<Circumstances, 'before' | 'meaning' | 'now'>): Circumstances {
  return { ...circumstances, around: noSurroundings, others: [] };
}
