/** Cases from the field: what an alarm means is what its filter counts; its name is believed where no filter can be read, and then claims little. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { alarmText, groups, type Message, prod, Sandbox, textOf } from '../support/sandbox.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await Sandbox.start();
});
beforeEach(() => sandbox.call('POST', '/api/reset'));
afterAll(() => sandbox.stop());

interface Account {
  alarms: Record<string, Record<string, unknown>>;
  filters: object[];
}

const minute = 60;

async function now(): Promise<number> {
  return (await sandbox.call<{ now: number }>('GET', '/api/state')).now;
}

/** Alarms on metric filters with these patterns, by name; without a pattern, on a metric that no filter feeds. */
async function alarmsOn(patterns: Record<string, string | undefined>): Promise<void> {
  const { accounts } = await sandbox.call<{ accounts: Record<string, Account> }>('GET', '/api/aws');
  const account = accounts[prod] as Account;
  for (const [name, filterPattern] of Object.entries(patterns)) {
    const metric = { metricName: `${name}-metric`, namespace: 'Other' };
    const arn = `arn:aws:cloudwatch:us-east-1:${prod}:alarm:${name}`;
    account.alarms[name] = { ...account.alarms.ConsoleSigninFailures, ...metric, name, arn, state: 'ALARM', description: null };
    const fed = { logGroupName: 'trail', region: 'us-east-1', metricName: metric.metricName, metricNamespace: metric.namespace };
    if (filterPattern !== undefined) account.filters.push({ filterName: name, filterPattern, ...fed });
  }
  await sandbox.call('PUT', '/api/aws', { accounts });
}

async function fire(name: string): Promise<void> {
  await sandbox.publish({ message: alarmText(name, 'ALARM', await now()) });
}

async function cardOf(name: string, text: string): Promise<string> {
  return sandbox.until(`a card of ${name} saying “${text}”`, async () => {
    const said = (await sandbox.cards()).map(textOf).find((card) => card.includes(`Alarm ${name} `));
    return said?.includes(text) && said;
  });
}

const rings = (messages: readonly Message[]): Message[] =>
  messages.filter((message) => message.broadcast === true || JSON.stringify(message.blocks).includes(groups.responders));

const rootSignIn = async (): Promise<object> => ({
  eventSource: 'signin.amazonaws.com',
  eventName: 'ConsoleLogin',
  eventType: 'AwsConsoleSignIn',
  eventID: randomUUID(),
  eventTime: new Date((await now()) - 60_000).toISOString(),
  awsRegion: 'us-east-1',
  sourceIPAddress: '203.0.113.7',
  recipientAccountId: prod,
  userIdentity: { type: 'Root', accountId: prod, arn: `arn:aws:iam::${prod}:root` },
  responseElements: { ConsoleLogin: 'Success' },
  additionalEventData: { MFAUsed: 'Yes' },
});

describe('38: six alarms with readable, unrelated filters and unlucky names', () => {
  const patterns = {
    'failed-login-count-5-minute-warning': '{ $.message = "user login failed" }',
    ops1_ConsoleLogin_Failure: '{ $.eventName = "ConsoleLogin" && $.userIdentity.userName = "ops1" && $.responseElements.ConsoleLogin = "Success" }',
    'password-reset-emails-bounced': '{ $.bounce = "*" }',
    S3BucketNoMFADelete: '{ $.eventName = "PutBucketVersioning" }',
    'athena-federated-query-errors': '{ $.level = "ERROR" }',
    'root-log-volume-full': '{ $.volume = "root" }',
  };

  it('none is recognised, none rings, each says what its filter counts', async () => {
    await alarmsOn(patterns);
    for (const name of Object.keys(patterns)) await fire(name);
    for (const name of Object.keys(patterns)) {
      const ofOneUser = name.startsWith('ops1');
      const said = await cardOf(name, ofOneUser ? 'only those with userName ops1' : 'Its filter counts nothing about sign-ins.');
      expect(said).toContain('not recognised as one of the catalogue');
      expect(said.split('\n')[0]).toContain(`MEDIUM · OPEN · ${name}`);
      // No user to be reset where no sign-in is concerned.
      expect(said.includes('Reset password')).toBe(ofOneUser);
    }
    expect(rings(await sandbox.messages())).toEqual([]);
  });
});

describe('51: filters that are known to be flawed', () => {
  it.each([
    [
      'NoMFAConsoleSignin',
      '{ ($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes") }',
      /also counts: .*through an identity provider or Identity Center.*It misses: .*without the field MFAUsed/,
    ],
    [
      'RootUsage',
      '{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType != "AwsServiceEvent" }',
      /also counts: failed sign-ins.* of root/,
    ],
  ])('%s: said as flawed, with the fix, and no more than MEDIUM before what it counted was read', async (name, pattern, flaw) => {
    await alarmsOn({ [name]: pattern });
    await sandbox.faults({ aws: [{ operation: 'FilterLogEvents', mode: 'denied', times: 1_000 }] });
    await fire(name);
    const said = await cardOf(name, 'Its filter also counts');
    expect(said).toMatch(flaw);
    expect(said).toContain('Give the filter the pattern that npm run template prints.');
    expect(said).toContain('MEDIUM · OPEN');
    expect(rings(await sandbox.messages())).toEqual([]);
    await sandbox.call('DELETE', '/api/faults');
  });
});

describe('an alarm of which the name is all that is known', () => {
  it('claims MEDIUM at most and rings nobody, however often it fires, until an event proves it', async () => {
    await alarmsOn({ 'root-account-usage': undefined });
    await fire('root-account-usage');
    const said = await cardOf('root-account-usage', 'recognised by its name only');
    expect(said).toContain('MEDIUM · OPEN · Root sign-in');
    await sandbox.advance(40 * minute);
    await fire('root-account-usage');
    await cardOf('root-account-usage', 'Alarm fired 2×');
    expect(rings(await sandbox.messages())).toEqual([]);
    await sandbox.call('POST', '/api/aws/trail', { account: prod, records: [await rootSignIn()] });
    expect(await cardOf('root-account-usage', 'HIGH · OPEN')).toContain('root user: signed in 1×');
    await sandbox.until('somebody rung', async () => (await sandbox.replies()).some(({ broadcast }) => broadcast));
  });
});

describe('a filter that could not be read', () => {
  it('is said to be unread, is asked for again, and is then believed over the name', async () => {
    await alarmsOn({ 'root-log-volume-full': '{ $.volume = "root" }' });
    await sandbox.faults({ aws: [{ operation: 'DescribeMetricFilters', mode: 'denied', times: 1_000 }] });
    await fire('root-log-volume-full');
    expect(await cardOf('root-log-volume-full', 'Its filter could not be read')).toContain('recognised by its name only');
    await sandbox.call('DELETE', '/api/faults');
    const said = await cardOf('root-log-volume-full', 'Its filter counts nothing about sign-ins.');
    expect(said).toContain('MEDIUM · OPEN · root-log-volume-full');
    expect(said).not.toContain('could not be read');
    expect(rings(await sandbox.messages())).toEqual([]);
  });
});

describe('two alarms of one incident', () => {
  it('each say how they were recognised and what is wrong with their own filter', async () => {
    const failed = '{ $.eventName = "ConsoleLogin" && $.errorMessage = "Failed authentication" }';
    const whole = '{ $.eventName = "ConsoleLogin" && $.responseElements.ConsoleLogin = "Failure" }';
    await alarmsOn({ one: failed, other: whole });
    await fire('one');
    await cardOf('one', 'Its filter misses');
    await fire('other');
    const said = await sandbox.until('one card of both', async () => {
      const open = (await sandbox.cards()).map(textOf).filter((card) => !card.includes('is part of'));
      return open.length === 1 && open[0]?.includes('Alarm other ') && open[0].includes('Alarm one ') && open[0];
    });
    expect(said).toMatch(/Alarm one in us-east-1, recognised by its metric filter(\. |\n)Its filter misses: failures with an unknown user name/);
    expect(said).toMatch(/Alarm other in us-east-1, recognised by its metric filter(?!(\. |\n)Its filter)/);
  });
});
