/** People by their address, and by their name. Sources: users.lookupByEmail, users.info (docs.slack.dev). */
import type { WebClient } from '@slack/web-api';
import type { People } from '../domain/ports.ts';
import { slackError } from './errors.ts';

const longestName = 80;

export function slackDirectoryOf(client: WebClient): Pick<People, 'withEmail' | 'nameOf'> {
  return {
    withEmail: async (email) => {
      try {
        const { user } = await client.users.lookupByEmail({ email });
        // Who left signs in to nothing, and approves nothing.
        return user?.deleted === true || user?.id === '' ? undefined : user?.id;
      } catch (thrown) {
        const error = slackError(thrown, 'users.lookupByEmail');
        if (error.reason === 'users_not_found') return undefined;
        throw error;
      }
    },
    nameOf: async (id) => {
      try {
        const { user } = await client.users.info({ user: id });
        const name = user?.profile?.display_name || user?.real_name || user?.name || id;
        return [...name].slice(0, longestName).join('');
      } catch {
        return id;
      }
    },
  };
}
