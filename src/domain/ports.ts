/**
 * The outside world on one page. Features receive these; adapters provide them. Times are milliseconds since the epoch.
 * Every port throws AppError only; which codes, each method says.
 */
import type { AlarmShape, AlarmState } from './alarm.ts';
import type { MfaDevice, PasswordPolicy, UserFacts, UserRef } from './iam-user.ts';
import type { Incident, Person } from './incident.ts';
import type { Shown } from './picture.ts';
import type { Standing } from './responses.ts';
import type { Secret } from './secret.ts';
import type { Entry, NewEntry, Result } from './timeline.ts';
import type { AlarmMemory } from './triage.ts';

export interface Clock {
  now(): number;
  /** Resolves after that much of this clock's time, or as soon as `wake` fires. */
  wait(ms: number, wake?: AbortSignal): Promise<void>;
}

export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface Metrics {
  /** Adds one to a counter: `signals`, `refusals`, `slack_calls`, `aws_calls`, `responses`. */
  count(name: MetricName, label: string): void;
  /** What this process counted since it started. */
  counted(name: MetricName): ReadonlyMap<string, number>;
}
export type MetricName = 'signals' | 'refusals' | 'slack_calls' | 'aws_calls' | 'responses';

export interface MessageId {
  readonly topicArn: string;
  readonly messageId: string;
}

/** Tells messages apart: an id is unique within its topic. */
export function messageKey({ topicArn, messageId }: MessageId): string {
  return `${topicArn} ${messageId}`;
}

export interface Transition {
  readonly incident: number | undefined;
  readonly alarmId: string;
  readonly state: AlarmState;
  readonly at: number;
  readonly receivedAt: number;
  readonly decision: string;
  readonly messageId: string;
}

/** How soon the pictures of a changed incident are brought up to date, and in which lane. */
export type Due = 'person' | 'now' | 'paced';

/** A response under way: its intent is committed, its outcome is not. */
interface PendingResponse {
  readonly incident: number;
  readonly seq: number;
  /** A response's id, what it is done to, and by whom: a like one soon after is asked about, in whatever incident. */
  readonly response: string;
  readonly subject: string;
  readonly by: string;
  readonly startedAt: number;
  readonly owner: string;
}

/** One transaction. A conflict with another one runs the whole work again, so it must have no effect outside. */
export interface Tx {
  /** Marks messages as seen; returns the keys of those that are new. */
  admit(messages: readonly MessageId[], at: number): Promise<Set<string>>;
  /** Marks events as seen; returns the ids of those that are new. */
  admitEvents(eventIds: readonly string[], at: number): Promise<Set<string>>;
  /** Makes this the only transaction that works on these incident keys. Called once, before anything about them is read. */
  lock(keys: readonly string[]): Promise<void>;
  /** The unresolved incident of each key, or else the newest. */
  newest(keys: readonly string[]): Promise<Map<string, Incident>>;
  /** Locks and reads one incident. */
  incident(id: number): Promise<Incident | undefined>;
  alarms(ids: readonly string[]): Promise<Map<string, AlarmMemory>>;
  saveAlarms(alarms: readonly AlarmMemory[]): Promise<void>;
  /** Returns the numbers, in the order given. */
  insert(incidents: readonly Incident[], now: number): Promise<number[]>;
  save(incidents: readonly { incident: Incident; due: Due }[], now: number): Promise<void>;
  append(entries: readonly NewEntry[]): Promise<Entry[]>;
  addTransitions(transitions: readonly Transition[]): Promise<void>;
  begin(response: PendingResponse): Promise<void>;
  /** False when it had ended already; a guess then changes nothing. */
  end(incident: number, seq: number, result: Result, isGuess: boolean): Promise<boolean>;
  /** The newest like response since then that was not refused and did not fail. */
  recent(response: string, subject: string, since: number): Promise<RecentResponse | undefined>;
}

export type RecentResponse = Pick<PendingResponse, 'by' | 'startedAt'>;

export interface ClaimedIncident {
  readonly incident: Incident;
  readonly entries: readonly Entry[];
  readonly shown: readonly Shown[];
  /** Hash of its very first entry: tells it from an incident of the same number in another database. */
  readonly origin: string;
  /** Names this claim: a lapsed one does not pass for a later one, not even of the same process. */
  readonly lease: string;
  /** The revision read; a change since then keeps the incident due. */
  readonly revision: number;
}

export type Budget = 'post' | 'edit';

export interface Store {
  transact<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  incident(id: number): Promise<Incident | undefined>;
  entries(incident: number): Promise<Entry[]>;
  openIncidents(): Promise<{ incident: Incident; card: string | undefined }[]>;
  alarms(): Promise<AlarmMemory[]>;
  abandoned(before: number, owner: string, otherOwnersAreDead: boolean): Promise<PendingResponse[]>;
  recent(response: string, subject: string, since: number): Promise<RecentResponse | undefined>;

  /** Claims the most urgent due incident whose next call is not held back; its lease lasts 60 s. */
  claim(now: number, heldBack: readonly Budget[]): Promise<ClaimedIncident | undefined>;
  /** When the next incident becomes due, if any. */
  nextDue(heldBack: readonly Budget[]): Promise<number | undefined>;
  /** Saves what is shown if the lease is still held, and prolongs it; false when it was lost. */
  saveShown(claimed: ClaimedIncident, shown: Shown): Promise<boolean>;
  /** Gives the lease back. Undefined `next`: nothing more to do until the incident changes. */
  release(claimed: ClaimedIncident, next: { at: number | undefined; waitsFor?: Budget; edited?: boolean }, now: number): Promise<void>;
  /** Takes one call from a budget shared by all replicas; undefined when taken, else when to try again. */
  take(budget: Budget, channel: string, now: number): Promise<number | undefined>;
  /** No call of this budget before then. */
  pause(budget: Budget, channel: string, until: number): Promise<void>;

  /** A named fact for /signin-status, shared by replicas. */
  remember(name: string, value: string, at: number): Promise<void>;
  delivery(): Promise<Delivery>;
  /** Throws when the store cannot commit. */
  check(now: number): Promise<void>;
}

export interface Delivery {
  readonly lastMessageAt: number | undefined;
  readonly oldestUndeliveredAt: number | undefined;
  readonly facts: ReadonlyMap<string, { value: string; at: number }>;
}

/** A message as Slack takes it; `blocks` are Block Kit JSON. */
export interface Message {
  readonly text: string;
  readonly blocks: readonly object[];
}

export interface Draw {
  card(incident: Incident): Message;
  /** `outcome` is set once the response has ended. */
  reply(incident: Incident, entry: Entry, outcome: Entry | undefined): Message;
  /** The same in plain text only, for when Slack refuses the blocks. */
  plain(message: Message): Message;
}

interface PostOptions {
  /** Found again by these two after an ambiguous end. */
  readonly key: string;
  readonly hash: string;
  readonly thread: string | undefined;
  readonly broadcast: boolean;
}

/** Throws `ambiguous`, `throttled` (with retryAfterMs), `gone` (edit only), `invalid` (blocks refused), `denied` (channel, scope, token). */
export interface Chat {
  readonly channel: string;
  /** Returns the message's ts. */
  post(message: Message, options: PostOptions): Promise<string>;
  edit(ts: string, message: Message): Promise<void>;
  /** The ts of our message with that key and hash, posted after `since`; undefined when there is none. */
  find(key: string, hash: string, since: number, thread: string | undefined): Promise<string | undefined>;
}

export interface People {
  /** From the cache; never calls Slack. */
  standing(person: { id: string; team: string }): Standing;
}

/** Who a change is made for: becomes STS SourceIdentity and role session name. */
export interface Actor {
  readonly person: Person;
  readonly incident: number;
}

/** Changes throw `ambiguous` when it is not known whether they happened. Reads throw `denied`, `throttled`, `unavailable`, `not-found`. */
export interface Identities {
  facts(ref: UserRef): Promise<UserFacts>;
  devices(ref: UserRef): Promise<MfaDevice[]>;
  policy(account: string): Promise<PasswordPolicy>;
  virtualDeviceExists(account: string, serial: string): Promise<boolean>;
  replacePassword(ref: UserRef, password: Secret, actor: Actor): Promise<void>;
  deactivate(ref: UserRef, serial: string, actor: Actor): Promise<void>;
  deleteVirtual(account: string, serial: string, actor: Actor): Promise<void>;
}

export interface AlarmFacts {
  readonly arn: string;
  readonly name: string;
  readonly account: string;
  readonly region: string;
  readonly shape: AlarmShape;
  readonly state: AlarmState;
  readonly since: number;
  readonly okActions: readonly string[];
  /** Targets of any of its actions. */
  readonly notifies: readonly string[];
  readonly actionsEnabled: boolean;
}

export interface Alarms {
  /** Undefined when the alarm does not exist. */
  describe(arn: string): Promise<AlarmFacts | undefined>;
  /** Alarms of all configured accounts and regions that notify an allowed topic, and what could not be read. */
  watched(): Promise<{ alarms: AlarmFacts[]; faults: string[] }>;
  reset(arn: string, reason: string, actor: Actor): Promise<void>;
}

export interface Subscriptions {
  confirm(topicArn: string, token: string): Promise<void>;
}

interface Settings {
  readonly topicArns: readonly string[];
  readonly protectedUsers: readonly string[];
  readonly accounts: ReadonlyMap<string, string>;
}

export interface Ports {
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly store: Store;
  readonly people: People;
  readonly identities: Identities;
  readonly alarms: Alarms;
  readonly subscriptions: Subscriptions;
  readonly settings: Settings;
  /** A uniform random integer from 0 to below its argument, from a cryptographic source. */
  readonly randomInt: (below: number) => number;
  /** Tells this process's projector that something became due. */
  readonly wake: () => void;
  /** Names this process among the replicas. */
  readonly owner: string;
}
