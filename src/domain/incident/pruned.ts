/** What is left of an incident, and of an entry, when its details are pruned. */
import { inForce, withoutPast } from './contained.ts';
import type { AlarmOfIncident, Incident } from './incident.ts';
import type { EntryBody } from './timeline.ts';

/** Whether an incident was over by then, is so later without another entry, or is open. */
export function endOf({ status, resolved, lastSignalAt }: Incident, before: number): 'over' | 'later' | 'open' {
  if (status !== 'merged' && resolved === undefined) return 'open';
  return Math.max(resolved?.at ?? 0, lastSignalAt) < before ? 'over' : 'later';
}

/** Whether nothing came to an incident since its details were pruned: that it names nobody does not say that nobody was known. */
export function isBare({ pruned, lastSignalAt, subjects }: Pick<Incident, 'pruned' | 'lastSignalAt' | 'subjects'>): boolean {
  return pruned !== undefined && lastSignalAt <= pruned && subjects.length === 0;
}

/**
 * What is left: that it was, of which kind and how grave, when, how it ended and by whom; and what was taken from somebody and stands, so that it can
 * be given back. Who else it was about, who was on it, and what was said, is not. Whatever an incident can hold is decided about here.
 */
export function withoutDetails(incident: Incident, now: number): Required<Incident> {
  const { alarm, countedAs, notice, resolved, origin, title } = incident;
  const held = inForce(withoutPast(incident, now));
  return {
    ...lasting(incident),
    pruned: now,
    title: origin === 'notice' ? 'A message' : title,
    alarm: alarm && bareAlarm(alarm),
    notice: notice && { ...notice, says: undefined, received: {} },
    countedAs: countedAs && 'Not what its alarm is named for',
    resolved: resolved && { ...resolved, note: '' },
    contained: held.length === 0 ? undefined : held,
    told: {},
    otherAlarms: [],
    noticeText: undefined,
    subjects: [],
    moreSubjects: 0,
    newest: undefined,
    sharedIds: [],
    assessment: undefined,
    counted: [],
    look: undefined,
    users: {},
    signInSessions: {},
    links: [],
    acknowledged: undefined,
    owner: undefined,
    timers: undefined,
    deeds: [],
    notStopped: [],
    leftToDo: [],
    passwordsReset: [],
    ownerQuestions: undefined,
    elsewhere: undefined,
    inProgress: undefined,
    formsTaken: undefined,
  };
}

/** What stays as it is. */
function lasting(incident: Incident) {
  const { id, key, revision, severity, rung, tells, campaign, status, origin, account, region, detection, recognised } = incident;
  const { counts, late, firstSignalAt, lastSignalAt, ownActions, mergedInto, openedAt, reopenings, previous, rootsEmptied, logChanged } = incident;
  return {
    ...{ id, key, revision, severity, rung, tells, campaign, status, origin, account, region, detection, recognised },
    ...{ counts, late, firstSignalAt, lastSignalAt, ownActions, mergedInto, openedAt, reopenings, previous, rootsEmptied, logChanged },
  };
}

function bareAlarm({ arn, name, shape, state, since }: AlarmOfIncident): AlarmOfIncident {
  return { arn, name, shape, state, firing: [], since, reason: '', description: undefined, resetBy: undefined, firedAfterReset: 0 };
}

/** What stands for the body of an entry that has none any more. @param at when it was pruned; undefined: not told */
export function prunedBody(at: number | undefined): EntryBody {
  return {
    what: 'pruned',
    text: at === undefined ? 'This entry’s text was erased.' : `Pruned on ${dayOf(at)}: what it said is kept for a time only.`,
  };
}

export function prunedWords(at: number): string {
  return `Who and what this incident was about was pruned on ${dayOf(at)}: it is kept for a time only.`;
}

/** "2026-11-25". */
export function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
