/** Remembers sign-ins, whichever way they came, and has the incidents that they may concern assessed again. */
import { boundedKey } from '../domain/digest.ts';
import type { Incident } from '../domain/incident/incident.ts';
import { assessed } from '../domain/incident/intake.ts';
import type { SignIn } from '../domain/sign-in/sign-in.ts';
import { questionsAbout, type Surroundings, surroundings, type Touched, touchedBy } from '../domain/sign-in/surroundings.ts';
import type { Tx } from '../domain/store.ts';
import { tellApart } from './tell-apart.ts';

const longestKey = 300;

/** What has to be locked so that halves which two replicas take at once still add up. They sort behind the keys of all incidents. */
export function traceKeys(touched: readonly Touched[]): string[] {
  return touched.map(({ by, value }) => boundedKey(`~${by} ${value}`, longestKey));
}

/** Locks their users and networks; the caller may hold keys of incidents, and takes none after this. */
export async function rememberSignIns(tx: Tx, signIns: readonly SignIn[], now: number): Promise<void> {
  if (signIns.length === 0) return;
  await tx.lock(traceKeys(touchedBy(signIns)));
  await askAgain(tx, await tx.remember(await tellApart(tx, signIns)), now);
}

/** Has the incidents assessed again that share a user or a network with sign-ins which are not theirs. */
export async function askAgain(tx: Tx, signIns: readonly SignIn[], now: number): Promise<void> {
  const concerned = await tx.ask(signIns);
  await tx.schedule(
    concerned.map((incident) => ({ kind: 'assess' as const, incident })),
    now,
  );
}

export async function surroundingsOf(tx: Tx, touched: readonly Touched[]): Promise<Surroundings> {
  return surroundings(await tx.seen(questionsAbout(touched)), touched);
}

/** The incident assessed with all that is remembered around some users and networks. */
export async function assessedAround(tx: Tx, incident: Incident, touched: readonly Touched[]): Promise<Incident> {
  return assessed(incident, await surroundingsOf(tx, touched));
}
