/** What an incident's alarm counted, as far as its log says: how much was found, where, and what could not be read, each in a sentence. */
import type { Extent, NobodyCounted, NotRead } from '../alarm/log.ts';
import { type AlarmRule, measuredWords } from '../alarm/rule.ts';
import type { SignIn } from '../sign-in/sign-in.ts';

/** One log group that was asked, with what and for when. */
export interface Reading {
  readonly account: string;
  readonly region: string;
  readonly group: string;
  readonly pattern: string;
  readonly from: number;
  readonly until: number;
  /** Undefined: it was read to its end. */
  readonly notRead: NotRead | undefined;
}

/** Events of one name by one principal, with one outcome. */
export interface CountedGroup {
  readonly who: string;
  readonly eventName: string;
  readonly outcome: SignIn['outcome'];
  readonly times: number;
}

/** Of one alarm; of a composite alarm each child that fires has one. */
export interface Counted {
  readonly arn: string;
  readonly name: string;
  readonly firedAt: number;
  readonly measures: AlarmRule | undefined;
  /** Set: nobody was counted, so no log was asked. */
  readonly nobody: NobodyCounted | undefined;
  /** Who set the state by hand, where CloudTrail's event history has it. */
  readonly setBy?: { readonly who: string; readonly at: number } | undefined;
  readonly readings: readonly Reading[];
  /** Set: it could not even be told which log to ask. */
  readonly notRead: NotRead | undefined;
  readonly extent: Extent | undefined;
  /** It was looked for around the periods too, for its log had fewer than were counted. */
  readonly isWider: boolean;
  /** The most frequent first. */
  readonly groups: readonly CountedGroup[];
  /** Lines that are no CloudTrail records. */
  readonly otherLines: number;
}

const keptGroups = 5;

/** @param whoOf who it was, in words */
export function groupsOf(events: readonly SignIn[], whoOf: (event: SignIn) => string): CountedGroup[] {
  const groups = Map.groupBy(events, (event) => JSON.stringify([whoOf(event), event.eventName, event.outcome]));
  return [...groups.values()]
    .map((same) => ({ first: same[0] as SignIn, times: same.length }))
    .toSorted((a, b) => b.times - a.times)
    .slice(0, keptGroups)
    .map(({ first, times }) => ({ who: whoOf(first), eventName: first.eventName, outcome: first.outcome, times }));
}

/** `7 of 7`, `5 of 7 so far`, `found 12`: how much of what was counted the log has. */
export function extentWords(extent: Extent): string {
  switch (extent.is) {
    case 'all':
      return `${extent.of} of ${extent.of}${extent.later > 0 ? `, ${extent.later} more came later` : ''}`;
    case 'so-far':
      return `${extent.found} of ${extent.of} so far`;
    case 'more':
      return `found ${extent.found}, where the alarm counted ${extent.of}`;
    case 'found':
      return `found ${extent.found}`;
  }
}

/** Why nobody is named, for the card. */
export function nobodyWords(nobody: NobodyCounted): string {
  return {
    'set-by-hand': 'Somebody set this state by hand (SetAlarmState): no event was counted, so nobody set it off.',
    'missing-data': 'Missing data counts as breaching here: no event was counted, so nobody set it off.',
    'fell-below': 'The value fell below its limit: too few events were counted, so nobody is named.',
    created: 'The alarm was just made: nothing was counted yet.',
  }[nobody];
}

/** What could not be read and what to do about it, for the card. @param group the log group, where one is known */
export function notReadWords(notRead: NotRead, { measures, group }: { measures: AlarmRule | undefined; group: string | undefined }): string {
  const log = group === undefined ? 'Its log' : `Its log ${group}`;
  switch (notRead) {
    case 'transformed':
      return `Its filter counts transformed lines of ${group}, and those cannot be read back: who it was is not known.`;
    case 'masked':
      return `${log} masks who it was (a data protection policy), so nobody is named. Whoever has logs:Unmask can read it.`;
    case 'expression':
      return 'It measures by a SEARCH, SQL or Contributor Insights expression: which log feeds it is not known, so nobody is named.';
    case 'no-filter':
      return `No metric filter feeds ${measures === undefined ? 'it' : measuredWords(measures)}: no log says who it was.`;
    case 'log-class':
      return `${log} is of the class Infrequent Access, which cannot be searched by pattern: who it was is not known.`;
    case 'no-such-group':
      return `${log} does not exist: what the alarm counted is gone with it.`;
    case 'denied':
      if (group === undefined)
        return 'Its metric filters could not be read: the role may not. Deploy the member-roles template again (npm run doctor says more).';
      return `${log} could not be read: the role may not. Deploy the member-roles template with it in LogGroupArns.`;
    case 'throttled':
      return `${log} is not read yet: AWS throttles the reading.`;
    case 'unavailable':
      return `${log} is not read yet: AWS gave no answer.`;
    case 'refused':
      return `${log} could not be read: AWS refused the question.`;
    case 'too-large':
      return `${log} is too large to be read whole: only its newest pages of that time were.`;
    case 'not-configured':
      return 'What it measures is in an account that AWS_ACCOUNTS does not name, so its log was not read.';
    case 'not-known':
      return 'What it measures is not known: the message does not say, and CloudWatch could not be asked.';
  }
}

/** What may answer differently when it is asked again. */
function isPassing(notRead: NotRead | undefined): boolean {
  return notRead === 'throttled' || notRead === 'unavailable' || notRead === 'not-known';
}

/** Whether all that was counted has been found, or will never be. */
export function isSettled({ nobody, extent, readings, notRead }: Counted): boolean {
  if (nobody !== undefined) return true;
  if (isPassing(notRead) || readings.some((reading) => isPassing(reading.notRead))) return false;
  return notRead !== undefined || readings.every((reading) => reading.notRead !== undefined) || extent?.is === 'all' || extent?.is === 'more';
}
