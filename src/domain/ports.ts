/**
 * The outside world on one page. Features receive these; adapters provide them. Times are milliseconds since the epoch.
 * Every port throws AppError only; which codes, each method says.
 */
import type { AlarmShape, AlarmState } from './alarm/alarm.ts';
import type { AlarmLogs } from './alarm/alarm-logs.ts';
import type { History, HistoryAsked } from './alarm/history.ts';
import type { AlarmRule } from './alarm/rule.ts';
import type { LogPorts } from './audit/log-ports.ts';
import type { CanaryAlarm } from './canary.ts';
import type { Place } from './detection/coverage.ts';
import type { DetectionId } from './detection/detections.ts';
import type { FirstCards } from './incident/first-cards.ts';
import type { Incident } from './incident/incident.ts';
import type { Pager } from './incident/page.ts';
import type { Told } from './incident/picture.ts';
import type { TimerSettings } from './incident/timers.ts';
import type { AwsInspection } from './inspection.ts';
import type { Json } from './json.ts';
import type { MetricName } from './metric-names.ts';
import type { Actor, Reader } from './response/actor.ts';
import type { HeldPolicies } from './response/administrator.ts';
import type { ApprovalSettings } from './response/approval.ts';
import type { Freeze } from './response/brakes.ts';
import type { Containment } from './response/containment.ts';
import type { DryRun } from './response/dry-run.ts';
import type { MfaDevice, PasswordPolicy, UserFacts, UserRef } from './response/iam-user.ts';
import type { OwnIdentity } from './response/own-actions.ts';
import type { PersonPorts } from './response/person-ports.ts';
import type { ProtectionSettings } from './response/protected.ts';
import type { ReachSettings } from './response/reach.ts';
import type { Home, Standing } from './response/who-may.ts';
import type { Secret } from './secret.ts';
import type { Look, LookSettings } from './sign-in/looks.ts';
import type { ClaimedIncident, Store } from './store.ts';
import type { Storm, StormPicture } from './storm/storm.ts';
import type { Letters } from './sweep/letters.ts';

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
  count(name: MetricName, label: string): void;
  /** What this process counted since it started. */
  counted(name: MetricName): ReadonlyMap<string, number>;
}

/** A message as Slack takes it; `blocks` are Block Kit JSON. */
export interface Message {
  readonly text: string;
  readonly blocks: readonly object[];
}

export interface Draw {
  /** @param freeze of all changes; undefined: none holds */
  card(claimed: Pick<ClaimedIncident, 'incident' | 'cards' | 'isToldByStorm'>, freeze: Freeze | undefined): Message;
  storm(picture: StormPicture): Message;
  stormRing(storm: Storm): Message;
  reply(incident: Incident, told: readonly [Told, ...Told[]]): Message;
  /** The same in plain text only, for when Slack refuses the blocks. */
  plain(message: Message): Message;
  /** The same, saying that an earlier message of it stands that is no longer kept up to date. */
  again(message: Message): Message;
}

/**
 * Tells what is broken, with the fix, or that it is over (undefined): for /readyz, /signin-status and the log.
 * @param about what it is about: `delivery`, `token`, `SIN-3`; the newest of each counts
 * @param until when it is over by itself unless it is told again
 */
export type Report = (about: string, trouble: string | undefined, until?: number) => void;

interface PostOptions {
  /** Found again by these two after an ambiguous end. */
  readonly key: string;
  readonly hash: string;
  readonly thread: string | undefined;
  readonly broadcast: boolean;
  /** Other entries that the message tells: each is found by its number and hash too. */
  readonly also: readonly { readonly seq: number; readonly hash: string }[];
}

/** Throws `ambiguous`, `throttled` (with retryAfterMs), `unavailable`, `gone` and `locked` (of this message), `invalid` (blocks refused), `denied` (channel, scope, token). */
export interface Chat {
  readonly channel: string;
  /** Returns the message's ts. */
  post(message: Message, options: PostOptions): Promise<string>;
  edit(ts: string, message: Message): Promise<void>;
  /** The ts of our message with that key and hash, posted after `since`; undefined when there is none. */
  find(key: string, hash: string, since: number, thread: string | undefined): Promise<string | undefined>;
  /** Whether a message of that ts is there. @param thread the ts of the card, for a reply */
  exists(ts: string, thread: string | undefined): Promise<boolean>;
}

export interface People {
  /** From the cache; never calls Slack. */
  standing(person: { id: string; home: Home }): Standing;
  /** Slack user id of whoever has an address; undefined: nobody. Throws what Slack refuses it for. */
  withEmail(address: string): Promise<string | undefined>;
  /** What somebody is called in Slack, or the id where Slack does not say. Never throws. */
  nameOf(id: string): Promise<string>;
}

/** Changes throw `ambiguous` when it is not known whether they happened. Reads throw `denied`, `throttled`, `unavailable`, `not-found`. */
export interface Identities {
  facts(ref: UserRef): Promise<UserFacts>;
  devices(ref: UserRef): Promise<MfaDevice[]>;
  policy(account: string): Promise<PasswordPolicy>;
  /** What is attached to the user and to its groups. */
  held(ref: UserRef): Promise<HeldPolicies>;
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
  readonly description: string | undefined;
  readonly okActions: readonly string[];
  readonly alarmActions: readonly string[];
  /** When its data is missing. */
  readonly noDataActions: readonly string[];
  /** Targets of any of its actions. */
  readonly notifies: readonly string[];
  readonly actionsEnabled: boolean;
  /** Active mute rules, by name; read of watched alarms only. */
  readonly mutedBy: readonly string[];
  /** What suppresses a composite alarm's actions now: an alarm's name and how. */
  readonly suppressedBy: string | undefined;
  /** What it measures, as far as AWS says. */
  readonly measures: AlarmRule | undefined;
  readonly reason: string;
  /** StateReasonData: what CloudWatch saw, as JSON text. */
  readonly reasonData: string | undefined;
  /** What it measures; undefined for composite alarms. */
  readonly metric: { readonly name: string; readonly namespace: string } | undefined;
}

export interface Alarms {
  /** Undefined when the alarm does not exist. */
  describe(arn: string): Promise<AlarmFacts | undefined>;
  /** What CloudWatch noted of an alarm's change to ALARM at about a time; undefined: nothing. */
  noted(arn: string, at: number): Promise<{ reason: string; reasonData: string | undefined; at: number } | undefined>;
  /** Those of one account and region that notify an allowed topic; what mutes them is not read. */
  notifying(place: Place): Promise<AlarmFacts[]>;
  /** The same alarms with what mutes them; where that cannot be read, as they came. */
  withMutes(alarms: readonly AlarmFacts[]): Promise<AlarmFacts[]>;
  /** The changes of one alarm, or of all in an account and region. */
  changes(place: Place, asked: HistoryAsked, alarm: AlarmFacts | undefined): Promise<History>;
  /** The patterns of the metric filters behind an alarm; empty where it has none. */
  patternsBehind(arn: string): Promise<string[]>;
  /** Alarms of all configured accounts and regions, those that notify an allowed topic with what mutes them, and what could not be read. */
  all(): Promise<{ alarms: AlarmFacts[]; faults: string[] }>;
  /** Those that notify an allowed topic, with what mutes them, and what could not be read. */
  watched(): Promise<{ alarms: AlarmFacts[]; faults: string[] }>;
  reset(arn: string, reason: string, actor: Actor): Promise<void>;
}

/** Throws `throttled`, `denied`, `unavailable`, `refused`. */
export interface Trail {
  /** One page of what CloudTrail's event history has, newest first. */
  page(look: Look, until: number, token: string | undefined): Promise<{ records: Json[]; next: string | undefined }>;
}

export interface Directory {
  /** The name of an Identity Center user; undefined when the store does not know the id. */
  userName(storeArn: string, userId: string, region: string): Promise<string | undefined>;
}

export interface Subscriptions {
  confirm(topicArn: string, token: string): Promise<void>;
  /** ARNs of the queues to which SNS gives what the responder's own subscriptions of a topic never took, and which are not known, as sentences. */
  deadLetterQueues(topicArn: string): Promise<{ queues: string[]; faults: string[] }>;
}

export interface Settings extends LookSettings, OwnIdentity, ReachSettings, ProtectionSettings, ApprovalSettings {
  readonly topicArns: readonly string[];
  /** Nothing is changed in AWS. */
  readonly isReadOnly: boolean;
  /** What alarms mean, by name or ARN, where somebody said so. */
  readonly alarmDetections: ReadonlyMap<string, DetectionId>;
  readonly timers: TimerSettings;
  /** ARN of the alarm of which nothing is told, by whatever way it comes. */
  readonly canaryAlarm: string | undefined;
}

/** What people and AWS wait for goes before background work of the same process. */
export interface RightOfWay {
  /** Does something that goes first. */
  first<T>(work: () => Promise<T>): Promise<T>;
  /** Resolves when background work may take its next step. */
  turn(): Promise<void>;
}

export interface Ports extends PersonPorts, LogPorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly store: Store;
  readonly people: People;
  readonly identities: Identities;
  readonly containment: Containment;
  /** Those that read what concerns people, reading in a person's name; where the stack in AWS is older, in nobody's. */
  readonly readAs: (reader: Reader) => Pick<Ports, 'identities' | 'containment'> & Partial<PersonPorts>;
  readonly alarms: Alarms;
  readonly trail: Trail;
  readonly logs: AlarmLogs;
  readonly directory: Directory;
  readonly dryRun: DryRun;
  readonly subscriptions: Subscriptions;
  readonly letters: Letters;
  readonly inspection: AwsInspection;
  /** Undefined: there is none. */
  readonly pager: Pager | undefined;
  readonly canary: CanaryAlarm | undefined;
  readonly report: Report;
  /** The address of a message in the incident channel, from its ts. */
  readonly permalink: (ts: string) => string;
  readonly settings: Settings;
  /** A uniform random integer from 0 to below its argument, from a cryptographic source. */
  readonly randomInt: (below: number) => number;
  /** Undefined: each card waits until the projector claims it. */
  readonly firstCards?: FirstCards;
  /** Tells this process's projector and its background work that something became due. */
  readonly wake: () => void;
  readonly rightOfWay: RightOfWay;
  /** Names this process among the replicas. */
  readonly owner: string;
}
