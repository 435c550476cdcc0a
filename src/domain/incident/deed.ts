import type { EntryRef } from '../response/kept-state.ts';

/** One thing that was done to AWS because of the incident, for the card of a resolved incident. */
export interface Deed {
  readonly at: number;
  readonly by: { readonly id: string; readonly name: string };
  readonly how: 'bot' | 'hand';
  readonly what: string;
  readonly stops?: true;
  /** Of the intent's entry; undefined: done by hand, or kept by an older version. */
  readonly entry?: EntryRef;
  /** It was taken back, by an undo or by somebody else: the card no longer says that it stands. */
  readonly isUndone?: true;
}
