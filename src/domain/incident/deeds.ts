/** What was done because of an incident, what it does not stop, and what it leaves to do. */
import { sha256 } from '../digest.ts';
import type { UserRef } from '../response/iam-user.ts';
import { type EntryRef, isSameEntry } from '../response/kept-state.ts';
import { isSameUser } from '../sign-in/memory.ts';
import type { Deed } from './deed.ts';
import type { Incident } from './incident.ts';
import type { Result } from './timeline.ts';
import { outdated } from './user-notes.ts';

/** A short key for a line of `notStopped` or `leftToDo`. */
export function lineKey(line: string): string {
  return sha256(line).slice(0, 16);
}

/** The incident without the lines that a step by hand has settled. */
export function settled(incident: Incident, keys: readonly string[]): Incident {
  const isOpen = (line: string): boolean => !keys.includes(lineKey(line));
  return { ...incident, notStopped: incident.notStopped.filter(({ text }) => isOpen(text)), leftToDo: incident.leftToDo.filter(isOpen) };
}

/** The incident with one thing more on the list of what was done, and what it stops and leaves open. */
export function withDeed(
  incident: Incident,
  deed: Deed,
  change: Partial<Pick<Incident, 'notStopped' | 'leftToDo' | 'passwordsReset'>> = {},
): Incident {
  return { ...incident, ...change, deeds: [...incident.deeds, deed] };
}

/** What a response just did, with its intent's entry. @param before the incident without it */
export function withEntry<T extends Pick<Incident, 'deeds'>>(incident: T, before: Pick<Incident, 'deeds'>, entry: EntryRef): T {
  const known = before.deeds.length;
  if (incident.deeds.length === known) return incident;
  return { ...incident, deeds: incident.deeds.map((deed, index) => (index < known ? deed : { ...deed, entry })) };
}

/** The incident after what these entries did was taken back. */
export function withUndone<T extends Pick<Incident, 'deeds'>>(incident: T, entries: readonly EntryRef[]): T {
  const isUndone = ({ entry }: Deed): boolean => entry !== undefined && entries.some((one) => isSameEntry(one, entry));
  if (!incident.deeds.some(isUndone)) return incident;
  return { ...incident, deeds: incident.deeds.map((deed) => (isUndone(deed) ? { ...deed, isUndone: true } : deed)) };
}

/** The incident after a part of what an entry did was taken back. @param what of it stands */
export function withDeedSaying(incident: Incident, entry: EntryRef, what: string): Incident {
  const deeds = incident.deeds.map((deed) => (deed.entry !== undefined && isSameEntry(deed.entry, entry) ? { ...deed, what } : deed));
  return { ...incident, deeds };
}

function unsureLine(what: string): string {
  return `look in CloudTrail whether ${what} was done: the outcome is not known`;
}

/** Whether something was begun whose outcome is not known. @param what `Quarantine of alice in prod 123456789012` */
export function isUnsure({ leftToDo }: Pick<Incident, 'leftToDo'>, what: string): boolean {
  return leftToDo.includes(unsureLine(what));
}

/**
 * The incident after something that gives or takes access has ended: whether it was done is to be found out where that is not known, until it is done or
 * somebody records a step. @param what `Quarantine of alice in prod 123456789012`
 */
export function withUnsure(incident: Incident, what: string, result: Result): Incident {
  const line = unsureLine(what);
  const rest = incident.leftToDo.filter((one) => one !== line);
  if (result === 'unknown') return { ...incident, leftToDo: [...rest, line] };
  return result === 'done' && rest.length < incident.leftToDo.length ? { ...incident, leftToDo: rest } : incident;
}

/** The incident after something was done that IAM has to be read again for. @param user whom it was done to; undefined: whoever it may be */
export function withNotesOutdated(incident: Incident, user: UserRef | undefined, at: number): Incident {
  const concerned = incident.subjects.filter((subject) => subject.kind === 'iam-user' && (user === undefined || isSameUser(subject, user)));
  const old = concerned.flatMap(({ key }) => {
    const notes = incident.users[key];
    return notes?.iam === undefined ? [] : [[key, outdated(notes, at)] as const];
  });
  return old.length === 0 ? incident : { ...incident, users: { ...incident.users, ...Object.fromEntries(old) } };
}
