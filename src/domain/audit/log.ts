/** The log as it stands, read by whoever checks or exports it: nothing of it is written. */
import type { Result } from '../incident/timeline.ts';
import type { Anchor } from './anchor.ts';
import type { Link, StoredEntry } from './chain.ts';
import type { Seals, StateRow } from './seal.ts';

/** What is kept of a response beside its entries. */
export interface KeptResponse {
  readonly seq: number;
  readonly response: string;
  readonly subject: string;
  readonly byId: string;
  readonly startedAt: number;
  readonly result: Result | undefined;
}

/** Where an incident's chain is said to end; undefined: it is not. */
export interface ChainEnd {
  readonly incident: number;
  readonly end: Link | undefined;
  readonly seals: Seals;
}

/** What is kept of an incident beside its entries. */
export interface KeptState {
  /** Undefined: it has none. */
  readonly row: StateRow | undefined;
  /** What the seal of responses and requests covers. */
  readonly kept: string;
}

export interface AuditLog {
  /** The next incident that has anything of a chain, an entry, a row of its own, a response or a request. */
  next(after: number): Promise<ChainEnd | undefined>;
  /** The entries of a chain, in the order of their numbers. */
  entries(incident: number, after: number, most: number): Promise<StoredEntry[]>;
  responses(incident: number): Promise<KeptResponse[]>;
  /** Numbers of the requests that are kept. */
  requests(incident: number): Promise<number[]>;
  state(incident: number): Promise<KeptState>;
  anchors(after: number, most: number): Promise<Anchor[]>;
}
