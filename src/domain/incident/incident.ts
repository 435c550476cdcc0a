/**
 * What the responders work on: open → acknowledged → resolved → reopened. Every transition is a function from one incident to the
 * next, with the text of the entry it leaves behind, or a refusal with a named reason.
 */
import type { AlarmChange, AlarmShape, AlarmState } from '../alarm/alarm.ts';
import type { Cause } from '../alarm/evaluation.ts';
import type { KeptOfAlarm } from '../alarm/kept.ts';
import type { DetectionId } from '../detection/detections.ts';
import type { AlarmMeaning, Recognition } from '../detection/recognition.ts';
import type { Contained } from '../response/kept-state.ts';
import type { Severity } from '../severity.ts';
import type { LookState } from '../sign-in/looks.ts';
import type { SessionNotes } from '../sign-in/session-list.ts';
import type { Subject } from '../sign-in/subjects.ts';
import type { NoticeKind } from '../signal/notice.ts';
import type { Late } from '../signal/way.ts';
import type { Assessment } from './assessment.ts';
import type { Counted } from './counted.ts';
import type { Deed } from './deed.ts';
import type { DoneElsewhere } from './elsewhere.ts';
import type { GoesOn } from './goes-on.ts';
import type { InProgress } from './in-progress.ts';
import type { IncidentLink } from './link.ts';
import type { OwnerQuestion } from './owner-question.ts';
import type { StepRefusal } from './refusal.ts';
import { type ResolvedAs, verdictWords } from './resolution.ts';
import type { Timers } from './timers.ts';
import type { UserNotes } from './user-notes.ts';

/** `merged`: it turned out to be the same as an older one, which goes on in its place. */
type Status = 'open' | 'acknowledged' | 'resolved' | 'merged';

export interface Person {
  /** Slack user id. */
  readonly id: string;
  readonly name: string;
}

export interface AlarmOfIncident extends AlarmMeaning {
  readonly arn: string;
  readonly name: string;
  readonly shape: AlarmShape;
  readonly state: AlarmState;
  /** Contributors in ALARM, for an alarm with several time series: one of them keeps it in ALARM. */
  readonly firing: readonly string[];
  readonly since: number;
  readonly reason: string;
  /** Why it changed last; undefined: an older version did not keep it. */
  readonly cause?: Cause | undefined;
  /** Undefined: not told. */
  readonly measures?: AlarmChange['measures'];
  /** Its newest firing, what CloudWatch said of it, and what it measured then where that was something else; undefined: it has not fired. */
  readonly fired?: { readonly at: number; readonly evaluation: AlarmChange['evaluation']; readonly measures?: AlarmChange['measures'] } | undefined;
  readonly description: string | undefined;
  /** Of its newest message; older incidents do not have it. */
  readonly kept?: KeptOfAlarm | undefined;
  /** Who set the state that it has by hand, where CloudTrail's event history has it. */
  readonly setBy?: { readonly who: string; readonly at: number } | undefined;
  /** Set while the last OK was caused by a reset from Slack. */
  readonly resetBy: Person | undefined;
  /** How often it fired again after a reset from Slack. */
  readonly firedAfterReset: number;
}

/** The messages that opened an incident: the newest in words, and how many came of each kind. */
export interface NoticeOfIncident {
  readonly about: NoticeKind;
  /** What the newest says in one sentence, where its shape tells. */
  readonly says: string | undefined;
  /** Whether account and region are the event's own, and not the topic's. */
  readonly isPlaceTold: boolean;
  readonly topic: string;
  /** Of noise: how often each was received, by what it is. */
  readonly received: Readonly<Record<string, number>>;
}

export interface Incident {
  readonly id: number;
  readonly key: string;
  readonly revision: number;
  readonly title: string;
  readonly severity: Severity;
  /** The severity for which it last notified. */
  readonly rung: Severity;
  /** Of whom the responders were told how grave it is, by subject key. */
  readonly told: Readonly<Record<string, Severity>>;
  /** Whether what becomes of it is told in its own thread, or by the incident that rang first of their campaign. */
  readonly tells: 'itself' | 'lead';
  /** The other incidents of one attack, in order, and the gravest of all; none: it stands alone. */
  readonly campaign: { readonly incidents: readonly number[]; readonly gravest: Severity };
  readonly status: Status;
  readonly origin: 'alarm' | 'sign-in' | 'notice';
  readonly account: string;
  readonly region: string;
  /** Undefined: not recognised, or no sign-in matter. */
  readonly detection: DetectionId | undefined;
  /** How that is known; each alarm has its own. */
  readonly recognised: Pick<Recognition, 'by'> | undefined;
  /** The alarm that fired last, and others of the same detection that are in ALARM. */
  readonly alarm: AlarmOfIncident | undefined;
  readonly otherAlarms: readonly AlarmOfIncident[];
  readonly noticeText: string | undefined;
  /** Of an incident that messages opened; older ones do not have it. */
  readonly notice?: NoticeOfIncident | undefined;
  readonly counts: { readonly signals: number; readonly firings: number; readonly recoveries: number };
  /** What of it SNS did not bring, by the way it was heard of; undefined: SNS brought all. */
  readonly late?: Late | undefined;
  readonly firstSignalAt: number;
  readonly lastSignalAt: number;
  readonly subjects: readonly Subject[];
  /** How often a subject was left out; 0: all are here. */
  readonly moreSubjects: number;
  /** What happened last, as far as events tell; not in what older versions stored. */
  readonly newest?: { readonly at: number; readonly text: string } | undefined;
  readonly assessment: Assessment | undefined;
  /** Responses of this bot that came back as events, as `SIN-3`. */
  readonly ownActions: readonly string[];
  /** What its alarms counted when they fired last, as far as their logs say; undefined: not asked yet, or no alarm. */
  readonly counted?: readonly Counted[];
  /** Set: what they counted is not what the title says, but this. */
  readonly countedAs?: string | undefined;
  /** How far CloudTrail has been looked through; undefined: it is not. */
  readonly look: LookState | undefined;
  /** What IAM and CloudTrail say of its users, by subject key. */
  readonly users: Readonly<Record<string, UserNotes>>;
  /** Sign-in sessions of its subjects that AWS lists, by subject key; not in what older versions stored. */
  readonly signInSessions?: Readonly<Record<string, SessionNotes>>;
  /** Incidents that share a subject or an address. */
  readonly links: readonly IncidentLink[];
  /** Set on one that turned out to be the same as an older one. */
  readonly mergedInto: number | undefined;
  readonly openedAt: number;
  readonly acknowledged: { readonly by: Person; readonly at: number } | undefined;
  readonly owner: Person | undefined;
  readonly resolved: { readonly by: Person; readonly at: number; readonly verdict: ResolvedAs; readonly note: string } | undefined;
  readonly reopenings: number;
  /** Number of the resolved incident of the same key that came before. */
  readonly previous: number | undefined;
  readonly deeds: readonly Deed[];
  readonly notStopped: readonly GoesOn[];
  readonly leftToDo: readonly string[];
  /** `account/user` of every password the bot replaced for this incident. */
  readonly passwordsReset: readonly string[];
  /** What the owners of its users were asked, oldest first. */
  readonly ownerQuestions?: readonly OwnerQuestion[] | undefined;
  /** What was taken from whom, and stands; undefined: nothing was. */
  readonly contained?: readonly Contained[] | undefined;
  /** Accounts whose root user has no credentials any more, since when. */
  readonly rootsEmptied?: readonly { readonly account: string; readonly at: number }[] | undefined;
  /** What AWS goes on with by itself; undefined: nothing ever was. */
  readonly inProgress?: readonly InProgress[] | undefined;
  /** What was done about its people because of other incidents; undefined: nothing was. */
  readonly elsewhere?: readonly DoneElsewhere[] | undefined;
  /** What the clock asks of it; undefined: nothing was ever asked. */
  readonly timers?: Timers | undefined;
  /** Ids of events that came a second time with another content, the newest last. */
  readonly sharedIds?: readonly string[] | undefined;
  /** The entries of it that were found changed in the database, or say that others were; undefined: none. */
  readonly logChanged?: readonly number[] | undefined;
  /** Of the forms of steps that were taken, the newest last. */
  readonly formsTaken?: readonly string[] | undefined;
  /** When its details were pruned; undefined: they are here. */
  readonly pruned?: number | undefined;
}

export type Step =
  | { readonly ok: true; readonly incident: Incident; readonly text: string }
  | { readonly ok: false; readonly reason: StepRefusal; readonly message: string };

/** `SIN-42`. */
export function nameOf(incident: { id: number }): string {
  return `SIN-${incident.id}`;
}

/** "40 s", "7 min", "3 h", "2 days": how long something lasted, for people. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 90) return `${seconds} s`;
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min`;
  return seconds < 48 * 3600 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} days`;
}

export function refused(reason: StepRefusal, message: string): Step {
  return { ok: false, reason, message };
}

function alreadyResolved(incident: Incident, now: number): Step | undefined {
  if (incident.mergedInto !== undefined) return refused('merged', mergedText(incident, incident.mergedInto));
  if (incident.resolved === undefined) return undefined;
  const { by, at } = incident.resolved;
  return refused('already-resolved', `${by.name} resolved ${nameOf(incident)} ${duration(now - at)} ago. Reopen it first.`);
}

export function acknowledge(incident: Incident, by: Person, now: number): Step {
  const resolved = alreadyResolved(incident, now);
  if (resolved) return resolved;
  if (incident.status === 'acknowledged' && incident.acknowledged) {
    const { by: first, at } = incident.acknowledged;
    const who = first.id === by.id ? 'You' : first.name;
    return refused('already-acknowledged', `${who} acknowledged ${nameOf(incident)} ${duration(now - at)} ago. Nothing was changed.`);
  }
  const next: Incident = { ...incident, status: 'acknowledged', acknowledged: { by, at: now }, owner: by };
  return { ok: true, incident: next, text: `${by.name} acknowledged this and is on it (after ${duration(now - incident.openedAt)}).` };
}

export function takeOver(incident: Incident, by: Person, now: number): Step {
  const resolved = alreadyResolved(incident, now);
  if (resolved) return resolved;
  if (incident.owner?.id === by.id && incident.status === 'acknowledged')
    return refused('already-owner', `You are on ${nameOf(incident)} already. Nothing was changed.`);
  const from = incident.owner ? ` from ${incident.owner.name}` : '';
  const stands = incident.status === 'acknowledged' ? incident.acknowledged : undefined;
  const acknowledged = stands ?? { by, at: now };
  const next: Incident = { ...incident, status: 'acknowledged', acknowledged, owner: by };
  return { ok: true, incident: next, text: `${by.name} took this over${from}.` };
}

export function release(incident: Incident, by: Person, now: number): Step {
  const resolved = alreadyResolved(incident, now);
  if (resolved) return resolved;
  if (incident.owner === undefined) return refused('nobody-on-it', `Nobody is on ${nameOf(incident)}. Nothing was changed.`);
  const next: Incident = { ...incident, status: 'open', acknowledged: undefined, owner: undefined };
  const whose = incident.owner.id === by.id ? '' : ` (it was ${incident.owner.name}'s)`;
  return { ok: true, incident: next, text: `${by.name} released this${whose}. Nobody is on it now.` };
}

export function resolve(incident: Incident, by: Person, now: number, verdict: ResolvedAs, note: string): Step {
  const resolved = alreadyResolved(incident, now);
  if (resolved) return resolved;
  const next: Incident = { ...incident, status: 'resolved', resolved: { by, at: now, verdict, note } };
  const said = note === '' ? '' : ` “${note}”`;
  return { ok: true, incident: next, text: `${by.name} resolved this as ${verdictWords[verdict]}.${said}` };
}

/** What somebody is told who uses the card of an incident that is now part of another. */
export function mergedText(incident: { id: number }, into: number): string {
  return `${nameOf(incident)} is part of ${nameOf({ id: into })} now: use that card. Nothing was done.`;
}
