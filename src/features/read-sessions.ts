/** The sign-in sessions that AWS lists of an incident's subjects, for the card. */
import { asAppError } from '../domain/error.ts';
import type { Incident } from '../domain/incident/incident.ts';
import { partitionAt, regionsWith } from '../domain/place.ts';
import type { Ports } from '../domain/ports.ts';
import { outOfReach } from '../domain/response/reach.ts';
import { sessionOwner } from '../domain/response/sign-in-session.ts';
import { type TargetKind, targetOf } from '../domain/response/target.ts';
import type { SessionNotes } from '../domain/sign-in/session-list.ts';
import type { Subject } from '../domain/sign-in/subjects.ts';

/** Those about whom AWS is asked: who got in first. */
const mostSubjects = 5;
const kinds: readonly TargetKind[] = ['iam-user', 'role', 'root'];

type SessionPorts = Pick<Ports, 'clock' | 'log' | 'sessions' | 'settings'>;

/** Where sessions may be: each region keeps its own. */
export function sessionRegions({ regions }: Pick<Ports['settings'], 'regions'>): string[] {
  const [home = ''] = regions;
  return [...new Set([...regionsWith(home, regions), ...partitionAt(home).signIn.regions])];
}

/** By subject key. Where AWS does not let the responder ask, nothing is said: the doctor tells. */
export async function readSessions(ports: SessionPorts, { subjects }: Incident): Promise<Map<string, SessionNotes>> {
  const reached = subjects.filter(({ account, successes }) => successes > 0 && outOfReach(account, ports.settings) === undefined);
  const first = reached.toSorted((a, b) => b.lastSeen - a.lastSeen).slice(0, mostSubjects);
  const read = await Promise.all(first.map(async (subject) => [subject.key, await readOne(ports, subject)] as const));
  return new Map(read.flatMap(([key, notes]) => (notes === undefined ? [] : [[key, notes]])));
}

async function readOne({ clock, log, sessions, settings }: SessionPorts, subject: Subject): Promise<SessionNotes | undefined> {
  const regions = sessionRegions(settings);
  const target = kinds.map((kind) => targetOf(subject, kind)).find((one) => one !== undefined);
  const owner = target && sessionOwner(target, regions[0] ?? '');
  if (owner === undefined) return undefined;
  const at = clock.now();
  try {
    return { at, listed: await sessions.active(owner, regions) };
  } catch (thrown) {
    log.info({ subject: subject.key, err: asAppError(thrown) }, 'sign-in sessions not read');
    return undefined;
  }
}
