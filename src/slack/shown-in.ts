import type { View } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import type { ShowResult } from '../features/reset-password.ts';
import { slackError } from './errors.ts';

/** Whether the person got to see a view. Slack answers `not_found` for one that was closed. */
export async function shownIn(client: WebClient, view_id: string, view: View): Promise<ShowResult> {
  try {
    await client.views.update({ view_id, view });
    return 'shown';
  } catch (thrown) {
    const { code, reason } = slackError(thrown, 'views.update');
    if (code === 'ambiguous') return 'unsure';
    return reason === 'not_found' ? 'closed' : 'refused';
  }
}
