/**
 * What a signal means for the incidents. Pure: (signal, what is remembered, now) → a decision with a named reason, which reaches the
 * timeline. The rules are those of DESIGN section 3, "Triage".
 */
import type { AlarmChange, AlarmState, ToldBy } from '../alarm/alarm.ts';
import type { Cause } from '../alarm/evaluation.ts';
import type { LogMemory } from '../alarm/log.ts';
import { isKnownChange, type KnownChange } from '../alarm/same-change.ts';
import { type DetectionId, detectionOf } from '../detection/detections.ts';
import { type AlarmMeaning, claimOf, type Recognition } from '../detection/recognition.ts';
import { boundedKey } from '../digest.ts';
import { isWorse, type Severity } from '../severity.ts';
import type { SignIn } from '../sign-in/sign-in.ts';
import { subjectOf } from '../sign-in/subjects.ts';
import type { Notice } from '../signal/notice.ts';
import type { Signal } from '../signal/signal.ts';
import { type Decision, loud, type PendingReset, quiet, quietPeriod } from './decision.ts';
import type { Incident } from './incident.ts';

const minute = 60_000;
const noisePeriod = 24 * 60 * minute;
/** How long the OK of a reset is awaited. */
export const resetWindow = 10 * minute;

/** What is remembered of an alarm (and contributor), whether or not it ever opened an incident. */
export interface AlarmMemory extends AlarmMeaning {
  readonly id: string;
  readonly arn: string;
  readonly name: string;
  readonly account: string;
  readonly region: string;
  readonly state: AlarmState;
  readonly at: number;
  /** What CloudWatch said of its newest change; undefined: an older version did not keep it. */
  readonly reason?: string | undefined;
  readonly cause?: Cause | undefined;
  /** How its newest change was told; undefined: an older version did not say. */
  readonly toldBy?: ToldBy | undefined;
  /** When CloudWatch was last seen to have it, to the month; undefined: since `at` it was not. */
  readonly seenAt?: number | undefined;
  readonly resets: readonly PendingReset[];
  /** How the last question about its log ended; undefined: never asked. */
  readonly log?: LogMemory | undefined;
}

export interface Remembered {
  /** The newest incident of the key, resolved or not. */
  readonly incident: Incident | undefined;
  readonly alarm: AlarmMemory | undefined;
  /** Changes of the alarm that were taken before its newest. */
  readonly changes?: readonly KnownChange[] | undefined;
  /** Whether the incident has this very sign-in already, by whatever way it came. */
  readonly isKept?: boolean;
  /** Whether the signal rings nobody, whatever it does. */
  readonly isQuiet?: boolean;
}

/** What a signal is about, as far as is known when it comes. */
export interface Meaning {
  readonly recognised: Recognition | undefined;
  /** Of a signal that an alarm sent. */
  readonly alarm?: AlarmMeaning;
  /** The account under which the incident is kept: the alarm's, or the one whose trail watches the event's. */
  readonly home: string;
}

/**
 * @param alarm what is remembered of the alarm
 * @param settings what people configured: the meaning of alarms by name or ARN, and the account that watches all others
 */
export function meaningOf(
  signal: Signal,
  alarm: AlarmMemory | undefined,
  settings: { alarmDetections: ReadonlyMap<string, DetectionId>; trailAccount: string | undefined },
): Meaning {
  if (signal.kind === 'notice') return { recognised: undefined, home: signal.account };
  if (signal.kind === 'alarm-change') {
    const configured = settings.alarmDetections.get(signal.arn) ?? settings.alarmDetections.get(signal.name);
    const recognised = configured ? { detection: configured, by: 'configured' as const } : alarm?.recognised;
    return { recognised, alarm: { recognised, judgement: alarm?.judgement, unread: alarm?.unread }, home: signal.account };
  }
  const [detection] = signal.detections;
  const recognised = detection && { detection, by: signal.eventId.startsWith('text:') ? ('text' as const) : ('event' as const) };
  return { recognised, home: settings.trailAccount ?? signal.account };
}

const longestKey = 500;

function bounded(key: string): string {
  return boundedKey(key, longestKey);
}

/** The key under which unresolved incidents are unique: the account and the detection; the alarm itself where it is not recognised. */
export function keyOf(signal: Signal, { recognised, home }: Meaning): string {
  if (recognised !== undefined) return detectionKey(recognised.detection, home);
  switch (signal.kind) {
    case 'alarm-change':
      return alarmKey(signal.arn);
    case 'sign-in':
      return bounded(`sign-in:${home}:${signal.eventName}:${signal.outcome}`);
    case 'notice':
      return `notice:${signal.digest}`;
  }
}

/** The key of an alarm that is not recognised. */
export function alarmKey(arn: string): string {
  return bounded(`alarm:${arn}`);
}

export function detectionKey(detection: DetectionId, home: string): string {
  return bounded(`detection:${detection}:${home}`);
}

/** The id under which an alarm, or one contributor of it, is remembered. */
export function memoryId(signal: AlarmChange): string {
  return bounded(signal.contributor === undefined ? signal.arn : `${signal.arn}#${signal.contributor}`);
}

export function severityOf(signal: Signal, { recognised }: Meaning): Severity {
  const detection = recognised && detectionOf(recognised.detection);
  switch (signal.kind) {
    case 'alarm-change':
      return signal.state === 'INSUFFICIENT_DATA' ? 'LOW' : claimOf(recognised).severity;
    case 'notice':
      return signal.severity;
    case 'sign-in':
      return detection?.alone ?? detection?.severity ?? 'LOW';
  }
}

/** An alarm that only suggests what it is about rings nobody until somebody was found who did that. */
export function isQuietSignal(signal: Signal, { recognised }: Meaning, before: Incident | undefined): boolean {
  const isProven = before !== undefined && before.subjects.length > 0 && before.countedAs === undefined;
  return signal.kind === 'alarm-change' && claimOf(recognised).isQuiet && !isProven;
}

/**
 * @param severity what the signal asks for, with what it adds up to in its incident
 */
export function triage(signal: Signal, remembered: Remembered, severity: Severity, now: number): Decision {
  const decision = decided(signal, remembered, severity, now);
  // What is of low severity rings nobody, however often it comes.
  const isLow = severity === 'LOW' && remembered.incident?.severity === 'LOW';
  return (isLow || remembered.isQuiet) && decision.do === 'fold' ? { ...decision, loud: false } : decision;
}

function decided(signal: Signal, remembered: Remembered, severity: Severity, now: number): Decision {
  switch (signal.kind) {
    case 'alarm-change':
      return triageAlarm(signal, remembered, severity, now);
    case 'sign-in':
      return triageSignIn(signal, remembered, severity);
    case 'notice':
      return triageNotice(signal, remembered.incident, severity, now);
  }
}

function triageAlarm(signal: AlarmChange, { incident, alarm, changes = [] }: Remembered, severity: Severity, now: number): Decision {
  if (isKnownChange(signal, [...(alarm ? [alarm] : []), ...changes]))
    return incident ? quiet('same-change-again') : { do: 'ignore', reason: 'same-change-again' };
  const isOlder = alarm !== undefined && signal.at < alarm.at;
  if (signal.state === 'OK') return triageRecovery(signal, incident, alarm, now);
  if (signal.state === 'INSUFFICIENT_DATA') return triageNoData(signal, incident, isOlder);
  if (incident === undefined) return { do: 'open', reason: isOlder ? 'fired-and-recovered-before-it-arrived' : 'first-firing' };
  if (incident.resolved) return triageFiringAfterResolution(incident, signal.at, isOlder);
  if (isWorse(severity, incident.severity)) return loud('severity-rose');
  if (isOlder) return quiet('older-than-known');
  if (incident.alarm?.resetBy && signal.at - incident.alarm.since < quietPeriod) return quiet('fired-again-after-our-reset');
  return signal.at - incident.lastSignalAt >= quietPeriod ? loud('fired-again-after-quiet') : quiet('fired-again');
}

function triageFiringAfterResolution(incident: Incident, at: number, isOlder: boolean): Decision {
  const decision = afterResolution(incident, at);
  if (!isOlder) return decision;
  return decision.do === 'open' ? { do: 'open', reason: 'fired-and-recovered-before-it-arrived' } : { do: 'note', reason: 'older-than-known' };
}

/**
 * An alarm on a metric filter has no data when nothing matches: that is its quiet state, and a new alarm's first. Only where its owner says that
 * missing data breaches is it worth an incident of its own.
 */
function triageNoData(signal: AlarmChange, incident: Incident | undefined, isOlder: boolean): Decision {
  if (isOlder) return incident ? { do: 'note', reason: 'older-than-known' } : { do: 'ignore', reason: 'older-than-known' };
  const isFault = signal.measures?.missingData === 'breaching' && signal.evaluation.cause !== 'created';
  if (!isFault) return incident ? { do: 'note', reason: 'no-data' } : { do: 'ignore', reason: 'no-data-is-quiet' };
  if (incident === undefined) return { do: 'open', reason: 'alarm-sees-no-data' };
  if (incident.resolved && signal.at - incident.resolved.at >= quietPeriod) return { do: 'open', reason: 'alarm-sees-no-data' };
  return { do: 'note', reason: 'no-data' };
}

function triageRecovery(signal: AlarmChange, incident: Incident | undefined, alarm: AlarmMemory | undefined, now: number): Decision {
  if (incident === undefined) return { do: 'ignore', reason: 'ok-alone' };
  const reset = alarm?.resets.find((one) => now - one.at <= resetWindow && signal.reason.includes(one.marker));
  if (reset) return { do: 'note', reason: 'our-own-reset', reset };
  if (incident.resolved) return { do: 'note', reason: 'recovered-after-resolution' };
  if (alarm && signal.at < alarm.at) return { do: 'note', reason: 'older-than-known' };
  return { do: 'note', reason: signal.evaluation.cause === 'set-by-hand' ? 'set-by-hand' : 'recovered-by-itself' };
}

function afterResolution(incident: Incident, at: number): Decision {
  const resolvedAt = incident.resolved?.at ?? 0;
  // SNS and CloudTrail are late at times: whoever resolved it did not know of what is newer than all that had come.
  if (at <= resolvedAt)
    return at > incident.lastSignalAt ? { do: 'reopen', reason: 'not-known-at-resolution' } : { do: 'note', reason: 'older-than-resolution' };
  return at - resolvedAt < quietPeriod
    ? { do: 'reopen', reason: 'again-soon-after-resolution' }
    : { do: 'open', reason: 'again-long-after-resolution' };
}

function triageSignIn(signal: SignIn, { incident, isKept }: Remembered, severity: Severity): Decision {
  if (signal.detections.length === 0) return { do: 'ignore', reason: 'no-detection' };
  if (incident === undefined) return { do: 'open', reason: 'first-sign-in' };
  if (isKept) return { do: 'note', reason: 'found-before' };
  const rises = isWorse(severity, incident.severity);
  const isNew = subjectOf(incident.subjects, signal) === undefined;
  if (incident.resolved) {
    const isUnknown = signal.at <= incident.resolved.at && (rises || isNew);
    return isUnknown ? { do: 'reopen', reason: 'not-known-at-resolution' } : afterResolution(incident, signal.at);
  }
  if (rises) return loud('severity-rose');
  if (isNew && incident.status === 'acknowledged') return loud('new-subject');
  return signal.at - incident.lastSignalAt >= quietPeriod ? loud('again-after-quiet') : quiet('again');
}

function triageNotice(signal: Notice, incident: Incident | undefined, severity: Severity, now: number): Decision {
  if (incident === undefined) return { do: 'open', reason: signal.about === 'text' ? 'not-understood' : signal.about };
  if (signal.about === 'noise') return triageNoise(signal, incident);
  if (incident.resolved) return afterResolution(incident, signal.at);
  if (isWorse(severity, incident.severity)) return loud('severity-rose');
  // Of one kind, but not the same: whoever acknowledged it has not seen this one.
  if (incident.status === 'acknowledged' && signal.text !== incident.noticeText) return loud('another-message');
  return now - incident.lastSignalAt >= quietPeriod ? loud('again-after-quiet') : quiet('again');
}

/** Noise goes on until somebody takes it off the topic: resolved, it is worth another word only after a day. */
function triageNoise(signal: Notice, { resolved }: Incident): Decision {
  if (resolved === undefined) return quiet('again');
  return signal.at - resolved.at >= noisePeriod ? { do: 'open', reason: 'noise-goes-on' } : { do: 'ignore', reason: 'noise-after-resolution' };
}
