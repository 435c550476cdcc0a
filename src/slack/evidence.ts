/** The views that change nothing: timeline, evidence, events, and what to do by hand. */
import type { Button, KnownBlock, View } from '@slack/types';
import { detectionOf } from '../domain/detection/detections.ts';
import { alarmsOf } from '../domain/incident/alarms-of-incident.ts';
import { type Incident, nameOf } from '../domain/incident/incident.ts';
import { isBare, prunedWords } from '../domain/incident/pruned.ts';
import type { Entry } from '../domain/incident/timeline.ts';
import { lookUp } from '../domain/json.ts';
import { alarmLink, eventLink, iamUserLink, type Link } from '../domain/links.ts';
import { accountWords, placeOf } from '../domain/place.ts';
import { type ByHand, byHand, byHandWithoutSubject, iamUserOutOfReach } from '../domain/response/by-hand.ts';
import { type ReachSettings, reachesUsers } from '../domain/response/reach.ts';
import { detailLines } from '../domain/response/to-copy.ts';
import { type ListedSignIns, mostSignInsCounted } from '../domain/sign-in/listed.ts';
import type { PrincipalKind } from '../domain/sign-in/principal.ts';
import { sentence } from '../domain/sign-in/sentence.ts';
import { addressesOf } from '../domain/sign-in/subjects.ts';
import { utc } from '../domain/utc.ts';
import { resultWords } from './reply.ts';
import { bold, lines, linked, paragraphs, plain, time, words } from './text.ts';
import { type Sides, signInSides } from './turns.ts';
import { modal } from './view.ts';
import { subjectRow, subjectWords } from './who.ts';

export const perPage = 15;
const shownDetails = 5;
const longestText = 400;
const longestBlock = 2_800;
const longestDetail = 300;

const entryLabels: Record<string, string> = {
  'alarm-change': 'Alarm',
  'sign-in': 'Sign-in',
  notice: 'Message',
  'refused-click': 'Refused',
  interrupted: 'Interrupted',
  'found-in-trail': 'CloudTrail',
  'found-in-log': 'Log of the alarm',
  'came-by-itself': 'Came by itself',
  'severity-rose': 'Graver',
  'own-action': 'Our own action',
  merged: 'Merged',
  approve: 'Approved',
  deny: 'Denied',
  cancel: 'Cancelled',
  run: 'Run',
  expired: 'Lapsed',
  changed: 'Not carried out',
  'not-carried-out': 'Not carried out',
  'was-this-you': 'Was this you?',
  'was-me': 'Owner says Yes',
  'was-not-me': 'Owner says No',
  freeze: 'Freeze',
  'remediators-changed': 'Remediators',
  // As older versions wrote it.
  'reset-password': 'Reset password',
  pruned: 'Pruned',
  pruning: 'Retention',
  'containment-broken': 'Given back by somebody else',
  'log-asked': 'Log as a file',
  'log-told': 'Log was changed',
  page: 'Pager',
  'chain-whole': 'Alarms come through again',
};

function entryLabel({ body }: Entry, labels: ReadonlyMap<string, string>): string {
  const label = labels.get(body.what) ?? lookUp(entryLabels, body.what) ?? asWords(body.what);
  return body.phase === 'outcome' && body.result ? `${label} · ${resultWords[body.result]}` : label;
}

/** An id that nobody gave a label: `read-back` is “Read back”. */
function asWords(id: string): string {
  return `${id.charAt(0).toUpperCase()}${id.slice(1).replaceAll('-', ' ')}`;
}

export interface TimelinePage {
  readonly entries: readonly Entry[];
  readonly total: number;
  readonly page: number;
  /** Of responses, by their ids. */
  readonly labels: ReadonlyMap<string, string>;
}

/** Newest first. */
export function timelineModal(incident: Incident, { entries, total, page, labels }: TimelinePage): View {
  const blocks: KnownBlock[] = entries.flatMap((entry): KnownBlock[] => [
    lines(
      [time(entry.at), words(` · ${entryLabel(entry, labels)}`)],
      [words(entry.body.text, longestText)],
      ...(entry.body.why ? [[words(`Why: ${entry.body.why}`)]] : []),
      ...detailLines(entry.body)
        .slice(0, shownDetails)
        .map((detail) => [words(detail, longestDetail)]),
    ),
    ...(isCut(entry) ? [whole(entry)] : []),
  ]);
  const head = lines([words(`${total} ${total === 1 ? 'entry' : 'entries'}, newest first.`)]);
  return modal({
    callback: 'timeline',
    title: `Timeline ${nameOf(incident)}`,
    state: { i: incident.id, page },
    blocks: [head, ...blocks, ...paging('timeline', pagesBeside(page, total), 'evidence', 'text')],
  });
}

/** Whether an entry says more than its lines in the timeline do. */
function isCut({ body }: Entry): boolean {
  const { text, why = '', whole } = body;
  const details = detailLines(body);
  const isLong = [...text].length > longestText || [why, ...details].some((one) => [...one].length > longestDetail);
  return isLong || details.length > shownDetails || whole !== undefined;
}

function whole({ seq }: Entry): KnownBlock {
  return { type: 'actions', elements: [{ type: 'button', action_id: `entry-${seq}-open`, text: plain('Whole entry', 75), value: '0' }] };
}

export function evidenceModal(incident: Incident, accounts: ReadonlyMap<string, string>, page: number): View {
  const shown = incident.subjects.slice(page * perPage, (page + 1) * perPage);
  const rows: KnownBlock[] = shown.map((subject) =>
    lines(subjectRow(subject, incident, accounts), [
      words(`First seen ${utc(subject.firstSeen)}. Addresses: ${addressesOf(subject).join(', ') || 'none recorded'}`, 1_000),
    ]),
  );
  const none = lines([
    words(
      incident.pruned !== undefined
        ? prunedWords(incident.pruned)
        : incident.origin === 'alarm'
          ? 'The alarm names nobody, and no sign-in event has reached this incident.'
          : 'No sign-in belongs to this incident.',
    ),
  ]);
  const beyond = incident.moreSubjects > 0 ? [lines([words('There are more users than are kept here; Events shows every event.')])] : [];
  return modal({
    callback: 'evidence',
    title: `Evidence ${nameOf(incident)}`,
    state: { i: incident.id, page },
    blocks: [
      ...(rows.length > 0 ? rows : [none]),
      ...beyond,
      ...paging('evidence', pagesBeside(page, incident.subjects.length), 'events', 'timeline'),
    ],
  });
}

/** The events themselves, newest first: two lines each, which read on a phone. */
export function eventsModal(incident: Incident, { signIns, total, ...around }: ListedSignIns): View {
  const rows = signIns.map((signIn) =>
    lines(
      [time(signIn.at), words(` · ${sentence(signIn)}`, 400)],
      [
        words(`${signIn.eventName} ${signIn.outcome} · ${signIn.account} ${signIn.region} · `, 150),
        linked(eventLink(signIn.region, signIn.sharesId ?? signIn.eventId), `event ${signIn.eventId.slice(0, 100)}`),
      ],
    ),
  );
  const head = lines([
    words(
      total > 0
        ? `${total > mostSignInsCounted ? `More than ${mostSignInsCounted}` : total} events, newest first.`
        : incident.pruned === undefined
          ? 'No event of CloudTrail belongs to this incident yet.'
          : prunedWords(incident.pruned),
    ),
  ]);
  return modal({
    callback: 'events',
    title: `Events ${nameOf(incident)}`,
    state: { i: incident.id },
    blocks: [head, ...rows, ...paging('events', signInSides(around), 'evidence')],
  });
}

type Paged = 'timeline' | 'evidence' | 'events' | 'text';
const pagedLabels: Record<Paged, string> = { timeline: 'Timeline', evidence: 'Evidence', events: 'Events', text: 'Whole text' };

/** By their numbers, the first of which is 0. */
function pagesBeside(page: number, total: number): Sides {
  return { back: page > 0 ? String(page - 1) : undefined, on: (page + 1) * perPage < total ? String(page + 1) : undefined };
}

/** Older, newer, and across to the other views. */
function paging(callback: Paged, { back, on }: Sides, ...others: readonly Paged[]): KnownBlock[] {
  const button = (action_id: string, label: string, value: string): Button => ({ type: 'button', action_id, text: plain(label, 75), value });
  const older = on === undefined ? [] : [button(`${callback}-older`, 'Older', on)];
  const newer = back === undefined ? [] : [button(`${callback}-newer`, 'Newer', back)];
  return [{ type: 'actions', elements: [...newer, ...older, ...others.map((other) => button(`${other}-open`, pagedLabels[other], '0'))] }];
}

export function byHandModal(incident: Incident, reach: ReachSettings): View {
  const isReached = reachesUsers(incident, reach);
  const kinds = [...new Set(incident.subjects.map((subject) => subject.kind))];
  const guides =
    kinds.length === 0
      ? [{ guide: unnamedGuide(incident, isReached), names: '', places: [] }]
      : kinds.map((kind) => ({
          guide: kind === 'iam-user' && !isReached ? iamUserOutOfReach : byHand[kind],
          names: namesOf(incident, kind),
          places: placesOf(incident, kind),
        }));
  const blocks: KnownBlock[] = guides.map(({ guide: { who, why, steps, link: place }, names, places }) =>
    lines(
      [bold(names || who)],
      [words(why)],
      ...steps.map((step, index) => [words(`${index + 1}. ${step}`)]),
      ...[...places, place(incident.region)].map((one) => [linked(one)]),
    ),
  );
  // What its owners wrote of an alarm is the first guide by hand, and the card cuts it.
  const alarm = alarmsOf(incident).flatMap((one) => [
    lines([
      words(`In ${accountWords(incident.account, reach.accounts)}, ${placeOf(one.arn).region}: `),
      linked(alarmLink(placeOf(one.arn).region, one.name)),
    ]),
    ...(one.description === undefined ? [] : paragraphs(one.description, longestBlock)),
  ]);
  const about = incident.detection === undefined ? [] : [aboutDetection(detectionOf(incident.detection))];
  const after = lines([words('Write down what you did with ⋯ “Record a step”: it is evidence too.')]);
  return modal({ callback: 'by-hand', title: 'What to do by hand', state: { i: incident.id }, blocks: [...about, ...blocks, ...alarm, after] });
}

function unnamedGuide(incident: Incident, isReached: boolean): ByHand {
  const guide = byHandWithoutSubject(incident.region, isReached);
  return incident.pruned !== undefined && isBare(incident) ? { ...guide, why: prunedWords(incident.pruned) } : guide;
}

function aboutDetection({ title, means, check, act, cannotTell }: ReturnType<typeof detectionOf>): KnownBlock {
  const list = (label: string, items: readonly string[]) => items.map((item, index) => [...(index === 0 ? [bold(`${label}: `)] : []), words(item)]);
  return lines([bold(`${title}. `), words(means)], ...list('Check', check), ...list('Then', act), ...list('It cannot tell', cannotTell));
}

/** The pages of IAM users who are named. */
function placesOf({ subjects, region }: Incident, kind: PrincipalKind): Link[] {
  return subjects
    .flatMap((subject) => (kind === 'iam-user' && subject.kind === kind && subject.name !== undefined ? [iamUserLink(region, subject.name)] : []))
    .slice(0, 5);
}

function namesOf(incident: Incident, kind: PrincipalKind): string {
  return incident.subjects
    .filter((subject) => subject.kind === kind)
    .slice(0, 5)
    .map(subjectWords)
    .join(', ');
}
