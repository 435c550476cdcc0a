/** What triage decides about a signal, with a named reason that reaches the timeline. */
import type { NoticeKind } from '../signal/notice.ts';
import type { Person } from './incident.ts';

export interface PendingReset {
  /** The text in the state reason by which our own OK is known. */
  readonly marker: string;
  readonly by: Person;
  readonly at: number;
}

type OpenReason =
  | 'first-firing'
  | 'fired-and-recovered-before-it-arrived'
  | 'alarm-sees-no-data'
  | 'first-sign-in'
  | 'again-long-after-resolution'
  /** A message that is no alarm and no sign-in opens by what it is. */
  | Exclude<NoticeKind, 'text'>
  | 'not-understood'
  | 'noise-goes-on';
type ReopenReason = 'not-known-at-resolution' | 'again-soon-after-resolution';
type FoldReason =
  | 'severity-rose'
  | 'new-subject'
  | 'again'
  | 'again-after-quiet'
  | 'fired-again'
  | 'fired-again-after-quiet'
  | 'fired-again-after-our-reset'
  | 'another-message'
  | 'same-change-again'
  | 'older-than-known'
  /** Of a campaign: somebody else is concerned, or it was told already. */
  | 'another-person'
  | 'told-by-its-campaign';
type NoteReason =
  | 'our-own-reset'
  | 'recovered-by-itself'
  | 'set-by-hand'
  | 'recovered-after-resolution'
  | 'no-data'
  | 'found-before'
  | 'older-than-known'
  | 'older-than-resolution';
type IgnoreReason = 'same-change-again' | 'ok-alone' | 'no-data-is-quiet' | 'older-than-known' | 'no-detection' | 'noise-after-resolution';

export type Decision =
  | { readonly do: 'open'; readonly reason: OpenReason }
  | { readonly do: 'reopen'; readonly reason: ReopenReason }
  | { readonly do: 'fold'; readonly loud: boolean; readonly reason: FoldReason }
  | { readonly do: 'note'; readonly reason: NoteReason; readonly reset?: PendingReset }
  | { readonly do: 'ignore'; readonly reason: IgnoreReason };

export const loud = (reason: FoldReason): Decision => ({ do: 'fold', loud: true, reason });
export const quiet = (reason: FoldReason): Decision => ({ do: 'fold', loud: false, reason });

/** What comes after so long without a signal, ms, is loud; what comes so soon after a resolution reopens. */
export const quietPeriod = 30 * 60_000;
