/** The emulated AWS accounts. Times are milliseconds since the epoch of the sandbox's clock. */
import type { SandboxClock } from '../clock.ts';

export interface LoginProfile {
  password: string;
  createDate: number;
  passwordResetRequired: boolean;
}

export interface User {
  userName: string;
  path: string;
  userId: string;
  createDate: number;
  loginProfile: LoginProfile | null;
  mfaDevices: { serialNumber: string; enableDate: number }[];
  accessKeys: {
    accessKeyId: string;
    status: 'Active' | 'Inactive';
    createDate: number;
    lastUsed?: { date: number; service: string; region: string };
  }[];
}

export interface PasswordPolicy {
  minimumPasswordLength: number;
  requireSymbols: boolean;
  requireNumbers: boolean;
  requireUppercaseCharacters: boolean;
  requireLowercaseCharacters: boolean;
  allowUsersToChangePassword: boolean;
  expirePasswords?: boolean;
  hardExpiry?: boolean;
}

export interface Alarm {
  name: string;
  arn: string;
  region: string;
  type: 'metric' | 'composite';
  state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';
  since: number;
  reason: string;
  description: string | null;
  metricName: string;
  threshold: number;
  alarmRule: string | null;
  actionsEnabled: boolean;
  okActions: string[];
  alarmActions: string[];
  /** While true, the next evaluation puts a metric alarm back to ALARM. */
  breaching: boolean;
}

export interface Account {
  users: Record<string, User>;
  passwordPolicy: PasswordPolicy | null;
  /** Serial numbers of virtual devices that are assigned to nobody. */
  unassignedVirtualDevices: string[];
  alarms: Record<string, Alarm>;
  trail: TrailRecord[];
  /** Metric filters on the trail's log group. */
  filters: MetricFilter[];
  /** Users of the identity store, by id. */
  directory: Record<string, string>;
}

export interface TrailRecord {
  region: string;
  /** Event history is late: from when on LookupEvents has it. */
  visibleAt: number;
  record: unknown;
}

export interface MetricFilter {
  filterName: string;
  filterPattern: string;
  logGroupName: string;
  region: string;
  metricName: string;
  metricNamespace: string;
}

export interface AwsCall {
  readonly at: number;
  readonly account: string;
  readonly region: string;
  readonly service: string;
  readonly operation: string;
  readonly input: Record<string, unknown>;
  readonly error?: string;
  readonly sourceIdentity?: string;
  readonly roleSessionName?: string;
}

/** A role session that the emulated STS gave out. */
export interface Session {
  readonly account: string;
  readonly roleSessionName: string;
  readonly sourceIdentity: string | undefined;
}

export const hubAccount = '111122223333';
export const prodAccount = '444455556666';
export const topicArn = `arn:aws:sns:us-east-1:${hubAccount}:signin-alarms`;
const pagerArn = `arn:aws:sns:us-east-1:${prodAccount}:pager`;
export const hubKey = 'AKIASANDBOXHUB000000';

/** An Identity Center user whose name is in the identity store only. */
export const directoryUser = '90676e4a-1111-2222-3333-444455556666';

const day = 86_400_000;

export class AwsState {
  readonly clock: SandboxClock;
  accounts: Record<string, Account> = {};
  calls: AwsCall[] = [];
  sessions = new Map<string, Session>();

  constructor(clock: SandboxClock) {
    this.clock = clock;
    this.reset();
  }

  reset(): void {
    this.accounts = freshAccounts(this.clock.now());
    this.calls = [];
    this.sessions.clear();
  }

  alarm(account: string, region: string, name: string): Alarm | undefined {
    const alarm = this.accounts[account]?.alarms[name];
    return alarm?.region === region ? alarm : undefined;
  }
}

function userOf(userName: string, account: string, now: number, more: Partial<User> = {}): User {
  return {
    userName,
    path: '/',
    userId: `AIDA${userName
      .toUpperCase()
      .replace(/[^A-Z0-9]/g, '')
      .padEnd(16, 'X')
      .slice(0, 16)}`,
    createDate: now - 900 * day,
    loginProfile: { password: `Old-${userName}-1`, createDate: now - 412 * day, passwordResetRequired: false },
    mfaDevices: [{ serialNumber: `arn:aws:iam::${account}:mfa/${userName}-phone`, enableDate: now - 380 * day }],
    accessKeys: [
      {
        accessKeyId: `AKIA${userName
          .toUpperCase()
          .replace(/[^A-Z0-9]/g, '')
          .padEnd(16, 'Q')
          .slice(0, 16)}`,
        status: 'Active',
        createDate: now - 300 * day,
        lastUsed: { date: now - 2 * day, service: 's3', region: 'us-east-1' },
      },
    ],
    ...more,
  };
}

function alarmOf(name: string, account: string, now: number, more: Partial<Alarm> = {}): Alarm {
  return {
    name,
    arn: `arn:aws:cloudwatch:us-east-1:${account}:alarm:${name}`,
    region: 'us-east-1',
    type: 'metric',
    state: 'OK',
    since: now - 3 * day,
    reason: 'No datapoints reached the threshold.',
    description: null,
    metricName: `${name}Count`,
    threshold: 1,
    alarmRule: null,
    actionsEnabled: true,
    okActions: [topicArn],
    alarmActions: [topicArn],
    breaching: false,
    ...more,
  };
}

/** As people who followed the seeds have them: the patterns word by word. */
const seedPatterns: Record<string, string> = {
  ConsoleSigninFailures: '{ ($.eventName = ConsoleLogin) && ($.errorMessage = "Failed authentication") }',
  ConsoleSignInWithoutMfaAlarm: '{ $.eventName = "ConsoleLogin" && $.additionalEventData.MFAUsed = "No" }',
  SignInFailedMFAAlarm:
    '{ ($.eventName = ConsoleLogin) && ($.additionalEventData.MFAUsed = "Yes") && ($.responseElements.ConsoleLogin = "Failure") }',
};

function seedFilter({ name, region, metricName }: Alarm): MetricFilter {
  return {
    filterName: name,
    filterPattern: seedPatterns[name] ?? '',
    logGroupName: 'CloudTrail/CloudWatchLogGroup',
    region,
    metricName,
    metricNamespace: 'CloudTrailMetrics',
  };
}

function freshAccounts(now: number): Record<string, Account> {
  const key = { serialNumber: `arn:aws:iam::${prodAccount}:u2f/user/bella/yubikey-ABCDEFGHIJKLMNOP`, enableDate: now - 100 * day };
  const phone = { serialNumber: `arn:aws:iam::${prodAccount}:mfa/bella-phone`, enableDate: now - 30 * day };
  const users = [
    userOf('alice', prodAccount, now, { mfaDevices: [] }),
    userOf('bella', prodAccount, now, { mfaDevices: [phone, key] }),
    userOf('carl', prodAccount, now),
    userOf('deploy', prodAccount, now, { loginProfile: null, mfaDevices: [] }),
    userOf('break-glass', prodAccount, now, { path: '/break-glass/' }),
  ];
  const alarms = [
    alarmOf('ConsoleSigninFailures', prodAccount, now, {
      threshold: 5,
      okActions: [topicArn, pagerArn],
      description: 'Failed console sign-ins (CIS 4.6)',
    }),
    alarmOf('ConsoleSignInWithoutMfaAlarm', prodAccount, now),
    alarmOf('SignInFailedMFAAlarm', prodAccount, now),
    alarmOf('AnySignInTrouble', prodAccount, now, { type: 'composite', alarmRule: 'ALARM(ConsoleSigninFailures) OR ALARM(SignInFailedMFAAlarm)' }),
  ];
  const prod: Account = {
    users: Object.fromEntries(users.map((user) => [user.userName, user])),
    passwordPolicy: {
      minimumPasswordLength: 14,
      requireSymbols: true,
      requireNumbers: true,
      requireUppercaseCharacters: true,
      requireLowercaseCharacters: true,
      allowUsersToChangePassword: true,
    },
    unassignedVirtualDevices: [],
    alarms: Object.fromEntries(alarms.map((alarm) => [alarm.name, alarm])),
    trail: [],
    filters: alarms.filter((alarm) => alarm.type === 'metric').map(seedFilter),
    directory: { [directoryUser]: 'dora@example.com' },
  };
  const hub: Account = { users: {}, passwordPolicy: null, unassignedVirtualDevices: [], alarms: {}, trail: [], filters: [], directory: {} };
  return { [hubAccount]: hub, [prodAccount]: prod };
}
