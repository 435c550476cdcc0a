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

/** `wider`: so many resources that some are only told by what their ARNs have in common; `too-long`: even so it is more than AWS takes. */
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
  const exact = written(groups.map((group) => ({ ...group, resources: group.resources.map(escaped) })));
  if (exact.length <= longestPolicy) return { is: 'exact', text: exact };
  const wider = written(groups.map((group) => ({ ...group, resources: inCommon(group.resources) })));
  return wider.length <= longestPolicy ? { is: 'wider', text: wider } : { is: 'too-long' };
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

/** Names in these services hold no `*`, so one in their ARNs is a wildcard of ours; elsewhere people choose names freely. */
const freeOfWildcards = /^(\*$|arn:[^:]*:(iam|sso|identitystore|sts):)/;

function escaped(resource: string): string {
  return freeOfWildcards.test(resource) ? resource : literal(resource);
}

function literal(text: string): string {
  return text.replace(/[*?$]/g, (letter) => `\${${letter}}`);
}

/** What all begin with, never less than service, region and account; where they do not share that much, they stay as they are. */
function inCommon(resources: readonly string[]): string[] {
  const [first = '', ...others] = resources;
  if (others.length === 0) return resources.map(escaped);
  let length = first.length;
  for (const other of others) while (!other.startsWith(first.slice(0, length))) length--;
  const prefix = first.slice(0, length);
  return prefix.split(':').length > 5 ? [`${escaped(prefix)}*`] : resources.map(escaped);
}
