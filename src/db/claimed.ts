/** An incident as it is claimed, with what its card and thread show. */
import type { Kysely } from 'kysely';
import type { AuditKeys } from '../domain/audit/keys.ts';
import { type Incident, nameOf } from '../domain/incident/incident.ts';
import type { Served } from '../domain/incident/lane.ts';
import type { Budget, ClaimedIncident } from '../domain/store.ts';
import { type Claiming, claimDue } from './claim.ts';
import { retryingConflicts } from './conflicts.ts';
import { incidentOf } from './incidents.ts';
import { readCards, readShown } from './pictures.ts';
import type { Schema } from './schema.ts';
import { isChanged } from './seals.ts';
import { threadEntries } from './thread.ts';

interface Wanted {
  readonly heldBack: readonly Budget[];
  readonly first: Served | undefined;
  readonly keys: AuditKeys;
}

/** With all that its pictures are drawn from. */
export async function claimIncident(db: Kysely<Schema>, claiming: Claiming, wanted: Wanted): Promise<ClaimedIncident | undefined> {
  const row = await retryingConflicts(() => claimDue(db, claiming, wanted));
  if (row === undefined) return undefined;
  const first = db.selectFrom('entries').select('hash').where('incident', '=', row.id).where('seq', '=', 1);
  const incident = incidentOf(row);
  const [isStateChanged, entries, shown, origin, cards, isToldByStorm] = await Promise.all([
    isChanged(db, row, wanted.keys),
    threadEntries(db, row.id, wanted.keys),
    readShown(db, row.id),
    first.executeTakeFirst(),
    readCards(db, relatedTo(incident)),
    row.storm === null ? false : isStormShown(db, row.storm),
  ]);
  return {
    of: 'incident',
    id: row.id,
    name: nameOf(incident),
    incident,
    entries,
    shown,
    origin: origin?.hash ?? '',
    cards,
    isToldByStorm,
    lease: claiming.lease,
    revision: row.revision,
    isStateChanged,
  };
}

/** Whose cards it links to. */
export function relatedTo({ mergedInto, links, previous, campaign, elsewhere = [] }: Incident): number[] {
  return [mergedInto, previous, ...links.map(({ id }) => id), ...campaign.incidents, ...elsewhere.map(({ incident }) => incident)].filter(
    (id): id is number => id !== undefined,
  );
}

/** Until its card is in Slack it has told nothing. */
async function isStormShown(db: Kysely<Schema>, storm: number): Promise<boolean> {
  const card = db.selectFrom('storm_pictures').select('ts').where('storm', '=', storm).where('name', '=', 'card');
  return (await card.executeTakeFirst())?.ts != null;
}
