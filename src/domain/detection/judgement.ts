/** What a filter pattern counts, told by what it counts of the labelled records, and the words for it. */
import type { Unreadable } from '../alarm/filter-pattern.ts';
import type { DetectionId } from './detections.ts';
import { labelledRecords } from './labelled/records.ts';

/**
 * `wrapped`: it reads records in something else's envelope. `compares-true`: AWS does not say how it compares with true or false. `unlike-any`: it
 * asks of sign-ins what none of the labelled ones has.
 */
export type NotJudged = Unreadable | 'wrapped' | 'compares-true' | 'unlike-any';

/** `scope`: accounts and regions that it keeps to, as `awsRegion us-east-1`; that is no flaw. */
interface OfDetection {
  readonly detection: DetectionId;
  readonly scope: readonly string[];
}

/** Kinds are labels of labelled records; `misses` may also say "everything but userName ops1". */
export type Judgement =
  | ({ readonly is: 'same' } & OfDetection)
  | ({ readonly is: 'wider'; readonly also: readonly string[] } & OfDetection)
  | ({ readonly is: 'narrower'; readonly misses: readonly string[] } & OfDetection)
  | ({ readonly is: 'overlapping'; readonly also: readonly string[]; readonly misses: readonly string[] } & OfDetection)
  /** No record can have what `term` asks for; without it the pattern would be about the detection. */
  | { readonly is: 'never-matches'; readonly detection: DetectionId; readonly term: string }
  /** `counts`: kinds of sign-in events; empty: nothing to do with sign-ins. `only`: "with userName ops1". */
  | { readonly is: 'something-else'; readonly counts: readonly string[]; readonly only: readonly string[] }
  | { readonly is: 'not-judged'; readonly why: NotJudged };

/** The detection that a filter is about, if it is about one. */
export function detectionIn(judgement: Judgement): DetectionId | undefined {
  return 'detection' in judgement ? judgement.detection : undefined;
}

const shown = 4;
export const theFix = 'Give the filter the pattern that npm run template prints.';

/** What is wrong with a filter that is about a detection, as the rest of "The filter …", without the fix; undefined: nothing is. */
export function flawOf(judgement: Judgement | undefined): string | undefined {
  switch (judgement?.is) {
    case 'wider':
      return `also counts: ${listed(judgement.also)}.`;
    case 'narrower':
      return `misses: ${listed(judgement.misses)}.`;
    case 'overlapping':
      return `also counts: ${listed(judgement.also)}. It misses: ${listed(judgement.misses)}.`;
    case 'never-matches': {
      const star = /[^"= ]\*[^"]/.test(judgement.term) ? ' A * in the middle stands for itself.' : '';
      return `never matches: no such event has ${judgement.term}.${star}`;
    }
    default:
      return undefined;
  }
}

/** The flaw with its fix. */
function flawAndFix(judgement: Judgement | undefined): string | undefined {
  const flaw = flawOf(judgement);
  return flaw && `${flaw} ${theFix}`;
}

const reasons: Readonly<Record<NotJudged, string>> = {
  'no-json-pattern': 'it is no JSON pattern',
  'too-long': 'it is longer than AWS takes',
  syntax: 'it cannot be read',
  'regular-expression': 'it has a regular expression that is not run here',
  'too-many': 'it has more wildcards or regular expressions than AWS takes',
  'not-documented': 'it uses what AWS does not document',
  wrapped: 'it reads records in an envelope',
  'compares-true': 'it compares with true or false, which AWS does not document',
  'unlike-any': 'it asks of sign-ins what none has that is known here',
};

/** What a judgement says of the filter beyond the detection, as the rest of "The filter …"; undefined: it says nothing beyond. */
export function filterWords(judgement: Judgement): string | undefined {
  switch (judgement.is) {
    case 'something-else': {
      if (judgement.counts.length === 0) return 'counts nothing about sign-ins.';
      const only = judgement.only.length === 0 ? '' : `, only those ${judgement.only.join(' and ')}`;
      return `counts: ${listed(judgement.counts)}${only}. That is none of the bot’s detections.`;
    }
    case 'not-judged':
      return `was not judged: ${reasons[judgement.why]}.`;
    case 'same':
      return scopeWords(judgement.scope);
    case 'never-matches':
      return flawAndFix(judgement);
    default:
      return [flawAndFix(judgement), scopeWords(judgement.scope)].filter((part) => part !== undefined).join(' It ');
  }
}

function scopeWords(scope: readonly string[]): string | undefined {
  return scope.length === 0 ? undefined : `keeps to ${scope.join(', ')}.`;
}

/** "failed sign-ins of root, recoveries of the root password and 3 more": groups that are there as a whole are named as one. */
export function listed(kinds: readonly string[]): string {
  const names = phrasesOf(kinds);
  const more = names.length - shown;
  return more > 1 ? `${names.slice(0, shown).join(', ')} and ${more} more kinds` : names.join(', ');
}

const groups: ReadonlyMap<string, readonly string[]> = new Map(
  [...Map.groupBy(labelledRecords, ({ group }) => group)].map(([group, members]) => [group, members.map(({ kind }) => kind)]),
);
const groupOf: ReadonlyMap<string, string> = new Map(labelledRecords.map(({ kind, group }) => [kind, group]));

function phrasesOf(kinds: readonly string[]): string[] {
  const isWhole = (group: string | undefined): boolean => group !== undefined && (groups.get(group) ?? []).every((kind) => kinds.includes(kind));
  return [...new Set(kinds.map((kind) => (isWhole(groupOf.get(kind)) ? (groupOf.get(kind) as string) : kind)))];
}
