/** A response that AWS goes on with by itself: what is kept of it until it is followed to its end, also by another process. Times in milliseconds. */
import { readBody, type Shape, storedBody } from '../stored-body.ts';
import type { PendingResponse } from './pending.ts';

/** What is needed to follow a response, whichever it is. */
export interface Followed {
  /** What its module needs; no secret. */
  readonly token: string;
  /** The ids of the requests that AWS was sent by it. */
  readonly requests: readonly string[];
}

const shape: Shape<Followed> = { of: 'response that AWS goes on with', upgrades: [(older) => older], needs: ['token', 'requests'] };

export function keptFollowed(followed: Followed): string {
  return storedBody(shape, followed);
}

/** @throws AppError of what a newer version began */
export function readFollowed(kept: string): Followed {
  return readBody(shape, kept);
}

export interface UnderWay extends PendingResponse {
  /** As `keptFollowed` has it. */
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
  /** Whether a response that was begun has no outcome yet. */
  isUnderWay(incident: number, seq: number): Promise<boolean>;
}

export const followEveryMs = 5_000;
/** While a response makes its calls itself, nobody follows it. */
export const actingMs = 60_000;
/** What AWS has not ended by then is told as not known. */
export const longestMs = 60 * 60_000;
