/**
 * The bound: whoever steals the responder is no administrator by that. No role of the templates may write a policy, make a key, a password or a
 * tag; and with the credentials of the role that responds, attempts to gain more are denied by the template's own policies.
 */
import {
  AttachRolePolicyCommand,
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreateLoginProfileCommand,
  CreatePolicyVersionCommand,
  DeletePolicyCommand,
  DeleteRolePolicyCommand,
  DeleteUserPolicyCommand,
  DetachRolePolicyCommand,
  DetachUserPolicyCommand,
  IAMClient,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
  TagUserCommand,
  UntagUserCommand,
  UpdateAccessKeyCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { detectionsIn } from '../../src/domain/detection/detections.ts';
import { parts } from '../../src/domain/response/parts.ts';
import { denyOlder } from '../../src/domain/response/session-denies.ts';
import { prodAccount } from '../../src/sandbox/aws/names.ts';
import { partStatements, respondStatements, type Statement } from '../../src/setup/policies.ts';
import { sessionsReadStatements, sessionsStatements } from '../../src/setup/sessions-role.ts';
import { templates } from '../../src/setup/template.ts';
import { type EmulatedAws, emulatedAws } from '../support/emulated-aws.ts';
import { eventMatches } from '../support/event-pattern.ts';

/** Each of them would let a stolen responder give itself anything: IAM bounds neither what an inline policy says nor what a tag lifts. */
const forbidden =
  /^iam:(Put(User|Role|Group)Policy|Delete\w*Policy\w*|Create\w*Policy\w*|CreateLoginProfile|CreateAccessKey|TagUser|UntagUser|SetDefaultPolicyVersion|AddUserToGroup|UpdateAssumeRolePolicy|PassRole)$/;

function gains(statements: readonly Statement[]): string[] {
  return statements
    .filter(({ Effect }) => Effect === 'Allow')
    .flatMap(({ Action }) => Action.filter((action) => forbidden.test(action) || /\*/.test(action)));
}

const responding = [...respondStatements, ...parts.flatMap((part) => partStatements[part].respond)];
const reading = parts.flatMap((part) => partStatements[part].read);

describe('the role that responds', () => {
  it('holds no action by which it could gain more', () => {
    expect(gains([...responding, ...reading, ...sessionsReadStatements])).toEqual([]);
  });

  it('and no role of any template does but the one for sessions, which is off by default and may put and nothing else', () => {
    const roles = Object.keys(templates).flatMap((name) => rolesOf(templates[name]?.() ?? {}));
    const gaining = roles.filter(({ statements }) => gains(statements).length > 0);
    expect(gaining.map(({ name, condition }) => [name, condition])).toEqual([['signin-responder-sessions', 'WithDenySessions']]);
    expect(sessionsStatements.filter(({ Effect }) => Effect === 'Allow').flatMap(({ Action }) => Action)).toEqual([
      'iam:PutUserPolicy',
      'iam:PutRolePolicy',
    ]);
    const { Parameters, Conditions } = (templates['member-roles']?.() ?? {}) as Record<string, Record<string, unknown>>;
    expect(Parameters?.DenySessions).toMatchObject({ Default: 'no' });
    expect(Conditions?.WithDenySessions).toEqual({ 'Fn::Equals': [{ Ref: 'DenySessions' }, 'yes'] });
  });

  it.each([
    'PutUserPolicy',
    'PutRolePolicy',
    'DeleteUserPolicy',
    'DeleteRolePolicy',
    'CreatePolicy',
    'CreatePolicyVersion',
    'CreateLoginProfile',
    'CreateAccessKey',
    'TagUser',
    'UntagUser',
    '*',
  ])('would fail this test with iam:%s', (name) => {
    const more: Statement = { Sid: 'More', Effect: 'Allow', Action: [`iam:${name}`], Resource: '*' };
    expect(gains([...responding, more])).toEqual([`iam:${name}`]);
  });

  it('attaches and detaches one policy alone', () => {
    const attaching = responding.filter(({ Effect, Action }) => Effect === 'Allow' && Action.some((action) => /Attach|Detach/.test(action)));
    expect(attaching).toHaveLength(2);
    for (const { Condition } of attaching)
      expect(rendered(Condition)).toEqual({ ArnEquals: { 'iam:PolicyARN': `arn:aws:iam::${prodAccount}:policy/signin-responder/deny-all` } });
  });
});

interface MadeRole {
  readonly name: string;
  readonly condition: string | undefined;
  readonly statements: readonly Statement[];
}

/** With the policies that are resources of their own. */
function rolesOf(template: object): MadeRole[] {
  const { Resources } = template as { Resources: Record<string, { Type: string; Condition?: string; Properties: Record<string, unknown> }> };
  const statementsIn = (document: unknown): Statement[] => (document as { Statement: Statement[] }).Statement;
  return Object.entries(Resources).flatMap(([id, { Type, Condition: condition, Properties }]) => {
    if (Type !== 'AWS::IAM::Role') return [];
    const own = ((Properties.Policies ?? []) as { PolicyDocument: unknown }[]).flatMap(({ PolicyDocument }) => statementsIn(PolicyDocument));
    const apart = Object.values(Resources).flatMap((one) => {
      const isOf = one.Type === 'AWS::IAM::Policy' && (one.Properties.Roles as { Ref: string }[]).some(({ Ref }) => Ref === id);
      return isOf ? statementsIn(one.Properties.PolicyDocument) : [];
    });
    return [{ name: String(Properties.RoleName ?? id), condition, statements: [...own, ...apart] }];
  });
}

/** As CloudFormation fills it in. */
function rendered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(rendered);
  if (typeof value !== 'object' || value === null) return value;
  if ('Fn::Sub' in value)
    return String(value['Fn::Sub'])
      .replace(/\$\{AWS::Partition\}/, 'aws')
      .replace(/\$\{AWS::AccountId\}/, prodAccount);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, rendered(inner)]));
}

describe('with its credentials alone', () => {
  const denyAll = `arn:aws:iam::${prodAccount}:policy/signin-responder/deny-all`;
  const admin = 'arn:aws:iam::aws:policy/AdministratorAccess';
  const document = '{}';
  let aws: EmulatedAws;
  let iam: IAMClient;
  const rows: string[] = [];

  beforeAll(async () => {
    aws = await emulatedAws();
    Object.assign(aws.state.accounts[prodAccount]?.users.carl ?? {}, { tags: { 'signin-responder': 'protected' } });
    const RoleArn = `arn:aws:iam::${prodAccount}:role/signin-responder-respond`;
    const Tags = Object.entries({ person: 'U0THIEF', incident: 'SIN-1', response: 'all' }).map(([Key, Value]) => ({ Key, Value }));
    const asked = { RoleArn, RoleSessionName: 'U0THIEF.SIN-1.all', SourceIdentity: 'U0THIEF', Tags };
    // Without a policy of the session's own: whoever has the credentials leaves that out.
    const { Credentials } = await new STSClient(aws.options).send(new AssumeRoleCommand(asked));
    iam = new IAMClient({ ...aws.options, credentials: { accessKeyId: Credentials?.AccessKeyId ?? '', secretAccessKey: 'sandbox' } });
  });
  afterAll(() => {
    aws.stop();
    process.stdout.write(`attempt | answer\n${rows.join('\n')}\n`);
  });

  it.each([
    ['attach AdministratorAccess to a user', new AttachUserPolicyCommand({ UserName: 'alice', PolicyArn: admin })],
    ['attach AdministratorAccess to a role', new AttachRolePolicyCommand({ RoleName: 'web', PolicyArn: admin })],
    ['detach another policy', new DetachUserPolicyCommand({ UserName: 'alice', PolicyArn: admin })],
    ['write an inline policy of a user', new PutUserPolicyCommand({ UserName: 'alice', PolicyName: 'p', PolicyDocument: document })],
    ['write an inline policy of a role', new PutRolePolicyCommand({ RoleName: 'web', PolicyName: 'p', PolicyDocument: document })],
    ['change what deny-all says', new CreatePolicyVersionCommand({ PolicyArn: denyAll, PolicyDocument: document, SetAsDefault: true })],
    ['delete deny-all', new DeletePolicyCommand({ PolicyArn: denyAll })],
    ['make a console password', new CreateLoginProfileCommand({ UserName: 'deploy', Password: 'x' })],
    ['make an access key', new CreateAccessKeyCommand({ UserName: 'alice' })],
    ['take the protection off a user', new UntagUserCommand({ UserName: 'carl', TagKeys: ['signin-responder'] })],
    ['protect a user', new TagUserCommand({ UserName: 'alice', Tags: [{ Key: 'signin-responder', Value: 'protected' }] })],
    ['quarantine a protected user', new AttachUserPolicyCommand({ UserName: 'carl', PolicyArn: denyAll })],
    ['switch on a key of a protected user', new UpdateAccessKeyCommand({ UserName: 'carl', AccessKeyId: 'AKIACARLQQQQQQQQQQQQ', Status: 'Active' })],
    ['quarantine a protected role', new AttachRolePolicyCommand({ RoleName: 'break-glass-admin', PolicyArn: denyAll })],
    ['free its own role', new DetachRolePolicyCommand({ RoleName: 'signin-responder-respond', PolicyArn: denyAll })],
    ['quarantine the role that reads', new AttachRolePolicyCommand({ RoleName: 'signin-responder-read', PolicyArn: denyAll })],
    ['let anybody assume its own role', new UpdateAssumeRolePolicyCommand({ RoleName: 'signin-responder-respond', PolicyDocument: document })],
    [
      'quarantine a role of Identity Center',
      new AttachRolePolicyCommand({ RoleName: 'AWSReservedSSO_AdministratorAccess_0123456789abcdef', PolicyArn: denyAll }),
    ],
  ])('it cannot %s', async (what, command) => {
    const answer = await iam.send(command as never).then(
      () => 'done',
      (thrown: Error) => `${thrown.name}: ${thrown.message}`,
    );
    rows.push(`${what} | ${answer}`);
    expect(answer).toMatch(/^AccessDenied: .*is not authorized to perform/);
  });

  it('but does what it is for', async () => {
    await iam.send(new AttachUserPolicyCommand({ UserName: 'alice', PolicyArn: denyAll }));
    await iam.send(new DetachUserPolicyCommand({ UserName: 'alice', PolicyArn: denyAll }));
    await iam.send(new UpdateAccessKeyCommand({ UserName: 'alice', AccessKeyId: 'AKIAALICEQQQQQQQQQQQ', Status: 'Inactive' }));
    await iam.send(new AttachRolePolicyCommand({ RoleName: 'web', PolicyArn: denyAll }));
  });
});

describe('with the credentials of the role for sessions alone', () => {
  const rows: string[] = [];
  let aws: EmulatedAws;
  let iam: IAMClient;
  const admin = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] });
  const policy = { PolicyName: 'signin-responder-older-sessions', PolicyDocument: admin };
  const denyAll = `arn:aws:iam::${prodAccount}:policy/signin-responder/deny-all`;

  beforeAll(async () => {
    aws = await emulatedAws();
    Object.assign(aws.state.accounts[prodAccount]?.users.carl ?? {}, { tags: { 'signin-responder': 'protected' } });
    const Tags = Object.entries({ person: 'U0THIEF', incident: 'SIN-1', response: 'all' }).map(([Key, Value]) => ({ Key, Value }));
    const RoleArn = `arn:aws:iam::${prodAccount}:role/signin-responder-sessions`;
    const asked = { RoleArn, RoleSessionName: 'U0THIEF.SIN-1.all', SourceIdentity: 'U0THIEF', Tags };
    const sts = new STSClient(aws.options);
    for (const less of [
      { ...asked, SourceIdentity: undefined },
      { ...asked, Tags: [] },
    ])
      await expect(sts.send(new AssumeRoleCommand(less))).rejects.toMatchObject({ name: 'AccessDenied' });
    const { Credentials } = await sts.send(new AssumeRoleCommand(asked));
    iam = new IAMClient({ ...aws.options, credentials: { accessKeyId: Credentials?.AccessKeyId ?? '', secretAccessKey: 'sandbox' } });
  });
  afterAll(() => {
    aws.stop();
    process.stdout.write(`attempt with the role for sessions | answer\n${rows.join('\n')}\n`);
  });

  it.each([
    ['delete a policy of a user', new DeleteUserPolicyCommand({ UserName: 'alice', PolicyName: 'p' })],
    ['delete a policy of a role', new DeleteRolePolicyCommand({ RoleName: 'web', PolicyName: 'p' })],
    ['write a policy of a protected user', new PutUserPolicyCommand({ ...policy, UserName: 'carl' })],
    ['write a policy of a protected role', new PutRolePolicyCommand({ ...policy, RoleName: 'break-glass-admin' })],
    ['write a policy of its own', new PutRolePolicyCommand({ ...policy, RoleName: 'signin-responder-sessions' })],
    ['write a policy of the role that responds', new PutRolePolicyCommand({ ...policy, RoleName: 'signin-responder-respond' })],
    [
      'write a policy of a role of Identity Center',
      new PutRolePolicyCommand({ ...policy, RoleName: 'AWSReservedSSO_AdministratorAccess_0123456789abcdef' }),
    ],
    ['attach a policy', new AttachUserPolicyCommand({ UserName: 'alice', PolicyArn: denyAll })],
    ['detach a policy', new DetachUserPolicyCommand({ UserName: 'alice', PolicyArn: denyAll })],
    ['switch a key', new UpdateAccessKeyCommand({ UserName: 'alice', AccessKeyId: 'AKIAALICEQQQQQQQQQQQ', Status: 'Inactive' })],
    ['make an access key', new CreateAccessKeyCommand({ UserName: 'alice' })],
  ])('it cannot %s', async (what, command) => {
    const answer = await iam.send(command as never).then(
      () => 'done',
      (thrown: Error) => `${thrown.name}: ${thrown.message}`,
    );
    rows.push(`${what} | ${answer}`);
    expect(answer).toMatch(/^AccessDenied: .*is not authorized to perform/);
  });

  it('but IAM does not keep it from an Allow, nor from another name: the catalogue sees both, and mails', async () => {
    await iam.send(new PutUserPolicyCommand({ ...policy, UserName: 'alice' }));
    await iam.send(new PutRolePolicyCommand({ ...policy, PolicyDocument: admin.replace('"Allow"', '"\\u0041llow"'), RoleName: 'web' }));
    const harmless = denyOlder(0);
    await iam.send(new PutRolePolicyCommand({ RoleName: 'web', PolicyName: 'another', PolicyDocument: harmless.document }));
    await iam.send(new PutRolePolicyCommand({ RoleName: 'web', PolicyName: harmless.policyName, PolicyDocument: harmless.document }));
    const records = (aws.state.accounts[prodAccount]?.trail ?? []).map(({ record }) => record as Record<string, unknown>);
    expect(records.map((record) => detectionsIn(record))).toEqual([
      ['sessions-role-misused'],
      ['sessions-role-misused'],
      ['sessions-role-misused'],
      [],
    ]);
    const { Resources } = (templates.central?.() ?? {}) as { Resources: Record<string, { Properties: Record<string, unknown> }> };
    const rule = Resources.MailedEvents?.Properties;
    const events = records.map((detail) => ({ source: 'aws.iam', 'detail-type': 'AWS API Call via CloudTrail', detail }));
    expect(events.map((event) => eventMatches(rule?.EventPattern, event))).toEqual([true, true, true, false]);
    expect(rule?.Targets).toMatchObject([{ Arn: { Ref: 'WatchTopic' } }]);
    expect(Resources.SessionsRoleMisusedAlarm?.Properties.AlarmActions).toEqual([{ Ref: 'Topic' }, { Ref: 'WatchTopic' }]);
  });
});
