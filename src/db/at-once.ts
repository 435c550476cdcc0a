/** The claim of an incident by the transaction that opens it. */
import type { Kysely } from 'kysely';
import type { AtOnce, Opened } from '../domain/incident/at-once.ts';
import { nameOf } from '../domain/incident/incident.ts';
import { attemptBefore, neverShown } from '../domain/incident/picture.ts';
import { isInThread } from '../domain/incident/timeline.ts';
import { isWorse } from '../domain/severity.ts';
import type { ClaimedIncident } from '../domain/store.ts';
import { type Claiming, isForemost, leaseTried } from './claim.ts';
import { relatedTo } from './claimed.ts';
import { incidentOf } from './incidents.ts';
import { readCards, takeCall, writeShown } from './pictures.ts';
import type { Schema } from './schema.ts';

/** As the projector would claim it: who waits longer or in a lane before it goes first, and Slack takes no more than it otherwise would. */
export async function claimOpened(
  db: Kysely<Schema>,
  claiming: Claiming,
  { opened, atOnce }: { opened: Opened; atOnce: AtOnce },
): Promise<ClaimedIncident | undefined> {
  const { id, severity, entries } = opened;
  const { now, lease } = claiming;
  const [origin] = entries;
  // Before it comes what says that its chain was changed.
  if (origin?.seq !== 1) return undefined;
  if (!(await isForemost(db, claiming, { id, first: atOnce.first }))) return undefined;
  const call = { budget: 'post', channel: atOnce.channel, isGrave: isWorse(severity, 'MEDIUM') } as const;
  if ((await takeCall(db, call, now)) !== undefined) return undefined;
  const row = await leaseTried(db, claiming, id);
  const incident = incidentOf(row);
  const never = neverShown('card');
  const begun = attemptBefore(never, 'post', now);
  await writeShown(db, { of: 'incident', id }, { ...never, attempt: begun });
  const cards = await readCards(db, relatedTo(incident));
  const { revision } = row;
  return {
    of: 'incident',
    id,
    name: nameOf(incident),
    incident,
    entries: entries.filter(isInThread),
    shown: [],
    origin: origin.hash,
    cards,
    isToldByStorm: false,
    lease,
    revision,
    begun,
  };
}
