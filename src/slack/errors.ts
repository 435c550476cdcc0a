import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError, WebAPIRequestError } from '@slack/web-api';
import { AppError } from '../domain/error.ts';

/** Slack's error strings by what they mean to us. Source: the error tables of the methods' reference pages. */
const unclear = new Set(['internal_error', 'fatal_error', 'service_unavailable', 'request_timeout', 'team_added_to_org']);
const gone = new Set(['message_not_found', 'thread_not_found']);
const badContent = new Set([
  'invalid_blocks',
  'invalid_blocks_format',
  'msg_blocks_too_long',
  'msg_too_long',
  'invalid_arguments',
  'view_too_large',
  'no_text',
]);
const sentences: Record<string, string> = {
  channel_not_found: 'INCIDENT_CHANNEL does not exist, or the bot may not see it.',
  is_archived: 'INCIDENT_CHANNEL is archived. Unarchive it, or set another one.',
  not_in_channel: 'The bot is not in INCIDENT_CHANNEL. Invite it.',
  missing_scope: 'The Slack app lacks a scope. Install it again from manifest.yml.',
  invalid_auth: 'Slack refuses SLACK_BOT_TOKEN. Install the app again and set the new token.',
  account_inactive: 'Slack refuses SLACK_BOT_TOKEN: the app was removed from the workspace.',
};
const unreachable = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT']);

/** What the WebClient throws, as an AppError with a code that says whether the call may have happened. */
export function slackError(thrown: unknown, method: string): AppError {
  if (thrown instanceof AppError) return thrown;
  if (thrown instanceof WebAPIRateLimitedError) {
    return new AppError('throttled', 'Slack asks to wait.', { cause: thrown, reason: 'ratelimited', retryAfterMs: thrown.retryAfter * 1_000 });
  }
  if (thrown instanceof WebAPIPlatformError) return platformError(thrown, method);
  if (thrown instanceof WebAPIHTTPError) {
    return new AppError(thrown.statusCode >= 500 ? 'ambiguous' : 'denied', `Slack answered ${method} with status ${thrown.statusCode}.`, {
      cause: thrown,
      reason: `http_${thrown.statusCode}`,
    });
  }
  if (thrown instanceof WebAPIRequestError && unreachable.has(causeCode(thrown))) {
    return new AppError('unavailable', 'Slack cannot be reached.', { cause: thrown, reason: causeCode(thrown) });
  }
  return new AppError('ambiguous', `Slack gave no answer to ${method}.`, { cause: thrown, reason: 'no_answer' });
}

function platformError(thrown: WebAPIPlatformError, method: string): AppError {
  const reason = String(thrown.data.error);
  const options = { cause: thrown, reason };
  // What is no error name is no answer of Slack's: a proxy's page in place of one.
  if (unclear.has(reason) || !/^[a-z][a-z0-9_]*$/.test(reason))
    return new AppError('ambiguous', `Slack gave no clear answer to ${method} (${reason}).`, options);
  if (reason === 'ratelimited' || reason === 'rate_limited') return new AppError('throttled', 'Slack asks to wait.', options);
  if (gone.has(reason)) return new AppError('gone', 'The message was deleted.', options);
  if (badContent.has(reason)) return new AppError('invalid', `Slack refused the content of a message (${reason}).`, options);
  return new AppError('denied', sentences[reason] ?? `Slack refused ${method} (${reason}).`, options);
}

/** The innermost code of a chain of causes. */
function causeCode(thrown: unknown): string {
  let code = '';
  for (let error = thrown as { code?: unknown; cause?: unknown } | undefined; error; error = error.cause as typeof error) {
    if (typeof error.code === 'string') code = error.code;
  }
  return code;
}
