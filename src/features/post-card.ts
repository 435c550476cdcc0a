import { nameOf } from '../domain/incident/incident.ts';
import type { Ports } from '../domain/ports.ts';
import type { Answer } from '../domain/response/refusal.ts';
import { recorded } from './record-refusal.ts';
import { type Clicker, mayNot, missing } from './respond.ts';

const label = 'Post its card';

export interface PostedCard {
  readonly text: string;
  /** The address of one that is in the channel; undefined: none is yet. */
  readonly card: string | undefined;
}

/** Has an incident that waits in a storm get its card now, in the turn of whoever asks: what is done about it is told in its thread. */
export function postCard(ports: Ports, clicker: Clicker, id: number): Promise<Answer<PostedCard>> {
  return recorded(ports, { by: clicker, incident: id, label }, post(ports, clicker, id));
}

async function post(ports: Ports, clicker: Clicker, id: number): Promise<Answer<PostedCard>> {
  const refused = mayNot(ports, clicker, { needs: 'responder', label });
  if (refused) return refused;
  const ts = await ports.store.card(id);
  if (ts !== undefined) return { ok: true, text: `The card of ${nameOf({ id })} is in the channel already.`, card: ports.permalink(ts) };
  const isKnown = await ports.store.transact(async (tx) => {
    const incident = await tx.incident(id);
    if (incident !== undefined) await tx.save([{ incident, due: { person: clicker.id } }], ports.clock.now());
    return incident !== undefined;
  });
  if (!isKnown) return missing(id);
  ports.wake();
  return { ok: true, text: `The card of ${nameOf({ id })} is being posted to the channel.`, card: undefined };
}
