/**
 * What a policy says of one request. Sources: IAM user guide, "Policy evaluation logic", "IAM JSON policy elements: Condition operators" and
 * "Variables and tags".
 */
import { AwsError } from './errors.ts';
import type { Json } from './operation.ts';

/** Keys with their values; a key that takes several has a list. */
export type Context = Readonly<Record<string, string | readonly string[]>>;

export interface Asked {
  /** `iam:GetUser`. */
  readonly action: string;
  /** ARN, or `*`; of a trust policy nothing. */
  readonly resource?: string;
  /** ARNs by which a trust policy may name the caller. */
  readonly principals?: readonly string[];
  readonly context: Context;
}

export type Verdict = 'allowed' | 'denied' | 'not-said';

/** A deny wins. @throws AwsError `MalformedPolicyDocument` for what IAM would not have taken, or the sandbox does not know */
export function verdictOf(policies: readonly Json[], asked: Asked): Verdict {
  const effects = policies.flatMap(({ Statement }) => listOf<Json>(Statement)).flatMap((one) => (applies(one, asked) ? [one.Effect] : []));
  if (effects.includes('Deny')) return 'denied';
  return effects.includes('Allow') ? 'allowed' : 'not-said';
}

function listOf<T>(value: unknown): T[] {
  return (value === undefined ? [] : Array.isArray(value) ? value : [value]) as T[];
}

function applies(statement: Json, { action, resource, principals, context }: Asked): boolean {
  if (statement.Effect !== 'Allow' && statement.Effect !== 'Deny') throw malformed('Effect');
  const isAction = (one: string): boolean => patternOf(one.toLowerCase(), context)?.test(action.toLowerCase()) ?? false;
  const actions =
    statement.NotAction === undefined ? listOf<string>(statement.Action).some(isAction) : !listOf<string>(statement.NotAction).some(isAction);
  return (
    actions &&
    (resource === undefined || isAbout(statement, resource, context)) &&
    (principals === undefined || isFor(statement, principals)) &&
    Object.entries((statement.Condition ?? {}) as Json).every(([operator, keys]) => holds(operator, keys as Json, context))
  );
}

function isAbout({ Resource, NotResource }: Json, resource: string, context: Context): boolean {
  if (Resource === undefined && NotResource === undefined) throw malformed('Resource');
  const isOne = (one: string): boolean => one === '*' || (patternOf(one, context)?.test(resource) ?? false);
  return NotResource === undefined ? listOf<string>(Resource).some(isOne) : !listOf<string>(NotResource).some(isOne);
}

function isFor({ Principal }: Json, principals: readonly string[]): boolean {
  if (Principal === '*') return true;
  return listOf<string>((Principal as Json | undefined)?.AWS).some((one) => one === '*' || principals.includes(one));
}

const equal = (a: string, b: string): boolean => a === b;
type Test = (wanted: string, found: string, context: Context) => boolean;
const like: Test = (wanted, found, context) => patternOf(wanted, context)?.test(found) ?? false;
const same: Test = (wanted, found, context) => equal(substituted(wanted, context) ?? '', found);
const operators: Readonly<Record<string, { readonly test: Test; readonly isNot?: true }>> = {
  StringEquals: { test: same },
  StringNotEquals: { test: same, isNot: true },
  StringEqualsIgnoreCase: { test: (wanted, found) => equal(wanted.toLowerCase(), found.toLowerCase()) },
  StringLike: { test: like },
  StringNotLike: { test: like, isNot: true },
  ArnEquals: { test: like },
  ArnLike: { test: like },
  ArnNotEquals: { test: like, isNot: true },
  ArnNotLike: { test: like, isNot: true },
  Bool: { test: (wanted, found) => equal(wanted.toLowerCase(), found.toLowerCase()) },
  DateLessThan: { test: (wanted, found) => Date.parse(found) < Date.parse(wanted) },
  DateGreaterThan: { test: (wanted, found) => Date.parse(found) > Date.parse(wanted) },
};

/** Values are alternatives, keys are not. */
function holds(written: string, keys: Json, context: Context): boolean {
  const [, set, name = '', ifExists] = /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/.exec(written) ?? [];
  return Object.entries(keys).every(([key, value]) => {
    const wanted = listOf<string>(value).map(String);
    const found = valuesOf(context, key);
    if (name === 'Null') return wanted.includes(String(found === undefined));
    const operator = Object.hasOwn(operators, name) ? operators[name] : undefined;
    if (operator === undefined) throw malformed(`Condition operator ${written}`);
    if (found === undefined) return ifExists !== undefined || set === 'ForAllValues' || operator.isNot === true;
    const matches = (one: string): boolean => wanted.some((each) => operator.test(each, one, context)) !== (operator.isNot === true);
    return set === 'ForAllValues' ? found.every(matches) : found.some(matches);
  });
}

/** Keys are compared without case. */
function valuesOf(context: Context, key: string): readonly string[] | undefined {
  const found = Object.entries(context).find(([name]) => name.toLowerCase() === key.toLowerCase())?.[1];
  return found === undefined ? undefined : listOf<string>(found);
}

const variable = /\$\{([^}]*)\}/g;

/** Undefined: it names a key that the request does not have. */
function substituted(text: string, context: Context): string | undefined {
  let isKnown = true;
  const made = text.replace(variable, (_whole, key: string) => {
    if (/^[*?$]$/.test(key)) return key;
    const found = valuesOf(context, key)?.[0];
    isKnown &&= found !== undefined;
    return found ?? '';
  });
  return isKnown ? made : undefined;
}

/** `*` is any text and `?` any letter; what a variable stands for is neither. */
function patternOf(text: string, context: Context): RegExp | undefined {
  const parts = text.split(/(\$\{[^}]*\})/).map((part) => {
    if (!part.startsWith('${')) return quoted(part).replaceAll('\\*', '[^]*').replaceAll('\\?', '[^]');
    const found = substituted(part, context);
    return found === undefined ? undefined : quoted(found);
  });
  return parts.includes(undefined) ? undefined : new RegExp(`^${parts.join('')}$`);
}

function quoted(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}

function malformed(what: string): AwsError {
  return new AwsError('MalformedPolicyDocument', `Syntax errors in policy: ${what}`);
}
