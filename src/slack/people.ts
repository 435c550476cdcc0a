import type { WebClient } from '@slack/web-api';
import type { Clock, Log, People } from '../domain/ports.ts';
import { slackError } from './errors.ts';

const refreshMs = 60_000;
/** Older membership is not trusted: nobody may act then. */
const validMs = 5 * 60_000;

export interface PeopleOptions {
  readonly client: WebClient;
  readonly clock: Clock;
  readonly log: Log;
  /** Slack team id of this workspace; undefined until Slack has told. */
  readonly team: () => string | undefined;
  readonly responders: readonly string[];
  readonly remediators: readonly string[];
}

export interface RefreshedPeople extends People {
  /** Reads all user groups once. Never throws: what could not be read grows stale. */
  refresh(): Promise<void>;
  /** Refreshes every minute until the signal fires. */
  keepFresh(stop: AbortSignal): Promise<void>;
}

/** Roles from user ids and user groups. Asking is instant: groups are read in the background (usergroups.users.list is tier 2). */
export function peopleOf({ client, clock, log, team, responders, remediators }: PeopleOptions): RefreshedPeople {
  const groups = new Map<string, { readonly users: ReadonlySet<string>; readonly at: number }>();
  const groupIds = [...new Set([...responders, ...remediators])].filter((id) => id.startsWith('S'));

  const read = async (usergroup: string): Promise<void> => {
    try {
      const answer = await client.usergroups.users.list({ usergroup });
      groups.set(usergroup, { users: new Set(answer.users ?? []), at: clock.now() });
    } catch (thrown) {
      log.warn({ usergroup, err: slackError(thrown, 'usergroups.users.list') }, 'user group could not be read');
    }
  };
  const refresh = async (): Promise<void> => {
    await Promise.all(groupIds.map(read));
  };

  /** Undefined: it depends on a user group that could not be read of late. */
  const holds = (ids: readonly string[], user: string): boolean | undefined => {
    if (ids.includes(user)) return true;
    const fresh = ids.filter((id) => id.startsWith('S')).map((id) => ({ id, at: groups.get(id)?.at ?? Number.NEGATIVE_INFINITY }));
    if (fresh.some(({ id, at }) => clock.now() - at < validMs && groups.get(id)?.users.has(user))) return true;
    return fresh.every(({ at }) => clock.now() - at < validMs) ? false : undefined;
  };

  return {
    standing: (person) => {
      const held = { responder: holds(responders, person.id), remediator: holds(remediators, person.id) };
      const roles = (['responder', 'remediator'] as const).filter((role) => held[role] === true);
      const known = !Object.values(held).includes(undefined);
      return {
        ofThisWorkspace: team() === undefined || person.team === team(),
        roles: team() === undefined ? [] : roles,
        known: known && team() !== undefined,
        remediatorsExist: remediators.length > 0,
      };
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
