/**
 * IAM's policy simulator, of the roles of the templates, by their own policies. Source: IAM API reference, SimulatePrincipalPolicy (the shapes as
 * the SDK's model has them: of a resource that was given, the decision and what is missing are beside the action's own).
 */
import { roleOf } from './authorize.ts';
import { AwsError } from './errors.ts';
import type { Json } from './operation.ts';
import { type Asked, type Context, type Verdict, verdictOf } from './policy.ts';
import type { AwsState } from './state.ts';

const decisions: Record<Verdict, string> = { allowed: 'allowed', denied: 'explicitDeny', 'not-said': 'implicitDeny' };
const gravest: readonly string[] = ['explicitDeny', 'implicitDeny', 'allowed'];

/** @throws AwsError for what IAM refuses */
export function simulatePrincipalPolicy(state: AwsState, account: string, input: Json): Json {
  const source = String(input.PolicySourceArn);
  if (!/^arn:[\w-]+:iam::\d{12}:(role|user|group)\/.+$/.test(source)) throw new AwsError('InvalidInput', `Invalid Entity Arn: ${source}`);
  const role = source.split(':')[4] === account ? roleOf(state, source) : undefined;
  if (role === undefined) throw new AwsError('NoSuchEntity', `The entity with arn ${source} cannot be found.`, 404);
  const actions = members(input, 'ActionNames');
  if (actions.length === 0) throw new AwsError('ValidationError', 'ActionNames must not be empty');
  for (const action of actions) if (!/^[\w-]+:\w+$/.test(action)) throw new AwsError('InvalidInput', `Invalid action name: ${action}`);
  const resources = members(input, 'ResourceArns');
  const context = contextIn(input);
  return { EvaluationResults: actions.map((action) => evaluated(role.policies, { action, resources, context })), IsTruncated: false };
}

interface Simulation {
  readonly action: string;
  readonly resources: readonly string[];
  readonly context: Context;
}

function evaluated(policies: readonly Json[], { action, resources, context }: Simulation): Json {
  const of = (resource: string) => {
    const asked = { action, resource, context };
    return { resource, decision: decisions[verdictOf(policies, asked)] as string, missing: missingIn(policies, asked) };
  };
  if (resources.length === 0) {
    const { decision, missing } = of('*');
    return { EvalActionName: action, EvalResourceName: '*', EvalDecision: decision, MatchedStatements: [], MissingContextValues: missing };
  }
  const each = resources.map(of);
  return {
    EvalActionName: action,
    EvalResourceName: '*',
    EvalDecision: gravest.find((one) => each.some(({ decision }) => decision === one)),
    MatchedStatements: [],
    MissingContextValues: [...new Set(each.flatMap(({ missing }) => missing))],
    ResourceSpecificResults: each.map(({ resource, decision, missing }) => ({
      EvalResourceName: resource,
      EvalResourceDecision: decision,
      MatchedStatements: [],
      MissingContextValues: missing,
    })),
  };
}

/** Keys that a statement about this action on this resource asks for, and that were not given. */
function missingIn(policies: readonly Json[], asked: Asked): string[] {
  const statements = policies.flatMap(({ Statement }) => (Array.isArray(Statement) ? Statement : [Statement]) as Json[]);
  const about = statements.filter(({ Condition: _condition, ...rest }) => verdictOf([{ Statement: [rest] }], asked) !== 'not-said');
  const keys = about.flatMap(({ Condition }) => Object.values((Condition ?? {}) as Record<string, Json>).flatMap((one) => Object.keys(one)));
  const given = new Set(Object.keys(asked.context).map((key) => key.toLowerCase()));
  return [...new Set(keys)].filter((key) => !given.has(key.toLowerCase()));
}

/** As the query protocol writes lists: `ActionNames.member.1`. */
function members(input: Json, name: string): string[] {
  const found: string[] = [];
  for (let index = 1; input[`${name}.member.${index}`] !== undefined; index++) found.push(String(input[`${name}.member.${index}`]));
  return found;
}

function contextIn(input: Json): Context {
  const entries: [string, string[]][] = [];
  for (let index = 1; input[`ContextEntries.member.${index}.ContextKeyName`] !== undefined; index++) {
    const at = `ContextEntries.member.${index}`;
    entries.push([String(input[`${at}.ContextKeyName`]), members(input, `${at}.ContextKeyValues`)]);
  }
  return Object.fromEntries(entries);
}
