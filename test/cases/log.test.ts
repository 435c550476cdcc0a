/** What an alarm counted: any alarm on CloudTrail names who set it off on its first picture, and nobody where nobody was counted or read. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Block } from '../../src/sandbox/slack/workspace.ts';
import { alarmText, prod, Sandbox, textOf } from '../support/sandbox.ts';

let sandbox: Sandbox;
let start: number;
let mutate: ((account: Account) => void)[];

interface Account {
  alarms: Record<string, object>;
  filters: object[];
  logs: { group: string; region: string }[];
}

beforeAll(async () => {
  sandbox = await Sandbox.start();
});
afterAll(() => sandbox.stop());
beforeEach(async () => {
  await sandbox.call('POST', '/api/reset');
  const { now } = await sandbox.call<{ now: number }>('GET', '/api/state');
  start = Math.floor(now / 60_000) * 60_000 - 300_000;
  mutate = [];
});

const iam = (name: string) => ({ type: 'IAMUser', arn: `arn:aws:iam::${prod}:user/${name}`, accountId: prod, userName: name });
const roleSession = {
  type: 'AssumedRole',
  arn: `arn:aws:sts::${prod}:assumed-role/ops/carol`,
  accountId: prod,
  sessionContext: { sessionIssuer: { type: 'Role', arn: `arn:aws:iam::${prod}:role/ops`, userName: 'ops' } },
};

function record(userIdentity: object, eventSource: string, eventName: string, more: object = {}): object {
  return {
    eventVersion: '1.11',
    userIdentity,
    eventTime: new Date(start + 60_000).toISOString(),
    eventSource,
    eventName,
    awsRegion: 'us-east-1',
    sourceIPAddress: '198.51.100.32',
    userAgent: 'aws-cli/2',
    requestParameters: null,
    responseElements: null,
    eventID: randomUUID(),
    eventType: 'AwsApiCall',
    recipientAccountId: prod,
    ...more,
  };
}

const groupChanged = () => record(iam('deploy'), 'ec2.amazonaws.com', 'CreateSecurityGroup');

/** An alarm of the account with a neutral name, and the filter that feeds it. */
function measured(name: string, filterPattern: string, more: object = {}): void {
  mutate.push((account) => {
    const like = account.alarms.ConsoleSigninFailures as Record<string, unknown>;
    const arn = `arn:aws:cloudwatch:us-east-1:${prod}:alarm:${name}`;
    account.alarms[name] = {
      ...like,
      name,
      arn,
      metricName: `${name}Count`,
      namespace: 'Ops',
      state: 'ALARM',
      since: start + 360_000,
      description: null,
    };
    account.filters.push({
      filterName: name,
      filterPattern,
      logGroupName: 'trail',
      region: 'us-east-1',
      metricName: `${name}Count`,
      metricNamespace: 'Ops',
      ...more,
    });
  });
}

async function prepared(records: readonly object[]): Promise<void> {
  const { accounts } = await sandbox.call<{ accounts: Record<string, Account> }>('GET', '/api/aws');
  for (const change of mutate) change(accounts[prod] as Account);
  await sandbox.call('PUT', '/api/aws', { accounts });
  await sandbox.call('POST', '/api/aws/log', { account: prod, region: 'us-east-1', group: 'trail', records });
}

const two = (value: number) => String(value).padStart(2, '0');
function crossed(count: number, comparison = 'greater than or equal to'): string {
  const at = new Date(start);
  const stamp = `${two(at.getUTCDate())}/${two(at.getUTCMonth() + 1)}/${String(at.getUTCFullYear()).slice(2)} ${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:00`;
  return `Threshold Crossed: 1 out of the last 1 datapoints [${count}.0 (${stamp})] was ${comparison} the threshold (1.0) (minimum 1 datapoint for OK -> ALARM transition).`;
}

function trigger(name: string, more: object = {}): object {
  return {
    MetricName: `${name}Count`,
    Namespace: 'Ops',
    StatisticType: 'Statistic',
    Statistic: 'SUM',
    Unit: null,
    Dimensions: [],
    Period: 300,
    EvaluationPeriods: 1,
    DatapointsToAlarm: 1,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    Threshold: 1,
    TreatMissingData: 'notBreaching',
    ...more,
  };
}

function fire(name: string, more: object = {}, triggered: object = {}): Promise<object> {
  const message = alarmText(name, 'ALARM', start + 360_000, { NewStateReason: crossed(1), Trigger: trigger(name, triggered), ...more });
  return sandbox.publish({ message });
}

/** What Slack was first given for the card: no clock is wound forward for it. */
async function firstPicture(): Promise<string> {
  for (const end = Date.now() + 20_000; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 50))) {
    const posted = (await sandbox.requests()).find(({ method }) => method === 'chat.postMessage');
    if (posted) return textOf({ blocks: blocksOf(posted.args.blocks) });
  }
  throw new Error('No card was posted.');
}

function blocksOf(blocks: unknown): Block[] {
  return (typeof blocks === 'string' ? JSON.parse(blocks) : blocks) as Block[];
}

function denyLookUps(): Promise<object> {
  return sandbox.faults({ aws: [{ operation: 'LookupEvents', mode: 'denied', times: 10_000 }] });
}

const onGroups = '{ ($.eventName = AuthorizeSecurityGroupIngress) || ($.eventName = CreateSecurityGroup) }';
const onKeys = '{ ($.eventSource = kms.amazonaws.com) && ($.eventName = ScheduleKeyDeletion) }';

describe('an alarm on anything in CloudTrail names who set it off, with the history denied', () => {
  beforeEach(() => denyLookUps());

  it('50: on security groups: the caller, the event, 1 of 1, and no user who mistyped a password near it', async () => {
    measured('ops-17', onGroups);
    const mistyped = record(iam('bella'), 'signin.amazonaws.com', 'ConsoleLogin', {
      eventType: 'AwsConsoleSignIn',
      responseElements: { ConsoleLogin: 'Failure' },
    });
    await prepared([groupChanged(), mistyped]);
    await sandbox.call('POST', '/api/aws/trail', { account: prod, records: [mistyped] });
    await fire('ops-17');
    const card = await firstPicture();
    expect(card).toMatch(/deploy.*CreateSecurityGroup.*from 198\.51\.100\.32/);
    expect(card).toContain('1 of 1');
    // AWS answers five a second to all who ask: what the alarm means and what it counted are told from one answer.
    expect((await sandbox.aws()).calls.filter(({ operation }) => operation === 'DescribeMetricFilters')).toHaveLength(1);
    expect(card).not.toMatch(/bella|Reset password|MFA devices|takeover|not known yet/);
    await sandbox.advance(1_200);
    expect((await sandbox.cards()).map(textOf).join()).not.toMatch(/bella|Looking in CloudTrail/);
  });

  it('on the deletion of a key, by a role session', async () => {
    measured('ops-18', onKeys);
    await prepared([record(roleSession, 'kms.amazonaws.com', 'ScheduleKeyDeletion')]);
    await fire('ops-18');
    expect(await firstPicture()).toMatch(/ops\/carol.*ScheduleKeyDeletion/);
  });

  it('on the use of root, by a service with AssumeRoot: it is no sign-in', async () => {
    measured('ops-19', '{ $.userIdentity.type = "Root" }');
    const root = {
      type: 'Root',
      arn: `arn:aws:iam::${prod}:root`,
      accountId: prod,
      sessionContext: { assumedRoot: 'true', attributes: { mfaAuthenticated: 'false' } },
    };
    await prepared([record(root, 'iam.amazonaws.com', 'GetAccountSummary', { sourceIPAddress: 'access-analyzer.amazonaws.com' })]);
    await fire('ops-19');
    const card = await firstPicture();
    expect(card).toContain('GetAccountSummary');
    expect(card).toContain('no sign-in');
    expect(card).not.toMatch(/HIGH|@S0/);
  });

  it('on either of two others, as a composite', async () => {
    measured('ops-20', onGroups);
    measured('ops-21', onKeys);
    mutate.push((account) => {
      const arn = `arn:aws:cloudwatch:us-east-1:${prod}:alarm:any`;
      const like = account.alarms['ops-20'] as object;
      account.alarms.any = { ...like, name: 'any', arn, type: 'composite', alarmRule: 'ALARM("ops-20") OR ALARM("ops-21")' };
      for (const name of ['ops-20', 'ops-21']) Object.assign(account.alarms[name] as object, { reason: crossed(1) });
    });
    await prepared([groupChanged(), record(roleSession, 'kms.amazonaws.com', 'ScheduleKeyDeletion')]);
    const children = ['ops-20', 'ops-21'].map((name) => ({
      Arn: `arn:aws:cloudwatch:us-east-1:${prod}:alarm:${name}`,
      State: { Value: 'ALARM', Timestamp: '' },
    }));
    const reason = `arn:aws:cloudwatch:us-east-1:${prod}:alarm:ops-20 transitioned to ALARM at Wednesday 25 November, 2026 16:50:00 UTC`;
    await fire('any', { NewStateReason: reason, AlarmRule: 'ALARM("ops-20") OR ALARM("ops-21")', TriggeringChildren: children, Trigger: undefined });
    const card = await firstPicture();
    expect(card).toMatch(/deploy.*CreateSecurityGroup/);
    expect(card).toMatch(/ops\/carol.*ScheduleKeyDeletion/);
  });

  it('by metric math', async () => {
    measured('ops-22', onGroups);
    await prepared([groupChanged()]);
    const metrics = [
      {
        Id: 'm1',
        MetricStat: { Metric: { MetricName: 'ops-22Count', Namespace: 'Ops', Dimensions: [] }, Period: 300, Stat: 'Sum' },
        ReturnData: false,
      },
      { Id: 'e1', Expression: 'FILL(m1, 0) * 1', ReturnData: true },
    ];
    await fire('ops-22', {}, { MetricName: undefined, Namespace: undefined, Metrics: metrics });
    const card = await firstPicture();
    expect(card).toMatch(/deploy.*CreateSecurityGroup/);
    expect(card).toContain('found 1');
  });

  it('that comes as an event of EventBridge', async () => {
    measured('ops-23', onGroups);
    await prepared([groupChanged()]);
    const reasonData = {
      version: '1.0',
      startDate: new Date(start).toISOString(),
      statistic: 'Sum',
      period: 300,
      threshold: 1,
      evaluatedDatapoints: [{ timestamp: new Date(start).toISOString(), sampleCount: 1, value: 1 }],
    };
    const arn = `arn:aws:cloudwatch:us-east-1:${prod}:alarm:ops-23`;
    const metric = { namespace: 'Ops', name: 'ops-23Count', dimensions: {} };
    await sandbox.publish({
      message: {
        'detail-type': 'CloudWatch Alarm State Change',
        source: 'aws.cloudwatch',
        account: prod,
        region: 'us-east-1',
        time: new Date(start + 360_000).toISOString(),
        resources: [arn],
        detail: {
          alarmName: 'ops-23',
          state: { value: 'ALARM', reason: crossed(1), reasonData: JSON.stringify(reasonData), timestamp: new Date(start + 360_000).toISOString() },
          previousState: { value: 'OK' },
          configuration: { metrics: [{ id: 'm', metricStat: { metric, period: 300, stat: 'Sum' }, returnData: true }] },
        },
      },
    });
    const card = await firstPicture();
    expect(card).toMatch(/deploy.*CreateSecurityGroup/);
    expect(card).toContain('1 of 1');
  });
});

describe('nobody is named, and the card says why', () => {
  const nobody = /deploy|Reset password|not known yet/;

  it.each([
    ['a state that was set by hand', { NewStateReason: 'Testing the pager' }, {}, 'by hand'],
    [
      'missing data that counts as breaching',
      { NewStateReason: 'Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as [Breaching].' },
      { TreatMissingData: 'breaching' },
      'Missing data counts as breaching',
    ],
    [
      'a value that fell below its limit',
      { NewStateReason: crossed(0, 'less than') },
      { ComparisonOperator: 'LessThanThreshold' },
      'fell below its limit',
    ],
  ])('of %s', async (_what, more, triggered, says) => {
    measured('ops-30', onGroups);
    await prepared([groupChanged()]);
    await fire('ops-30', more, triggered);
    const card = await firstPicture();
    expect(card).toContain(says);
    expect(card).not.toMatch(nobody);
  });

  it('says who set the state by hand, once the history has it', async () => {
    measured('ops-31', onGroups);
    await prepared([groupChanged()]);
    const set = record(iam('carl'), 'monitoring.amazonaws.com', 'SetAlarmState', {
      eventTime: new Date(start + 360_000).toISOString(),
      requestParameters: { alarmName: 'ops-31', stateValue: 'ALARM', stateReason: 'x' },
    });
    await sandbox.call('POST', '/api/aws/trail', { account: prod, records: [set] });
    await fire('ops-31', { NewStateReason: 'Testing the pager' });
    expect(await sandbox.cardSaying('It was carl')).toContain('by hand');
  });

  it('says who set it to OK by hand, once the history has it', async () => {
    measured('ops-31', onGroups);
    await prepared([groupChanged()]);
    await fire('ops-31');
    await firstPicture();
    // What a message dates ahead of its sending is taken to have happened then.
    const set = record(iam('carl'), 'monitoring.amazonaws.com', 'SetAlarmState', {
      eventTime: new Date(start + 300_000).toISOString(),
      requestParameters: { alarmName: 'ops-31', stateValue: 'OK', stateReason: 'x' },
    });
    await sandbox.call('POST', '/api/aws/trail', { account: prod, records: [set] });
    await sandbox.publish({ message: alarmText('ops-31', 'OK', start + 420_000, { NewStateReason: 'Nothing to see here' }) });
    expect(await sandbox.cardSaying('by carl: nothing shows that it stopped')).toContain('Set to OK by hand (SetAlarmState)');
  });

  it.each([
    [
      'a group that is masked',
      (account: Account) => void account.logs.push({ group: 'trail', region: 'us-east-1', masked: ['userIdentity.userName'], events: [] } as never),
      undefined,
      'masks who it was',
    ],
    [
      'a group of class Infrequent Access',
      (account: Account) => void account.logs.push({ group: 'trail', region: 'us-east-1', class: 'INFREQUENT_ACCESS', events: [] } as never),
      undefined,
      'Infrequent Access',
    ],
    ['a group that may not be read', undefined, 'FilterLogEvents', 'the role may not'],
    ['filters that may not be read', undefined, 'DescribeMetricFilters', 'Its metric filters could not be read: the role may not'],
  ])('of %s', async (what, change, denied, says) => {
    if (change) mutate.push(change);
    measured('ops-32', onGroups);
    await prepared([groupChanged()]);
    if (denied) await sandbox.faults({ aws: [{ operation: denied, mode: 'denied', times: 1_000 }] });
    await fire('ops-32');
    const card = await firstPicture();
    expect(card).toContain(says);
    // What an alarm means is not known where its filter is not: somebody may have to look up a user all the same.
    expect(card).not.toMatch(what.startsWith('filters') ? /deploy|not known yet/ : nobody);
  });

  it('of a filter on transformed lines, and of a search', async () => {
    measured('ops-33', onGroups, { applyOnTransformedLogs: true });
    await prepared([groupChanged()]);
    await fire('ops-33');
    expect(await firstPicture()).toContain('transformed lines');
    await sandbox.call('POST', '/api/reset');
    const metrics = [{ Id: 'q', Expression: "SUM(SEARCH('{Ops} Count', 'Sum'))", Period: 300, ReturnData: true }];
    await fire('ops-34', {}, { MetricName: undefined, Namespace: undefined, Metrics: metrics });
    expect(await firstPicture()).toContain('SEARCH, SQL or Contributor Insights');
  });
});

describe('how much of what was counted was found', () => {
  it('is said, and looked for again: 1 of 3 so far, then 3 of 3', async () => {
    measured('ops-40', onGroups);
    await prepared([groupChanged()]);
    await fire('ops-40', { NewStateReason: crossed(3) });
    expect(await firstPicture()).toContain('1 of 3 so far');
    await sandbox.call('POST', '/api/aws/log', { account: prod, region: 'us-east-1', group: 'trail', records: [groupChanged(), groupChanged()] });
    expect(await sandbox.cardSaying('3 of 3')).not.toContain('so far');
  });

  it('follows pages, empty ones too, and does not show what is no CloudTrail event', async () => {
    mutate.push((account) => account.logs.push({ group: 'trail', region: 'us-east-1', pageSize: 1, emptyPages: 2, events: [] } as never));
    measured('ops-41', '');
    await prepared([groupChanged(), groupChanged(), { timestamp: start + 60_000, secret: 'xyzzy' }]);
    await fire('ops-41', { NewStateReason: crossed(3) });
    const card = await firstPicture();
    expect(card).not.toContain('xyzzy');
    expect(card).toMatch(/deploy.*CreateSecurityGroup/);
  });

  it('counts rather than names a noisy alarm', async () => {
    measured('ops-42', onGroups);
    await prepared(Array.from({ length: 30 }, (_, index) => record(iam(`user${index % 10}`), 'ec2.amazonaws.com', 'CreateSecurityGroup')));
    await fire('ops-42', { NewStateReason: crossed(30) });
    const card = await firstPicture();
    expect(card).toContain('30 of 30');
    expect(card).toContain('10 principals');
  });
});
