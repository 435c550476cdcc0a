import type { EntryRef } from '../response/kept-state.ts';

/** How far what AWS goes on with by itself is, for the card. */
export interface Progress {
  /** `Removing access of dora: 1 of 3 assignments`. */
  readonly text: string;
  /** The Identity Center user whom it is done to. */
  readonly user: { readonly id: string; readonly name: string };
}

export interface InProgress extends Progress {
  /** Of the intent. */
  readonly entry: EntryRef;
  readonly by: { readonly id: string; readonly name: string };
  /** Since when, in milliseconds. */
  readonly at: number;
}
