/**
 * What went wrong, as one code that callers decide on and one sentence that people may read.
 *
 * - `refused`: the request was understood and declined (role, state, policy). Trying again gives the same answer.
 * - `not-found`: the named thing does not exist.
 * - `invalid`: the input is wrong; the message names it and the fix.
 * - `throttled`: too many calls; `retryAfterMs` says when to try again.
 * - `denied`: AWS or Slack does not let the bot do this.
 * - `ambiguous`: the call ended without an answer (timeout, reset, 5xx): it may or may not have happened.
 * - `unavailable`: the other side could not be reached, and the call certainly did not happen.
 * - `gone`: the target of an edit no longer exists.
 * - `locked`: the target of an edit exists, but may not be edited any more.
 * - `expired`: the moment for it has passed, as it does for a Slack trigger; whoever asked asks again.
 * - `internal`: a fault of ours.
 */
export type ErrorCode =
  | 'refused'
  | 'not-found'
  | 'invalid'
  | 'throttled'
  | 'denied'
  | 'ambiguous'
  | 'unavailable'
  | 'gone'
  | 'locked'
  | 'expired'
  | 'internal';

interface AppErrorOptions {
  readonly cause?: unknown;
  readonly retryAfterMs?: number;
  /** The other side's own name for the error, for example `NoSuchEntity` or `channel_not_found`. */
  readonly reason?: string;
  /** The call to AWS that failed: `AssumeRole`. */
  readonly operation?: string;
  /** Of `denied`: a policy denies it, so that no other policy can allow it. */
  readonly isExplicit?: boolean;
}

/** The one error type. `message` is safe to show to people; the cause goes to the log only. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly reason: string;
  readonly retryAfterMs: number | undefined;
  readonly operation: string | undefined;
  readonly isExplicit: boolean;

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.reason = options.reason ?? code;
    this.retryAfterMs = options.retryAfterMs;
    this.operation = options.operation;
    this.isExplicit = options.isExplicit ?? false;
  }
}

/** Any thrown value as an AppError; what is not one already becomes `internal` with a sentence that gives nothing away. */
export function asAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  return new AppError('internal', 'Something went wrong inside the responder; the log has the cause.', { cause: thrown });
}
