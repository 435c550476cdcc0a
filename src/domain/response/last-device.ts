/** When the last MFA device of a user may go: not where whoever removes it knows the password, for then that person alone signs in. */
import type { Result } from '../incident/timeline.ts';

/** The newest replacement of a user's password. */
export interface Replaced {
  readonly response: string;
  /** Slack user id. */
  readonly byId: string;
  readonly startedAt: number;
  /** Null: it is under way. */
  readonly result: Result | null;
}

/** So long before the request. */
export const replacedWithinMs = 60 * 60_000;
/** A request waits for its approval, and then to be run. */
export const requestMostMs = 31 * 60_000;

interface Asking {
  /** Slack user id of whoever asks for it. */
  readonly by: string;
  /** When it was asked for. */
  readonly at: number;
  /** Id of the response that shows the password to its requester. */
  readonly shows: string;
}

/** One's own hand-over does not count, nor does what came before it. */
export function lastDeviceMayGo(newest: Replaced | undefined, { by, at, shows }: Asking): boolean {
  if (newest === undefined || newest.result !== 'done' || at - newest.startedAt > replacedWithinMs) return false;
  return newest.response !== shows || newest.byId !== by;
}
