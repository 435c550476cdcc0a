import { newsOf } from '../domain/incident/campaign.ts';
import type { Incident } from '../domain/incident/incident.ts';
import type { Ports } from '../domain/ports.ts';
import { belonging } from '../domain/sign-in/looks.ts';
import type { SignIn } from '../domain/sign-in/sign-in.ts';
import { sharedNetworks } from '../domain/sign-in/surroundings.ts';
import type { Tx } from '../domain/store.ts';
import { keepEvents } from './keep-events.ts';
import { assessedAround, surroundingsOf, traceKeys } from './remember-sign-ins.ts';

/** So many users and networks at once; the rest is taken right after. */
const mostAsked = 40;

/** The chore `assess`: something came, by whatever way, of a user or a network of this incident: what belongs to it is kept, and all of it judged. */
export async function assessAgain(ports: Ports, id: number): Promise<number | undefined> {
  const now = ports.clock.now();
  const isLeft = await ports.store.transact(async (tx) => {
    const incident = await tx.incident(id);
    const touched = await tx.asked(id, mostAsked);
    if (incident === undefined || incident.mergedInto !== undefined || touched.length === 0) return false;
    await tx.lock(traceKeys(touched));
    const asked = await tx.asked(id, mostAsked);
    const around = await surroundingsOf(tx, asked);
    const from = Math.min(...asked.map((one) => one.from));
    const near = (await tx.signInsAround(asked)).filter((one) => isOfItsAccounts(incident, one, ports.settings));
    const events = belonging({ ...incident, shared: sharedNetworks(around) }, from, near);
    const kept = await keepEvents(tx, incident, { events, own: ports.settings, source: 'memory', now });
    const next = await assessedAround(tx, kept, asked);
    await tx.answer(id, asked);
    await saveIfChanged(tx, incident, next, now);
    return asked.length === mostAsked;
  });
  ports.wake();
  return isLeft ? now : undefined;
}

/** Another account's sign-ins have incidents of their own; they count in judging, and are not listed here. */
function isOfItsAccounts({ account }: Incident, signIn: SignIn, { trailAccount }: Ports['settings']): boolean {
  return account === signIn.account || account === trailAccount;
}

async function saveIfChanged(tx: Tx, before: Incident, next: Incident, now: number): Promise<void> {
  if (JSON.stringify(next) === JSON.stringify(before)) return;
  await tx.save([{ incident: next, due: newsOf(next) === 'none' ? 'paced' : 'now' }], now);
  const kinds = next.subjects === before.subjects ? (['link'] as const) : (['users', 'link'] as const);
  await tx.schedule(
    [...kinds, ...(newsOf(next) === 'none' ? [] : (['ring'] as const))].map((kind) => ({ kind, incident: next.id })),
    now,
  );
}
