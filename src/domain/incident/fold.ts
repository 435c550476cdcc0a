/** Folds a batch of signals, in the order in which things happened, into the incidents they belong to. Pure. */
import type { AlarmChange } from '../alarm/alarm.ts';
import type { KnownChange } from '../alarm/same-change.ts';
import type { SignIn } from '../sign-in/sign-in.ts';
import { around, noSurroundings, type Surroundings, type Trace, touchedBy } from '../sign-in/surroundings.ts';
import type { Signal } from '../signal/signal.ts';
import type { Way } from '../signal/way.ts';
import type { Transition } from '../store.ts';
import { recalled, rememberAlarm } from './alarm-memory.ts';
import { newsOf, onFirstPicture, type Related, tiedBy } from './campaign.ts';
import type { Decision } from './decision.ts';
import type { Incident } from './incident.ts';
import { apply, type Circumstances, severityWith, withSignIns } from './intake.ts';
import type { NewEntry } from './timeline.ts';
import { eventsOf, toldEvents } from './told-events.ts';
import { type AlarmMemory, isQuietSignal, keyOf, type Meaning, memoryId, triage } from './triage.ts';

export interface Understood {
  readonly signal: Signal;
  readonly messageId: string;
  readonly meaning: Meaning;
  /** Undefined: SNS brought it. */
  readonly way?: Way | undefined;
}

/** An incident as the batch leaves it. */
interface Work {
  incident: Incident;
  isNew: boolean;
  due: 'loud' | 'now' | 'paced';
  readonly entries: Omit<NewEntry, 'incident'>[];
  readonly transitions: Omit<Transition, 'incident'>[];
  readonly signIns: SignIn[];
  /** Whether something happened that CloudTrail should be asked about. */
  looks: boolean;
  /** Whether an alarm of it was set to another state by hand, and CloudTrail should be asked by whom. */
  asksWho: boolean;
  /** The alarm that fired last among it. */
  alarm: AlarmChange | undefined;
  /** Whether something of it is yet to be told, by the incident that tells for its campaign. */
  hasNews: boolean;
}

/** What is remembered when a batch comes. */
export interface Remembered {
  /** The newest incident of each key. */
  readonly newest: ReadonlyMap<string, Incident>;
  readonly alarms: ReadonlyMap<string, AlarmMemory>;
  /** Changes before an alarm's newest, by the id of what is remembered, near those of the batch that are older than that. */
  readonly changes: ReadonlyMap<string, readonly KnownChange[]>;
  /** `incident event-id` of the sign-ins that incidents have already. */
  readonly kept: ReadonlySet<string>;
  /** What lies around the batch's sign-ins, themselves included. */
  readonly around: Surroundings;
  /** Incidents that share a user or a network with them, and those of their campaigns. */
  readonly related: readonly Related[];
}

export interface Folded {
  readonly works: readonly Work[];
  /** Transitions that concern no incident. */
  readonly alone: readonly Omit<Transition, 'incident'>[];
  readonly alarms: ReadonlyMap<string, AlarmMemory>;
  readonly decisions: readonly Decision[];
}

export function fold(signals: readonly Understood[], remembered: Remembered, now: number): Folded {
  const alarms = new Map(remembered.alarms);
  const changes = new Map(remembered.changes);
  const current = new Map<string, Work>();
  const works: Work[] = [];
  const alone: Omit<Transition, 'incident'>[] = [];
  const decisions: Decision[] = [];
  for (const { signal, messageId, meaning, way } of signals) {
    const key = keyOf(signal, meaning);
    const work = current.get(key);
    const before = work?.incident ?? remembered.newest.get(key);
    const alarm = signal.kind === 'alarm-change' ? recalled(alarms, signal) : undefined;
    const isKept = signal.kind === 'sign-in' && remembered.kept.has(`${before?.id} ${signal.eventId}`);
    const isQuiet = isQuietSignal(signal, meaning, before);
    const circumstances = { before, meaning, alarm, way, now, ...surroundingsOf(signal, before, { remembered, works }) };
    const taken = signal.kind === 'alarm-change' ? changes.get(memoryId(signal)) : undefined;
    const decision = triage(signal, { incident: before, alarm, changes: taken, isKept, isQuiet }, severityWith(signal, circumstances), now);
    decisions.push(decision);
    const next = workAfter(work, signal, decision, { ...circumstances, kept: remembered.kept });
    if (next !== undefined && next !== work) {
      works.push(next);
      current.set(key, next);
    }
    if (signal.kind === 'alarm-change') {
      changes.set(memoryId(signal), [...(taken ?? []), signal]);
      alarms.set(memoryId(signal), rememberAlarm(alarm, signal, decision.do === 'note' ? decision.reset : undefined, now));
      (next?.transitions ?? alone).push(transitionOf(signal, decision, messageId, now));
    }
  }
  return { works, alone, alarms, decisions };
}

/** What lies around a sign-in, and the other incidents of the campaign that it would belong to. */
function surroundingsOf(
  signal: Signal,
  before: Incident | undefined,
  { remembered, works }: { remembered: Remembered; works: readonly Work[] },
): Pick<Circumstances, 'around' | 'others'> {
  const traces = touchedBy(eventsOf(signal));
  if (traces.length === 0) return { around: noSurroundings, others: [] };
  const nearby = around(remembered.around, traces);
  const untouched = remembered.related.filter((one) => !works.some((work) => !work.isNew && work.incident.id === one.incident.id));
  const tracesOf = ({ incident, signIns }: Work): readonly Trace[] => [
    ...touchedBy(signIns),
    ...remembered.related.filter((one) => one.incident.id === incident.id).flatMap((one) => one.traces),
  ];
  const known = [...untouched, ...works.map((work) => ({ incident: work.incident, traces: tracesOf(work) }))];
  return { around: nearby, others: tiedBy(traces, nearby, known).filter((one) => one.key !== before?.key) };
}

function workAfter(
  work: Work | undefined,
  signal: Signal,
  decision: Decision,
  circumstances: Circumstances & Pick<Remembered, 'kept'>,
): Work | undefined {
  const { incident, entry, due, hasNews } = apply(signal, decision, circumstances);
  if (incident === undefined) return work;
  const isNew = decision.do === 'open' || circumstances.before === undefined;
  const isFresh = work === undefined || isNew;
  const next = isFresh
    ? { incident, isNew, due, entries: [], transitions: [], signIns: [], looks: false, asksWho: false, alarm: undefined, hasNews }
    : work;
  next.incident = incident;
  next.due = soonerOf(next.due, due);
  if (entry) next.entries.push(entry);
  if (signal.kind === 'sign-in') next.signIns.push(signal);
  if (signal.kind === 'alarm-change' && signal.state === 'ALARM') next.alarm = signal;
  next.hasNews = hasNews;
  if (signal.kind === 'alarm-change' && decision.reason !== 'same-change-again') addTold(next, toldEvents(signal), circumstances);
  next.looks ||= decision.do !== 'note' && signal.kind !== 'notice';
  next.asksWho ||= signal.kind === 'alarm-change' && signal.state !== 'ALARM' && signal.evaluation.cause === 'set-by-hand' && decision.do === 'note';
  return next;
}

/** Events that the message itself names, beside those that the incident has. */
function addTold(work: Work, told: readonly SignIn[], { around: nearby, others, kept }: Circumstances & Pick<Remembered, 'kept'>): void {
  const isKnown = ({ eventId }: SignIn): boolean => kept.has(`${work.incident.id} ${eventId}`) || work.signIns.some((one) => one.eventId === eventId);
  const fresh = told.filter((event) => !isKnown(event));
  if (fresh.length === 0) return;
  const incident = withSignIns(work.incident, fresh, nearby);
  work.incident = work.isNew ? onFirstPicture(incident, others) : incident;
  work.hasNews = newsOf(work.incident) !== 'none';
  work.signIns.push(...fresh);
}

function transitionOf(signal: AlarmChange, decision: Decision, messageId: string, now: number): Omit<Transition, 'incident'> {
  return {
    alarmId: memoryId(signal),
    state: signal.state,
    at: signal.at,
    toldBy: signal.toldBy,
    receivedAt: now,
    decision: `${decision.do}: ${decision.reason}`,
    messageId,
  };
}

function soonerOf(one: Work['due'], other: Work['due']): Work['due'] {
  if (one === 'loud' || other === 'loud') return 'loud';
  return one === 'now' ? one : other;
}
