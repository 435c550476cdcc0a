import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError, WebAPIRequestError } from '@slack/web-api';
import { AppError, type ErrorCode } from '../domain/error.ts';
import { asObject, parsed } from '../domain/json.ts';
import { meaningOf } from './error-table.ts';

const unreachable = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT']);

/** What the WebClient throws, as an AppError with a code that says whether the call may have happened. */
export function slackError(thrown: unknown, method: string): AppError {
  if (thrown instanceof AppError) return thrown;
  if (thrown instanceof WebAPIRateLimitedError) {
    return new AppError('throttled', 'Slack asks to wait.', { cause: thrown, reason: 'ratelimited', retryAfterMs: thrown.retryAfter * 1_000 });
  }
  if (thrown instanceof WebAPIPlatformError) return platformError(thrown, method);
  if (thrown instanceof WebAPIHTTPError) {
    return new AppError(codeOfStatus(thrown.statusCode), `Slack answered ${method} with status ${thrown.statusCode}.`, {
      cause: thrown,
      reason: `http_${thrown.statusCode}`,
    });
  }
  if (thrown instanceof WebAPIRequestError && unreachable.has(causeCode(thrown))) {
    return new AppError('unavailable', 'Slack cannot be reached.', { cause: thrown, reason: causeCode(thrown) });
  }
  return new AppError('ambiguous', `Slack gave no answer to ${method}.`, { cause: thrown, reason: 'no_answer' });
}

function codeOfStatus(status: number): ErrorCode {
  return status >= 500 ? 'ambiguous' : 'denied';
}

/** How a call ended, as it is counted: `ok`, or what that means to whoever called, and Slack's own word. */
export function outcomeOfAnswer(status: number, text: string): string {
  if (status === 429) return 'throttled ratelimited';
  if (status !== 200) return `${codeOfStatus(status)} http_${status}`;
  const { ok, error } = asObject(parsed(text) ?? {});
  return ok === true ? 'ok' : `${meaningOf(String(error)).code} ${error}`;
}

export function outcomeWithoutAnswer(thrown: unknown): string {
  const code = causeCode(thrown);
  return unreachable.has(code) ? `unavailable ${code}` : 'ambiguous no_answer';
}

/** Where the table has no sentence of its own. */
const sentences: Partial<Record<ErrorCode, (method: string, reason: string) => string>> = {
  ambiguous: (method, reason) => `Slack gave no clear answer to ${method} (${reason}).`,
  invalid: (_method, reason) => `Slack refused the content of a message or view (${reason}).`,
};

function platformError(thrown: WebAPIPlatformError, method: string): AppError {
  const reason = String(thrown.data.error);
  const { code, says } = meaningOf(reason);
  const message = says ?? sentences[code]?.(method, reason) ?? `Slack refused ${method} (${reason}).`;
  return new AppError(code, message, { cause: thrown, reason });
}

/** The innermost code of a chain of causes. */
function causeCode(thrown: unknown): string {
  let code = '';
  for (let error = thrown as { code?: unknown; cause?: unknown } | undefined; error; error = error.cause as typeof error) {
    if (typeof error.code === 'string') code = error.code;
  }
  return code;
}
