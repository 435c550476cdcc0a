/**
 * What a filter pattern is about, found by running it over the labelled records. It is about a detection where much of what it counts is of that
 * detection, or much of the detection's core is counted, and where it leaves out the detection's opposite: "no MFA" that counts sign-ins with
 * MFA is about something else. Of several it is the one of which most is counted and least else.
 */
import { type Pattern, readPattern, type Term } from '../alarm/filter-pattern.ts';
import { runTerm, valuesAt } from '../alarm/run-pattern.ts';
import { asksForSignIns, type Counted, countedBy, countedIf, type Restriction } from './count.ts';
import { type DetectionId, detectionIds } from './detections.ts';
import type { Judgement, NotJudged } from './judgement.ts';
import { contrasts, type Kind, type LabelledKind, labelledRecords } from './labelled/records.ts';
import { isClosed, isLiteralStar, isOfEvent, isPositive, pathText, termsOf, wantedText, wouldFit } from './terms.ts';

/** So much of a detection's core, or so much of all that it counts itself, a filter has in common with a detection that it is about. */
const coreShare = 0.5;
const ownShare = 0.5;
/** How near to a detection a filter would be without the term that never holds, for that to be said of it: 1 is the same. */
const nearEnough = 0.5;
const mostKept = 500;

const kept = new Map<string, Judgement>();

/** @param patterns of all filters that feed the alarm's metric: what any of them counts, the alarm counts */
export function judgePatterns(patterns: readonly string[]): Judgement {
  const key = JSON.stringify(patterns);
  const known = kept.get(key);
  if (known !== undefined) return known;
  const judged = judgedTogether(patterns);
  const [oldest] = kept.keys();
  if (kept.size >= mostKept && oldest !== undefined) kept.delete(oldest);
  kept.set(key, judged);
  return judged;
}

export function judgePattern(pattern: string): Judgement {
  return judgePatterns([pattern]);
}

function judgedTogether(texts: readonly string[]): Judgement {
  const patterns: Pattern[] = [];
  for (const text of new Set(texts)) {
    const read = readPattern(text);
    const why = 'unreadable' in read ? read.unreadable : whyNot(read.pattern);
    if (why !== undefined || 'unreadable' in read) return { is: 'not-judged', why: why ?? 'syntax' };
    patterns.push(read.pattern);
  }
  const [first] = patterns;
  if (first === undefined) return { is: 'not-judged', why: 'no-json-pattern' };
  const whole: Pattern = patterns.length === 1 ? first : { some: patterns };
  const counted = countedBy(whole);
  const detection = nearest(counted) ?? (patterns.length > 1 ? ofOneOf(patterns) : undefined);
  if (detection !== undefined) return ofDetection(detection, counted);
  const never = counted.kinds.size === 0 ? neverMatching(whole) : undefined;
  if (never !== undefined) return never;
  const judged = somethingElse(counted);
  return judged.counts.length === 0 && asksForSignIns(whole) ? { is: 'not-judged', why: 'unlike-any' } : judged;
}

const wrappers = new Set(['detail', 'Records']);

/** Why a pattern that can be read is not judged all the same. */
function whyNot(pattern: Pattern): NotJudged | undefined {
  for (const { path, test } of termsOf(pattern)) {
    const [top] = path;
    if (top !== undefined && 'key' in top && wrappers.has(top.key)) return 'wrapped';
    const compares = 'compares' in test || 'orders' in test;
    if (compares && labelledRecords.some(({ record }) => valuesAt(record, path).some((value) => typeof value === 'boolean'))) return 'compares-true';
  }
  return undefined;
}

/** Several filters feed one metric, and together they are about no detection: about that of one of them, and more. */
function ofOneOf(patterns: readonly Pattern[]): DetectionId | undefined {
  const found = patterns.map((pattern) => nearest(countedBy(pattern)));
  return detectionIds.find((id) => found.includes(id));
}

function kindsOf(detection: DetectionId): ReadonlySet<Kind> {
  return new Set(labelledRecords.filter(({ of }) => of.includes(detection)).map(({ kind }) => kind));
}

const must = Object.fromEntries(detectionIds.map((id) => [id, kindsOf(id)])) as Readonly<Record<DetectionId, ReadonlySet<Kind>>>;

/** 1: what it counts is the detection. 0: they have nothing in common. */
function nearness({ kinds, others }: Kinds, detection: DetectionId): number {
  return (2 * kinds.intersection(must[detection]).size) / (kinds.size + others.length + must[detection].size);
}

const ofCalls = detectionIds.filter((id) => labelledRecords.every(({ kind, isSignIn }) => !isSignIn || !must[id].has(kind)));

type Kinds = Pick<Counted, 'kinds' | 'isOfAnyCall' | 'others'>;

function only(kinds: ReadonlySet<Kind>): Kinds {
  return { kinds, isOfAnyCall: false, others: [] };
}

function isAbout({ kinds, isOfAnyCall, others }: Kinds, detection: DetectionId): boolean {
  if (isOfAnyCall && ofCalls.includes(detection)) return false;
  const own = kinds.intersection(must[detection]).size;
  const { core, opposite } = contrasts[detection];
  if (own === 0 || opposite.some((kind) => kinds.has(kind))) return false;
  return own >= (kinds.size + others.length) * ownShare || core.filter((kind) => kinds.has(kind)).length >= core.length * coreShare;
}

function nearest(counted: Kinds): DetectionId | undefined {
  const about = detectionIds.filter((id) => isAbout(counted, id));
  return best(about.map((id) => ({ detection: id, near: nearness(counted, id) })))?.detection;
}

/** The first of those that are nearest. */
function best<T extends { readonly near: number }>(found: readonly T[]): T | undefined {
  return found.toSorted((a, b) => b.near - a.near)[0];
}

function ofDetection(detection: DetectionId, { kinds, others, restrictions }: Counted): Judgement {
  const scope = restrictions.filter(({ isScope }) => isScope).map(({ values, isExclusion }) => (isExclusion ? `all but ${values}` : values));
  const also = [...kinds.difference(must[detection]), ...others.map((name) => `${name} events`)];
  const misses = [...must[detection].difference(kinds), ...restrictions.filter(({ isScope }) => !isScope).map(missed)];
  if (also.length > 0 && misses.length > 0) return { is: 'overlapping', detection, also, misses, scope };
  if (also.length > 0) return { is: 'wider', detection, also, scope };
  return misses.length > 0 ? { is: 'narrower', detection, misses, scope } : { is: 'same', detection, scope };
}

function missed({ values, isExclusion }: Restriction): string {
  return isExclusion ? values : `everything but ${values}`;
}

function somethingElse({ kinds, restrictions }: Counted): Extract<Judgement, { is: 'something-else' }> {
  const counts = labelledRecords.filter(({ kind, isSignIn }) => isSignIn && kinds.has(kind)).map(({ kind }) => kind);
  const only = restrictions.map(({ values, isExclusion }) => `${isExclusion ? 'without' : 'with'} ${values}`);
  return { is: 'something-else', counts, only: counts.length === 0 ? [] : only };
}

interface Repaired {
  readonly detection: DetectionId;
  readonly term: Term;
  readonly near: number;
}

/** The term that no record can satisfy, and what the pattern is about without it, or with a value that resembles the one it asks for. */
function neverMatching(pattern: Pattern): Judgement | undefined {
  const terms = termsOf(pattern);
  const found = terms.flatMap((term) => {
    if (isLiteralStar(term)) return withValues(pattern, term, [({ record, twin }) => wouldFit(term, record) && wouldFit(term, twin)]);
    return isClosed(term) && isPositive(term) ? [...withoutIt(pattern, term), ...withLikeValues(pattern, term)] : [];
  });
  const repaired = best(found.filter(({ near }) => near >= nearEnough));
  return repaired && { is: 'never-matches', detection: repaired.detection, term: repaired.term.text.replace(/^\$\./, '') };
}

/** Its opposite is counted with it then: the term told them apart. */
function withoutIt(pattern: Pattern, term: Term): Repaired[] {
  const kinds = countedIf(pattern, term, () => true);
  if (!isCertain(pattern, term, kinds)) return [];
  return detectionIds.map((detection) => ({ detection, term, near: nearness(only(kinds), detection) }));
}

function withLikeValues(pattern: Pattern, term: Term): Repaired[] {
  const values = [...new Set(labelledRecords.flatMap(({ record }) => valuesAt(record, term.path)))].filter((value) => resembles(term, value));
  const holds = values.map(
    (value) =>
      ({ record }: LabelledKind) =>
        valuesAt(record, term.path).includes(value),
  );
  return withValues(pattern, term, holds).filter(({ kinds }) => isCertain(pattern, term, kinds));
}

function withValues(
  pattern: Pattern,
  term: Term,
  values: readonly ((labelled: LabelledKind) => boolean)[],
): (Repaired & { kinds: ReadonlySet<Kind> })[] {
  return values.flatMap((holds) => {
    const kinds = countedIf(pattern, term, holds);
    const detection = nearest(only(kinds));
    return detection === undefined ? [] : [{ detection, term, kinds, near: nearness(only(kinds), detection) }];
  });
}

/** Source: "CloudTrail userIdentity element" (CloudTrail user guide). */
const identityTypes = [
  'Root',
  'IAMUser',
  'AssumedRole',
  'Role',
  'FederatedUser',
  'Directory',
  'AWSAccount',
  'AWSService',
  'IdentityCenterUser',
].concat(['SAMLUser', 'WebIdentityUser', 'Unknown']);

/**
 * Whether it is this term that never holds: of the events that are left without it none has what it asks for. There are other events, sources
 * and identities than the labelled ones: only where the rest leaves no room for those is it certain.
 */
function isCertain(pattern: Pattern, term: Term, kinds: ReadonlySet<Kind>): boolean {
  const path = pathText(term);
  const events = new Set(labelledRecords.filter(({ kind }) => kinds.has(kind)).map(({ record }) => record.eventName));
  const asked = termsOf(pattern).filter((other) => pathText(other) === path && isPositive(other));
  if (labelledRecords.some(({ record }) => events.has(record.eventName) && asked.some((one) => runTerm(one, record)))) return false;
  // AWS has spelt it in more than one way.
  if (path === 'additionalEventData.MFAUsed') return !/^(yes|no)$/i.test(wantedText(term) ?? '');
  if (path === 'userIdentity.type') return !identityTypes.some((type) => runTerm(term, { userIdentity: { type } }));
  if (!isOfEvent(term)) return true;
  const isOfSignIns = termsOf(pattern).some((other) => other !== term && /^(responseElements|serviceEventDetails)\./.test(pathText(other)));
  return isOfSignIns && labelledRecords.every(({ kind, isSignIn }) => isSignIn || !kinds.has(kind));
}

const likeLetters = 4;

/** `Failed` and `Failure`, `root` and `Root`. */
function resembles(term: Term, value: unknown): boolean {
  const asked = wantedText(term)?.replaceAll('*', '').toLowerCase() ?? '';
  return typeof value === 'string' && asked !== '' && value.toLowerCase().slice(0, likeLetters) === asked.slice(0, likeLetters);
}
