/** What an incident keeps of “Was this you?”. The rules are in response/owner-question.ts. */

import type { Power } from '../response/administrator.ts';

export interface OwnerQuestion {
  /** Of the entry that tells of it. */
  readonly seq: number;
  /** The incident in which it was asked, where that one was merged; undefined: this one. */
  readonly incident?: number;
  /** Key of the subject. */
  readonly subject: string;
  /** Slack user id of whoever is asked. */
  readonly person: string;
  readonly by: { readonly id: string; readonly name: string };
  readonly at: number;
  /** Whether the user is an administrator, as far as was read when it was asked; undefined: an older version did not read it. */
  readonly power?: Power;
  readonly answer?: { readonly is: OwnerAnswer; readonly at: number };
}

export type OwnerAnswer = 'me' | 'not-me';
