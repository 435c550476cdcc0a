/** What was done may have changed what IAM says of a user: it is asked again, and until then the cards say that what they tell is old. */

import { asAppError } from '../domain/error.ts';
import { withNotesOutdated } from '../domain/incident/deeds.ts';
import type { Incident } from '../domain/incident/incident.ts';
import { propagationMs } from '../domain/incident/user-notes.ts';
import type { Ports } from '../domain/ports.ts';
import type { UserRef } from '../domain/response/iam-user.ts';
import type { Ended } from '../domain/response/plan.ts';
import { iamUserKey, speltKey } from '../domain/sign-in/memory.ts';
import type { Tx } from '../domain/store.ts';

/** Asks again where the notes have become old, once IAM can tell. */
export async function readUsersAgain(tx: Tx, before: Incident, after: Incident, now: number): Promise<void> {
  if (after.users !== before.users) await tx.schedule([{ kind: 'users', incident: after.id }], now + propagationMs);
}

/** Of more incidents the cards go on with what AWS listed before. */
const mostLinked = 30;

/** The sessions that were ended are perhaps on the cards of linked incidents too. */
export async function readSessionsElsewhere(tx: Tx, { links }: Pick<Incident, 'links'>, now: number): Promise<void> {
  const linked = links.slice(-mostLinked);
  await tx.schedule(
    linked.map(({ id }) => ({ kind: 'users' as const, incident: id })),
    now + propagationMs,
  );
}

interface Changed {
  readonly user: UserRef;
  /** The incident because of which it was done. */
  readonly here: number;
  readonly elsewhere: Ended['elsewhere'];
}

/** The same user may be in other incidents, whose cards tell the same of IAM. Never throws: each card is right about its own time. */
export async function outdateElsewhere(
  ports: Pick<Ports, 'clock' | 'log' | 'store' | 'wake'>,
  { user, here, elsewhere = (one) => one }: Changed,
): Promise<void> {
  const now = ports.clock.now();
  const changed = (incident: Incident): Incident => withNotesOutdated(elsewhere(incident), user, now);
  try {
    const keys = new Set([iamUserKey(user), speltKey({ kind: 'iam-user', directory: undefined, nameIs: 'told', ...user })]);
    const open = (await Promise.all([...keys].map((key) => ports.store.openWith(key)))).flat();
    const others = [...new Map(open.map((one) => [one.id, one])).values()].filter(({ id }) => id !== here);
    for (const { id } of others.filter((incident) => changed(incident) !== incident)) {
      await ports.store.transact(async (tx) => {
        const incident = await tx.incident(id);
        if (incident === undefined) return;
        const next = changed(incident);
        if (next !== incident) await tx.save([{ incident: next, due: 'paced' }], now);
        await readUsersAgain(tx, incident, next, now);
        if (next.contained !== incident.contained) await tx.schedule([{ kind: 'link', incident: id }], now);
      });
    }
    ports.wake();
  } catch (thrown) {
    ports.log.warn({ incident: here, err: asAppError(thrown) }, 'other incidents of the user are not told of a change');
  }
}
