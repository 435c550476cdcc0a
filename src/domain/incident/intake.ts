/** Carries out what triage decided: from one incident (or none) and a signal to the next incident and the entry it leaves. */
import { isGone } from '../alarm/gone.ts';
import { namedAlarm } from '../alarm/named.ts';
import { type DetectionId, detectionOf } from '../detection/detections.ts';
import { provenBy } from '../detection/recognition.ts';
import { type Severity, worseOf } from '../severity.ts';
import { namelessWords } from '../sign-in/principal.ts';
import { openingSentence } from '../sign-in/sentence.ts';
import type { SignIn } from '../sign-in/sign-in.ts';
import { type Subjects, withSignIn } from '../sign-in/subjects.ts';
import type { Surroundings } from '../sign-in/surroundings.ts';
import { sharedIdsOf, sharedIdWords } from '../sign-in/told-apart.ts';
import type { Signal } from '../signal/signal.ts';
import { type Way, wayWords, withLate } from '../signal/way.ts';
import { isOwnChange, withAlarm } from './alarms-of-incident.ts';
import { assess, graver } from './assessment.ts';
import { blank } from './blank.ts';
import { asTold, newsOf, tellingOf, untoldWords, withNews } from './campaign.ts';
import type { Counted } from './counted.ts';
import type { Decision } from './decision.ts';
import { heldBy } from './held.ts';
import type { Incident } from './incident.ts';
import { newestOf } from './newest.ts';
import { isKnownNoise, withNotice } from './notice-of-incident.ts';
import { alsoWords, verdictLine } from './reasons.ts';
import { reopened } from './reopened.ts';
import type { NewEntry } from './timeline.ts';
import { type AlarmMemory, isQuietSignal, type Meaning, severityOf } from './triage.ts';

export interface Applied {
  /** Undefined when the signal is only remembered. */
  readonly incident: Incident | undefined;
  /** Its `incident` number is filled in by whoever stores it. */
  readonly entry: Omit<NewEntry, 'incident'> | undefined;
  /** Whether the card is brought up to date at once, or when its pace allows. */
  readonly due: 'loud' | 'now' | 'paced';
  /** Whether something of it is yet to be told, by the incident that tells for its campaign. */
  readonly hasNews: boolean;
}

/** What is known beside a signal when it comes. */
export interface Circumstances {
  /** The incident it belongs to, if there is one. */
  readonly before: Incident | undefined;
  readonly meaning: Meaning;
  /** What is remembered of the alarm that changed. */
  readonly alarm?: AlarmMemory | undefined;
  /** What is remembered around a sign-in. */
  readonly around: Surroundings;
  /** Other incidents of the same campaign. */
  readonly others: readonly Incident[];
  /** How it was heard of, where SNS did not bring it. */
  readonly way?: Way | undefined;
  readonly now: number;
}

/** The severity that a signal asks for, together with what it then adds up to with all that is remembered around it. */
export function severityWith(signal: Signal, { before, meaning, around }: Circumstances): Severity {
  const alone = severityOf(signal, meaning);
  if (signal.kind !== 'sign-in') return alone;
  const detection = before?.detection ?? meaning.recognised?.detection;
  const { subjects } = withSignIn(before ?? nobody, signal);
  return worseOf(alone, assess({ detection, subjects, ownActions: [] }, around)?.severity ?? alone);
}

const nobody: Subjects = { subjects: [], moreSubjects: 0 };

/** A new incident has id 0 until it is stored. */
export function apply(signal: Signal, decided: Decision, circumstances: Circumstances): Applied {
  const { before, meaning, others, way, now } = circumstances;
  if (decided.do === 'ignore') return { incident: undefined, entry: undefined, due: 'paced', hasNews: false };
  const isNew = decided.do === 'open' || before === undefined;
  const base = isNew ? blank(signal, circumstances) : before;
  const next = counted(base, { signal, decision: decided, circumstances });
  const decision = signal.kind === 'sign-in' ? withNews(decided, next, others) : decided;
  const isQuiet = isQuietSignal(signal, meaning, before);
  const telling = isNew ? 'on-first-picture' : isQuiet ? 'quietly' : tellingOf(next, decision, others);
  const after = asTold(stateAfter(next, decision), telling, others);
  const rings = telling === 'rings';
  const entry = {
    at: now,
    kind: 'signal' as const,
    reply: rings ? ('loud' as const) : ('none' as const),
    body: {
      what: signal.kind,
      reason: decision.reason,
      text: `${rings ? loudText(signal, decision, { incident: next, others }) : plainText(signal)}${way === undefined ? '' : ` (${wayWords[way]})`}`,
      ...heldBy(signal),
    },
  };
  const isToldAlready = signal.kind === 'notice' && !isNew && isKnownNoise(signal, before);
  const due = rings && !isNew ? 'loud' : isNew || decision.do === 'reopen' ? 'now' : 'paced';
  return { incident: after, entry: isToldAlready ? undefined : entry, due, hasNews: newsOf(after) !== 'none' };
}

interface Change {
  readonly signal: Signal;
  readonly decision: Decision;
  readonly circumstances: Circumstances;
}

function counted(incident: Incident, { signal, decision, circumstances: { meaning, alarm, around, way } }: Change): Incident {
  const isAlarm = signal.kind === 'alarm-change';
  const isRepeat = decision.reason === 'same-change-again' || decision.reason === 'found-before' || (isAlarm && !isOwnChange(incident, signal));
  const { signals, firings, recoveries } = incident.counts;
  const isFiring = !isRepeat && (!isAlarm || signal.state === 'ALARM');
  const isRecovery = !isRepeat && isAlarm && signal.state === 'OK';
  const next: Incident = {
    ...incident,
    counts: {
      signals: signals + 1,
      firings: firings + (isFiring && (isAlarm || incident.origin !== 'alarm') ? 1 : 0),
      recoveries: recoveries + (isRecovery ? 1 : 0),
    },
    severity: decision.do === 'note' ? incident.severity : worseOf(severityOf(signal, meaning), incident.severity),
    firstSignalAt: Math.min(incident.firstSignalAt, signal.at),
    lastSignalAt: isFiring ? Math.max(incident.lastSignalAt, signal.at) : incident.lastSignalAt,
    late: withLate(incident.late, way),
  };
  if (isAlarm) return withAlarm(next, { signal, decision, meaning: meaning.alarm ?? {}, memory: alarm });
  if (signal.kind === 'notice') return withNotice(next, signal);
  return isRepeat ? next : withSignIns(next, [signal], around);
}

/**
 * The incident with sign-ins more, and what they add up to: its severity may rise by it.
 * @param around what is remembered around them
 */
export function withSignIns(incident: Incident, signIns: readonly SignIn[], around: Surroundings): Incident {
  const { subjects, moreSubjects } = incident;
  const counted = signIns.reduce<Subjects>(withSignIn, { subjects, moreSubjects });
  const severity = worseOf(incident.severity, provenBy(incident.detection, signIns));
  const sharedIds = sharedIdsOf(incident.sharedIds, signIns);
  return assessed({ ...incident, ...counted, severity, newest: newestOf(incident.newest, signIns), sharedIds }, around);
}

/**
 * The incident with what its alarms counted: its severity may rise to that of what was counted.
 * @param events the events among it, which the incident has already
 */
export function withCounted(incident: Incident, counted: readonly Counted[], events: readonly SignIn[]): Incident {
  const severities = events.flatMap(({ detections: [first] }) => (first === undefined ? [] : [severityOfCounted(first, incident)]));
  return { ...incident, counted, countedAs: countedAs(incident, events), severity: severities.reduce(worseOf, incident.severity) };
}

/** What was counted, where none of it is what the alarm is named for: by the catalogue's name for it, or by the name of the event. */
function countedAs({ detection, countedAs: before, subjects }: Incident, events: readonly SignIn[]): string | undefined {
  const [first] = events;
  if (detection === undefined || first === undefined || subjects.length === 0) return before;
  if (events.some(({ detections }) => detections.includes(detection))) return undefined;
  const [other] = first.detections;
  return other === undefined ? `${first.eventName} by ${first.principal.name ?? namelessWords(first.principal)}` : detectionOf(other).title;
}

/** Enough of what the alarm is about to set it off, or single events of something else. */
function severityOfCounted(id: DetectionId, { detection }: Incident): Severity {
  const { severity, alone = severity } = detectionOf(id);
  return id === detection ? severity : alone;
}

export function assessed(incident: Incident, around: Surroundings): Incident {
  const assessment = graver(incident.assessment, assess(incident, around));
  return { ...incident, assessment, severity: worseOf(assessment?.severity ?? incident.severity, incident.severity) };
}

function stateAfter(incident: Incident, decision: Decision): Incident {
  if (decision.do === 'reopen') return reopened(incident);
  const wakes = decision.do === 'fold' && decision.loud && incident.status === 'acknowledged';
  return wakes ? { ...incident, status: 'open' } : incident;
}

function plainText(signal: Signal): string {
  if (signal.kind === 'alarm-change' && isGone(signal)) return `Alarm ${namedAlarm(signal)}: ${signal.reason}`;
  if (signal.kind === 'alarm-change') return `Alarm ${namedAlarm(signal)} went ${signal.previousState ?? '?'} → ${signal.state}: ${signal.reason}`;
  if (signal.kind === 'notice') return signal.title;
  const shared = signal.sharesId === undefined ? '' : ` ${sharedIdWords}`;
  return `${openingSentence(signal)} (${signal.eventName}, event ${signal.sharesId ?? signal.eventId})${shared}`;
}

function loudText(signal: Signal, decision: Decision, { incident, others }: { incident: Incident; others: readonly Incident[] }): string {
  const what = signal.kind === 'alarm-change' ? `Alarm ${namedAlarm(signal)} fired` : plainText(signal);
  switch (decision.reason) {
    case 'again-soon-after-resolution':
      return `Reopened: ${what} again soon after this was resolved.`;
    case 'not-known-at-resolution':
      return `Reopened: this happened before the resolution and came to light after it: ${what}.`;
    case 'severity-rose':
      return `Now ${incident.severity}: ${verdictOf(incident)}${what}.`;
    case 'another-person':
      return `Somebody else too: ${untoldWords(incident, others)} ${what}.`;
    case 'new-subject':
      return `Somebody new in it: ${what}.`;
    case 'another-message':
      return `Another message of this kind: ${what}.`;
    default:
      return `Again after more than 30 quiet minutes: ${what}.`;
  }
}

function verdictOf({ assessment, subjects }: Incident): string {
  if (assessment === undefined) return '';
  const also = alsoWords(assessment, subjects);
  return `${verdictLine(assessment, subjects)}. ${also === '' ? '' : `Also: ${also} `}`;
}
