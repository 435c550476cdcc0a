import type { Contained } from '../response/kept-state.ts';

/** What was taken from somebody because of an incident, as far as others of the same attack need to know. */
export type Held = Pick<Contained, 'incident' | 'seq' | 'on' | 'by' | 'at' | 'left'>;

/** What was done because of another incident about people of this one, and stands. */
export interface DoneElsewhere {
  readonly incident: number;
  readonly contained: readonly Held[];
  /** `account/user`. */
  readonly passwordsReset: readonly string[];
  readonly rootsEmptied: readonly { readonly account: string; readonly at: number }[];
}
