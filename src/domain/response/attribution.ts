/**
 * In whose name a response calls AWS: what its one session is called and tagged, and what it may do. Sources: the STS API reference,
 * AssumeRole (letters and lengths of names, tags and policies; a session may do what both the role and its policy allow); IAM user guide,
 * "Policy elements: variables" (how `*`, `?` and `$` are written where they stand for themselves).
 */
import type { Actor, Reader } from './actor.ts';
import type { Call } from './plan.ts';

const longestName = 64;
const longestPolicy = 2_048;

/** `U01BOBEK00.SIN-42.lock-out`: what CloudTrail shows behind the role's name. */
export function sessionNameOf({ person, incident, response }: Reader): string {
  return `${person.id}.SIN-${incident}.${response}`.replace(/[^\w+=,.@-]/g, '_').slice(0, longestName);
}

/** The trust of the roles demands the names of these, and no others. */
export const sessionTags = ['person', 'incident', 'response'] as const;

export function sessionTagsOf({ person, incident, response }: Reader): Readonly<Record<(typeof sessionTags)[number], string>> {
  return { person: person.id, incident: `SIN-${incident}`, response };
}

const mostRequests = 20;

/** By what AWS knows each change that was made: kept with the outcome, and found again in CloudTrail as requestID. */
export function requestsKept(): { readonly sent: Actor['sent']; readonly kept: () => string[] } {
  const all: string[] = [];
  return {
    sent: (operation, requestId) =>
      void all.push(requestId === undefined ? `${operation}: no request id, for AWS gave no answer` : `${operation} ${requestId}`),
    kept: () => (all.length <= mostRequests ? all : [...all.slice(0, mostRequests), `and ${all.length - mostRequests} more`]),
  };
}

/**
 * `wider`: so many resources, or such long ones, that some are told by what their ARNs have in common, without their path, or by how they begin;
 * `too-long`: even so it is more than AWS takes.
 */
export type SessionPolicy =
  | { readonly is: 'exact' | 'wider'; readonly text: string }
  | { readonly is: 'too-long' }
  /** None of the calls is in this account. */
  | { readonly is: 'empty' };

/** What the session of a response may do in an account: its calls and nothing else. */
export function sessionPolicyOf(calls: readonly Call[], account: string): SessionPolicy {
  const here = calls.filter((call) => call.account === account);
  if (here.length === 0) return { is: 'empty' };
  const groups = grouped(here);
  const as = (told: (resources: readonly string[]) => readonly (string | Beginning)[]): string =>
    written(groups.map((group) => ({ ...group, resources: told(group.resources).map(escaped) })));
  const exact = as((resources) => resources);
  if (exact.length <= longestPolicy) return { is: 'exact', text: exact };
  const wider = [inCommon, withoutPaths, cutShort].map(as).find(({ length }) => length <= longestPolicy);
  return wider === undefined ? { is: 'too-long' } : { is: 'wider', text: wider };
}

interface Group {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly context: NonNullable<Call['context']>;
}

/** Actions on the same resources under the same conditions are one statement. */
function grouped(calls: readonly Call[]): Group[] {
  const byAction = Map.groupBy(calls, ({ action, context = {} }) => JSON.stringify([action, Object.entries(context).toSorted()]));
  const single = [...byAction.values()].map((all) => {
    const [{ action, context = {} }] = all as [Call];
    return { actions: [action], resources: [...new Set(all.map(({ resource }) => resource))], context };
  });
  const alike = Map.groupBy(single, ({ resources, context }) => JSON.stringify([resources.toSorted(), Object.entries(context).toSorted()]));
  return [...alike.values()].map((all) => ({ ...(all[0] as Group), actions: all.flatMap(({ actions }) => actions) }));
}

/** AWS takes Latin letters only; JSON can write all others by their numbers. */
function written(groups: readonly Group[]): string {
  const Statement = groups.map(({ actions, resources, context }) => ({
    Effect: 'Allow',
    Action: actions,
    Resource: resources,
    ...(Object.keys(context).length === 0 ? {} : { Condition: conditionOf(context) }),
  }));
  const text = JSON.stringify({ Version: '2012-10-17', Statement });
  return text.replace(/[^\x20-\x7e]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function conditionOf(context: NonNullable<Call['context']>): Record<string, Record<string, string>> {
  const byOperator = Map.groupBy(Object.entries(context), ([key]) => (/arn$/i.test(key) ? 'ArnEquals' : 'StringEquals'));
  return Object.fromEntries(
    [...byOperator].map(([operator, all]) => [operator, Object.fromEntries(all.map(([key, value]) => [key, literal(value)]))]),
  );
}

/** Where a path is not told: in an account there is one of each name, whatever its path. */
const anyPath = /^(arn:[^:]*:iam::\d*:(?:user|role|mfa)\*\/)(.*)$/s;
const withPath = /^(arn:[^:]*:iam::\d*:(?:user|role|mfa))\/(?:.*\/)?([^/]+)$/s;

function withoutPath(resource: string): string {
  return resource.replace(withPath, '$1*/$2');
}

/** What is meant by one star of ours at its end. */
interface Beginning {
  readonly beginsWith: string;
}

/** Of names and paths, which people choose, no letter stands for others. */
function escaped(resource: string | Beginning): string {
  if (typeof resource !== 'string') return `${escaped(resource.beginsWith)}*`;
  if (resource === '*') return resource;
  const [, ours = '', rest = resource] = anyPath.exec(resource) ?? [];
  return `${ours}${literal(rest)}`;
}

function literal(text: string): string {
  return text.replace(/[*?$]/g, (letter) => `\${${letter}}`);
}

/** `arn:aws:iam::123456789012:mfa`: service, region, account and kind. */
function kindOf(resource: string): string {
  return /^(?:[^:]*:){5}[^:/]*/.exec(resource)?.[0] ?? resource;
}

/** Of each kind what all begin with. */
function inCommon(resources: readonly string[]): (string | Beginning)[] {
  return [...Map.groupBy(resources, kindOf).values()].map((all) => {
    const [first = '', ...others] = all;
    let length = first.length;
    for (const other of others) while (!other.startsWith(first.slice(0, length))) length--;
    return others.length === 0 ? first : { beginsWith: first.slice(0, length) };
  });
}

function withoutPaths(resources: readonly string[]): (string | Beginning)[] {
  return inCommon(resources.map(withoutPath));
}

/** Letters that JSON writes by numbers make one long name too long. */
const fewestLetters = 96;

function cutShort(resources: readonly string[]): (string | Beginning)[] {
  return withoutPaths(resources).map((one) => {
    const letters = [...(typeof one === 'string' ? one : one.beginsWith)];
    return letters.length <= fewestLetters ? one : { beginsWith: letters.slice(0, fewestLetters).join('') };
  });
}
