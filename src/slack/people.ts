import type { WebClient } from '@slack/web-api';
import type { AppError } from '../domain/error.ts';
import { duration } from '../domain/incident/incident.ts';
import type { Clock, Log, People, Report } from '../domain/ports.ts';
import type { Reading } from '../domain/response/remediators.ts';
import type { Role, Unread } from '../domain/response/who-may.ts';
import { slackDirectoryOf } from './directory.ts';
import { slackError } from './errors.ts';
import { isOneOfUs } from './organisation.ts';
import type { Workspace } from './workspace.ts';

const refreshMs = 60_000;
/** Older membership is not trusted: nobody may act then. */
const validMs = 5 * 60_000;

export interface PeopleOptions {
  readonly client: WebClient;
  readonly clock: Clock;
  readonly log: Log;
  readonly report: Report;
  readonly workspace: Pick<Workspace, 'home' | 'fault'>;
  readonly responders: readonly string[];
  readonly remediators: readonly string[];
}

export interface RefreshedPeople extends People {
  /** All remediators; undefined: not all of them can be told. */
  remediators(): Reading | undefined;
  /** Reads all user groups once. Never throws: what could not be read grows stale, and is reported. */
  refresh(): Promise<void>;
  /** Refreshes every minute until the signal fires. */
  keepFresh(stop: AbortSignal): Promise<void>;
}

interface Group {
  readonly users: ReadonlySet<string>;
  /** When they were read. */
  readonly at: number;
  /** Why they could not be read when they were last asked for. */
  readonly fault: AppError | undefined;
}

interface Groups {
  /** Reads all of them once. */
  refresh(): Promise<void>;
  isFresh(id: string): boolean;
  /** As last read; undefined: never asked for. */
  get(id: string): Group | undefined;
}

/** What Slack says of user groups, kept: usergroups.users.list is tier 2. */
function groupsOf(ids: readonly string[], { client, clock, log }: Pick<PeopleOptions, 'client' | 'clock' | 'log'>): Groups {
  const groups = new Map<string, Group>();
  const read = async (usergroup: string): Promise<void> => {
    const before = groups.get(usergroup);
    try {
      const answer = await client.usergroups.users.list({ usergroup });
      groups.set(usergroup, { users: new Set(answer.users ?? []), at: clock.now(), fault: undefined });
    } catch (thrown) {
      const fault = slackError(thrown, 'usergroups.users.list');
      if (before?.fault?.reason !== fault.reason) log.warn({ usergroup, reason: fault.reason, err: fault.cause }, 'user group could not be read');
      groups.set(usergroup, { users: before?.users ?? new Set(), at: before?.at ?? Number.NEGATIVE_INFINITY, fault });
    }
  };
  return {
    refresh: async () => void (await Promise.all(ids.map(read))),
    isFresh: (id) => clock.now() - (groups.get(id)?.at ?? Number.NEGATIVE_INFINITY) < validMs,
    get: (id) => groups.get(id),
  };
}

type Held = Readonly<Record<Role, readonly string[]>>;

/** What keeps a group from telling who may: at once where it is for good, else when what was read before is no longer trusted. */
function troubleOf(id: string, groups: Groups, { held, now }: { held: Held; now: number }): Unread | undefined {
  const { at = Number.NEGATIVE_INFINITY, fault } = groups.get(id) ?? {};
  if (fault === undefined) return undefined;
  const isForGood = fault.code === 'denied';
  if (!isForGood && groups.isFresh(id)) return undefined;
  const of = `User group ${id} (${variablesWith(id, held).join(', ')})`;
  if (fault.reason === 'no_such_subteam') return { isForGood, says: `${of} does not exist in Slack or is disabled. Enable it, or set another one.` };
  const since = Number.isFinite(at) ? ` for ${duration(now - at)}` : '';
  return { isForGood, says: `${of} could not be read${since}: ${fault.message}` };
}

/** Undefined: everybody who holds the role is known. */
function unreadOf(role: Role, groups: Groups, { held, now }: { held: Held; now: number }): Unread | undefined {
  const stale = held[role].filter((id) => isGroup(id) && !groups.isFresh(id));
  const [first] = stale;
  if (first === undefined) return undefined;
  const troubles = stale.flatMap((id) => troubleOf(id, groups, { held, now }) ?? []);
  const at = groups.get(first)?.at;
  const says = `User group ${first} was ${at === undefined ? 'not read yet' : `last read ${duration(now - at)} ago`}.`;
  return troubles.find(({ isForGood }) => isForGood) ?? troubles[0] ?? { isForGood: false, says };
}

/** Roles from user ids and user groups. Asking is instant: groups are read in the background. */
export function peopleOf(options: PeopleOptions): RefreshedPeople {
  const { client, clock, report, workspace, responders, remediators } = options;
  const held: Held = { responder: responders, remediator: remediators };
  const groupIds = [...new Set([...responders, ...remediators])].filter(isGroup);
  const groups = groupsOf(groupIds, options);
  const begunAt = clock.now();

  const refresh = async (): Promise<void> => {
    await groups.refresh();
    for (const id of groupIds) report(id, troubleOf(id, groups, { held, now: clock.now() })?.says);
    for (const role of roles) {
      const ids = held[role];
      const isEmpty = ids.length > 0 && ids.every((id) => groups.get(id)?.fault === undefined && groups.get(id)?.users.size === 0);
      const who = `${ids.join(', ')} (${variables[role]})`;
      report(variables[role], isEmpty ? `Nobody is in user group ${who}, so nobody may do what it allows. Add people to it.` : undefined);
    }
  };

  return {
    ...slackDirectoryOf(client),
    remediators: () => {
      if (remediators.some((id) => isGroup(id) && !groups.isFresh(id))) return undefined;
      const ids = new Set(remediators.flatMap((id) => (isGroup(id) ? [...(groups.get(id)?.users ?? [])] : [id])));
      const at = Math.min(clock.now(), ...remediators.flatMap((id) => groups.get(id)?.at ?? []));
      return { ids: [...ids], at, from: remediators.toSorted().join(), begunAt };
    },
    standing: (person) => standingOf(person, groups, { workspace, held, now: clock.now() }),
    refresh,
    keepFresh: async (stop) => {
      while (!stop.aborted) {
        await clock.wait(refreshMs, stop);
        if (!stop.aborted) await refresh();
      }
    },
  };
}

interface Around {
  readonly workspace: PeopleOptions['workspace'];
  readonly held: Held;
  readonly now: number;
}

function standingOf(person: Parameters<People['standing']>[0], groups: Groups, { workspace, held, now }: Around): ReturnType<People['standing']> {
  const own = workspace.home();
  const remediatorsExist = held.remediator.length > 0;
  if (own === undefined) {
    const fault = workspace.fault();
    const unread = { isForGood: fault?.code === 'denied', says: fault?.message ?? 'Slack has not said yet whom the token belongs to.' };
    return { isOneOfUs: true, roles: [], unread: { responder: unread, remediator: unread }, remediatorsExist };
  }
  const holds = (role: Role): boolean =>
    held[role].some((id) => id === person.id || (isGroup(id) && groups.isFresh(id) && groups.get(id)?.users.has(person.id)));
  const unread = { responder: unreadOf('responder', groups, { held, now }), remediator: unreadOf('remediator', groups, { held, now }) };
  return { isOneOfUs: isOneOfUs(own, person.home), roles: roles.filter(holds), unread, remediatorsExist };
}

const roles = ['responder', 'remediator'] as const satisfies readonly Role[];
const variables: Record<Role, string> = { responder: 'RESPONDERS', remediator: 'REMEDIATORS' };

function variablesWith(id: string, held: Held): string[] {
  return roles.filter((role) => held[role].includes(id)).map((role) => variables[role]);
}

function isGroup(id: string): boolean {
  return id.startsWith('S');
}
