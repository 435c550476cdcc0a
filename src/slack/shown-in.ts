import type { View } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import type { ShowResult } from '../domain/response/plan.ts';
import { slackError } from './errors.ts';

/** @param hash set: only while the view is the one of that hash */
interface Target {
  readonly view_id: string;
  readonly hash?: string;
}

/** Whether the person got to see a view. Slack answers `not_found` for one that was closed, `hash_conflict` for one that has changed since. */
export async function shownIn(client: WebClient, target: Target, view: View): Promise<ShowResult> {
  try {
    await client.views.update({ ...target, view });
    return 'shown';
  } catch (thrown) {
    const { code, reason } = slackError(thrown, 'views.update');
    if (code === 'ambiguous') return 'unsure';
    return reason === 'not_found' || reason === 'hash_conflict' ? 'closed' : 'refused';
  }
}
