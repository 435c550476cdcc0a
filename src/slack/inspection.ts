/** What the doctor asks Slack. */
import type { WebClient } from '@slack/web-api';
import { asAppError } from '../domain/error.ts';
import type { SlackInspection } from '../domain/inspection.ts';
import type { Clock } from '../domain/ports.ts';
import { slackError } from './errors.ts';
import { patiently } from './patiently.ts';

/** As Slack gives at once. In a channel of more everybody is told that it is wide, and nobody that they are missing. */
const mostMembers = 999;

interface Beside {
  /** A client with the app-level token, in Socket Mode. */
  readonly socket: WebClient | undefined;
  readonly clock: Pick<Clock, 'wait'>;
}

export function slackInspectionOf(client: WebClient, channel: string, { socket, clock }: Beside): SlackInspection {
  const patient = patiently(clock);
  const asked = async <T>(method: string, call: () => Promise<T>): Promise<T> => {
    try {
      return await call();
    } catch (thrown) {
      throw slackError(thrown, method);
    }
  };
  return {
    identity: async () => {
      const answer = await asked('auth.test', () => client.auth.test());
      return { workspace: String(answer.team), bot: String(answer.user), scopes: answer.response_metadata?.scopes ?? [] };
    },
    channel: async () => {
      const answer = await asked('conversations.info', () => client.conversations.info({ channel, include_num_members: true }));
      const found = answer.channel ?? {};
      return {
        name: String(found.name),
        isMember: found.is_member ?? false,
        isArchived: found.is_archived ?? false,
        isPrivate: found.is_private ?? false,
        isShared: (found.is_ext_shared ?? false) || (found.is_pending_ext_shared ?? false),
        people: found.num_members,
      };
    },
    channelMembers: async () => {
      const answer = await asked('conversations.members', () => client.conversations.members({ channel, limit: mostMembers }));
      return answer.response_metadata?.next_cursor ? undefined : (answer.members ?? []);
    },
    groupMembers: async (usergroup) => (await asked('usergroups.users.list', () => client.usergroups.users.list({ usergroup }))).users ?? [],
    person: async (user) => {
      try {
        const answer = await patient('users.info', () => client.users.info({ user }));
        return answer.user?.deleted === true ? 'deactivated' : 'active';
      } catch (thrown) {
        if (['user_not_found', 'user_not_visible'].includes(asAppError(thrown).reason)) return 'unknown';
        throw thrown;
      }
    },
    testMessage: async () => {
      const text = 'npm run doctor: can the responder post here? This message goes away by itself.';
      const { ts = '' } = await asked('chat.postMessage', () => client.chat.postMessage({ channel, text }));
      await asked('chat.update', () => client.chat.update({ channel, ts, text: `${text} It can be edited.` }));
      await asked('chat.delete', () => client.chat.delete({ channel, ts }));
    },
    openSocket: socket && (async () => void (await asked('apps.connections.open', () => socket.apps.connections.open()))),
  };
}
