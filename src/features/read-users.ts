import { asAppError } from '../domain/error.ts';
import { hitIn } from '../domain/incident/attacked.ts';
import type { Incident } from '../domain/incident/incident.ts';
import { withSessions } from '../domain/incident/session-notes.ts';
import { notesFrom, notesWithFault, outdated, propagationMs, type UserNotes, wantsReading } from '../domain/incident/user-notes.ts';
import type { Ports } from '../domain/ports.ts';
import { protectionOf } from '../domain/response/protected.ts';
import { outOfReach } from '../domain/response/reach.ts';
import { activityLooks } from '../domain/sign-in/looks.ts';
import type { SessionNotes } from '../domain/sign-in/session-list.ts';
import type { Subject } from '../domain/sign-in/subjects.ts';
import type { Tx } from '../domain/store.ts';
import { readSessions } from './read-sessions.ts';

/** Those about whom IAM is asked: whom it may have hit first. */
const mostUsers = 5;
const mostNames = 20;

/** A reading that fails after a change is tried again so long, so far apart: until then the card says that it is old. */
const refresh = { longestMs: 10 * 60_000, everyMs: 30_000 };

/**
 * The chore `users`: names of Identity Center users, what IAM says of IAM users, the sign-in sessions that AWS lists, and what was called as
 * IAM users since they signed in.
 * @returns when to read again what a change has made old; undefined: no more
 */
export async function readUsers(ports: Ports, id: number): Promise<number | undefined> {
  const incident = await ports.store.incident(id);
  if (incident === undefined) return undefined;
  if (incident.mergedInto !== undefined) return readUsers(ports, incident.mergedInto);
  const [names, notes, sessions] = await Promise.all([readNames(ports, incident), readNotes(ports, incident), readSessions(ports, incident)]);
  const now = ports.clock.now();
  const users = await ports.store.transact((tx) => note(tx, ports, { id, names, notes, sessions, now }));
  ports.wake();
  const old = Object.values(users).flatMap(({ iam }) => iam?.outdatedAt ?? []);
  return old.some((at) => now - at < refresh.longestMs) ? now + refresh.everyMs : undefined;
}

interface Read {
  readonly id: number;
  readonly names: ReadonlyMap<string, string>;
  readonly notes: ReadonlyMap<string, (before: UserNotes | undefined) => UserNotes>;
  readonly sessions: ReadonlyMap<string, SessionNotes>;
  readonly now: number;
}

async function note(tx: Tx, ports: Ports, { id, names, notes, sessions, now }: Read): Promise<Incident['users']> {
  const current = await tx.incident(id);
  if (current === undefined || current.mergedInto !== undefined) return {};
  const subjects = current.subjects.map((subject) => ({ ...subject, name: subject.name ?? names.get(subject.key) }));
  for (const subject of reached(ports, subjects).filter((one) => one.successes > 0 && current.users[one.key]?.activity === undefined)) {
    const since = firstSuccessAt(subject);
    await tx.wait(
      { incident: id, since: now, from: since },
      activityLooks(subject, since, { region: current.region, regions: ports.settings.regions }),
    );
  }
  if (names.size + notes.size + sessions.size === 0) return current.users;
  const users = { ...current.users, ...Object.fromEntries([...notes].map(([key, of]) => [key, of(current.users[key])])) };
  const noted: Incident = { ...current, subjects, users };
  const next = [...sessions].reduce((before, [key, seen]) => withSessions(before, key, seen), noted);
  await tx.save([{ incident: next, due: 'paced' }], now);
  return users;
}

/** The IAM users whose names are known, in accounts where the bot can read. */
function reached({ settings }: Ports, subjects: readonly Subject[]): Subject[] {
  return subjects.filter(({ kind, name, account }) => kind === 'iam-user' && name !== undefined && outOfReach(account, settings) === undefined);
}

/** CloudTrail keeps the newest success of each address; what came before it in the session is left out rather than guessed. */
function firstSuccessAt({ contacts, firstSeen }: Subject): number {
  const times = contacts.flatMap(({ lastSuccessAt }) => lastSuccessAt ?? []);
  return times.length > 0 ? Math.min(...times) : firstSeen;
}

async function readNames(ports: Ports, { subjects, region }: Incident): Promise<Map<string, string>> {
  const nameless = subjects.filter(({ name, directory }) => name === undefined && directory?.storeArn !== undefined).slice(0, mostNames);
  const read = await Promise.all(
    nameless.map(async ({ key, directory }): Promise<readonly [string, string | undefined]> => {
      try {
        return [key, await ports.directory.userName(directory?.storeArn ?? '', directory?.userId ?? '', directory?.region ?? region)];
      } catch (thrown) {
        ports.log.warn({ subject: key, err: asAppError(thrown) }, 'identity store not read');
        return [key, undefined];
      }
    }),
  );
  return new Map(read.flatMap(([key, name]) => (name === undefined ? [] : [[key, name] as const])));
}

/** Asked of IAM at this time: what was changed after it is not in the answer. */
async function readNotes(ports: Ports, incident: Incident): Promise<Read['notes']> {
  const { subjects, users } = incident;
  const hit = hitIn(incident);
  const wanting = reached(ports, subjects).filter((subject) => wantsReading(users[subject.key] ?? { iam: undefined }, changedAt(subject)));
  const first = wanting
    .toSorted((a, b) => Number(hit.includes(b)) - Number(hit.includes(a)) || b.successes - a.successes || b.lastSeen - a.lastSeen)
    .slice(0, mostUsers);
  return new Map(await Promise.all(first.map(async (subject) => [subject.key, await readOne(ports, subject)] as const)));
}

async function readOne(ports: Ports, subject: Subject): Promise<(before: UserNotes | undefined) => UserNotes> {
  const at = ports.clock.now();
  try {
    const facts = await ports.identities.facts({ account: subject.account, name: subject.name ?? '' });
    const protection = protectionOf(facts, ports.settings);
    return (before) => {
      const notes = { ...notesFrom(facts, before, at), protectedBy: protection.is === 'protected' ? protection.by : undefined };
      const changed = before?.iam?.outdatedAt;
      return changed !== undefined && changed + propagationMs > at ? outdated(notes, changed) : notes;
    };
  } catch (thrown) {
    const { code, message } = asAppError(thrown);
    const isMissing = code === 'not-found';
    return (before) => notesWithFault(isMissing ? 'no such IAM user in this account' : message, isMissing, before);
  }
}

/** When the newest event of somebody who was changed, or changed something, happened. */
function changedAt({ changes, suffered, lastSeen }: Subject): number | undefined {
  return changes.length + suffered.length > 0 ? lastSeen : undefined;
}
