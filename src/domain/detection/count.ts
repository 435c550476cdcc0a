/**
 * Which kinds of the labelled records a pattern counts. Values that may be anything (names, addresses, accounts, regions, whatever the labelled
 * records do not tell kinds apart by) are supposed to be what the pattern asks for: a filter on one user's failures counts failures. What it
 * then restricts is told beside.
 */
import type { Pattern, Step, Term } from '../alarm/filter-pattern.ts';
import { runPattern, runTerm, valuesAt } from '../alarm/run-pattern.ts';
import { type Kind, type LabelledKind, labelledRecords } from './labelled/records.ts';
import { isClosed, isLiteralStar, isOfCloudTrail, isOfEvent, isPositive, pathText, termsOf, valueText, wantedText } from './terms.ts';
import { unlabelledEvents } from './unlabelled.ts';

export interface Counted {
  readonly kinds: ReadonlySet<Kind>;
  /** It counts calls whatever they are: which event it is, it does not ask. */
  readonly isOfAnyCall: boolean;
  /** Events that it counts and that are not labelled, by name. */
  readonly others: readonly string[];
  readonly restrictions: readonly Restriction[];
}

export interface Restriction {
  /** `userName ops1`. */
  readonly values: string;
  /** It leaves these values out, rather than everything else. */
  readonly isExclusion: boolean;
  /** Accounts and regions: where it looks, not what it means. */
  readonly isScope: boolean;
}

type Holds = (term: Term, labelled: LabelledKind) => boolean;

export function countedBy(pattern: Pattern): Counted {
  const free = termsOf(pattern).filter(isFree);
  const paths = [...new Set(free.map(pathText))];
  const kindsOf = (left: readonly string[]): ReadonlySet<Kind> =>
    kindsBy(pattern, (term, labelled) => !(free.includes(term) && left.includes(pathText(term))) && said(term, labelled));
  const counted = { kinds: kindsOf([]), isOfAnyCall: isOfAnyCall(pattern), others: unlabelledEvents(pattern) };
  return { ...counted, restrictions: restrictionsOf(free, paths, kindsOf) };
}

/** @param kindsOf what is counted where the values at some of the paths are other ones */
function restrictionsOf(free: readonly Term[], paths: readonly string[], kindsOf: (left: readonly string[]) => ReadonlySet<Kind>): Restriction[] {
  const [all, none] = [kindsOf([]), kindsOf(paths)];
  if (isSame(all, none)) return [];
  const terms = (path: string): Term[] => free.filter((term) => pathText(term) === path);
  const needed = paths.filter((path) => !isSame(all, kindsOf([path])));
  const enough = paths.filter((path) => !isSame(none, kindsOf(paths.filter((other) => other !== path))));
  const relevant = paths.filter((path) => needed.includes(path) || enough.includes(path));
  // Each of them by itself, or one or the other.
  return needed.length === relevant.length ? needed.map((path) => restrictionOf([terms(path)])) : [restrictionOf(relevant.map(terms))];
}

/** `Delete*` names no event: so few letters are the verb of any. */
const verbLetters = 7;

function namesEvent(term: Term): boolean {
  const text = wantedText(term) ?? '';
  return isOfEvent(term) && isPositive(term) && !(text.includes('*') && text.replaceAll('*', '').length <= verbLetters);
}

function isOfAnyCall(pattern: Pattern): boolean {
  const kinds = kindsBy(pattern, (term, labelled) => !namesEvent(term) && said(term, labelled));
  return labelledRecords.some(({ kind, isSignIn }) => !isSignIn && kinds.has(kind));
}

/** Whether it names sign-in events, whatever else it asks of them. */
export function asksForSignIns(pattern: Pattern): boolean {
  const asked = kindsBy(pattern, (term, labelled) => !isOfEvent(term) || saysOf(term, labelled));
  const unasked = kindsBy(pattern, (term, labelled) => !isOfEvent(term) || (!isPositive(term) && saysOf(term, labelled)));
  return labelledRecords.some(({ kind, isSignIn }) => isSignIn && asked.has(kind) && !unasked.has(kind));
}

/** The kinds that it counts if a term held as it is said. */
export function countedIf(pattern: Pattern, supposed: Term, holds: (labelled: LabelledKind) => boolean): ReadonlySet<Kind> {
  return kindsBy(pattern, (term, labelled) => (term === supposed ? holds(labelled) : said(term, labelled)));
}

const saying = new WeakMap<Term, ReadonlySet<LabelledKind>>();

/** What a term says of a kind, its value supposed where that may be anything. Run once a term: a pattern is asked often. */
function said(term: Term, labelled: LabelledKind): boolean {
  const known = saying.get(term) ?? sayingOf(term);
  saying.set(term, known);
  return known.has(labelled);
}

function sayingOf(term: Term): ReadonlySet<LabelledKind> {
  const isSupposed = isFree(term);
  const isOfSome = isKnown(term.path);
  return new Set(labelledRecords.filter((labelled) => (isSupposed ? canBe(term, labelled.record, isOfSome) : saysOf(term, labelled))));
}

function kindsBy(pattern: Pattern, holds: Holds): ReadonlySet<Kind> {
  return new Set(labelledRecords.filter((labelled) => runPattern(pattern, labelled, holds)).map(({ kind }) => kind));
}

function isSame(one: ReadonlySet<Kind>, other: ReadonlySet<Kind>): boolean {
  return one.size === other.size && one.isSubsetOf(other);
}

const freedom = new WeakMap<Term, boolean>();

/** Whether what it asks for may be anything: no kind of record has it always. */
function isFree(term: Term): boolean {
  const known = freedom.get(term) ?? mayBeAnything(term);
  freedom.set(term, known);
  return known;
}

function mayBeAnything(term: Term): boolean {
  if (!isOfCloudTrail(term) || 'isAbsent' in term.test || isClosed(term) || isLiteralStar(term)) return false;
  if ('is' in term.test) return !isKnown(term.path);
  return !labelledRecords.some((labelled) => holdsOf(asEquality(term), labelled));
}

function isKnown(path: readonly Step[]): boolean {
  return labelledRecords.some(({ record }) => valuesAt(record, path).length > 0);
}

/** "Is not" turned to "is": what tells kinds apart does so both ways. */
function asEquality(term: Term): Term {
  return 'compares' in term.test ? { ...term, test: { ...term.test, compares: '=' } } : term;
}

function holdsOf(term: Term, { record, twin }: LabelledKind): boolean {
  return runTerm(term, record) && runTerm(term, twin);
}

/** What a term says of a kind: of both its records. */
function saysOf(term: Term, labelled: LabelledKind): boolean {
  if (!('compares' in term.test) || term.test.compares === '=') return holdsOf(term, labelled);
  return isComparable(term.path, labelled.record) && !holdsOf(asEquality(term), labelled);
}

function isComparable(path: readonly Step[], record: unknown): boolean {
  return valuesAt(record, path).some((value) => typeof value === 'string' || typeof value === 'number');
}

/** Whether the record has the field, or room for it where none has it. @param isOfSome whether some labelled record has the field */
function canBe({ path }: Term, record: unknown, isOfSome: boolean): boolean {
  if (isOfSome) return isComparable(path, record);
  return valuesAt(record, path.slice(0, -1)).some((parent) => typeof parent === 'object' && parent !== null);
}

const scopes = new Set(['recipientAccountId', 'awsRegion', 'userIdentity.accountId']);

function restrictionOf(byPath: readonly (readonly Term[])[]): Restriction {
  const values = byPath.map(
    (terms) =>
      `${pathText(terms[0] as Term)
        .split('.')
        .at(-1)} ${terms.map(valueText).join(' or ')}`,
  );
  const first = byPath[0]?.[0] as Term;
  const isExclusion = 'compares' in first.test && !isPositive(first);
  return { values: values.join(' or '), isExclusion, isScope: byPath.every(([term]) => scopes.has(pathText(term as Term))) };
}
