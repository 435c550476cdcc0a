/** Responses that change incidents only: one transaction, one entry each. */
import { type Incident, nameOf, type Person, type Step } from '../domain/incident/incident.ts';
import type { Ports } from '../domain/ports.ts';
import type { ResponseId } from '../domain/response/responses.ts';
import type { Tx } from '../domain/store.ts';
import { readUsersAgain } from './read-users-again.ts';
import { type Answer, type Clicker, missing, refusalOf } from './respond.ts';

export interface Asked {
  readonly response: ResponseId;
  readonly incident: number;
  /** Incidents of the same campaign that it is done to as well; those that it cannot be done to stay as they are. */
  readonly others?: readonly number[];
  /** @param current the incident that signals of the same key go to now */
  readonly step: (incident: Incident, by: Person, now: number, current: Incident | undefined) => Step;
}

export async function transition(ports: Ports, clicker: Clicker, asked: Asked): Promise<Answer<{ text: string }>> {
  const { incident, others = [], response } = asked;
  const refused = await refusalOf(ports, clicker, response, incident);
  if (refused) return refused;
  const known = await Promise.all([incident, ...others].map((id) => ports.store.incident(id)));
  const done = await ports.store.transact(async (tx): Promise<Step | undefined> => {
    await tx.lock(known.flatMap((one) => one?.key ?? []));
    const take = { by: { id: clicker.id, name: clicker.name }, now: ports.clock.now(), asked };
    const first = await stepOn(tx, incident, take);
    if (first?.ok === true) for (const id of others) await stepOn(tx, id, take);
    return first;
  });
  if (done === undefined) return missing(incident);
  ports.wake();
  ports.metrics.count('responses', done.ok ? response : 'answered-already-done');
  return done.ok ? { ok: true, text: done.text } : done;
}

async function stepOn(tx: Tx, id: number, { by, now, asked }: { by: Person; now: number; asked: Asked }): Promise<Step | undefined> {
  const incident = await tx.incident(id);
  if (incident === undefined) return undefined;
  const next = asked.step(incident, by, now, (await tx.newest([incident.key])).get(incident.key));
  if (!next.ok) return next;
  const text = id === asked.incident ? next.text : `${next.text} Together with ${nameOf({ id: asked.incident })}.`;
  await tx.append([{ incident: id, at: now, kind: 'response', reply: 'quiet', body: { what: asked.response, by, text, result: 'done' } }]);
  await tx.save([{ incident: next.incident, due: { person: by.id } }], now);
  await readUsersAgain(tx, incident, next.incident, now);
  return next;
}
