/** What the doctor says of the role that may write policies, against the emulated AWS. */
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
const others = (roles: Record<string, DeployedRole>): void =>
  void Object.assign(aws.state.accounts[prodAccount] as Account, { deployedRoles: roles });

async function said(): Promise<string[]> {
  const known = new Map([[prodAccount, 'prod']]);
  const common = { memberRole: role('read'), known, endpoint: aws.options.endpoint, homeRegion: region, metrics: silentMetrics };
  const accounts = accountsOf({ ...common, respondRole: role('respond') });
  const denying = accountsOf({ ...common, respondRole: role('sessions') });
  const alarms = alarmsOf({ accounts, places: [], topicArns: [], canary: undefined });
  const inspection = inspectionOf({ accounts, denying, alarms, ids: [prodAccount], regions: [region], needed: memberPermissionsOf(responses) });
  const found = await checkPermissions({ aws: inspection, homeRegion: region } as DoctorOptions, prodAccount, 'prod');
  return found.map(({ state, says, fix = '' }) => `${state}: ${says} ${fix}`.trim());
}

it('all is there, and who is administrator by it is said', async () => {
  expect(await said()).toEqual([
    expect.stringMatching(/^ok: \d+ permissions tried, all there$/),
    expect.stringMatching(/^note: AWS_SESSIONS_ROLE may write policies .*whoever controls the responder and that role is administrator here/),
  ]);
  expect(aws.state.accounts[prodAccount]?.users['signin-responder-doctor-no-such-user']).toBeUndefined();
});

it('a role that is not there is named with the fix', async () => {
  others({ 'signin-responder-sessions': { trust: { Version: '2012-10-17', Statement: [] }, policies: [] } });
  const all = await said();
  expect(all).toEqual([expect.stringMatching(/^fault: assume the role that denies sessions \(AWS_SESSIONS_ROLE\): .*DenySessions=yes/)]);
});

it('each permission that is missing is named', async () => {
  others({ 'signin-responder-sessions': { ...made('sessions'), policies: [] } });
  const faults = (await said()).filter((one) => one.startsWith('fault'));
  expect(faults).toEqual(
    ['PutUserPolicy', 'PutRolePolicy'].map((name) => expect.stringMatching(new RegExp(`^fault: iam:${name}: .*DenySessions=yes`))),
  );
});
