/** What was done because of an incident, what it does not stop, and what it leaves to do. */
import { sha256 } from '../digest.ts';
import type { UserRef } from '../response/iam-user.ts';
import type { Deed, Incident } from './incident.ts';
import { outdated } from './user-notes.ts';

/** A short key for a line of `notStopped` or `leftToDo`. */
export function lineKey(line: string): string {
  return sha256(line).slice(0, 16);
}

/** The incident without the lines that a step by hand has settled. */
export function settled(incident: Incident, keys: readonly string[]): Incident {
  const isOpen = (line: string): boolean => !keys.includes(lineKey(line));
  return { ...incident, notStopped: incident.notStopped.filter(isOpen), leftToDo: incident.leftToDo.filter(isOpen) };
}

/** The incident with one thing more on the list of what was done, and what it stops and leaves open. */
export function withDeed(
  incident: Incident,
  deed: Deed,
  change: Partial<Pick<Incident, 'notStopped' | 'leftToDo' | 'passwordsReset'>> = {},
): Incident {
  return { ...incident, ...change, deeds: [...incident.deeds, deed] };
}

/** The incident after something was done that IAM has to be read again for. @param user whom it was done to; undefined: whoever it may be */
export function withNotesOutdated(incident: Incident, user: UserRef | undefined, at: number): Incident {
  const concerned = incident.subjects.filter(
    ({ kind, name, account }) => kind === 'iam-user' && (user === undefined || (name === user.name && account === user.account)),
  );
  const old = concerned.flatMap(({ key }) => {
    const notes = incident.users[key];
    return notes?.iam === undefined ? [] : [[key, outdated(notes, at)] as const];
  });
  return old.length === 0 ? incident : { ...incident, users: { ...incident.users, ...Object.fromEntries(old) } };
}
