/** The rows of the sweep, of which one replica at a time works on each: an account and region, or a queue. Times in milliseconds since the epoch. */
import type { Place } from '../detection/coverage.ts';
import type { Found, Outage } from './outage.ts';

export type SweepKind = 'alarms' | 'letters' | 'sign-ins';

/** `letters` is swept by queue, the others by place. */
export interface ClaimedSweep {
  readonly kind: SweepKind;
  /** `123456789012 us-east-1`, or the ARN of a queue. */
  readonly of: string;
  /** Until when it is known what happened there; undefined: never swept. */
  readonly through: number | undefined;
  readonly failures: number;
  /** Since when it is due, as claimed: another time found at its end was asked for meanwhile. */
  readonly dueAt: number;
  readonly lease: string;
}

export interface SweepStore {
  /** Makes the rows that are not there, and all due one after the other from now on, as nobody knows what happened since; `sign-ins` once they are asked for. */
  planSweeps(sweeps: readonly Pick<ClaimedSweep, 'kind' | 'of'>[], now: number): Promise<void>;
  /** The one that is due longest. */
  claimSweep(now: number): Promise<ClaimedSweep | undefined>;
  /** Prolongs its lease, of three minutes; false when it was lost. */
  holdSweep(sweep: ClaimedSweep): Promise<boolean>;
  /** Undefined `through`: it failed. Undefined `again`: no more until it is asked for. What was asked for meanwhile stays due. */
  endSweep(sweep: ClaimedSweep, end: { readonly through: number | undefined; readonly again: number | undefined }): Promise<void>;
  nextSweepAt(): Promise<number | undefined>;
  /** Some of the newest outages, the newest first. */
  outages(): Promise<Outage[]>;
}

export interface SweepTx {
  /** Has a place swept at some time, if it would not be before. */
  sweepBy(sweep: Pick<ClaimedSweep, 'kind' | 'of'>, at: number): Promise<void>;
  /** The responder did not run in this time. */
  noteStop(time: { readonly from: number; readonly until: number }, now: number): Promise<void>;
  /** Counts what was found for the outage that it belongs to, or begins one. */
  noteFound(found: Found, now: number): Promise<void>;
  /** An outage of which something is yet to be told, taken as told. */
  takeUntold(): Promise<Outage | undefined>;
}

export function placeName({ account, region }: Place): string {
  return `${account} ${region}`;
}

export function placeNamed(name: string): Place {
  const [account = '', region = ''] = name.split(' ');
  return { account, region };
}
