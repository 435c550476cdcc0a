/** A response that AWS goes on with by itself: what is kept of it until it is followed to its end, also by another process. Times in milliseconds. */
import type { PendingResponse } from './pending.ts';

export interface UnderWay extends PendingResponse {
  /** What its module needs to follow it; no secret. */
  readonly token: string;
}

/** Part of a transaction. */
export interface KeepsUnderWay {
  /** Keeps what is needed to follow a response, and when it is looked at next. One that has ended stays as it is: false. */
  goOn(incident: number, seq: number, next: { readonly token: string; readonly dueAt: number }): Promise<boolean>;
}

/** Part of the store. */
export interface FollowsUnderWay {
  /** Claims the responses whose time has come: nobody else follows them before `until`. */
  claimUnderWay(now: number, until: number): Promise<UnderWay[]>;
}

export const followEveryMs = 5_000;
/** While a response makes its calls itself, nobody follows it. */
export const actingMs = 60_000;
/** What AWS has not ended by then is told as not known. */
export const longestMs = 60 * 60_000;
