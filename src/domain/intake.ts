/** Carries out what triage decided: from one incident (or none) and a signal to the next incident and the entry it leaves. */
import type { AlarmChange } from './alarm.ts';
import { type AlarmOfIncident, type Incident, isWorse, reopened } from './incident.ts';
import { printed } from './json.ts';
import type { Signal } from './signal.ts';
import { withSignIn } from './subjects.ts';
import type { NewEntry } from './timeline.ts';
import { type AlarmMemory, type Decision, keyOf, memoryId, type PendingReset, resetWindow, severityOf } from './triage.ts';

export interface Applied {
  /** Undefined when the signal is only remembered. */
  readonly incident: Incident | undefined;
  /** Its `incident` number is filled in by whoever stores it. */
  readonly entry: Omit<NewEntry, 'incident'> | undefined;
  /** Whether the card is brought up to date at once, or when its pace allows. */
  readonly due: 'now' | 'paced';
}

/** A new incident has id 0 until it is stored. */
export function apply(signal: Signal, decision: Decision, before: Incident | undefined, now: number): Applied {
  if (decision.do === 'ignore') return { incident: undefined, entry: undefined, due: 'paced' };
  const isNew = decision.do === 'open' || before === undefined;
  const base = isNew ? blank(signal, before, now) : before;
  const incident = stateAfter(counted(base, signal, decision), decision);
  const rings = !isNew && (decision.do === 'reopen' || (decision.do === 'fold' && decision.loud));
  const entry = {
    at: now,
    kind: 'signal' as const,
    reply: rings ? ('loud' as const) : ('none' as const),
    body: {
      what: signal.kind,
      reason: decision.reason,
      text: rings ? loudText(signal, decision, incident) : plainText(signal),
      ...detailsOf(signal),
    },
  };
  return { incident, entry, due: isNew || rings ? 'now' : 'paced' };
}

function blank(signal: Signal, previous: Incident | undefined, now: number): Incident {
  return {
    id: 0,
    key: keyOf(signal),
    revision: 0,
    title: titleOf(signal),
    severity: severityOf(signal),
    status: 'open',
    origin: signal.kind === 'alarm-change' ? 'alarm' : signal.kind,
    account: signal.account,
    region: signal.region,
    alarm: undefined,
    noticeText: signal.kind === 'notice' ? signal.text : undefined,
    counts: { signals: 0, firings: 0, recoveries: 0 },
    firstSignalAt: signal.at,
    lastSignalAt: signal.at,
    subjects: [],
    moreSubjects: 0,
    openedAt: now,
    acknowledged: undefined,
    owner: undefined,
    resolved: undefined,
    reopenings: 0,
    previous: previous?.id,
    deeds: [],
    notStopped: [],
    leftToDo: [],
    passwordsReset: [],
  };
}

const eventWords: Record<string, string> = {
  ConsoleLogin: 'Console sign-in',
  CredentialVerification: 'Identity Center credential check',
  UserAuthentication: 'Identity Center sign-in',
};

function titleOf(signal: Signal): string {
  if (signal.kind === 'alarm-change') return signal.name;
  if (signal.kind === 'notice') return signal.title;
  const what = eventWords[signal.eventName] ?? signal.eventName;
  const outcome = { success: 'succeeded', failure: 'failed', unknown: 'seen' }[signal.outcome];
  return `${what} ${outcome}`;
}

function counted(incident: Incident, signal: Signal, decision: Decision): Incident {
  const isAlarm = signal.kind === 'alarm-change';
  const isRepeat = decision.reason === 'same-change-again';
  const { signals, firings, recoveries } = incident.counts;
  const isFiring = !isRepeat && (!isAlarm || signal.state === 'ALARM');
  const isRecovery = !isRepeat && isAlarm && signal.state === 'OK';
  const subjects = signal.kind === 'sign-in' ? withSignIn(incident, signal) : { subjects: incident.subjects, moreSubjects: incident.moreSubjects };
  return {
    ...incident,
    ...subjects,
    counts: { signals: signals + 1, firings: firings + (isFiring ? 1 : 0), recoveries: recoveries + (isRecovery ? 1 : 0) },
    severity: decision.do !== 'note' && isWorse(severityOf(signal), incident.severity) ? severityOf(signal) : incident.severity,
    firstSignalAt: Math.min(incident.firstSignalAt, signal.at),
    lastSignalAt: isFiring ? Math.max(incident.lastSignalAt, signal.at) : incident.lastSignalAt,
    alarm: isAlarm ? alarmAfter(incident.alarm, signal, decision) : incident.alarm,
  };
}

function alarmAfter(before: AlarmOfIncident | undefined, signal: AlarmChange, decision: Decision): AlarmOfIncident {
  const told = {
    arn: signal.arn,
    name: signal.name,
    shape: signal.shape,
    rule: signal.rule ?? before?.rule,
    measure: signal.measure ?? before?.measure,
    description: signal.description ?? before?.description,
  };
  const firedAfterReset = (before?.firedAfterReset ?? 0) + (decision.reason === 'fired-again-after-our-reset' ? 1 : 0);
  // Each contributor has an order of its own: what is older than the alarm's newest change may be the newest of its contributor.
  const firing = decision.reason === 'older-than-known' ? (before?.firing ?? []) : firingAfter(before?.firing ?? [], signal);
  const state = firing.length > 0 ? 'ALARM' : signal.state;
  if (before && signal.at < before.since)
    return { ...before, firing, firedAfterReset, state: signal.contributor === undefined ? before.state : state };
  const resetBy = decision.do === 'note' ? decision.reset?.by : undefined;
  return { ...told, state, firing, since: signal.at, reason: signal.reason, resetBy, firedAfterReset };
}

function firingAfter(before: readonly string[], { contributor, state }: AlarmChange): readonly string[] {
  if (contributor === undefined) return state === 'ALARM' ? before : [];
  const others = before.filter((one) => one !== contributor);
  return state === 'ALARM' ? [...others, contributor] : others;
}

function stateAfter(incident: Incident, decision: Decision): Incident {
  if (decision.do === 'reopen') return reopened(incident, undefined);
  if (decision.do === 'open' && decision.reason === 'fired-and-recovered-before-it-arrived' && incident.alarm) {
    return { ...incident, alarm: { ...incident.alarm, state: 'OK' } };
  }
  const wakes = decision.do === 'fold' && decision.loud && incident.status === 'acknowledged';
  return wakes ? { ...incident, status: 'open' } : incident;
}

const longestDetail = 2_000;

/** What an alarm's message holds beyond what is understood of it: log lines, tags, whatever AWS adds. */
function detailsOf(signal: Signal): { details?: string[] } {
  const extra = signal.kind === 'alarm-change' ? Object.entries(signal.extra) : [];
  return extra.length === 0
    ? {}
    : { details: extra.map(([key, value]) => `${key}: ${printed(value) ?? '(too deep to be shown)'}`.slice(0, longestDetail)) };
}

function plainText(signal: Signal): string {
  if (signal.kind === 'alarm-change') return `Alarm ${signal.name} went ${signal.previousState ?? '?'} → ${signal.state}: ${signal.reason}`;
  if (signal.kind === 'notice') return signal.title;
  const from = signal.address === undefined ? '' : ` from ${signal.address}`;
  return `${signal.eventName} ${signal.outcome} of ${signal.principal.name ?? 'a user whose name AWS hides'}${from} (event ${signal.eventId})`;
}

function loudText(signal: Signal, decision: Decision, incident: Incident): string {
  const what = signal.kind === 'alarm-change' ? `Alarm ${signal.name} fired` : plainText(signal);
  switch (decision.reason) {
    case 'again-soon-after-resolution':
      return `Reopened: ${what} again soon after this was resolved.`;
    case 'not-known-at-resolution':
      return `Reopened: this happened before the resolution and came to light after it: ${what}.`;
    case 'severity-rose':
      return `Now ${incident.severity}: ${what}.`;
    case 'new-subject':
      return `Somebody new in it: ${what}.`;
    default:
      return `Again after more than 30 quiet minutes: ${what}.`;
  }
}

/** What is remembered of an alarm after a change: the newest state by the alarm's own time, and resets whose OK may still come. */
export function rememberAlarm(before: AlarmMemory | undefined, signal: AlarmChange, used: PendingReset | undefined, now: number): AlarmMemory {
  const resets = (before?.resets ?? []).filter((one) => one !== used && now - one.at <= resetWindow);
  const told = { id: memoryId(signal), arn: signal.arn, name: signal.name, account: signal.account, region: signal.region };
  if (before && signal.at < before.at) return { ...before, resets };
  return { ...told, state: signal.state, at: signal.at, resets };
}
