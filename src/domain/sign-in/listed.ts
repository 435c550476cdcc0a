/** The sign-ins of an incident, as the store lists them. */
import type { Beside, Listing } from '../listing.ts';
import type { SignIn } from './sign-in.ts';

/** Who reads how many sign-ins an incident has needs no more of it than that. */
export const mostSignInsCounted = 10_000;

/** The place of a sign-in among those of an incident. */
export interface SignInPlace {
  readonly at: number;
  /** The number under which it is stored. */
  readonly id: number;
}

export interface ListedSignIns extends Beside<SignInPlace> {
  readonly signIns: readonly SignIn[];
  /** Counted up to one more than `mostSignInsCounted`. */
  readonly total: number;
}

export interface ListsSignIns {
  /** An incident's sign-ins, newest first, and how many there are. */
  signIns(incident: number, listing: Listing<SignInPlace>): Promise<ListedSignIns>;
}
