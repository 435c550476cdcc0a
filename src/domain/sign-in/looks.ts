/**
 * Looking for an incident's events in CloudTrail: where, under which names, in which window, and when again. CloudTrail is late (an average of
 * five minutes, up to fifteen), so the same window is looked through several times. Sources: "AWS Management Console sign-in events" on the
 * regions of ConsoleLogin; LookupEvents in the CloudTrail API reference.
 */
import { type DetectionId, detectionOf, eventNamesFor } from '../detection/detections.ts';
import { partitionAt, regionsWith } from '../place.ts';
import { actIn } from './act.ts';
import { oneSpelling } from './memory.ts';
import { networkOf } from './network.ts';
import type { SignIn } from './sign-in.ts';
import { type Subject, subjectOf } from './subjects.ts';

const minute = 60_000;
/** How long after it began an incident's window is looked through. */
const steps = [0, 1, 3, 6, 10, 15].map((minutes) => minutes * minute);
/** How much earlier than the alarm's own window something may have happened that belongs to it. */
const marginMs = 15 * minute;
/** Event history has an event at most so long after it happened. */
const historyLagMs = 15 * minute;
/** Windows that begin in the same quarter of an hour are looked through together. */
const bucketMs = 15 * minute;

/**
 * Why CloudTrail's event history is asked: `around-events` for what belongs to events that came by themselves, `around-counted` for other regions and for a success
 * after what the alarm counted, `no-readable-log` in its place, `who-set-it` for SetAlarmState.
 */
export type LookReason = 'around-events' | 'around-counted' | 'no-readable-log' | 'who-set-it';

export interface LookState {
  /** When the looking began. */
  readonly since: number;
  /** When it looks again; undefined: no more. */
  readonly nextAt: number | undefined;
  /** Events found, whichever way they came. */
  readonly found: number;
  /** Why CloudTrail's event history is asked; undefined: an older version did not say. */
  readonly why?: LookReason | undefined;
  /** What could not be read, as a sentence by place. */
  readonly faults: Readonly<Record<string, string>>;
  /** Until when what happened in each place is known, by `account region event-name`; not in what older versions stored. */
  readonly through?: Readonly<Record<string, number>>;
}

/** One question to CloudTrail. Incidents that ask the same share it. */
export interface Look {
  readonly account: string;
  readonly region: string;
  readonly attribute: 'EventName' | 'Username' | 'ResourceName';
  readonly value: string;
  readonly from: number;
}

/** Until when event history surely has what happened, when it is asked at some time. */
export function knownUntil(askedAt: number): number {
  return askedAt - historyLagMs;
}

/** Until when all events of these names are known, by `account region`; undefined: some place was not asked for one of them yet. */
export function knownOf(names: readonly string[], { through = {} }: LookState): ReadonlyMap<string, number> | undefined {
  const looked = Object.keys(through).map((key) => key.split(' '));
  const places = new Set(looked.flatMap(([account, region, name = '']) => (names.includes(name) ? [`${account} ${region}`] : [])));
  const known = [...places].map((place) => [place, names.map((name) => through[`${place} ${name}`])] as const);
  if (known.length === 0 || known.some(([, times]) => times.includes(undefined))) return undefined;
  return new Map(known.map(([place, times]) => [place, Math.min(...times.map((at) => at ?? 0))]));
}

export function nextLookAt(since: number, now: number): number | undefined {
  return steps.map((step) => since + step).find((at) => at > now);
}

/** When it gives up. */
export function lastLookAt(since: number): number {
  return since + (steps.at(-1) ?? 0);
}

/** From when on events may belong to what was signalled. @param span how long the alarm's periods are together, in milliseconds */
export function windowStart(at: number, span: number): number {
  return at - span - marginMs;
}

export interface LookSettings {
  readonly regions: readonly string[];
  readonly accounts: ReadonlyMap<string, string>;
  /** The account whose trail and alarms watch all others, if any. */
  readonly trailAccount: string | undefined;
}

/** Where and what to look for, for an incident of this detection, account and region. */
export function looksFor(
  incident: { detection: DetectionId | undefined; account: string; region: string },
  from: number,
  { regions, accounts, trailAccount }: LookSettings,
): Look[] {
  const happensIn = incident.detection === undefined ? 'sign-in-regions' : detectionOf(incident.detection).happensIn;
  const { signIn, iamRegion } = partitionAt(incident.region);
  const used = regionsWith(incident.region, regions);
  const inRegions = { 'sign-in-regions': [...signIn.regions, ...used], 'iam-region': [iamRegion], 'used-regions': [incident.region, ...used] }[
    happensIn
  ];
  // CloudTrail answers for one account: whoever watches many with one trail asks in each.
  const inAccounts = incident.account === trailAccount && accounts.size > 0 ? [...accounts.keys()] : [incident.account];
  return inAccounts.flatMap((account) =>
    [...new Set(inRegions)].flatMap((region) =>
      eventNamesFor(incident.detection).map((value) => ({ account, region, attribute: 'EventName' as const, value, from: bucketed(from) })),
    ),
  );
}

/** IAM allows 64; what is longer is no name of a user. */
const longestName = 128;

/** What a user did since a sign-in. @param places the incident's region, and all regions that are used */
export function activityLooks(subject: Subject, from: number, places: { region: string; regions: readonly string[] }): Look[] {
  const { account, name } = subject;
  if (name === undefined || name.length > longestName) return [];
  const where = [partitionAt(places.region).iamRegion, ...regionsWith(places.region, places.regions)];
  return [...new Set(where)].map((region) => ({ account, region, attribute: 'Username', value: name, from: bucketed(from) }));
}

/** The start of the quarter of an hour that it is in: looks that begin in the same one are one look. */
export function bucketed(at: number): number {
  return Math.floor(at / bucketMs) * bucketMs;
}

/**
 * Of what is known, what belongs to an incident: what its detection matches, and sign-ins that share a network, a user or an Identity Center
 * workflow with those or with who is in it already; a network that many use ties nobody to it. Oldest first.
 */
export function belonging(
  { detection, subjects, shared }: { detection: DetectionId | undefined; subjects: readonly Subject[]; shared?: ReadonlySet<string> },
  from: number,
  signIns: readonly SignIn[],
): SignIn[] {
  const inWindow = signIns.filter(({ at }) => at >= from).toSorted((a, b) => a.at - b.at);
  // Of an alarm whose meaning is not known nothing is taken for it but what belongs to whom it counted.
  const isCore = (one: SignIn): boolean => detection !== undefined && one.detections.includes(detection);
  const core = inWindow.filter(isCore);
  const known = subjects.flatMap(({ contacts }) => contacts.map(({ address }) => address));
  const networks = new Set([...known, ...core.map(({ address }) => networkOf(address))].filter((one) => one !== undefined && !shared?.has(one)));
  const workflows = new Set(core.flatMap(({ workflow }) => workflow ?? []));
  const sessions = new Set([...core.flatMap(({ session }) => session ?? []), ...subjects.flatMap((subject) => subject.sessions ?? [])]);
  const users = new Set(core.flatMap(userOf));
  const isRelated = (one: SignIn): boolean =>
    networks.has(networkOf(one.address) ?? '') ||
    (one.workflow !== undefined && workflows.has(one.workflow)) ||
    (one.session !== undefined && sessions.has(one.session)) ||
    userOf(one).some((user) => users.has(user)) ||
    (one.principal.name !== undefined && subjectOf(subjects, one) !== undefined);
  // A session is renewed many times a day: that tells nothing new of it.
  const isNews = (one: SignIn): boolean => one.outcome !== 'unknown' && actIn(one).is !== 'token-renewal';
  return inWindow.filter((one) => isCore(one) || (isNews(one) && isRelated(one)));
}

function userOf({ principal }: SignIn): string[] {
  return principal.name === undefined ? [] : [oneSpelling(`${principal.kind}:${principal.account}:${principal.name}`)];
}
