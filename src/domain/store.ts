/**
 * The store port: what is remembered, who works on what, and the budgets that replicas share. Times are milliseconds since the epoch.
 * Throws AppError `unavailable` when the database does not commit, `ambiguous` when it does not say whether it did.
 */
import type { AlarmState, ToldBy } from './alarm/alarm.ts';
import type { KnownChange } from './alarm/same-change.ts';
import type { KeepsLog, ReadsLog } from './audit/log-store.ts';
import type { AtOnce, Opened } from './incident/at-once.ts';
import type { Related } from './incident/campaign.ts';
import type { ReadsContained } from './incident/contained.ts';
import type { Incident } from './incident/incident.ts';
import type { Served } from './incident/lane.ts';
import type { CallAttempt, Claimed, Shown } from './incident/picture.ts';
import type { Entry, NewEntry, Result } from './incident/timeline.ts';
import type { AlarmMemory } from './incident/triage.ts';
import type { FollowsUnderWay, KeepsUnderWay } from './response/following.ts';
import type { PendingResponse } from './response/pending.ts';
import type { ResponseRequest } from './response/request.ts';
import type { KeepsRequests } from './response/request-log.ts';
import type { Pruning } from './retention.ts';
import type { ListsSignIns } from './sign-in/listed.ts';
import type { Look } from './sign-in/looks.ts';
import type { Around, Seen, SignInTraces } from './sign-in/memory.ts';
import type { SignIn } from './sign-in/sign-in.ts';
import type { Touched } from './sign-in/surroundings.ts';
import type { MessageId } from './signal/message.ts';
import type { StormStore } from './storm/storm-store.ts';
import type { SweepStore, SweepTx } from './sweep/sweeps.ts';
import type { ChoreKind, LookWait, WorkStore } from './work.ts';

export interface Transition {
  readonly incident: number | undefined;
  readonly alarmId: string;
  readonly state: AlarmState;
  readonly at: number;
  readonly toldBy: ToldBy;
  readonly receivedAt: number;
  readonly decision: string;
  readonly messageId: string;
}

/**
 * How soon the pictures of a changed incident are brought up to date, and in which lane: at once, in the turn of whoever caused it; at once; when
 * its pace allows; `planned`: no sooner than they would be anyway; `loud`: at once, for its thread notifies somebody: what is grave does not wait in
 * a storm for that.
 * @param person a Slack user id
 */
export type Due = { readonly person: string } | 'loud' | 'now' | 'paced' | 'planned';

/** A message, and a change of an alarm that it tells of. */
export type MessageOfChange = MessageId & Pick<Transition, 'alarmId' | 'state' | 'at'>;

/** One transaction. A conflict with another one runs the whole work again, so it must have no effect outside. */
export interface Tx extends KeepsLog, SweepTx, KeepsUnderWay, KeepsRequests, ReadsContained {
  /** Marks messages as seen; returns the keys of those that are new. */
  admit(messages: readonly MessageId[], at: number): Promise<Set<string>>;
  /** Marks events as seen; returns the ids of those that are new. */
  admitEvents(eventIds: readonly string[], at: number): Promise<Set<string>>;
  /** Whether nothing of this name was first within the time before; of all replicas one is. Times in milliseconds. */
  first(name: string, now: number, every: number): Promise<boolean>;
  /** Nobody else writes before it ends: what was read before a lock is as it was. */
  readonly isAlone: boolean;
  /**
   * Makes this the only transaction that works on these incident keys. Called once, before anything about them is read; of alarms and the newest
   * incidents that may be asked without waiting for it.
   */
  lock(keys: readonly string[]): Promise<void>;
  /** The unresolved incident of each key, or else the newest. */
  newest(keys: readonly string[]): Promise<Map<string, Incident>>;
  /** Locks and reads one incident. */
  incident(id: number): Promise<Incident | undefined>;
  /** The same of several at once, in the order of their numbers; those that are not there are left out. */
  incidents(ids: readonly number[]): Promise<Incident[]>;
  alarms(ids: readonly string[]): Promise<Map<string, AlarmMemory>>;
  saveAlarms(alarms: readonly AlarmMemory[]): Promise<void>;
  /** The changes of alarms that were taken at about some times, by the id under which each is remembered. */
  changesNear(changes: readonly { readonly alarmId: string; readonly at: number }[]): Promise<Map<string, KnownChange[]>>;
  /** The keys of those messages that were marked as seen, or of which a change is kept. */
  knownMessages(changes: readonly MessageOfChange[]): Promise<Set<string>>;
  /** Returns the numbers, in the order given. @param dueAt from when on each may be shown */
  insert(incidents: readonly { incident: Incident; dueAt: number }[]): Promise<number[]>;
  /** Claims an incident that this transaction opened; undefined where another one is served before it, or no call is left. Called last. */
  claimOpened(opened: Opened, atOnce: AtOnce, now: number): Promise<ClaimedIncident | undefined>;
  /** Whether a card is shown, or is just being posted; nobody begins to post it before this transaction ends. */
  hasCard(incident: number): Promise<boolean>;
  /** How many new cards wait to be posted, counted up to a limit. */
  waitingCards(limit: number): Promise<number>;
  save(incidents: readonly { incident: Incident; due: Due }[], now: number): Promise<void>;
  append(entries: readonly NewEntry[]): Promise<Entry[]>;
  addTransitions(transitions: readonly Transition[]): Promise<void>;
  begin(response: PendingResponse): Promise<void>;
  /**
   * False when it had ended already, and nothing is changed: an outcome whose commit was not answered is tried again, and there is one. What is known
   * takes the place of "unknown", unless it is a guess itself.
   */
  end(intent: { incident: number; seq: number }, outcome: { result: Result; isGuess: boolean }): Promise<boolean>;
  /** The newest of these responses since then that was not refused and did not fail. */
  recent(responses: readonly string[], subject: string, since: number): Promise<RecentResponse | undefined>;
  /** A named fact, shared by replicas. */
  fact(name: string): Promise<string | undefined>;
  note(name: string, value: string, at: number): Promise<void>;
  /** Slack user ids of those whose changes count that began since then: one for each. */
  countedSince(since: number): Promise<string[]>;
  /** The responses that began between two times, of these kinds. */
  begun(responses: readonly string[], from: number, until: number): Promise<(PendingResponse & { readonly key: string })[]>;
  /** `incident event-id` of the incidents that have these events already. */
  kept(eventIds: readonly string[]): Promise<Set<string>>;
  /** What is remembered of events, by id. */
  known(eventIds: readonly string[]): Promise<Map<string, SignIn>>;
  /** Remembers sign-ins, whether or not they belong to an incident; returns those that were not known. */
  remember(signIns: readonly SignIn[]): Promise<SignIn[]>;
  /** What is remembered of users and networks, oldest first. */
  seen(questions: readonly Around[]): Promise<Seen[]>;
  /** The newest sign-ins of users and networks in their times, with what the views need. */
  signInsAround(touched: readonly Touched[]): Promise<SignIn[]>;
  /** Incidents of the last 24 h that share a user or a network with these, and those of their campaigns. */
  related(touched: readonly Touched[]): Promise<Related[]>;
  /** Marks for the incidents of the last 24 h that share a user or a network with sign-ins which are not theirs what to assess; returns them. */
  ask(signIns: readonly SignIn[]): Promise<number[]>;
  /** What is marked for an incident. */
  asked(incident: number, most: number): Promise<Touched[]>;
  /** Takes the marks away. */
  answer(incident: number, touched: readonly Touched[]): Promise<void>;
  /** Keeps sign-ins with incidents; returns those that they did not have. */
  keepSignIns(pairs: readonly { incident: number; signIn: SignIn }[]): Promise<SignIn[]>;
  /** Gives an incident's sign-ins to another one; returns those that the other did not have. */
  moveSignIns(from: number, to: number): Promise<SignIn[]>;
  /** Asks for work to be done for an incident, outside its card's lease. */
  schedule(chores: readonly { kind: ChoreKind; incident: number }[], at: number): Promise<void>;
  /** Has an incident wait for looks; those that others wait for are shared. */
  wait(waiting: LookWait, looks: readonly Look[]): Promise<void>;
  /** Makes the looks that an incident waits for due again, but for one: what was found decides what belongs to it. */
  lookAgain(incident: number, except: number, at: number): Promise<void>;
}

/** Without a result it is under way. */
export type RecentResponse = Pick<PendingResponse, 'response' | 'by' | 'byId' | 'startedAt'> & { readonly result: Result | null };

export interface ClaimedIncident extends Claimed {
  readonly incident: Incident;
  readonly entries: readonly Entry[];
  /** Hash of its very first entry: tells it from an incident of the same number in another database. */
  readonly origin: string;
  /** Where the cards of the incidents are that it links to, by number. */
  readonly cards: ReadonlyMap<number, string>;
  /** A storm card told of it before it had one of its own. */
  readonly isToldByStorm: boolean;
  /** The revision read; a change since then keeps the incident due. */
  readonly revision: number;
  /** Somebody else than the responder changed the incident in the database. */
  readonly isStateChanged?: boolean;
  /** The post of its card was written down when it was claimed: it is made without another word to the database. */
  readonly begun?: CallAttempt;
}

export type Budget = 'post' | 'edit';

export interface BudgetedCall {
  readonly budget: Budget;
  readonly channel: string;
  /** A new card of HIGH or worse, or a storm's: a few calls are kept for these. */
  readonly isGrave: boolean;
}

export interface Page {
  readonly from: number;
  readonly count: number;
}

export interface OpenIncident {
  readonly incident: Incident;
  /** Where its card is; undefined: not posted yet. */
  readonly card: string | undefined;
}

export interface Store extends ReadsLog, ListsSignIns, Pruning, StormStore, SweepStore, FollowsUnderWay, WorkStore {
  transact<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  incident(id: number): Promise<Incident | undefined>;
  /** In the order of their numbers; those that are not there are left out. */
  incidents(ids: readonly number[]): Promise<Incident[]>;
  /** A page of an incident's entries, newest first, and how many there are. */
  entries(incident: number, page: Page): Promise<{ entries: Entry[]; total: number }>;
  entry(incident: number, seq: number): Promise<Entry | undefined>;
  /** When somebody last responded to any of some incidents; undefined: nobody did. */
  lastStepAt(incidents: readonly number[]): Promise<number | undefined>;
  /** Where an incident's card is. */
  card(incident: number): Promise<string | undefined>;
  /** The gravest open incidents. */
  openIncidents(most: number): Promise<OpenIncident[]>;
  /** The open incidents of these keys. */
  openOf(keys: readonly string[]): Promise<OpenIncident[]>;
  /** The newest open incidents that a user or role is in, by its subject key. */
  openWith(subject: string): Promise<Incident[]>;
  /** How many incidents are open, counted up to a limit. */
  countOpen(upTo: number): Promise<Record<'open' | 'acknowledged', number>>;
  /** What is remembered of alarms: so many at most. */
  alarms(most: number): Promise<AlarmMemory[]>;
  /** What is remembered of alarms that are named so, in any case. */
  alarmsNamed(names: readonly string[]): Promise<AlarmMemory[]>;
  request(incident: number, seq: number): Promise<ResponseRequest | undefined>;
  /** Requests whose time has come. */
  requestsDue(now: number): Promise<ResponseRequest[]>;
  fact(name: string): Promise<string | undefined>;
  abandoned(before: number, owner: string, otherOwnersAreDead: boolean): Promise<PendingResponse[]>;
  recent(responses: readonly string[], subject: string, since: number): Promise<RecentResponse | undefined>;

  /** Claims the most urgent due incident whose next call is not held back; its lease lasts 60 s. @param first served before all others */
  claim(now: number, heldBack: readonly Budget[], first?: Served): Promise<ClaimedIncident | undefined>;
  /** When the next incident becomes due, if any. */
  nextDue(heldBack: readonly Budget[]): Promise<number | undefined>;
  /** Saves what is shown if the lease is still held, and prolongs it; false when it was lost. */
  saveShown(claimed: Claimed, shown: Shown): Promise<boolean>;
  /** Gives the lease back. Undefined `at`: nothing more to do until the incident changes. What waits for a budget keeps its place. */
  release(claimed: ClaimedIncident, next: { at: number | undefined; waitsFor?: Budget; edited?: boolean }, now: number): Promise<void>;
  /** Takes one call from a budget, and from that of all calls, shared by all replicas; undefined when taken, else when to try again. */
  take(call: BudgetedCall, now: number): Promise<number | undefined>;
  /** No call of this budget before then. */
  pause(budget: Budget, channel: string, until: number): Promise<void>;

  /** Other incidents since then that share a user or a network with this one, and by what. */
  related(incident: number, since: number): Promise<({ id: number } & SignInTraces)[]>;

  /** A named fact for /signin-status, shared by replicas. */
  remember(name: string, value: string, at: number): Promise<void>;
  /** Takes away the facts whose names begin so, and that nobody has written since then. */
  forget(namesBegin: string, before: number): Promise<void>;
  /** The clock that replicas share; undefined: the database is of this process alone. */
  databaseClock(): Promise<number | undefined>;
  delivery(): Promise<Delivery>;
  /** Throws when the store cannot commit. */
  check(now: number): Promise<void>;
}

/** Reason of the AppError `ambiguous` where a commit was sent and not answered. */
export const commitUnanswered = 'commit_unanswered';

export interface Delivery {
  readonly lastMessageAt: number | undefined;
  /** Since when the oldest card or reply waits that is not in Slack, or from when on it will; undefined: all is there. */
  readonly oldestUndeliveredAt: number | undefined;
  readonly facts: ReadonlyMap<string, { value: string; at: number }>;
}
