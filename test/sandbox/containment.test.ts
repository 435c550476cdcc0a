/** What takes access away in the emulated IAM: refused as IAM refuses it, late as IAM is late, and in Event history. */
import {
  AttachRolePolicyCommand,
  AttachUserPolicyCommand,
  DetachUserPolicyCommand,
  GetRoleCommand,
  IAMClient,
  ListAccessKeysCommand,
  ListAttachedUserPoliciesCommand,
  ListUsersCommand,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { prodAccount } from '../../src/sandbox/aws/names.ts';
import { signsIn } from '../../src/sandbox/aws/sign-in.ts';
import { emulatedAws } from '../support/emulated-aws.ts';

const denyAll = `arn:aws:iam::${prodAccount}:policy/signin-responder/deny-all`;
const aliceKey = 'AKIAALICEQQQQQQQQQQQ';
let aws: Awaited<ReturnType<typeof emulatedAws>>;
beforeEach(async () => {
  aws = await emulatedAws();
});
afterEach(() => aws.stop());

const iamWith = (accessKeyId: string): IAMClient => new IAMClient({ ...aws.options, credentials: { accessKeyId, secretAccessKey: 'sandbox' } });

/** A session of a role, without asking STS: the trust of others' roles is not known here. */
function sessionOf(role: string): string {
  const key = `ASIA${role.toUpperCase()}`;
  const roleArn = `arn:aws:iam::${prodAccount}:role/${role}`;
  aws.state.sessions.set(key, { account: prodAccount, roleArn, roleSessionName: 'somebody', sourceIdentity: undefined });
  return key;
}

/** Somebody who may do everything. */
const admin = (): IAMClient => iamWith('AKIACARLQQQQQQQQQQQQ');
const ofAlice = { UserName: 'alice', PolicyArn: denyAll };
const spread = (): Promise<void> => aws.clock.advance(5);

it('denies a user everything some seconds after the policy was attached: key, console session, new sign-in; and lets all of it again afterwards', async () => {
  const iam = admin();
  const signIn = () => signsIn(aws.state, { account: prodAccount, userName: 'alice', password: 'Old-alice-1' });
  const { accessKeyId = '' } = signIn();
  const clients = [aliceKey, accessKeyId].map(iamWith);
  for (const client of clients) expect(await client.send(new ListUsersCommand({}))).toMatchObject({ IsTruncated: false });

  await iam.send(new AttachUserPolicyCommand(ofAlice));
  expect(await iam.send(new ListAttachedUserPoliciesCommand({ UserName: 'alice' }))).toMatchObject({
    AttachedPolicies: [{ PolicyName: 'deny-all', PolicyArn: denyAll }],
  });
  expect(signIn().ok).toBe(true);
  await spread();
  for (const client of clients)
    await expect(client.send(new ListUsersCommand({}))).rejects.toMatchObject({
      name: 'AccessDenied',
      message: expect.stringContaining('explicit deny'),
    });
  expect(signIn()).toMatchObject({ ok: false });
  const own = new STSClient({ ...aws.options, credentials: { accessKeyId: aliceKey, secretAccessKey: 'sandbox' } });
  await own.send(new GetCallerIdentityCommand({}));

  await iam.send(new DetachUserPolicyCommand(ofAlice));
  await spread();
  for (const client of clients) await client.send(new ListUsersCommand({}));
  expect(signIn().ok).toBe(true);
  const records = (aws.state.accounts[prodAccount]?.trail ?? []).map(({ record }) => record as Record<string, unknown>);
  expect(records.map(({ eventName, errorCode }) => [eventName, errorCode])).toEqual([
    ['AttachUserPolicy', undefined],
    ['ListUsers', 'AccessDenied'],
    ['ListUsers', 'AccessDenied'],
    ['DetachUserPolicy', undefined],
  ]);
  expect(records[0]).toMatchObject({ requestParameters: { userName: 'alice', policyArn: denyAll } });
  expect(records[1]).toMatchObject({ userIdentity: { type: 'IAMUser', userName: 'alice' } });
});

it('takes no calls with a key that is switched off', async () => {
  const iam = admin();
  const key = { UserName: 'alice', AccessKeyId: aliceKey };
  await iam.send(new UpdateAccessKeyCommand({ ...key, Status: 'Inactive' }));
  expect(await iam.send(new ListAccessKeysCommand({ UserName: 'alice' }))).toMatchObject({ AccessKeyMetadata: [{ Status: 'Inactive' }] });
  await spread();
  await expect(iamWith(aliceKey).send(new ListUsersCommand({}))).rejects.toMatchObject({ name: 'InvalidClientTokenId' });
  await iam.send(new UpdateAccessKeyCommand({ ...key, Status: 'Active' }));
  await spread();
  await iamWith(aliceKey).send(new ListUsersCommand({}));
});

it('denies every session of a role', async () => {
  const [iam, session] = [admin(), sessionOf('web')];
  await iam.send(new AttachRolePolicyCommand({ RoleName: 'web', PolicyArn: denyAll }));
  await spread();
  await expect(iamWith(session).send(new ListUsersCommand({}))).rejects.toMatchObject({ name: 'AccessDenied' });
  expect(await iam.send(new GetRoleCommand({ RoleName: 'web' }))).toMatchObject({ Role: { Path: '/', RoleName: 'web' } });
});

it('refuses what IAM refuses', async () => {
  const iam = admin();
  const refused = (command: object, name: string) => expect(iam.send(command as never)).rejects.toMatchObject({ name });
  await refused(new AttachUserPolicyCommand({ ...ofAlice, UserName: 'nobody' }), 'NoSuchEntityException');
  await refused(new AttachUserPolicyCommand({ ...ofAlice, PolicyArn: `${denyAll}-not` }), 'NoSuchEntityException');
  await refused(new DetachUserPolicyCommand(ofAlice), 'NoSuchEntityException');
  await refused(new UpdateAccessKeyCommand({ UserName: 'alice', AccessKeyId: 'AKIANONE000000000000', Status: 'Inactive' }), 'NoSuchEntityException');
  for (const RoleName of ['AWSReservedSSO_AdministratorAccess_0123456789abcdef', 'AWSServiceRoleForSupport'])
    await refused(new AttachRolePolicyCommand({ RoleName, PolicyArn: denyAll }), 'UnmodifiableEntityException');
  for (let number = 0; number < 10; number++)
    await iam.send(new AttachUserPolicyCommand({ ...ofAlice, PolicyArn: `arn:aws:iam::aws:policy/Policy${number}` }));
  await refused(new AttachUserPolicyCommand(ofAlice), 'LimitExceededException');
});
