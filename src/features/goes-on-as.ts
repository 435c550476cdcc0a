import type { Incident } from '../domain/incident/incident.ts';
import type { Tx } from '../domain/store.ts';

/** The incident that goes on in the place of one that was merged, however often that one was merged again; any other is itself. */
export async function goesOnAs(tx: Pick<Tx, 'incident'>, incident: Incident): Promise<Incident> {
  let stays = incident;
  while (stays.mergedInto !== undefined) {
    const next = await tx.incident(stays.mergedInto);
    // Always an older one; anything else somebody wrote into the database.
    if (next === undefined || next.id >= stays.id) return stays;
    stays = next;
  }
  return stays;
}
