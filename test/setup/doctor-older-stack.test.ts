/** What the doctor says of roles that an older template made, against the emulated AWS. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { accountsOf } from '../../src/aws/accounts.ts';
import { alarmsOf } from '../../src/aws/alarms.ts';
import { inspectionOf } from '../../src/aws/inspection.ts';
import { memberPermissionsOf } from '../../src/domain/response/response.ts';
import { responses } from '../../src/features/responses.ts';
import { deployedRole } from '../../src/sandbox/aws/deployed-roles.ts';
import { hubKey, prodAccount } from '../../src/sandbox/aws/names.ts';
import type { Account, DeployedRole } from '../../src/sandbox/aws/shapes.ts';
import { checkPermissions } from '../../src/setup/doctor-aws.ts';
import type { DoctorOptions } from '../../src/setup/finding.ts';
import { type EmulatedAws, emulatedAws } from '../support/emulated-aws.ts';
import { silentMetrics } from '../support/ports.ts';

let aws: EmulatedAws;
beforeEach(async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', hubKey);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'sandbox');
  aws = await emulatedAws();
});
afterEach(() => {
  aws.stop();
  vi.unstubAllEnvs();
});

const region = 'us-east-1';
const role = (name: string): string => `arn:aws:iam::{account}:role/signin-responder-${name}`;
const made = (name: string): DeployedRole => deployedRole(`signin-responder-${name}`, { account: prodAccount, partition: 'aws' }) as DeployedRole;

async function said(): Promise<string[]> {
  const known = new Map([[prodAccount, 'prod']]);
  const roles = { memberRole: role('read'), respondRole: role('respond') };
  const accounts = accountsOf({ ...roles, known, endpoint: aws.options.endpoint, homeRegion: region, metrics: silentMetrics });
  const alarms = alarmsOf({ accounts, places: [], topicArns: [], canary: undefined });
  const needed = memberPermissionsOf(responses);
  const inspection = inspectionOf({ accounts, alarms, ids: [prodAccount], regions: [region], needed });
  const options = { aws: inspection, homeRegion: region } as DoctorOptions;
  const found = await checkPermissions(options, prodAccount, 'prod');
  return found.filter(({ about }) => about.startsWith('Account')).map(({ state, says, fix = '' }) => `${state}: ${says} ${fix}`.trim());
}

it('all is there with the roles of this version', async () => {
  expect(await said()).toEqual([expect.stringMatching(/^ok: \d+ permissions tried, all there$/)]);
});

it('a read role that no person can assume is named as older, with what goes on without it', async () => {
  const trust = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: '*', Action: 'sts:AssumeRole' }] };
  (aws.state.accounts[prodAccount] as Account).deployedRoles = { 'signin-responder-read': { ...made('read'), trust } };
  expect(await said()).toEqual([
    'fault: The stack is older: what a click makes the responder read of a user is read in nobody’s name. Deploy the central template again, then member-roles in this account.',
  ]);
});

it('a respond role that does not take the tags lets nobody change anything', async () => {
  const assume = { Effect: 'Allow', Principal: '*', Action: ['sts:AssumeRole', 'sts:SetSourceIdentity'] };
  const tag = {
    Effect: 'Allow',
    Principal: '*',
    Action: 'sts:TagSession',
    Condition: { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['incident'] } },
  };
  const trust = { Version: '2012-10-17', Statement: [assume, tag] };
  (aws.state.accounts[prodAccount] as Account).deployedRoles = { 'signin-responder-respond': { ...made('respond'), trust } };
  expect((await said()).join('\n')).toMatch(
    /fault: assume the role that responds \(AWS_RESPOND_ROLE\): AWS does not let the responder call AssumeRole/,
  );
});
