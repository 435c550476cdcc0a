import { setTimeout as pause } from 'node:timers/promises';
import type { View } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import type { AppError, ErrorCode } from '../domain/error.ts';
import type { ShowResult } from '../domain/response/plan.ts';
import { slackError } from './errors.ts';

/** @param hash set: only while the view is the one of that hash */
interface Target {
  readonly view_id: string;
  readonly hash?: string;
}

/** A view may be put in its place any number of times: what passes is tried again, for nobody presses anything in a window that waits. */
const pausesMs = [500, 2_000];
const longestPauseMs = 10_000;
const passing: ReadonlySet<ErrorCode> = new Set(['ambiguous', 'throttled', 'unavailable']);

/** Whether the person got to see a view. Slack answers `not_found` for one that was closed, `hash_conflict` for one that has changed since. */
export async function shownIn(client: WebClient, target: Target, view: View): Promise<ShowResult> {
  let isUnsure = false;
  for (let tries = 0; ; tries++) {
    const error = await update(client, target, view);
    if (error === undefined) return 'shown';
    isUnsure ||= error.code === 'ambiguous';
    const ms = Math.max(pausesMs[tries] ?? Number.POSITIVE_INFINITY, error.retryAfterMs ?? 0);
    if (passing.has(error.code) && ms <= longestPauseMs) await pause(ms);
    else return isUnsure ? 'unsure' : isClosed(error) ? 'closed' : 'refused';
  }
}

async function update(client: WebClient, target: Target, view: View): Promise<AppError | undefined> {
  try {
    await client.views.update({ ...target, view });
    return undefined;
  } catch (thrown) {
    return slackError(thrown, 'views.update');
  }
}

function isClosed({ reason }: AppError): boolean {
  return reason === 'not_found' || reason === 'hash_conflict';
}
