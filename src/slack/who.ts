/** Who, where and what next, in words: shared by the card and the views. */
import type { RichTextElement } from '@slack/types';
import { regionOf } from '../domain/incident/alarms-of-incident.ts';
import { hitIn } from '../domain/incident/attacked.ts';
import { callsWords } from '../domain/incident/calls.ts';
import { type Incident, nameOf } from '../domain/incident/incident.ts';
import type { IncidentLink } from '../domain/incident/link.ts';
import { concernsNobody } from '../domain/incident/notice-of-incident.ts';
import { lookReasonWords } from '../domain/incident/trail-plan.ts';
import type { IamNotes, UserNotes } from '../domain/incident/user-notes.ts';
import { accountWords } from '../domain/place.ts';
import { byHand } from '../domain/response/by-hand.ts';
import { outOfReachWords, type ReachSettings, unreachedOf } from '../domain/response/reach.ts';
import { listedWords } from '../domain/response/sign-in-session.ts';
import { iamWords } from '../domain/response/user-words.ts';
import { lastLookAt } from '../domain/sign-in/looks.ts';
import type { SessionNotes } from '../domain/sign-in/session-list.ts';
import { nobodyWords, placesWords, subjectMfaWords } from '../domain/sign-in/subject-words.ts';
import type { Subject } from '../domain/sign-in/subjects.ts';
import { didNotGetIn, didWords, isOnlyReported } from '../domain/sign-in/tally.ts';
import { sharedIdWords } from '../domain/sign-in/told-apart.ts';
import { bold, link, time, words } from './text.ts';

const shownSubjects = 3;

/** `prod 1111-2222-3333 · us-east-1`. */
type Placed = Pick<Incident, 'account' | 'region' | 'origin' | 'alarm' | 'notice' | 'subjects'>;

export function where(incident: Placed, accounts: ReadonlyMap<string, string>): string {
  if (incident.origin === 'notice') return noticePlace(incident, accounts);
  const { account, origin, subjects } = incident;
  const place = `${accountWords(account, accounts)} · ${regionOf(incident) || 'region not known'}`;
  const isTold = origin !== 'sign-in' || subjects.length === 0 || !subjects.every(isOnlyReported);
  return isTold ? place : `Came through a topic in ${place}. Which account it is about is not known.`;
}

function noticePlace({ account, region, notice }: Pick<Incident, 'account' | 'region' | 'notice'>, accounts: ReadonlyMap<string, string>): string {
  if (notice?.about === 'outage' || notice?.about === 'remediators') return 'About the responder itself.';
  const place = `${accountWords(account, accounts)}${region === '' ? '' : ` · ${region}`}`;
  if (notice?.about === 'chain-cut') return `The canary alarm is in ${place}. No message says this: the bot missed one.`;
  if (notice?.isPlaceTold) return `About ${place}, as the message says. It came through topic ${notice.topic}.`;
  const through = notice === undefined ? 'a topic' : `topic ${notice.topic}`;
  const unknown = concernsNobody({ notice }) ? '' : ' Which account it is about is not known.';
  return `Came through ${through} in ${place}.${unknown}`;
}

/** `alice (IAM user)`, or an honest unknown. */
export function subjectWords(subject: Subject): string {
  if (subject.kind === 'root') return subject.name === undefined || subject.name === 'root' ? 'root user' : subject.name;
  return subject.name === undefined ? nobodyWords(subject) : `${subject.name} (${byHand[subject.kind].who})`;
}

export function subjectLines(incident: Incident, accounts: ReadonlyMap<string, string>): RichTextElement[][] {
  const foremost = foremostOf(incident);
  const rows = foremost.map((subject) => subjectRow(subject, incident, accounts));
  const others = incident.subjects.filter((subject) => !foremost.includes(subject));
  if (others.length === 0) return rows;
  const areAll = incident.moreSubjects === 0;
  const noneGotIn = areAll && others.every(didNotGetIn) ? ' who did not get in' : '';
  const where = incident.owner === undefined ? 'Evidence' : 'Timeline, Evidence';
  return [...rows, [words(`and ${areAll ? '' : 'more than '}${others.length} more${noneGotIn}: see ⋯ ${where}`)]];
}

/** Whom an attack is on, then those who got in, were changed or changed something, if there are any: at three in the morning the others can wait. */
function foremostOf(incident: Incident): Subject[] {
  const changers = incident.subjects.filter(({ changes }) => changes.length > 0);
  return [...new Set([...hitIn(incident), ...changers])].slice(0, shownSubjects);
}

export function subjectRow(subject: Subject, incident: Incident, accounts: ReadonlyMap<string, string>): RichTextElement[] {
  const elsewhere = subject.account === incident.account ? '' : ` in ${accountWords(subject.account, accounts)}`;
  const mfa = subjectMfaWords(subject, incident.users[subject.key]?.hadDevice);
  const said = `${elsewhere}: ${didWords(subject)}${placesWords(subject)}${mfa === '' ? '' : `, ${mfa}`}, last `;
  return [bold('Who: '), words(subjectWords(subject)), words(said, 600), time(subject.lastSeen)];
}

/** What is known, or why not: of the alarm's own words, and of how far CloudTrail has been looked through. */
export function unknownRow({ counted, look, origin, alarm }: Incident): RichTextElement[] {
  const why = 'not known yet. ';
  if (look === undefined && counted === undefined && origin === 'alarm' && alarm?.fired === undefined)
    return [bold('Who: '), words('not known. The alarm has not fired. ')];
  if (look === undefined) return [bold('Who: '), words(counted === undefined ? `${why}Reading the log that the alarm counted in. ` : 'not known. ')];
  const end = lastLookAt(look.since);
  if (look.nextAt === undefined && Object.keys(look.faults).length > 0)
    return [bold('Who: '), words('not known. CloudTrail could not be read everywhere by '), time(end), words(', the bot has given up looking. ')];
  if (look.nextAt === undefined)
    return [bold('Who: '), words('not known. CloudTrail had nothing by '), time(end), words(', the bot has given up looking. ')];
  const reason = look.why === undefined ? '' : ` (${lookReasonWords[look.why]})`;
  if (look.nextAt <= look.since) return [bold('Who: '), words(`${why}Looking in CloudTrail’s event history now${reason}. `)];
  return [
    bold('Who: '),
    words(`${why}Looking in CloudTrail’s event history again `),
    time(look.nextAt),
    words(`${reason}, last look `),
    time(end),
    words('. '),
  ];
}

/** Accounts of it that the bot does nothing in: once, with the fix. */
export function unreachedRows(incident: Incident, reach: ReachSettings): RichTextElement[][] {
  const unreached = unreachedOf(incident, reach);
  const more = unreached.length - shownFaults;
  return unreached.slice(0, shownFaults).map(({ account, why }, index) => {
    const others = more > 0 && index === shownFaults - 1 ? ` And ${more} more.` : '';
    return [bold('Not configured: '), words(`${accountWords(account, reach.accounts)} ${outOfReachWords[why]}${others}`, 400)];
  });
}

const shownFaults = 2;

/** Places that could not be looked through: what happened there is not known. */
export function faultRows({ look, sharedIds = [] }: Incident): RichTextElement[][] {
  const byMessage = Map.groupBy(Object.entries(look?.faults ?? {}), ([, message]) => message);
  const shared = sharedIds.length === 0 ? [] : [[bold('Made up? '), words(`${sharedIdWords} Event ${sharedIds.join(', ')}.`, 500)]];
  return [...shared, ...readFaults(byMessage, look?.nextAt)];
}

function readFaults(byMessage: ReadonlyMap<string, readonly [string, string][]>, nextAt: number | undefined): RichTextElement[][] {
  return [...byMessage].slice(0, shownFaults).map(([message, places]) => {
    const [[first = '']] = places as [[string, string]];
    const more = places.length - 1;
    // It is the bot that tries again.
    const why = message.replace(/ Try again in a minute\.$/, '');
    const again: RichTextElement[] =
      nextAt === undefined ? [words(' The bot has given up looking.')] : [words(' The bot looks again '), time(nextAt), words('.')];
    return [bold('Not looked through: '), words(`${first}${more > 0 ? ` and ${more} more` : ''}. ${why}`, 300), ...again];
  });
}

/** What IAM says of the users in it, and what was done as them since they got in. */
export function notesRows(incident: Incident, now: number): RichTextElement[][] {
  const { users } = incident;
  const noted = foremostOf(incident).filter(({ key }) => users[key] !== undefined);
  const said = noted.flatMap((subject) => {
    const notes = users[subject.key] as UserNotes;
    const name = subject.name ?? 'this user';
    const { iam, fault } = notes;
    const kept = notes.protectedBy === undefined ? [] : [[words(`${name} is protected ${notes.protectedBy}: never changed from Slack.`, 300)]];
    const refused = fault === undefined ? [] : [[words(`${name}: ${fault}`, 300)]];
    return [...kept, ...refused, ...(iam === undefined ? [] : [iamRow(name, iam, now)]), ...activityRow(name, notes)];
  });
  return [...said, ...sessionRows(incident)];
}

/** What was read before a change is told as what it was then. */
function iamRow(name: string, iam: IamNotes, now: number): RichTextElement[] {
  const { at, outdatedAt } = iam;
  const asked = at === undefined ? [] : [words(' · IAM at '), time(at)];
  if (outdatedAt === undefined) return [bold(`${name} has: `), words(iamWords(iam, now), 700), ...asked];
  return [bold(`${name} had: `), words(iamWords(iam, now), 700), ...asked, words(', before the newest step. IAM is read again.')];
}

function activityRow(name: string, { activity }: UserNotes): RichTextElement[][] {
  if (activity === undefined || activity.calls.length === 0) return [];
  return [[bold(`Since then as ${name}: `), words(callsWords(activity.calls), 500)]];
}

/** How many sign-in sessions AWS listed of those in it, and what for: never all that there may be. */
function sessionRows(incident: Incident): RichTextElement[][] {
  const { signInSessions = {} } = incident;
  const noted = foremostOf(incident).filter(({ key }) => Object.hasOwn(signInSessions, key));
  return noted.flatMap((subject) => {
    const { listed, at } = signInSessions[subject.key] as SessionNotes;
    if (listed.sessions.length === 0) return [];
    return [[bold(`${subject.name ?? 'This user'}: `), words(`${listedWords(listed)} · AWS at `, 700), time(at)]];
  });
}

/** @param permalink of another incident's card, where it has one */
export function linkRow(links: readonly IncidentLink[], permalink: (id: number) => string | undefined): RichTextElement[][] {
  if (links.length === 0) return [];
  const parts = links.slice(0, 5).flatMap(({ id, because }, index): RichTextElement[] => {
    const url = permalink(id);
    const name = nameOf({ id });
    return [...(index === 0 ? [] : [words(', ')]), url === undefined ? words(name) : link(name, url), words(` (${because})`, 120)];
  });
  return [[bold('Linked: '), ...parts, ...(links.length > 5 ? [words(` and ${links.length - 5} more`)] : [])]];
}
