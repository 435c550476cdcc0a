/** The roles of the member-roles template and, in the management account, of management-role, as CloudFormation would have made them in an emulated account: its own trust and its own policies. */
import { templates } from '../../setup/template.ts';
import { hubAccount, organization, trailGroup } from './names.ts';
import type { Json } from './operation.ts';
import type { DeployedRole } from './shapes.ts';

interface Resource {
  readonly Type: string;
  readonly Condition?: string;
  readonly Properties: Json;
}

/** What the stack is given. */
interface Stack {
  readonly account: string;
  readonly partition: string;
}

const made = new Map<string, ReadonlyMap<string, DeployedRole>>();

/** Undefined: the template has no role of that name. */
export function deployedRole(name: string, stack: Stack): DeployedRole | undefined {
  const key = `${stack.partition} ${stack.account}`;
  const roles = made.get(key) ?? rolesIn(stack);
  made.set(key, roles);
  return roles.get(name);
}

function rolesIn(stack: Stack): Map<string, DeployedRole> {
  const names = stack.account === hubAccount ? ['member-roles', 'management-role'] : ['member-roles'];
  return new Map(names.flatMap((name) => [...rolesOf(name, stack)]));
}

function rolesOf(name: string, { account, partition }: Stack): Map<string, DeployedRole> {
  const template = (templates[name]?.() ?? {}) as {
    Parameters: Record<string, { AllowedValues?: readonly string[] }>;
    Conditions: Json;
    Resources: Record<string, Resource>;
  };
  // All parts that are off by default are on here.
  const switches = Object.keys(template.Parameters).filter((one) => template.Parameters[one]?.AllowedValues?.includes('yes'));
  const parameters: Json = {
    'AWS::AccountId': account,
    'AWS::Partition': partition,
    ResponderRoleArn: responderArn(partition),
    OrganizationId: organization,
    ...Object.fromEntries(switches.map((name) => [name, 'yes'])),
    LogGroupArns: [`arn:${partition}:logs:*:${account}:log-group:${trailGroup}:*`],
  };
  const value = (written: unknown): unknown => resolved(written, { parameters, conditions: template.Conditions });
  const resources = Object.entries(template.Resources).filter(
    ([, { Condition }]) => Condition === undefined || value(template.Conditions[Condition]),
  );
  const apart = resources
    .filter(([, { Type }]) => Type === 'AWS::IAM::Policy')
    .map(([, { Properties }]) => ({ roles: Properties.Roles as { Ref: string }[], policy: value(Properties.PolicyDocument) as Json }));
  return new Map(
    resources
      .filter(([, { Type }]) => Type === 'AWS::IAM::Role')
      .map(([id, { Properties }]) => {
        const { RoleName, AssumeRolePolicyDocument, Policies } = value(Properties) as Json & { Policies: { PolicyDocument: Json }[] };
        const others = apart.filter(({ roles }) => roles.some(({ Ref }) => Ref === id)).map(({ policy }) => policy);
        const policies = [...Policies.map(({ PolicyDocument }) => PolicyDocument), ...others];
        return [String(RoleName), { trust: AssumeRolePolicyDocument as Json, policies }];
      }),
  );
}

/** Whose access key the bot has: the template is told of it as of what the responder runs as. */
export function responderArn(partition: string): string {
  return `arn:${partition}:iam::${hubAccount}:user/responder`;
}

interface Scope {
  readonly parameters: Json;
  readonly conditions: Json;
}

/** CloudFormation's functions, those that the template uses. @throws Error for another */
function resolved(written: unknown, scope: Scope): unknown {
  if (Array.isArray(written)) return written.map((one) => resolved(one, scope)).filter((one) => one !== undefined);
  if (typeof written !== 'object' || written === null) return written;
  const [[name = '', value] = [], ...others] = Object.entries(written);
  if (others.length === 0 && (name === 'Ref' || name.startsWith('Fn::'))) return called(name, value, scope);
  const entries = Object.entries(written).map(([key, one]) => [key, resolved(one, scope)] as const);
  return Object.fromEntries(entries.filter(([, one]) => one !== undefined));
}

function called(name: string, value: unknown, scope: Scope): unknown {
  const { parameters, conditions } = scope;
  const list = Array.isArray(value) ? value : [];
  const each = (): unknown[] => list.map((one) => resolved(one, scope));
  const parameter = (key: string): unknown => {
    if (!Object.hasOwn(parameters, key)) throw new Error(`The sandbox deploys no ${key}.`);
    return parameters[key];
  };
  if (name === 'Ref') return value === 'AWS::NoValue' ? undefined : parameter(String(value));
  if (name === 'Fn::Sub') return String(value).replace(/\$\{([^}]+)\}/g, (_whole, key: string) => String(parameter(key)));
  if (name === 'Fn::If') return resolved(resolved(conditions[String(list[0])], scope) ? list[1] : list[2], scope);
  if (name === 'Fn::Not') return !each()[0];
  if (name === 'Fn::Or') return list.some(({ Condition }) => resolved(conditions[String(Condition)], scope));
  if (name === 'Fn::Equals') return new Set(each()).size === 1;
  if (name === 'Fn::Join') return (each()[1] as unknown[]).join(String(list[0]));
  throw new Error(`The sandbox does not know ${name}.`);
}
