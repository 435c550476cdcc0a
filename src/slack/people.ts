import type { WebClient } from '@slack/web-api';
import type { Clock, Log, People } from '../domain/ports.ts';
import type { Role } from '../domain/responses.ts';
import { slackError } from './errors.ts';

const refreshMs = 60_000;
/** Older membership is not trusted: nobody may act then. */
const validMs = 5 * 60_000;

export interface PeopleOptions {
  readonly client: WebClient;
  readonly clock: Clock;
  readonly log: Log;
  /** Slack team id of this workspace. */
  readonly team: string;
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

  const refresh = async (): Promise<void> => {
    for (const usergroup of groupIds) {
      try {
        const answer = await client.usergroups.users.list({ usergroup });
        groups.set(usergroup, { users: new Set(answer.users ?? []), at: clock.now() });
      } catch (thrown) {
        log.warn({ usergroup, err: slackError(thrown, 'usergroups.users.list') }, 'user group could not be read');
      }
    }
  };

  const has = (ids: readonly string[], user: string): boolean => ids.includes(user) || ids.some((id) => groups.get(id)?.users.has(user));
  const isFresh = (): boolean => groupIds.every((id) => clock.now() - (groups.get(id)?.at ?? Number.NEGATIVE_INFINITY) < validMs);

  return {
    standing: (person) => {
      const roles: Role[] = [];
      if (has(responders, person.id)) roles.push('responder');
      if (has(remediators, person.id)) roles.push('remediator');
      return { ofThisWorkspace: person.team === team, roles, known: isFresh(), remediatorsExist: remediators.length > 0 };
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
