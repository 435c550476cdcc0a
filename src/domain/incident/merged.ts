/** Two incidents that were found to be one: the older with what the younger has, and what becomes of the younger. Pure. */
import { isWorse, worseOf } from '../severity.ts';
import { alarmsOf } from './alarms-of-incident.ts';
import { graver } from './assessment.ts';
import type { DoneElsewhere } from './elsewhere.ts';
import { withGoingOn } from './goes-on.ts';
import type { Incident } from './incident.ts';
import type { OwnerQuestion } from './owner-question.ts';
import { timersOfBoth } from './timers-of-both.ts';

/** @param joined the older one with alarms and sign-ins of both */
export function withYounger(joined: Incident, older: Incident, younger: Incident): Incident {
  const both = withAllButTimers(joined, older, younger);
  return { ...both, timers: timersOfBoth(both, older.timers, younger.timers) };
}

function withAllButTimers(joined: Incident, older: Incident, younger: Incident): Incident {
  return {
    ...joined,
    severity: worseOf(joined.severity, younger.severity),
    rung: worseOf(older.rung, younger.rung),
    told: { ...younger.told, ...older.told },
    assessment: graver(younger.assessment, joined.assessment),
    recognised: older.recognised?.by === 'event' ? (younger.recognised ?? older.recognised) : older.recognised,
    origin: alarmsOf(younger).length > 0 ? 'alarm' : older.origin,
    counts: {
      signals: older.counts.signals + younger.counts.signals,
      firings: firingsOf(older) + firingsOf(younger),
      recoveries: older.counts.recoveries + younger.counts.recoveries,
    },
    ...doneOf(older, younger),
    elsewhere: elsewhereOf(older, younger),
    ownerQuestions: questionsOf(older, younger),
    ownActions: union(older.ownActions, younger.ownActions),
    users: { ...younger.users, ...older.users },
    signInSessions: { ...younger.signInSessions, ...older.signInSessions },
    campaign: {
      ...older.campaign,
      incidents: union(older.campaign.incidents, younger.campaign.incidents).filter((id) => id !== older.id && id !== younger.id),
    },
    links: [...older.links, ...younger.links].filter(({ id }) => id !== older.id && id !== younger.id),
    firstSignalAt: Math.min(older.firstSignalAt, younger.firstSignalAt),
    lastSignalAt: Math.max(older.lastSignalAt, younger.lastSignalAt),
    ...(older.owner === undefined ? { status: younger.status, owner: younger.owner, acknowledged: younger.acknowledged } : {}),
    ...(isUnseen(older, younger) || isUnseen(younger, older) ? { status: 'open' as const } : {}),
  };
}

/** Whoever acknowledged the other did not know of what is graver in this one, and open. */
function isUnseen(one: Incident, other: Incident): boolean {
  return one.status === 'open' && isWorse(one.severity, worseOf(other.rung, 'MEDIUM'));
}

type Done = 'inProgress' | 'deeds' | 'notStopped' | 'leftToDo' | 'passwordsReset' | 'contained' | 'rootsEmptied';

/** What was done for the younger one is done, what it left open is open, and what was taken stands, and can be given back. */
function doneOf(older: Incident, younger: Incident): Pick<Incident, Done> {
  return {
    inProgress: [...(older.inProgress ?? []), ...(younger.inProgress ?? [])],
    deeds: [...older.deeds, ...younger.deeds].toSorted((a, b) => a.at - b.at),
    notStopped: withGoingOn(older.notStopped, younger.notStopped),
    leftToDo: union(older.leftToDo, younger.leftToDo),
    passwordsReset: union(older.passwordsReset, younger.passwordsReset),
    rootsEmptied: [...(older.rootsEmptied ?? []), ...(younger.rootsEmptied ?? [])],
    contained: [...(older.contained ?? []), ...(younger.contained ?? [])].toSorted((a, b) => a.at - b.at),
  };
}

/** Each as of the incident in which it was asked: its message names that one. */
function questionsOf({ ownerQuestions = [] }: Incident, younger: Incident): OwnerQuestion[] {
  const asked = (younger.ownerQuestions ?? []).map((one) => ({ ...one, incident: one.incident ?? younger.id }));
  return [...ownerQuestions, ...asked].toSorted((a, b) => a.at - b.at);
}

/** Of third incidents; what the two knew of each other is one's own now. */
function elsewhereOf(older: Incident, younger: Incident): DoneElsewhere[] {
  const known = new Map([...(younger.elsewhere ?? []), ...(older.elsewhere ?? [])].map((one) => [one.incident, one]));
  return [...known.values()].filter(({ incident }) => incident !== older.id && incident !== younger.id);
}

/**
 * The younger one is a link from then on: what it took is given back from the older one, which counts its pages. What becomes of a publish that is
 * under way is written where it was begun.
 */
export function closedInto(younger: Incident, older: number): Incident {
  const paging = younger.timers?.paging;
  const timers = paging === undefined ? undefined : { pages: 0, paging };
  return { ...younger, status: 'merged', mergedInto: older, contained: undefined, elsewhere: undefined, inProgress: undefined, timers };
}

/** Of an alarm, not the events that came beside it. */
function firingsOf({ origin, counts }: Incident): number {
  return origin === 'alarm' ? counts.firings : 0;
}

function union<T>(one: readonly T[], other: readonly T[]): T[] {
  return [...new Set([...one, ...other])];
}
