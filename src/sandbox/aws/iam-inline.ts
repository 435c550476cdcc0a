/** Inline policies of users and roles: written, read and deleted, with IAM's own rules. Sources: IAM API reference; IAM user guide, "IAM and AWS STS quotas". */
import { AwsError } from './errors.ts';
import type { Caller, Json, Operations } from './operation.ts';
import { verdictOf } from './policy.ts';
import type { Inline } from './principal-shapes.ts';

interface InlineHolder {
  inlinePolicies?: Inline[];
}

interface Found {
  readonly user: (caller: Caller, input: Json) => InlineHolder;
  readonly role: (caller: Caller, input: Json) => InlineHolder;
  readonly modifiableRole: (caller: Caller, input: Json) => InlineHolder;
  readonly now: () => number;
}

/** Letters of all inline policies of one together, without blanks. */
const longest = { user: 2_048, role: 10_240 };

export function inlineOperations({ user, role, modifiableRole, now }: Found): Operations {
  return {
    PutUserPolicy: (caller, input) => put(user(caller, input), input, { most: longest.user, now: now() }),
    PutRolePolicy: (caller, input) => put(modifiableRole(caller, input), input, { most: longest.role, now: now() }),
    GetUserPolicy: (caller, input) => ({ UserName: input.UserName, ...shown(user(caller, input), input) }),
    GetRolePolicy: (caller, input) => ({ RoleName: input.RoleName, ...shown(role(caller, input), input) }),
    DeleteUserPolicy: (caller, input) => remove(user(caller, input), input, now()),
    DeleteRolePolicy: (caller, input) => remove(modifiableRole(caller, input), input, now()),
  };
}

function standing({ inlinePolicies = [] }: InlineHolder): Inline[] {
  return inlinePolicies.filter(({ until }) => until === undefined);
}

export function inlineNames(holder: InlineHolder): string[] {
  return standing(holder).map(({ name }) => name);
}

function put(holder: InlineHolder, { PolicyName, PolicyDocument }: Json, { most, now }: { most: number; now: number }): Json {
  const [name, document] = [String(PolicyName), String(PolicyDocument)];
  if (!/^[\w+=,.@-]{1,128}$/.test(name)) throw new AwsError('ValidationError', 'The specified value for policyName is invalid.');
  refuseMalformed(document);
  const others = standing(holder).filter((one) => one.name !== name);
  const size = [...others.map((one) => one.document), document].join('').replace(/\s/g, '').length;
  if (size > most) throw new AwsError('LimitExceeded', `Maximum policy size of ${most} bytes exceeded`, 409);
  for (const one of standing(holder)) if (one.name === name) one.until = now;
  holder.inlinePolicies = [...(holder.inlinePolicies ?? []), { name, document, since: now }];
  return {};
}

function refuseMalformed(document: string): void {
  try {
    verdictOf([JSON.parse(document) as Json], { action: 'iam:GetUser', resource: '*', context: {} });
  } catch (thrown) {
    if (thrown instanceof AwsError) throw thrown;
    throw new AwsError('MalformedPolicyDocument', 'Syntax errors in policy.');
  }
}

function named(holder: InlineHolder, { PolicyName }: Json): Inline {
  const found = standing(holder).find(({ name }) => name === String(PolicyName));
  if (found === undefined) throw new AwsError('NoSuchEntity', `The policy with name ${String(PolicyName)} cannot be found.`, 404);
  return found;
}

function shown(holder: InlineHolder, input: Json): Json {
  const { name, document } = named(holder, input);
  return { PolicyName: name, PolicyDocument: encodeURIComponent(document) };
}

function remove(holder: InlineHolder, input: Json, now: number): Json {
  named(holder, input).until = now;
  return {};
}
