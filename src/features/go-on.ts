import type { Progress } from '../domain/incident/in-progress.ts';
import type { Person } from '../domain/incident/incident.ts';
import { withProgress } from '../domain/incident/progress.ts';
import type { Ports } from '../domain/ports.ts';
import { keptFollowed } from '../domain/response/following.ts';
import { goesOnAs } from './goes-on-as.ts';

export interface GoingOn {
  readonly incident: number;
  /** Of the intent. */
  readonly seq: number;
  readonly by: Person;
  readonly token: string;
  /** Undefined: as it was. */
  readonly progress: Progress | undefined;
  readonly requests: readonly string[];
  /** When it is looked at next. */
  readonly inMs: number;
}

/** Keeps what is needed to follow a response, and what AWS was sent by it; the card says how far it is. False: its outcome was told already. */
export async function goOn(
  { store, clock, wake }: Pick<Ports, 'store' | 'clock' | 'wake'>,
  { incident: id, seq, by, token, progress, requests, inMs }: GoingOn,
): Promise<boolean> {
  const kept = keptFollowed({ token, requests });
  const goesOn = await store.transact(async (tx) => {
    const now = clock.now();
    const isUnderWay = await tx.goOn(id, seq, { token: kept, dueAt: now + inMs });
    const incident = await tx.incident(id);
    if (!isUnderWay || incident === undefined || progress === undefined) return isUnderWay;
    const stays = await goesOnAs(tx, incident);
    const next = withProgress(stays, { ...progress, entry: { incident: id, seq }, by, at: now });
    if (next !== stays) await tx.save([{ incident: next, due: { person: by.id } }], now);
    return isUnderWay;
  });
  wake();
  return goesOn;
}
