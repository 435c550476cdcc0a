import { asAppError } from '../domain/error.ts';
import type { Incident } from '../domain/incident/incident.ts';
import { notesFrom, notesWithFault, type UserNotes } from '../domain/incident/user-notes.ts';
import type { Ports } from '../domain/ports.ts';
import { outOfReach } from '../domain/response/reach.ts';
import { activityLooks } from '../domain/sign-in/looks.ts';
import type { Subject } from '../domain/sign-in/subjects.ts';

/** Those about whom IAM is asked: who got in first. */
const mostUsers = 5;
const mostNames = 20;

/** The chore `users`: names of Identity Center users, what IAM says of IAM users, and what was called as them since they signed in. */
export async function readUsers(ports: Ports, id: number): Promise<void> {
  const incident = await ports.store.incident(id);
  if (incident === undefined) return;
  if (incident.mergedInto !== undefined) return readUsers(ports, incident.mergedInto);
  const [names, notes] = await Promise.all([readNames(ports, incident), readNotes(ports, incident)]);
  const now = ports.clock.now();
  await ports.store.transact(async (tx) => {
    const current = await tx.incident(id);
    if (current === undefined || current.mergedInto !== undefined) return;
    const subjects = current.subjects.map((subject) => ({ ...subject, name: subject.name ?? names.get(subject.key) }));
    for (const subject of reached(ports, subjects).filter((one) => one.successes > 0 && current.users[one.key]?.activity === undefined)) {
      const since = firstSuccessAt(subject);
      await tx.wait(id, activityLooks(subject, since, { region: current.region, regions: ports.settings.regions }), now, since);
    }
    if (names.size + notes.size === 0) return;
    const users = { ...current.users, ...Object.fromEntries(notes) };
    await tx.save([{ incident: { ...current, subjects, users }, due: 'paced' }], now);
  });
  ports.wake();
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

async function readNotes(ports: Ports, { subjects, users }: Incident): Promise<Map<string, UserNotes>> {
  const named = reached(ports, subjects).filter(({ key }) => users[key]?.devices === undefined);
  const first = named.toSorted((a, b) => b.successes - a.successes || b.lastSeen - a.lastSeen).slice(0, mostUsers);
  const read = await Promise.all(
    first.map(async (subject): Promise<readonly [string, UserNotes]> => {
      const before = users[subject.key];
      try {
        return [subject.key, notesFrom(await ports.identities.facts({ account: subject.account, name: subject.name ?? '' }), before)];
      } catch (thrown) {
        const { code, message } = asAppError(thrown);
        return [subject.key, notesWithFault(code === 'not-found' ? 'no such IAM user in this account' : message, code === 'not-found', before)];
      }
    }),
  );
  return new Map(read);
}
