/** The emulated accounts as they are at the start: as those of people who followed the seeds. */
import { freshCenter, freshRoot } from './fresh-people.ts';
import { freshPrincipals } from './fresh-principals.ts';
import { canaryName, deadLetterQueueOf, directoryUser, hubAccount, pagerArn, prodAccount, ruleQueueName, topicArn, trailGroup } from './names.ts';
import type { Queue } from './queue.ts';
import type { Account, Alarm, MetricFilter, Topic, Trail, User } from './shapes.ts';

const day = 86_400_000;

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

/** As the template regional-rules makes it, for what its rules cannot deliver; of the rules one. */
function ruleQueueOf(account: string): Queue {
  const Resource = `arn:aws:sqs:us-east-1:${account}:${ruleQueueName}`;
  const rules = [`arn:aws:events:us-east-1:${account}:rule/signin-responder-console-sign-in-failures`];
  const send = { Action: 'sqs:SendMessage', Resource };
  const Statement = [
    { Effect: 'Allow', Principal: { Service: 'events.amazonaws.com' }, ...send, Condition: { ArnEquals: { 'aws:SourceArn': rules } } },
    { Effect: 'Deny', Principal: '*', ...send, Condition: { Bool: { 'aws:PrincipalIsAWSService': 'false' } } },
  ];
  const policy = JSON.stringify({ Version: '2012-10-17', Statement });
  return { name: ruleQueueName, region: 'us-east-1', policy, retentionSeconds: 1_209_600, letters: [] };
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
    namespace: 'CloudTrailMetrics',
    threshold: 1,
    alarmRule: null,
    actionsEnabled: true,
    okActions: [topicArn],
    alarmActions: [topicArn],
    breaching: false,
    ...more,
  };
}

/** As people who followed the seeds have them: the patterns word for word. */
const seedPatterns: Record<string, string> = {
  ConsoleSigninFailures: '{ ($.eventName = ConsoleLogin) && ($.errorMessage = "Failed authentication") }',
  ConsoleSignInWithoutMfaAlarm: '{ $.eventName = "ConsoleLogin" && $.additionalEventData.MFAUsed = "No" }',
  SignInFailedMFAAlarm:
    '{ ($.eventName = ConsoleLogin) && ($.additionalEventData.MFAUsed = "Yes") && ($.responseElements.ConsoleLogin = "Failure") }',
};

function seedFilter({ name, region, metricName, namespace }: Alarm): MetricFilter {
  return {
    filterName: name,
    filterPattern: seedPatterns[name] ?? '',
    logGroupName: trailGroup,
    region,
    metricName,
    metricNamespace: namespace,
  };
}

export function freshAccounts(now: number): Record<string, Account> {
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
  const trail: Trail = {
    name: 'organisation',
    region: 'us-east-1',
    isMultiRegion: true,
    isLogging: true,
    logGroupArn: `arn:aws:logs:us-east-1:${prodAccount}:log-group:${trailGroup}:*`,
    deliveryError: null,
    managementEvents: true,
  };
  const topic: Topic = {
    signatureVersion: '2',
    subscriptions: [{ protocol: 'https', endpoint: 'https://responder.example.com/sns', confirmed: true, raw: false, deadLetters: true }],
  };
  const prod: Account = {
    users: Object.fromEntries(users.map((user) => [user.userName, user])),
    ...freshPrincipals(prodAccount, now),
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
    alarmHistory: [],
    muteRules: [],
    trail: [],
    filters: alarms.filter((alarm) => alarm.type === 'metric').map(seedFilter),
    logs: [{ group: trailGroup, region: 'us-east-1', events: [] }],
    directory: { [directoryUser]: 'dora@example.com' },
    trails: [trail],
    rules: [],
    topics: { [pagerArn]: { signatureVersion: '2', subscriptions: [] } },
    queues: [ruleQueueOf(prodAccount)],
    root: freshRoot(prodAccount, now),
  };
  const hub: Account = {
    users: {},
    ...freshPrincipals(hubAccount, now),
    passwordPolicy: null,
    unassignedVirtualDevices: [],
    alarms: { [canaryName]: alarmOf(canaryName, hubAccount, now, { namespace: 'SigninResponderCanary', okActions: [] }) },
    alarmHistory: [],
    muteRules: [],
    trail: [],
    filters: [],
    logs: [],
    directory: {},
    trails: [],
    rules: [],
    topics: { [topicArn]: topic },
    queues: [
      { name: deadLetterQueueOf(topicArn).split(':').at(-1) ?? '', region: 'us-east-1', policy: null, retentionSeconds: 1_209_600, letters: [] },
    ],
    isManagement: true,
    identityCenter: freshCenter(),
  };
  return { [hubAccount]: hub, [prodAccount]: prod };
}
