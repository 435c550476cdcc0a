/** What the doctor says of the roles in an account, against the emulated AWS. */
import { vi } from 'vitest';
import { accountsOf } from '../../src/aws/accounts.ts';
import { alarmsOf } from '../../src/aws/alarms.ts';
import { inspectionOf } from '../../src/aws/inspection.ts';
import { alarmLogsOf } from '../../src/aws/logs.ts';
import { memberPermissionsOf } from '../../src/domain/response/response.ts';
import { responses } from '../../src/features/responses.ts';
import { deployedRole } from '../../src/sandbox/aws/deployed-roles.ts';
import { hubKey, prodAccount } from '../../src/sandbox/aws/names.ts';
import type { Account, DeployedRole } from '../../src/sandbox/aws/shapes.ts';
import { checkPermissions } from '../../src/setup/doctor-aws.ts';
import type { DoctorOptions } from '../../src/setup/finding.ts';
import { emulatedAws } from './emulated-aws.ts';
import { silentMetrics } from './ports.ts';

const region = 'us-east-1';
const arnOf = (name: string): string => `arn:aws:iam::{account}:role/signin-responder-${name}`;

/** As this version's templates make it. */
export function madeRole(name: string): DeployedRole {
  return deployedRole(`signin-responder-${name}`, { account: prodAccount, partition: 'aws' }) as DeployedRole;
}

export interface DoctorOfRoles {
  readonly prod: Account;
  /** Puts other roles in place of those that this version's templates make. */
  deploy(roles: Record<string, DeployedRole>): void;
  /** `fault: what it says, and the fix`. */
  said(): Promise<string[]>;
  stop(): void;
}

/** @param hasSessionsRole whether AWS_SESSIONS_ROLE is set */
export async function doctorOfRoles({ hasSessionsRole }: { hasSessionsRole: boolean }): Promise<DoctorOfRoles> {
  vi.stubEnv('AWS_ACCESS_KEY_ID', hubKey);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'sandbox');
  const aws = await emulatedAws();
  const known = new Map([[prodAccount, 'prod']]);
  const common = { memberRole: arnOf('read'), known, endpoint: aws.options.endpoint, homeRegion: region, metrics: silentMetrics };
  const accounts = accountsOf({ ...common, respondRole: arnOf('respond') });
  const denying = hasSessionsRole ? accountsOf({ ...common, respondRole: arnOf('sessions') }) : undefined;
  const alarms = alarmsOf({ accounts, places: [], topicArns: [], canary: undefined, filters: alarmLogsOf(accounts).filters });
  const inspection = inspectionOf({ accounts, denying, alarms, ids: [prodAccount], regions: [region], needed: memberPermissionsOf(responses) });
  const prod = aws.state.accounts[prodAccount] as Account;
  return {
    prod,
    deploy: (deployedRoles) => void Object.assign(prod, { deployedRoles }),
    said: async () => {
      const found = await checkPermissions({ aws: inspection, homeRegion: region } as DoctorOptions, prodAccount, 'prod');
      return found.map(({ state, says, fix = '' }) => `${state}: ${says} ${fix}`.trim());
    },
    stop: () => {
      aws.stop();
      vi.unstubAllEnvs();
    },
  };
}
