/** What was taken from whom because of an incident: as long as it stands, what is read of it, and when somebody else gave it back. Pure. */
import { type Contained, type EntryRef, isSameEntry, type KeptState, keptKey } from '../response/kept-state.ts';
import { isWorse } from '../severity.ts';
import { isSameUser } from '../sign-in/memory.ts';
import type { SignIn } from '../sign-in/sign-in.ts';
import { withUndone } from './deeds.ts';
import type { Incident } from './incident.ts';
import { reopened } from './reopened.ts';

const minute = 60_000;
/** Read back so long after it was done: AWS's changes take a while to spread, and an attacker may be quicker. */
export const firstReadsMs: readonly number[] = [minute, 5 * minute];
/** Then as often as the alarms are swept. */
const everyMs = 5 * minute;

/** With one more; one of the same that somebody else gave back is over by that, and a policy that is written anew. */
export function withContained(incident: Incident, contained: Contained): Incident {
  const isOver = ({ left, brokenAt }: Contained): boolean =>
    keptKey(left) === keptKey(contained.left) && (brokenAt !== undefined || left.of === 'sessions');
  const rest = (incident.contained ?? []).filter((one) => !isOver(one));
  return { ...incident, contained: [...rest, contained] };
}

/** Without one that was undone. @param undid the intent's entry */
export function withoutContained(incident: Incident, undid: EntryRef): Incident {
  return withUndone({ ...incident, contained: (incident.contained ?? []).filter((one) => !isSameEntry(one, undid)) }, [undid]);
}

/** After an undo of a part of it: what is left is what is so now. */
export function withLeft(incident: Incident, of: EntryRef, left: KeptState): Incident {
  return { ...incident, contained: (incident.contained ?? []).map((one) => (isSameEntry(one, of) ? { ...one, left } : one)) };
}

/** Without what was kept of a user's password: the user has one again. */
export function withPasswordGiven(incident: Incident, user: { account: string; name: string }): Incident {
  if (incident.contained === undefined) return incident;
  const isOf = ({ left: { of, holder } }: Contained): boolean => of === 'password' && isSameUser(holder, user);
  return incident.contained.some(isOf) ? { ...incident, contained: incident.contained.filter((one) => !isOf(one)) } : incident;
}

/** Those that can be read and that nobody gave back. */
export function inForce({ contained = [] }: Pick<Incident, 'contained'>): Contained[] {
  return contained.filter(({ left, brokenAt }) => left.of !== 'password' && brokenAt === undefined);
}

/** Those that the responder itself can give back; of the others it leaves commands. */
export function undoable(incident: Pick<Incident, 'contained'>): Contained[] {
  return inForce(incident).filter(({ left }) => left.of !== 'access' && left.of !== 'sessions');
}

/** Who is under quarantine. */
export function quarantined(incident: Pick<Incident, 'contained'>): Contained[] {
  return inForce(incident).filter(({ left }) => left.of === 'quarantine');
}

/** What is so no more by itself, as sessions that a policy denied have ended, is not kept. */
export function withoutPast(incident: Incident, now: number): Incident {
  const past = (incident.contained ?? []).filter(({ left }) => left.of === 'sessions' && left.until <= now);
  return past.length === 0 ? incident : { ...incident, contained: (incident.contained ?? []).filter((one) => !past.includes(one)) };
}

/** CloudTrail's event of what was found to be given back comes later, and is known by this then. */
const eventsComeWithinMs = 60 * minute;

/** When to read again what stands; undefined: nothing does. */
export function nextReadAt(incident: Pick<Incident, 'contained'>, now: number): number | undefined {
  const broken = (incident.contained ?? []).flatMap(({ brokenAt = 0 }) =>
    brokenAt + eventsComeWithinMs > now ? [brokenAt + eventsComeWithinMs] : [],
  );
  const times = inForce(incident).map(({ at }) => firstReadsMs.map((ms) => at + ms).find((time) => time > now) ?? now + everyMs);
  return broken.length + times.length === 0 ? undefined : Math.min(...broken, ...times);
}

/** What is so now of one, as it was read or as an event tells it. */
export interface ReadBack {
  readonly contained: Contained;
  readonly now: KeptState;
  readonly isGivenBack: boolean;
  /** What CloudTrail has of it; undefined: it was read. */
  readonly by?: SignIn;
}

/** Part of a transaction. */
export interface ReadsContained {
  /** The incidents because of which something was taken that is read again, or was given back lately; without a lock. */
  containing(): Promise<Incident[]>;
}

/** The first reads that fall between the last read and now, in milliseconds after it was done. */
export function firstReadsIn({ at, readAt = at }: Contained, now: number): number[] {
  return firstReadsMs.filter((ms) => at + ms > readAt && at + ms <= now);
}

/**
 * The incident after a read: noted where it is one of the first, and CRITICAL where somebody else gave back what was taken.
 * @param isCurrent whether no other incident is open for the same: one that is resolved is reopened then
 */
export function afterRead(incident: Incident, reads: readonly ReadBack[], { now, isCurrent }: { now: number; isCurrent: boolean }): Incident {
  const contained = (incident.contained ?? []).map((one) => {
    const read = reads.find(({ contained: of }) => isSameEntry(of, one));
    if (read === undefined) return one;
    return read.isGivenBack ? { ...one, brokenAt: now } : { ...one, readAt: now };
  });
  const broken = reads.flatMap((read) => (read.isGivenBack ? [read.contained] : []));
  const next = withUndone({ ...incident, contained }, broken);
  if (broken.length === 0) return next;
  const open = openAgain(next, isCurrent);
  return isWorse('CRITICAL', incident.severity) ? { ...open, severity: 'CRITICAL', rung: 'CRITICAL' } : { ...open, rung: 'CRITICAL' };
}

/** Of users whom nothing was read of because their name is gone, those of which that is not told yet: each once. */
export function newlyGone(incident: Incident, gone: readonly Contained[]): Contained[] {
  const told = new Set((incident.contained ?? []).flatMap(({ on, goneAt }) => (goneAt === undefined ? [] : [on])));
  const users = inForce(incident).filter((one) => one.left.holder.kind === 'iam-user' && gone.some((other) => isSameEntry(one, other)));
  return [...new Map(users.filter(({ on }) => !told.has(on)).map((one) => [one.on, one])).values()];
}

/** A user may have been renamed, who keeps keys and policies: nobody watches them then. */
export function withGone(incident: Incident, gone: readonly Contained[], now: number): Incident {
  if (gone.length === 0) return incident;
  const contained = (incident.contained ?? []).map((one) => (gone.some(({ on }) => on === one.on) ? { ...one, goneAt: now } : one));
  const lines = gone.map(({ on }) => `find out whether ${on} was deleted or renamed: nobody of that name is there, so what was taken is not watched`);
  return { ...incident, contained, leftToDo: [...new Set([...incident.leftToDo, ...lines])] };
}

function openAgain(incident: Incident, isCurrent: boolean): Incident {
  if (incident.resolved !== undefined) return isCurrent ? reopened(incident) : incident;
  return { ...incident, status: incident.status === 'merged' ? 'merged' : 'open' };
}
