import { nameOf } from '../domain/incident/incident.ts';
import type { Ports } from '../domain/ports.ts';
import type { Answer } from '../domain/response/refusal.ts';
import { type Clicker, missing, refusal } from './respond.ts';

/** Has an incident that waits in a storm get its card now, in the turn of whoever asks: what is done about it is told in its thread. */
export async function postCard(ports: Ports, clicker: Clicker, id: number): Promise<Answer<{ text: string }>> {
  const refused = await refusal(ports, clicker, 'responder', 'Post its card', id);
  if (refused) return refused;
  const isKnown = await ports.store.transact(async (tx) => {
    const incident = await tx.incident(id);
    if (incident !== undefined) await tx.save([{ incident, due: { person: clicker.id } }], ports.clock.now());
    return incident !== undefined;
  });
  if (!isKnown) return missing(id);
  ports.wake();
  return { ok: true, text: `The card of ${nameOf({ id })} is being posted to the channel.` };
}
