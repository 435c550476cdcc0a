/** Folds a batch of signals, in the order in which things happened, into the incidents they belong to. Pure. */
import type { AlarmChange } from '../alarm/alarm.ts';
import type { SignIn } from '../sign-in/sign-in.ts';
import type { Signal } from '../signal/signal.ts';
import type { Transition } from '../store.ts';
import type { Incident } from './incident.ts';
import { apply, rememberAlarm, severityWith, withSignIns } from './intake.ts';
import type { NewEntry } from './timeline.ts';
import { toldEvents } from './told-events.ts';
import { type AlarmMemory, type Decision, isQuietSignal, keyOf, type Meaning, memoryId, triage } from './triage.ts';

export interface Understood {
  readonly signal: Signal;
  readonly messageId: string;
  readonly meaning: Meaning;
}

/** An incident as the batch leaves it. */
interface Work {
  incident: Incident;
  isNew: boolean;
  due: 'now' | 'paced';
  readonly entries: Omit<NewEntry, 'incident'>[];
  readonly transitions: Omit<Transition, 'incident'>[];
  readonly signIns: SignIn[];
  /** Whether something happened that CloudTrail should be asked about. */
  looks: boolean;
  /** The alarm that fired last among it. */
  alarm: AlarmChange | undefined;
}

export interface Folded {
  readonly works: readonly Work[];
  /** Transitions that concern no incident. */
  readonly alone: readonly Omit<Transition, 'incident'>[];
  readonly alarms: ReadonlyMap<string, AlarmMemory>;
  readonly decisions: readonly Decision[];
}

/**
 * @param newest the newest incident of each key
 * @param kept `incident event-id` of the sign-ins that incidents have already
 */
export function fold(
  signals: readonly Understood[],
  newest: ReadonlyMap<string, Incident>,
  remembered: ReadonlyMap<string, AlarmMemory>,
  kept: ReadonlySet<string>,
  now: number,
): Folded {
  const alarms = new Map(remembered);
  const current = new Map<string, Work>();
  const works: Work[] = [];
  const alone: Omit<Transition, 'incident'>[] = [];
  const decisions: Decision[] = [];
  for (const { signal, messageId, meaning } of signals) {
    const key = keyOf(signal, meaning);
    const work = current.get(key);
    const before = work?.incident ?? newest.get(key);
    const alarm = signal.kind === 'alarm-change' ? recalled(alarms, signal) : undefined;
    const isKept = signal.kind === 'sign-in' && kept.has(`${before?.id} ${signal.eventId}`);
    const isQuiet = isQuietSignal(signal, meaning, before);
    const decision = triage(signal, { incident: before, alarm, isKept, isQuiet }, severityWith(signal, meaning, before), now);
    decisions.push(decision);
    const next = workAfter(work, { signal, messageId, meaning }, decision, before, { kept, now });
    if (next !== undefined && next !== work) {
      works.push(next);
      current.set(key, next);
    }
    if (signal.kind === 'alarm-change') {
      alarms.set(memoryId(signal), rememberAlarm(alarm, signal, decision.do === 'note' ? decision.reset : undefined, now));
      (next?.transitions ?? alone).push(transitionOf(signal, decision, messageId, now));
    }
  }
  return { works, alone, alarms, decisions };
}

function workAfter(
  work: Work | undefined,
  { signal, meaning }: Understood,
  decision: Decision,
  before: Incident | undefined,
  { kept, now }: { kept: ReadonlySet<string>; now: number },
): Work | undefined {
  const { incident, entry, due } = apply(signal, decision, before, meaning, now);
  if (incident === undefined) return work;
  const isNew = decision.do === 'open' || before === undefined;
  const isFresh = work === undefined || isNew;
  const next = isFresh ? { incident, isNew, due, entries: [], transitions: [], signIns: [], looks: false, alarm: undefined } : work;
  next.incident = incident;
  next.due = next.due === 'now' ? 'now' : due;
  if (entry) next.entries.push(entry);
  if (signal.kind === 'sign-in') next.signIns.push(signal);
  if (signal.kind === 'alarm-change' && signal.state === 'ALARM') next.alarm = signal;
  if (signal.kind === 'alarm-change' && decision.reason !== 'same-change-again') addTold(next, toldEvents(signal), kept);
  next.looks ||= decision.do !== 'note' && signal.kind !== 'notice';
  return next;
}

/** Events that the message itself names, beside those that the incident has. */
function addTold(work: Work, told: readonly SignIn[], kept: ReadonlySet<string>): void {
  const isKnown = ({ eventId }: SignIn): boolean => kept.has(`${work.incident.id} ${eventId}`) || work.signIns.some((one) => one.eventId === eventId);
  const fresh = told.filter((event) => !isKnown(event));
  if (fresh.length === 0) return;
  work.incident = withSignIns(work.incident, fresh);
  work.signIns.push(...fresh);
}

/** A contributor's OK may be caused by a reset of the whole alarm, and what the alarm means is known for the whole. */
export function recalled(alarms: ReadonlyMap<string, AlarmMemory>, signal: AlarmChange): AlarmMemory | undefined {
  const known = alarms.get(memoryId(signal));
  const whole = signal.contributor === undefined ? undefined : alarms.get(signal.arn);
  if (whole === undefined) return known;
  if (known === undefined) return undefined;
  const { recognised, judgement, unread } = whole.recognised === undefined && whole.judgement === undefined ? known : whole;
  return { ...known, resets: [...known.resets, ...whole.resets], recognised, judgement, unread };
}

function transitionOf(signal: AlarmChange, decision: Decision, messageId: string, now: number): Omit<Transition, 'incident'> {
  return {
    alarmId: memoryId(signal),
    state: signal.state,
    at: signal.at,
    receivedAt: now,
    decision: `${decision.do}: ${decision.reason}`,
    messageId,
  };
}
