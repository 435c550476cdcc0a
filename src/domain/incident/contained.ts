/** What was taken from whom because of an incident: as long as it stands, what is read of it, and when somebody else gave it back. Pure. */
import { type Contained, type KeptState, keptKey } from '../response/kept-state.ts';
import { isWorse } from '../severity.ts';
import { type Incident, reopened } from './incident.ts';

const minute = 60_000;
/** Read back so long after it was done: AWS's changes take a while to spread, and an attacker may be quicker. */
export const firstReadsMs: readonly number[] = [minute, 5 * minute];
/** Then as often as the alarms are swept. */
const everyMs = 5 * minute;

/** With one more; one of the same that somebody else gave back is over by that. */
export function withContained(incident: Incident, contained: Contained): Incident {
  const rest = (incident.contained ?? []).filter(({ left, brokenAt }) => brokenAt === undefined || keptKey(left) !== keptKey(contained.left));
  return { ...incident, contained: [...rest, contained] };
}

/** Without one that was undone. @param seq of the intent's entry */
export function withoutContained(incident: Incident, seq: number): Incident {
  return { ...incident, contained: (incident.contained ?? []).filter((one) => one.seq !== seq) };
}

/** After an undo of a part of it: what is left is what is so now. */
export function withLeft(incident: Incident, seq: number, left: KeptState): Incident {
  return { ...incident, contained: (incident.contained ?? []).map((one) => (one.seq === seq ? { ...one, left } : one)) };
}

/** Without what was kept of a user's password: the user has one again. */
export function withPasswordGiven(incident: Incident, { account, name }: { account: string; name: string }): Incident {
  if (incident.contained === undefined) return incident;
  const isOf = ({ left: { of, holder } }: Contained): boolean => of === 'password' && holder.account === account && holder.name === name;
  return { ...incident, contained: incident.contained.filter((one) => !isOf(one)) };
}

/** Those that can be read and that nobody gave back. */
export function inForce({ contained = [] }: Pick<Incident, 'contained'>): Contained[] {
  return contained.filter(({ left, brokenAt }) => left.of !== 'password' && brokenAt === undefined);
}

/** Those that the responder itself can give back; of the others it leaves commands. */
export function undoable(incident: Pick<Incident, 'contained'>): Contained[] {
  return inForce(incident).filter(({ left }) => left.of !== 'access');
}

/** Who is under quarantine. */
export function quarantined(incident: Pick<Incident, 'contained'>): Contained[] {
  return inForce(incident).filter(({ left }) => left.of === 'quarantine');
}

/** When to read again what stands; undefined: nothing does. */
export function nextReadAt(incident: Pick<Incident, 'contained'>, now: number): number | undefined {
  const times = inForce(incident).map(({ at }) => firstReadsMs.map((ms) => at + ms).find((time) => time > now) ?? now + everyMs);
  return times.length === 0 ? undefined : Math.min(...times);
}

/** What was read of one. `passed`: how long after it was done that counts as one of the first reads; undefined: a later one. */
export interface ReadBack {
  readonly contained: Contained;
  readonly now: KeptState;
  readonly isGivenBack: boolean;
}

/** The first reads that fall between the last read and now, in milliseconds after it was done. */
export function firstReadsIn({ at, readAt = at }: Contained, now: number): number[] {
  return firstReadsMs.filter((ms) => at + ms > readAt && at + ms <= now);
}

/** The incident after a read: noted where it is one of the first, and CRITICAL where somebody else gave back what was taken. */
export function afterRead(incident: Incident, reads: readonly ReadBack[], now: number): Incident {
  const bySeq = new Map(reads.map((one) => [one.contained.seq, one]));
  const contained = (incident.contained ?? []).map((one) => {
    const read = bySeq.get(one.seq);
    if (read === undefined) return one;
    return read.isGivenBack ? { ...one, brokenAt: now } : { ...one, readAt: now };
  });
  const next = { ...incident, contained };
  if (!reads.some(({ isGivenBack }) => isGivenBack)) return next;
  const open: Incident = next.resolved === undefined ? { ...next, status: next.status === 'merged' ? 'merged' : 'open' } : reopened(next, undefined);
  return isWorse('CRITICAL', incident.severity) ? { ...open, severity: 'CRITICAL', rung: 'CRITICAL' } : { ...open, rung: 'CRITICAL' };
}
