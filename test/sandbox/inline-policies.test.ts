/** Inline policies in the emulated IAM: refused as IAM refuses them, and what a deny of older sessions or of one does to calls. */
import {
  DeleteRolePolicyCommand,
  GetRolePolicyCommand,
  GetUserPolicyCommand,
  IAMClient,
  ListUsersCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { denyOlder, denyOne } from '../../src/domain/response/session-denies.ts';
import { prodAccount } from '../../src/sandbox/aws/names.ts';
import { signsIn } from '../../src/sandbox/aws/sign-in.ts';
import { emulatedAws } from '../support/emulated-aws.ts';

let aws: Awaited<ReturnType<typeof emulatedAws>>;
beforeEach(async () => {
  aws = await emulatedAws();
});
afterEach(() => aws.stop());

const iamWith = (accessKeyId: string): IAMClient => new IAMClient({ ...aws.options, credentials: { accessKeyId, secretAccessKey: 'sandbox' } });
const admin = (): IAMClient => iamWith('AKIACARLQQQQQQQQQQQQ');
const works = (key: string): Promise<boolean> =>
  iamWith(key)
    .send(new ListUsersCommand({}))
    .then(
      () => true,
      () => false,
    );

function sessionOf(name: string): string {
  const key = `ASIA${name}`;
  const roleArn = `arn:aws:iam::${prodAccount}:role/web`;
  aws.state.sessions.set(key, { account: prodAccount, roleArn, roleSessionName: name, sourceIdentity: undefined, issuedAt: aws.clock.now() });
  return key;
}

it('denies sessions whose token was issued before, and calls with an access key not at all', async () => {
  const old = signsIn(aws.state, { account: prodAccount, userName: 'alice', password: 'Old-alice-1' }).accessKeyId ?? '';
  await aws.clock.advance(5);
  const { policyName: PolicyName, document: PolicyDocument } = denyOlder(aws.clock.now());
  await admin().send(new PutUserPolicyCommand({ UserName: 'alice', PolicyName, PolicyDocument }));
  const read = await admin().send(new GetUserPolicyCommand({ UserName: 'alice', PolicyName }));
  expect(decodeURIComponent(read.PolicyDocument ?? '')).toBe(PolicyDocument);
  expect(await works(old)).toBe(true);
  await aws.clock.advance(5);
  expect([await works(old), await works('AKIAALICEQQQQQQQQQQQ')]).toEqual([false, true]);
  const young = signsIn(aws.state, { account: prodAccount, userName: 'alice', password: 'Old-alice-1' });
  expect([young.ok, await works(young.accessKeyId ?? '')]).toEqual([true, true]);
});

it('denies one session of a role, until the policy is deleted', async () => {
  const [one, other] = [sessionOf('one'), sessionOf('other')];
  const roleId = aws.state.accounts[prodAccount]?.roles?.web?.roleId ?? '';
  const { policyName: PolicyName, document: PolicyDocument } = denyOne(roleId, 'one');
  await admin().send(new PutRolePolicyCommand({ RoleName: 'web', PolicyName, PolicyDocument }));
  await aws.clock.advance(5);
  expect([await works(one), await works(other)]).toEqual([false, true]);
  await admin().send(new DeleteRolePolicyCommand({ RoleName: 'web', PolicyName }));
  await aws.clock.advance(5);
  expect(await works(one)).toBe(true);
});

it('refuses what IAM refuses', async () => {
  const policy = { PolicyName: 'p', PolicyDocument: denyOlder(0).document };
  const refused = (command: object, name: string) => expect(admin().send(command as never)).rejects.toMatchObject({ name });
  await refused(new PutUserPolicyCommand({ ...policy, UserName: 'nobody' }), 'NoSuchEntityException');
  await refused(new PutRolePolicyCommand({ ...policy, RoleName: 'nothing' }), 'NoSuchEntityException');
  await refused(new PutUserPolicyCommand({ ...policy, UserName: 'alice', PolicyName: 'a b' }), 'ValidationError');
  await refused(new PutUserPolicyCommand({ ...policy, UserName: 'alice', PolicyDocument: 'no' }), 'MalformedPolicyDocumentException');
  await refused(new GetRolePolicyCommand({ RoleName: 'web', PolicyName: 'p' }), 'NoSuchEntityException');
  await refused(new DeleteRolePolicyCommand({ RoleName: 'web', PolicyName: 'p' }), 'NoSuchEntityException');
  for (const RoleName of ['AWSReservedSSO_AdministratorAccess_0123456789abcdef', 'AWSServiceRoleForSupport'])
    await refused(new PutRolePolicyCommand({ ...policy, RoleName }), 'UnmodifiableEntityException');
  const long = JSON.stringify({ Statement: { Effect: 'Deny', Action: '*', Resource: `arn:aws:s3:::${'x'.repeat(2_050)}` } });
  await refused(new PutUserPolicyCommand({ ...policy, UserName: 'alice', PolicyDocument: long }), 'LimitExceededException');
  await admin().send(new PutRolePolicyCommand({ ...policy, RoleName: 'web', PolicyDocument: long }));
});
