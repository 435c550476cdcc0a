/** The emulated policy simulator, asked by the real SDK client: it decides by the template's own policies, as the emulated calls do. */
import { IAMClient, SimulatePrincipalPolicyCommand } from '@aws-sdk/client-iam';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { prodAccount } from '../../src/sandbox/aws/names.ts';
import { readRoleName, respondRoleName } from '../../src/setup/policies.ts';
import { type EmulatedAws, emulatedAws } from '../support/emulated-aws.ts';

let aws: EmulatedAws;
let iam: IAMClient;
const roleArn = (name: string): string => `arn:aws:iam::${prodAccount}:role/${name}`;
const user = `arn:aws:iam::${prodAccount}:user/alice`;
beforeAll(async () => {
  aws = await emulatedAws();
  const sts = new STSClient(aws.options);
  const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn: roleArn(readRoleName), RoleSessionName: 'signin-responder' }));
  const { AccessKeyId: accessKeyId = '', SecretAccessKey: secretAccessKey = '', SessionToken: sessionToken = '' } = Credentials ?? {};
  iam = new IAMClient({ ...aws.options, credentials: { accessKeyId, secretAccessKey, sessionToken } });
});
afterAll(() => aws.stop());

async function simulated(action: string, resource: string | undefined, context: Record<string, string> = {}, source = roleArn(respondRoleName)) {
  const ContextEntries = Object.entries(context).map(([ContextKeyName, value]) => ({
    ContextKeyName,
    ContextKeyValues: [value],
    ContextKeyType: 'string' as const,
  }));
  const ResourceArns = resource === undefined ? {} : { ResourceArns: [resource] };
  const command = new SimulatePrincipalPolicyCommand({ PolicySourceArn: source, ActionNames: [action], ...ResourceArns, ContextEntries });
  const { EvaluationResults: [result] = [] } = await iam.send(command);
  const of = result?.ResourceSpecificResults?.[0];
  return { decision: of?.EvalResourceDecision ?? result?.EvalDecision, missing: of?.MissingContextValues ?? result?.MissingContextValues ?? [] };
}

const tag = 'aws:ResourceTag/signin-responder';
it.each<[string, string, string | undefined, Record<string, string>, string, string[]]>([
  ['a user who is not protected', 'iam:UpdateLoginProfile', user, { [tag]: '' }, 'allowed', []],
  ['a protected user', 'iam:UpdateLoginProfile', user, { [tag]: 'protected' }, 'explicitDeny', []],
  ['a user whose tags were not read', 'iam:UpdateLoginProfile', user, {}, 'allowed', [tag]],
  ['the responder’s own role', 'iam:DeleteRole', roleArn(respondRoleName), {}, 'explicitDeny', []],
  ['what no policy allows', 'iam:CreateUser', user, {}, 'implicitDeny', []],
  ['what is asked of no resource', 'iam:CreateUser', undefined, {}, 'implicitDeny', []],
])('%s', async (_what, action, resource, context, decision, missing) => {
  expect(await simulated(action, resource, context)).toEqual({ decision, missing });
});

it('the role that reads may simulate the acting role, and no other', async () => {
  await expect(simulated('iam:GetUser', user, {}, roleArn(readRoleName))).rejects.toThrow(/not authorized to perform: iam:SimulatePrincipalPolicy/);
  await expect(simulated('nonsense', user)).rejects.toThrow('Invalid action name');
});
