/**
 * Which kinds of the labelled records a pattern counts. Values that may be anything (names, addresses, accounts, regions, whatever the labelled
 * records do not tell kinds apart by) are supposed to be what the pattern asks for: a filter on one user's failures counts failures. What it
 * then restricts is told beside.
 */
import type { Pattern, Step, Term } from '../alarm/filter-pattern.ts';
import { runPattern, runTerm, valuesAt } from '../alarm/run-pattern.ts';
import { type Kind, type LabelledKind, labelledRecords } from './labelled/records.ts';

export interface Counted {
  readonly kinds: ReadonlySet<Kind>;
  /** It counts calls whatever they are: which event it is, it does not ask. */
  readonly isOfAnyCall: boolean;
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
  const without = (left: readonly string[]): ReadonlySet<Kind> =>
    kindsBy(pattern, (term, labelled) => !(free.includes(term) && left.includes(pathText(term))) && said(term, labelled));
  const kinds = without([]);
  const counted = { kinds, isOfAnyCall: isOfAnyCall(pattern), restrictions: [] };
  if (isSame(kinds, without(paths))) return counted;
  const restricting = paths.filter((path) => !isSame(kinds, without([path])));
  return {
    ...counted,
    restrictions: (restricting.length > 0 ? restricting : paths).map((path) => restrictionOf(free.filter((term) => pathText(term) === path))),
  };
}

function isOfAnyCall(pattern: Pattern): boolean {
  const namesIt = (term: Term): boolean => /^event(Name|Source)$/.test(pathText(term)) && 'compares' in term.test && term.test.compares === '=';
  const kinds = kindsBy(pattern, (term, labelled) => !namesIt(term) && said(term, labelled));
  return labelledRecords.some(({ kind, isSignIn }) => !isSignIn && kinds.has(kind));
}

/** The kinds that it counts if a term held as it is said. */
export function countedIf(pattern: Pattern, supposed: Term, holds: (labelled: LabelledKind) => boolean): ReadonlySet<Kind> {
  return kindsBy(pattern, (term, labelled) => (term === supposed ? holds(labelled) : said(term, labelled)));
}

function said(term: Term, labelled: LabelledKind): boolean {
  return isFree(term) ? canBe(term, labelled.record) : saysOf(term, labelled);
}

function kindsBy(pattern: Pattern, holds: Holds): ReadonlySet<Kind> {
  return new Set(labelledRecords.filter((labelled) => runPattern(pattern, labelled, holds)).map(({ kind }) => kind));
}

function isSame(one: ReadonlySet<Kind>, other: ReadonlySet<Kind>): boolean {
  return one.size === other.size && one.isSubsetOf(other);
}

export function termsOf(pattern: Pattern): Term[] {
  if ('term' in pattern) return [pattern.term];
  return ('all' in pattern ? pattern.all : pattern.some).flatMap(termsOf);
}

/** `userIdentity.userName`, `requestParameters.alarmNames[0]`. */
export function pathText({ path }: Pick<Term, 'path'>): string {
  return path
    .map((step) => ('key' in step ? `.${step.key}` : 'index' in step ? `[${step.index}]` : step.any === 'field' ? '.*' : '[*]'))
    .join('')
    .slice(1);
}

/** Fields whose values CloudTrail documents: what none of the labelled records has, there is not. */
const closed = /^(eventName|eventSource|userIdentity\.type|additionalEventData\.(MFAUsed|CredentialType|MobileVersion)|serviceEventDetails\..*)$/;
const responses = /^responseElements\.(ConsoleLogin|GetSigninToken|CheckMfa|SwitchRole|PasswordUpdated|PasswordRecovery\w+)$/;

/** The top of a CloudTrail record. Source: "CloudTrail record contents" (CloudTrail user guide). */
const cloudTrailKeys = new Set([
  ...[
    'eventVersion',
    'userIdentity',
    'eventTime',
    'eventSource',
    'eventName',
    'awsRegion',
    'sourceIPAddress',
    'userAgent',
    'errorCode',
    'errorMessage',
  ],
  ...[
    'requestParameters',
    'responseElements',
    'additionalEventData',
    'requestID',
    'eventID',
    'eventType',
    'apiVersion',
    'managementEvent',
    'readOnly',
  ],
  ...[
    'resources',
    'recipientAccountId',
    'serviceEventDetails',
    'sharedEventID',
    'vpcEndpointId',
    'vpcEndpointAccountId',
    'eventCategory',
    'addendum',
  ],
  ...['sessionCredentialFromConsole', 'edgeDeviceDetails', 'tlsDetails', 'eventContext', 'insightDetails'],
]);

export function isClosed(term: Term): boolean {
  return closed.test(pathText(term)) || responses.test(pathText(term));
}

const freedom = new WeakMap<Term, boolean>();

/** Whether what it asks for may be anything: no kind of record has it always. */
function isFree(term: Term): boolean {
  const known = freedom.get(term) ?? mayBeAnything(term);
  freedom.set(term, known);
  return known;
}

function mayBeAnything(term: Term): boolean {
  const [top] = term.path;
  if (top === undefined || !('key' in top) || !cloudTrailKeys.has(top.key) || 'isAbsent' in term.test || isClosed(term)) return false;
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

/** Whether the record has the field, or room for it where no labelled record has it. */
function canBe({ path }: Term, record: unknown): boolean {
  if (isKnown(path)) return isComparable(path, record);
  return valuesAt(record, path.slice(0, -1)).some((parent) => typeof parent === 'object' && parent !== null);
}

const scopes = new Set(['recipientAccountId', 'awsRegion', 'userIdentity.accountId']);

function restrictionOf(terms: readonly Term[]): Restriction {
  const [first] = terms as [Term];
  const name = pathText(first).split('.').at(-1) ?? '';
  const isExclusion = 'compares' in first.test && first.test.compares === '!=';
  return { values: `${name} ${terms.map(valueText).join(' or ')}`, isExclusion, isScope: scopes.has(pathText(first)) };
}

function valueText({ test, text }: Term): string {
  if ('compares' in test && 'text' in test.with) return test.with.text;
  const [, verb = '', ...rest] = text.split(' ');
  return verb === '=' || verb === '!=' ? rest.join(' ') : `${verb} ${rest.join(' ')}`;
}
