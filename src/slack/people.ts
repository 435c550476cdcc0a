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

/** Roles from user ids and user groups. Asking is instant: groups are read in the background (usergroups.users.list is tier 2). */
export function peopleOf({ client, clock, log, report, workspace, responders, remediators }: PeopleOptions): RefreshedPeople {
  const held: Record<Role, readonly string[]> = { responder: responders, remediator: remediators };
  const groups = new Map<string, Group>();
  const groupIds = [...new Set([...responders, ...remediators])].filter(isGroup);
  const isFresh = (id: string): boolean => clock.now() - (groups.get(id)?.at ?? Number.NEGATIVE_INFINITY) < validMs;

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

  /** What keeps a group from telling who may: at once where it is for good, else when what was read before is no longer trusted. */
  const troubleOf = (id: string): Unread | undefined => {
    const { at = Number.NEGATIVE_INFINITY, fault } = groups.get(id) ?? {};
    if (fault === undefined) return undefined;
    const isForGood = fault.code === 'denied';
    if (!isForGood && isFresh(id)) return undefined;
    const of = `User group ${id} (${variablesWith(id, held).join(', ')})`;
    if (fault.reason === 'no_such_subteam')
      return { isForGood, says: `${of} does not exist in Slack or is disabled. Enable it, or set another one.` };
    const since = Number.isFinite(at) ? ` for ${duration(clock.now() - at)}` : '';
    return { isForGood, says: `${of} could not be read${since}: ${fault.message}` };
  };

  /** Undefined: everybody who holds the role is known. */
  const unreadOf = (role: Role): Unread | undefined => {
    const stale = held[role].filter((id) => isGroup(id) && !isFresh(id));
    if (stale.length === 0) return undefined;
    const troubles = stale.flatMap((id) => troubleOf(id) ?? []);
    return troubles.find(({ isForGood }) => isForGood) ?? troubles[0] ?? { isForGood: false, says: lastRead(stale) };
  };

  const lastRead = ([id = '']: readonly string[]): string => {
    const at = groups.get(id)?.at;
    return `User group ${id} was ${at === undefined ? 'not read yet' : `last read ${duration(clock.now() - at)} ago`}.`;
  };

  const holds = (role: Role, user: string): boolean =>
    held[role].some((id) => id === user || (isGroup(id) && isFresh(id) && groups.get(id)?.users.has(user)));

  const refresh = async (): Promise<void> => {
    await Promise.all(groupIds.map(read));
    for (const id of groupIds) report(id, troubleOf(id)?.says);
    for (const [role, ids] of Object.entries(held)) {
      const isEmpty = ids.length > 0 && ids.every((id) => groups.get(id)?.fault === undefined && groups.get(id)?.users.size === 0);
      const who = `${ids.join(', ')} (${variables[role as Role]})`;
      report(variables[role as Role], isEmpty ? `Nobody is in user group ${who}, so nobody may do what it allows. Add people to it.` : undefined);
    }
  };

  const begunAt = clock.now();
  const readRemediators = (): Reading | undefined => {
    if (remediators.some((id) => isGroup(id) && !isFresh(id))) return undefined;
    const ids = new Set(remediators.flatMap((id) => (isGroup(id) ? [...(groups.get(id)?.users ?? [])] : [id])));
    const at = Math.min(clock.now(), ...remediators.flatMap((id) => groups.get(id)?.at ?? []));
    return { ids: [...ids], at, from: remediators.toSorted().join(), begunAt };
  };

  return {
    ...slackDirectoryOf(client),
    remediators: readRemediators,
    standing: (person) => {
      const own = workspace.home();
      const remediatorsExist = remediators.length > 0;
      if (own === undefined) {
        const fault = workspace.fault();
        const unread = { isForGood: fault?.code === 'denied', says: fault?.message ?? 'Slack has not said yet whom the token belongs to.' };
        return { isOneOfUs: true, roles: [], unread: { responder: unread, remediator: unread }, remediatorsExist };
      }
      const roles = (['responder', 'remediator'] as const).filter((role) => holds(role, person.id));
      const unread = { responder: unreadOf('responder'), remediator: unreadOf('remediator') };
      return { isOneOfUs: isOneOfUs(own, person.home), roles, unread, remediatorsExist };
    },
    refresh,
    keepFresh: async (stop) => {
      while (!stop.aborted) {
        await clock.wait(refreshMs, stop);
        if (!stop.aborted) await refresh();
      }
    },
  };
}

const variables: Record<Role, string> = { responder: 'RESPONDERS', remediator: 'REMEDIATORS' };

function variablesWith(id: string, held: Record<Role, readonly string[]>): string[] {
  return (['responder', 'remediator'] as const).filter((role) => held[role].includes(id)).map((role) => variables[role]);
}

function isGroup(id: string): boolean {
  return id.startsWith('S');
}
