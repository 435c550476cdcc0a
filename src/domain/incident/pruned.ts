/** What is left of an incident, and of an entry, when its details are pruned. */
import type { AlarmOfIncident, Incident } from './incident.ts';
import type { EntryBody } from './timeline.ts';

/** Whether nothing has happened to an incident since then that its details are still needed for. */
export function isOver({ status, resolved, lastSignalAt }: Incident, before: number): boolean {
  if (status === 'merged') return lastSignalAt < before;
  return resolved !== undefined && Math.max(resolved.at, lastSignalAt) < before;
}

/** Whether nothing came to an incident since its details were pruned: that it names nobody does not say that nobody was known. */
export function isBare({ pruned, lastSignalAt, subjects }: Pick<Incident, 'pruned' | 'lastSignalAt' | 'subjects'>): boolean {
  return pruned !== undefined && lastSignalAt <= pruned && subjects.length === 0;
}

/** What is left: that it was, of which kind and how grave, when, how it ended and by whom. Who it was about, and what was said, is not. */
export function withoutDetails(incident: Incident, now: number): Incident {
  const { alarm, countedAs, notice, resolved, origin, title } = incident;
  return {
    ...incident,
    pruned: now,
    title: origin === 'notice' ? 'A message' : title,
    told: {},
    alarm: alarm && bareAlarm(alarm),
    otherAlarms: [],
    noticeText: undefined,
    notice: notice && { ...notice, says: undefined, received: {} },
    subjects: [],
    moreSubjects: 0,
    newest: undefined,
    sharedIds: [],
    assessment: undefined,
    counted: [],
    countedAs: countedAs && 'Not what its alarm is named for',
    look: undefined,
    users: {},
    signInSessions: {},
    links: [],
    resolved: resolved && { ...resolved, note: '' },
    deeds: [],
    notStopped: [],
    leftToDo: [],
    passwordsReset: [],
    ownerQuestions: undefined,
    elsewhere: undefined,
    inProgress: undefined,
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
