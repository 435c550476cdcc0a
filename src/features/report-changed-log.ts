/** Says once, loudly, that entries of an incident are not what was written; the responses go on. */
import type { Incident } from '../domain/incident/incident.ts';
import type { Entry, ThreadFault } from '../domain/incident/timeline.ts';
import type { Ports } from '../domain/ports.ts';
import type { ClaimedIncident } from '../domain/store.ts';

const words: Readonly<Record<ThreadFault, string>> = {
  changed: 'is not what was written',
  'body-changed': 'says something else than what was written',
  'out-of-sequence': 'does not follow the one before',
  'not-following': 'does not follow the one before',
  'unknown-key': 'was signed with a key that is not in AUDIT_KEY',
  unsigned: 'is not signed, as the one before it is',
  missing: 'is gone',
  'outcome-missing': 'has lost its outcome',
};

/** @returns whether anything was found that had not been said */
export async function reportChangedLog(
  { store, clock, log }: Pick<Ports, 'store' | 'clock' | 'log'>,
  { incident, entries, isStateChanged }: ClaimedIncident,
): Promise<boolean> {
  if (isStateChanged) return takeAsItIs({ store, clock, log }, incident.id);
  if (unsaidOf(incident, entries).length === 0) return false;
  const now = clock.now();
  const said = await store.transact(async (tx) => {
    const current = await tx.incident(incident.id);
    // Whoever had the lease before may have said it meanwhile.
    const found = current === undefined ? [] : unsaidOf(current, entries);
    if (current === undefined || found.length === 0) return [];
    const unsaid = found.flatMap(({ seq, fault }) => (fault === undefined ? [] : [{ seq, fault }]));
    if (unsaid.length > 0) {
      const text = `The log was changed in the database: ${unsaid.map(({ seq, fault }) => `entry ${seq} ${words[fault]}`).join(', ')}. What the thread shows of it is what it said. Run npm run audit -- verify.`;
      await tx.append([{ incident: incident.id, at: now, kind: 'note', reply: 'loud', body: { what: 'log-told', text, reason: 'log-changed' } }]);
    }
    const logChanged = [...(current.logChanged ?? []), ...found.map(({ seq }) => seq)];
    await tx.save([{ incident: { ...current, logChanged }, due: 'now' }], now);
    return found.map(({ seq }) => seq);
  });
  if (said.length > 0) log.error({ incident: incident.id, entries: said }, 'the log was changed in the database');
  return said.length > 0;
}

/** What it was is not known any more. Saved, it is sealed anew, and the entry that comes with that says what happened. */
async function takeAsItIs({ store, clock, log }: Pick<Ports, 'store' | 'clock' | 'log'>, id: number): Promise<boolean> {
  await store.transact(async (tx) => {
    const incident = await tx.incident(id);
    if (incident !== undefined) await tx.save([{ incident, due: 'now' }], clock.now());
  });
  log.error({ incident: id }, 'what is kept of an incident was changed in the database');
  return true;
}

/** Where the end of its chain was changed, the entry that says so is there already. */
function unsaidOf({ logChanged = [] }: Incident, entries: readonly Entry[]): Entry[] {
  return entries.filter(({ seq, fault, body }) => (fault !== undefined || body.what === 'log-changed') && !logChanged.includes(seq));
}
