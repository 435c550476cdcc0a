/**
 * What the sign-ins around an incident add up to: a verdict with its reasons and the severity it asks for. Pure, and the same whichever way and
 * in whatever order they came. It may raise an incident's severity and never lowers it. The thresholds are ours, set so that a person who
 * mistypes once or twice and then gets in raises nothing; the patterns are MITRE ATT&CK T1110.003 (spraying), T1621 (MFA requests) and T1078
 * (valid accounts).
 */
import type { DetectionId } from '../detection/detections.ts';
import { isWorse, type Severity } from '../severity.ts';
import { isUntold } from '../sign-in/memory.ts';
import type { Spray } from '../sign-in/spray.ts';
import { type Contact, keptSubjects, type Subject } from '../sign-in/subjects.ts';
import type { Surroundings } from '../sign-in/surroundings.ts';
import { plainFailures } from '../sign-in/tally.ts';
import { type Finding, findingOf, findingsAbout } from './findings.ts';
import { networkKey, type Reason, type Verdict } from './reasons.ts';

/** Somebody of whom the responders must hear, by subject key or, whoever sprays, by network. */
export interface Concerned {
  readonly who: string;
  readonly severity: Severity;
  readonly verdict: Verdict;
}

export interface Assessment {
  readonly verdict: Verdict;
  readonly reasons: readonly Reason[];
  /** What the incident's severity is at least. */
  readonly severity: Severity;
  /** The key of the subject it is about, if it is about one. */
  readonly about: string | undefined;
  /** All of whom something of severity HIGH or worse is known; whoever sprays by the network. */
  readonly concerns: readonly Concerned[];
}

/** So many users failing in half an hour are one, from wherever. */
const spreadUsers = 20;
const spreadMs = 30 * 60_000;
const fewFailures = 2;

export interface ToAssess {
  readonly detection: DetectionId | undefined;
  readonly subjects: readonly Subject[];
  /** Responses of this bot that the events are, as `SIN-3`; empty: none of them. */
  readonly ownActions: readonly string[];
}

/**
 * @param around what is remembered of the users and networks that the news is about
 * @returns undefined where it all says no more than the detection itself
 */
export function assess({ detection, subjects, ownActions }: ToAssess, around: Surroundings): Assessment | undefined {
  if (ownActions.length > 0 && subjects.length === 0) return harmless('own-action', { is: 'done-by-responses', incidents: ownActions });
  const found = findings(subjects, around);
  return gravestOf(found) ?? slip(subjects) ?? federated(detection, subjects);
}

function findings(subjects: readonly Subject[], around: Surroundings): Finding[] {
  const touched = new Set(around.rows.flatMap(({ network }) => network ?? []));
  const sprays = [...around.stories.values()].flatMap((story) => story.sprays).filter(({ network }) => touched.has(network));
  const spread = spreadIn(subjects, around);
  return [
    ...findingsAbout(concernedIn(subjects, around), around),
    ...sprays.filter((spray) => isPartOf(spray, subjects, around)).map((spray) => findingOf(spray, around.rows)),
    ...(spread === undefined ? [] : [spread]),
  ];
}

/** Whoever comes from a network that many use has no part in its sprays unless he failed in one. */
function isPartOf({ isShared, tried, hidden }: Spray, subjects: readonly Subject[], { keyOf }: Surroundings): boolean {
  return !isShared || subjects.some((one) => plainFailures(one) > 0 && (isUntold(one) ? hidden > 0 : tried.has(keyOf(one.key))));
}

/** Users of the incident; of a network that is not shared all who came from it, for that is one party. */
function concernedIn(subjects: readonly Subject[], { rows, stories, keyOf }: Surroundings): string[] {
  const own = new Set(subjects.map(({ key }) => keyOf(key)));
  const isOneParty = (network: string | undefined): boolean => network !== undefined && stories.get(network)?.isShared === false;
  return [...new Set(rows.flatMap(({ subject, network }) => (subject !== undefined && (own.has(subject) || isOneParty(network)) ? [subject] : [])))];
}

const order: readonly Verdict[] = ['takeover', 'mfa-fatigue', 'spray', 'guessing'];

/** Negative: the one is graver, or says more. */
function inOrder(one: Pick<Finding, 'severity' | 'verdict'>, other: Pick<Finding, 'severity' | 'verdict'>): number {
  const bySeverity = Number(isWorse(other.severity, one.severity)) - Number(isWorse(one.severity, other.severity));
  return bySeverity || order.indexOf(one.verdict) - order.indexOf(other.verdict);
}

/** The gravest, of equal ones the newest; whoever else got in is named beside it. */
function gravestOf(found: readonly Finding[]): Assessment | undefined {
  const [gravest] = found.toSorted((a, b) => inOrder(a, b) || b.at - a.at);
  if (gravest === undefined) return undefined;
  const { at: _at, ...told } = gravest;
  const gotIn = found.flatMap(({ verdict, about }) => (verdict === 'takeover' && about !== undefined ? [about] : []));
  return withOthers({ ...told, concerns: concernsOf(found) }, gotIn);
}

/** The assessment of a takeover names all others who got in. */
function withOthers(assessment: Assessment, gotIn: readonly string[]): Assessment {
  const who = [...new Set(gotIn)].filter((one) => one !== assessment.about);
  if (assessment.verdict !== 'takeover' || who.length === 0) return assessment;
  return { ...assessment, reasons: [...assessment.reasons.filter(({ is }) => is !== 'others-got-in'), { is: 'others-got-in', who }] };
}

function whoGotIn({ verdict, about, reasons }: Assessment): string[] {
  if (verdict !== 'takeover') return [];
  return [...(about === undefined ? [] : [about]), ...reasons.flatMap((reason) => (reason.is === 'others-got-in' ? reason.who : []))];
}

function concernsOf(found: readonly Finding[]): Concerned[] {
  return concernedInEither(
    [],
    found.flatMap(({ about, severity, verdict, reasons }) =>
      (about === undefined ? sprayers(reasons) : [about]).map((who) => ({ who, severity, verdict })),
    ),
  );
}

/** A spray from so many places that none of them stands out. */
function spreadIn(subjects: readonly Subject[], { stories }: Surroundings): Finding | undefined {
  const newest = Math.max(...subjects.map(({ lastSeen }) => lastSeen));
  const failing = subjects.filter(
    (one) =>
      plainFailures(one) > 0 &&
      one.successes === 0 &&
      !isUntold(one) &&
      newest - one.lastSeen <= spreadMs &&
      !one.contacts.some(({ address }) => stories.get(address)?.isShared === true),
  );
  if (failing.length < spreadUsers) return undefined;
  const places = new Set(failing.flatMap(({ contacts }) => contacts.map(({ address }) => address))).size;
  const reasons: Reason[] = [{ is: 'failed-from-many-places', users: failing.length, places, areAll: subjects.length < keptSubjects }];
  return { verdict: 'spray', reasons, severity: 'HIGH', about: undefined, at: newest };
}

function slip(subjects: readonly Subject[]): Assessment | undefined {
  const failing = subjects.filter((one) => plainFailures(one) > 0);
  if (failing.length === 0 || failing.length < subjects.length) return undefined;
  if (failing.every((one) => isUntold(one) && one.nameIs !== 'not-in-record'))
    return harmless('only-unknown-names', { is: 'names-that-do-not-exist' });
  const [only] = failing;
  const isSlip = failing.length === 1 && only !== undefined && only.contacts.some(isAfterFailure) && only.failures <= fewFailures;
  return isSlip ? harmless('mistyped', { is: 'a-slip-and-then-in' }) : undefined;
}

function isAfterFailure({ firstFailureAt, lastSuccessAt }: Contact): boolean {
  return firstFailureAt !== undefined && lastSuccessAt !== undefined && firstFailureAt < lastSuccessAt;
}

function federated(detection: DetectionId | undefined, subjects: readonly Subject[]): Assessment | undefined {
  return detection === 'federated-sign-in' && subjects.length > 0 ? harmless('federated', { is: 'mfa-is-the-providers' }) : undefined;
}

function harmless(verdict: Verdict, reason: Reason): Assessment {
  return { verdict, reasons: [reason], severity: 'LOW', about: undefined, concerns: [] };
}

/** A graver verdict is not taken back: whoever makes noise after it would decide what the card says. */
export function graver(before: Assessment | undefined, now: Assessment | undefined): Assessment | undefined {
  if (before === undefined || now === undefined) return now ?? (before && isWorse(before.severity, 'LOW') ? before : undefined);
  const stays = inOrder(before, now) < 0 ? before : now;
  return withOthers({ ...stays, concerns: concernedInEither(before.concerns, now.concerns) }, [...whoGotIn(now), ...whoGotIn(before)]);
}

/** Whoever sprays is known by the network. */
function sprayers(reasons: readonly Reason[]): string[] {
  return reasons.flatMap((reason) => (reason.is === 'sprayed' ? [networkKey(reason.network)] : []));
}

function concernedInEither(one: readonly Concerned[], other: readonly Concerned[]): Concerned[] {
  const worst = new Map(one.map((concerned) => [concerned.who, concerned]));
  for (const concerned of other) if (isWorse(concerned.severity, worst.get(concerned.who)?.severity ?? 'MEDIUM')) worst.set(concerned.who, concerned);
  return [...worst.values()];
}
