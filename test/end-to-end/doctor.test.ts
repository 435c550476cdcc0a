/** `npm run doctor` against the emulated Slack and AWS: all well, then each fault planted by itself. */
import { spawn } from 'node:child_process';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { examined } from '../../src/commands.ts';
import { readConfig } from '../../src/config.ts';
import type { Account } from '../../src/sandbox/aws/shapes.ts';
import { botEnvironment } from '../../src/sandbox/bot.ts';
import { printedFindings } from '../../src/setup/doctor.ts';
import { type Accounts, changeAws, deploy } from '../support/deploy.ts';
import { channel, groups, people, prod, Sandbox, textOf, topic } from '../support/sandbox.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await Sandbox.start();
});
afterAll(() => sandbox.stop());
beforeEach(async () => {
  await sandbox.call('POST', '/api/reset');
  await sandbox.call('DELETE', '/api/faults');
  await deploy(sandbox);
});

const hub = '111122223333';

function environment(over: Record<string, string>): Record<string, string> {
  const options = { sandboxUrl: sandbox.url, port: 0, opsPort: 0, dataDir: sandbox.dataDir, databaseUrl: undefined, logLevel: 'info' };
  const { NODE_COMPILE_CACHE = '' } = process.env;
  return { NODE_COMPILE_CACHE, ...botEnvironment({ ...options, onLine: () => undefined }), TRAIL_ACCOUNT: prod, ...over };
}

interface Said {
  readonly code: number | null;
  readonly said: string;
}

/** As somebody calls it. */
async function command(over: Record<string, string> = {}): Promise<Said> {
  const main = new URL('../../src/main.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [main, 'doctor'], { cwd: sandbox.dataDir, env: environment(over), stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => (said += part.toString('utf8')));
  const code = await new Promise<number | null>((resolve) => child.on('exit', resolve));
  return { code, said };
}

/** The same without a process of its own: the credentials come from the environment, where the SDK looks for them. */
async function doctor(over: Record<string, string> = {}): Promise<Said> {
  const env = environment(over);
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) process.env[name] = env[name];
  const findings = await examined(readConfig(env), Object.keys(env));
  return { code: findings.some(({ state }) => state === 'fault') ? 1 : 0, said: printedFindings(findings) };
}

const inProd = (change: (account: Account) => void) => () => changeAws(sandbox, (accounts) => change(accounts[prod] as Account));
const inAll = (change: (accounts: Accounts) => void) => () => changeAws(sandbox, change);
const denied = (operation: string) => () => sandbox.faults({ aws: [{ operation, mode: 'denied', times: 50 }] });
const inChannel = (change: object) => () => sandbox.call('POST', '/api/slack/channel', { id: channel, ...change });
const failures = 'signin-responder-console-sign-in-failures';

type Fault = readonly [what: string, plant: () => Promise<unknown>, says: RegExp, fix: RegExp];

const faults: readonly Fault[] = [
  ['a pager that may not be published to', denied('Publish'), /✗ Pager .*Publish/, /EscalationTopicArn/],
  ['a log group that may not be read', denied('FilterLogEvents'), /Logs of alarms .*FilterLogEvents/, /LogGroupArns/],
  [
    'a filter with the pattern of seed 003 that never matches',
    inProd((account) => {
      const filter = account.filters.find(({ filterName }) => filterName === 'signin-responder-mfa-failure-identity-center');
      if (filter)
        filter.filterPattern =
          '{ ($.eventName = CredentialVerification) && (($.additionalEventData.CredentialType = "TOTP") || ($.additionalEventData.CredentialType = "WEBAUTHN")) && ($.serviceEventDetails.CredentialChallenge = "Failure")}';
    }),
    /✗ mfa-failure-identity-center.*never matches/,
    /npm run template/,
  ],
  [
    'a filter that somebody deleted, with its rule',
    inAll((accounts) => {
      const account = accounts[prod] as Account;
      account.filters = account.filters.filter(({ filterName }) => filterName !== failures);
      for (const one of Object.values(accounts)) one.rules = one.rules.filter(({ name }) => name !== failures);
    }),
    /✗ console-sign-in-failures.*Nothing watches/,
    /central template/,
  ],
  [
    'alarm actions that are switched off',
    inProd((account) => {
      (account.alarms[failures] as Account['alarms'][string]).actionsEnabled = false;
    }),
    /✗ console-sign-in-failures.*switched off/,
    /enable-alarm-actions/,
  ],
  [
    'an alarm that is muted',
    inProd((account) => {
      account.muteRules = [{ name: 'nightly', region: 'us-east-1', alarmNames: [failures], status: 'ACTIVE' }];
    }),
    /✗ console-sign-in-failures.*is muted now by the rule nightly: it notifies nobody/,
    /take the alarm out of the rule/,
  ],
  [
    'a hostile name, which it neither shows as a command to the terminal nor offers to a shell',
    inProd((account) => {
      const alarm = account.alarms[failures] as Account['alarms'][string];
      account.alarms = { ...account.alarms, [failures]: { ...alarm, name: 'x; rm -rf ~ \u001b[2J', actionsEnabled: false } };
    }),
    /^[^\u001b]*switched off[^\u001b]*$/,
    /--alarm-names 'x; rm -rf ~ \?\[2J'/,
  ],
  [
    'an alarm that is gone',
    inProd((account) => delete account.alarms[failures]),
    /✗ console-sign-in-failures.*no alarm looks at its metric/,
    /central template/,
  ],
  [
    'an alarm that notifies another topic',
    inProd((account) => {
      (account.alarms[failures] as Account['alarms'][string]).alarmActions = [`arn:aws:sns:us-east-1:${prod}:pager`];
    }),
    /✗ console-sign-in-failures.*does not notify a topic of SNS_TOPIC_ARNS/,
    /alarm actions/,
  ],
  [
    'a rule that is disabled',
    inProd((account) => {
      for (const rule of account.rules) if (rule.name.endsWith('root-sign-in')) rule.state = 'DISABLED';
    }),
    /✗ root-sign-in .*is disabled in 444455556666 us-east-1/,
    /enable-rule/,
  ],
  [
    'a subscription that is not confirmed',
    inAll((accounts) => {
      for (const one of accounts[hub]?.topics[topic]?.subscriptions ?? []) one.confirmed = false;
    }),
    /✗ Topic signin-alarms.*is not confirmed/,
    /Request confirmation/,
  ],
  [
    'no subscription',
    inAll((accounts) => {
      const found = accounts[hub]?.topics[topic];
      if (found) found.subscriptions = [];
    }),
    /✗ Topic signin-alarms.*No HTTPS endpoint that ends in \/sns/,
    /central template/,
  ],
  [
    "a subscription that is not confirmed beside a pager's that is",
    inAll((accounts) => {
      const found = accounts[hub]?.topics[topic];
      for (const one of found?.subscriptions ?? []) one.confirmed = false;
      found?.subscriptions.push({
        protocol: 'https',
        endpoint: 'https://pager.example.com/integration/1',
        confirmed: true,
        raw: false,
        deadLetters: false,
      });
    }),
    /✗ Topic signin-alarms.*is not confirmed/,
    /Request confirmation/,
  ],
  [
    'raw delivery',
    inAll((accounts) => {
      for (const one of accounts[hub]?.topics[topic]?.subscriptions ?? []) one.raw = true;
    }),
    /✗ Topic signin-alarms.*delivered raw/,
    /raw message delivery off/,
  ],
  [
    'a subscription without a dead-letter queue',
    inAll((accounts) => {
      for (const one of accounts[hub]?.topics[topic]?.subscriptions ?? []) one.deadLetters = false;
    }),
    /✗ Topic signin-alarms.*no dead-letter queue/,
    /central template/,
  ],
  [
    'a filter on a log group that no trail delivers to',
    inProd((account) => {
      for (const filter of account.filters) if (filter.filterName === failures) filter.logGroupName = 'mistyped';
    }),
    /✗ console-sign-in-failures.*reads mistyped, to which no logging trail delivers/,
    /log group of the trail/,
  ],
  [
    'a rule that is missing in one region',
    inProd((account) => {
      account.rules = account.rules.filter(({ name, region }) => region !== 'eu-north-1' || name !== failures);
    }),
    /✗ console-sign-in-failures.*is missing in 444455556666 eu-north-1/,
    /regional-rules/,
  ],
  [
    'a rule with another pattern',
    inProd((account) => {
      for (const rule of account.rules) if (rule.name === failures) rule.pattern = '{"detail":{"eventName":["Nothing"]}}';
    }),
    /✗ console-sign-in-failures.*another pattern/,
    /regional-rules/,
  ],
  [
    'a rule from which EventBridge keeps read-only events',
    inProd((account) => {
      for (const rule of account.rules) if (rule.name.endsWith('command-line-sign-in')) rule.state = 'ENABLED';
    }),
    /✗ command-line-sign-in.*444455556666 us-east-1 is merely ENABLED/,
    /regional-rules/,
  ],
  [
    'a central rule from which EventBridge keeps read-only events',
    inProd((account) => {
      for (const rule of account.rules) if (rule.bus !== null) rule.state = 'ENABLED';
    }),
    /✗ command-line-sign-in.*signin-responder-to-topic in 444455556666 us-east-1 is merely ENABLED/,
    /central template/,
  ],
  [
    'a central bus that leads nowhere',
    inProd((account) => {
      account.rules = account.rules.filter(({ bus }) => bus === null);
    }),
    /✗ root-sign-in .*nothing reaches the topic/,
    /central template/,
  ],
  [
    "one account's alarms that are off, while another's are well",
    inAll((accounts) => {
      const hubAccount = accounts[hub] as Account;
      const prodAccount = accounts[prod] as Account;
      hubAccount.filters = structuredClone(prodAccount.filters);
      hubAccount.alarms = structuredClone(prodAccount.alarms);
      hubAccount.trails = structuredClone(prodAccount.trails).map((trail) => ({
        ...trail,
        logGroupArn: trail.logGroupArn?.replace(prod, hub) ?? null,
      }));
      for (const alarm of Object.values(hubAccount.alarms)) alarm.actionsEnabled = false;
    }),
    /✗ console-sign-in-failures.*111122223333 us-east-1\) are switched off/,
    /enable-alarm-actions/,
  ],
  [
    'a topic that signs with SHA-1',
    inAll((accounts) => {
      const found = accounts[hub]?.topics[topic];
      if (found) found.signatureVersion = '1';
    }),
    /✗ Topic signin-alarms.*SHA-1/,
    /set-topic-attributes/,
  ],
  ['a permission that is missing', denied('LookupEvents'), /✗ Account prod.*cloudtrail:LookupEvents/, /member-roles template/],
  ['a response that is denied', denied('UpdateLoginProfile'), /✗ Account prod.*iam:UpdateLoginProfile/, /member-roles template/],
  ['a role that cannot be assumed', denied('AssumeRole'), /✗ Account prod.*assume the role that/, /AWS_MEMBER_ROLE/],
  [
    'a trail that is not logging',
    inProd((account) => {
      for (const trail of account.trails) trail.isLogging = false;
    }),
    /✗ Trail.*is not logging/,
    /start-logging/,
  ],
  [
    'a trail of one region',
    inProd((account) => {
      for (const trail of account.trails) trail.isMultiRegion = false;
    }),
    /✗ Trail.*covers one region/,
    /is-multi-region-trail/,
  ],
  [
    'a trail without a log group',
    inProd((account) => {
      for (const trail of account.trails) trail.logGroupArn = null;
    }),
    /✗ Trail.*no log group/,
    /log group/,
  ],
  ['no trail', inProd((account) => (account.trails = [])), /✗ Trail.*There is no trail/, /Create a multi-region trail/],
  [
    'a scope that is missing',
    () => sandbox.call('POST', '/api/slack/scopes', { scopes: ['chat:write', 'commands', 'channels:read', 'usergroups:read'] }),
    /✗ Slack scopes.*lacks im:write, channels:history, groups:history, groups:read/,
    /manifest\.yml/,
  ],
  ['a channel without the bot', inChannel({ member: false }), /✗ Channel.*not in the channel/, /invite/],
  ['a channel that is shared', inChannel({ shared: true }), /✗ Channel.*shared with another workspace/, /not shared/],
  ['an archived channel', inChannel({ archived: true }), /✗ Channel.*archived/, /Unarchive/],
  [
    'an empty user group',
    () => sandbox.call('POST', '/api/slack/usergroup', { id: groups.remediators, users: [] }),
    /✗ User group.*Nobody is in it/,
    /Add those/,
  ],
];

/** Examined together: each shows in lines of its own, and hides none of the others. What is not named here is examined by itself. */
const together: readonly (readonly string[])[] = [
  [
    'a filter that somebody deleted, with its rule',
    'a subscription that is not confirmed',
    'a channel without the bot',
    'a pager that may not be published to',
  ],
  [
    'alarm actions that are switched off',
    'no subscription',
    'a channel that is shared',
    'a log group that may not be read',
    'a rule that is disabled',
  ],
  [
    'an alarm that is muted',
    "a subscription that is not confirmed beside a pager's that is",
    'an archived channel',
    'a permission that is missing',
    'a rule from which EventBridge keeps read-only events',
  ],
  [
    'a hostile name, which it neither shows as a command to the terminal nor offers to a shell',
    'raw delivery',
    'an empty user group',
    'a response that is denied',
  ],
  [
    'an alarm that is gone',
    'a subscription without a dead-letter queue',
    'a trail of one region',
    'a filter with the pattern of seed 003 that never matches',
  ],
  ['an alarm that notifies another topic', 'a topic that signs with SHA-1', 'a central rule from which EventBridge keeps read-only events'],
  ['a filter on a log group that no trail delivers to', 'a scope that is missing'],
];

const examinations = [...together, ...faults.map(([what]) => [what]).filter(([what = '']) => !together.flat().includes(what))].map(
  (names) => [names.join('; '), names.map((name) => faults.find(([what]) => what === name))] as const,
);

describe('the doctor', () => {
  it('finds all well where the templates are deployed, and leaves nothing behind', async () => {
    const { code, said } = await command();
    expect(said).toMatch(/\d+ well, \d+ to know, 0 to fix/);
    expect(said).toContain('Whoever edits this Slack user group grants IAM rights');
    expect(code).toBe(0);
    expect(await sandbox.messages()).toEqual([]);
    const changed = (await sandbox.aws()).calls.filter(({ operation, error }) => /^(Update|Deactivate|Delete|SetAlarm)/.test(operation) && !error);
    expect(changed).toEqual([]);
  });

  it('takes a flawed filter of a compliance tool beside ours as a line to know, and asks AWS about it', async () => {
    await inProd((account) => {
      const like = account.alarms[failures] as Account['alarms'][string];
      const ours = account.filters.find(({ filterName }) => filterName === failures) as Account['filters'][number];
      const name = 'CIS-4.3-RootUsage';
      const filterPattern = '{$.userIdentity.type="Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType !="AwsServiceEvent"}';
      account.filters.push({ ...ours, metricName: name, metricNamespace: 'CISBenchmark', filterName: name, filterPattern });
      const arn = `arn:aws:cloudwatch:us-east-1:${prod}:alarm:${name}`;
      const pager = { alarmActions: [`arn:aws:sns:us-east-1:${prod}:compliance`], okActions: [] };
      account.alarms[name] = { ...like, ...pager, name, arn, metricName: name, namespace: 'CISBenchmark' };
    })();
    const { code, said } = await command();
    expect(said).toMatch(/✓ root-sign-in +.*\n! root-sign-in +The filter CIS-4\.3-RootUsage \(444455556666 us-east-1\) also counts: failed sign-ins/);
    expect(said).toMatch(/✓ Filters +AWS judges 12 filters in use as the responder does/);
    expect(code).toBe(0);
    const asked = (await sandbox.aws()).calls.filter(({ operation, error }) => operation === 'TestMetricFilter' && !error);
    expect(asked.some(({ input }) => String(input.filterPattern).includes('invokedBy NOT EXISTS'))).toBe(true);
  });

  it.each(examinations)('names %s, with the fix, and ends with 1', async (_what, planted) => {
    for (const fault of planted) await fault?.[1]();
    const { code, said } = await doctor();
    for (const fault of planted) {
      if (fault === undefined) throw new Error('There is no such fault.');
      const [what, , says, fix] = fault;
      expect({ what, said }).toEqual({ what, said: expect.stringMatching(says) });
      expect({ what, said }).toEqual({ what, said: expect.stringMatching(fix) });
    }
    expect(code).toBe(1);
  });

  it('says when it looked at nothing, and when the database does not answer', async () => {
    const { code, said } = await doctor({
      AWS_ACCOUNTS: '',
      AWS_MEMBER_ROLE: '',
      AWS_RESPOND_ROLE: '',
      DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
    });
    expect(said).toMatch(/✗ Database +DATABASE_URL: Postgres: nothing listens there[\s\S]*✗ AWS_ACCOUNTS +Empty/);
    expect(code).toBe(1);
  });

  it('tries the app-level token where Socket Mode is used: without it cards come, and no click arrives', async () => {
    expect((await doctor()).said).not.toContain('Socket Mode');
    expect((await doctor({ SLACK_APP_TOKEN: 'xapp-1-A01-2-x' })).said).toMatch(/✓ Socket Mode +SLACK_APP_TOKEN opens a connection/);
    await sandbox.faults({ slack: [{ method: 'apps.connections.open', mode: 'error', error: 'invalid_auth', times: 1 }] });
    const { code, said } = await doctor({ SLACK_APP_TOKEN: 'xapp-1-A01-2-revoked', PROTECTED_USER: 'alice' });
    expect(said).toMatch(/✗ Socket Mode +Slack does not open a connection with SLACK_APP_TOKEN \(invalid_auth\).*\n.*connections:write/);
    expect(said).toMatch(/! Environment +PROTECTED_USER is set, but the responder does not read it\.\n.*PROTECTED_USERS/);
    expect(code).toBe(1);
  });

  it('names whoever is named by an id that Slack does not know', async () => {
    const { code, said } = await doctor({ RESPONDERS: `${groups.responders},U0MISTYPED`, PEOPLE: 'U0MISTYPED=alice' });
    expect(said).toMatch(/✗ RESPONDERS +U0MISTYPED is not a Slack user[\s\S]*✗ PEOPLE +U0MISTYPED/);
    expect(code).toBe(1);
  });

  it('waits where Slack limits how many people are looked up: a long PEOPLE is no fault', async () => {
    await sandbox.faults({ slack: [{ method: 'users.info', mode: '429', retryAfter: 1, times: 1 }] });
    const { said } = await doctor();
    expect(said).toMatch(/✓ Slack users +2 named by id, all active/);
  });

  it('takes rules alone for enough, and says that they are best effort', async () => {
    await inProd((account) => {
      account.filters = [{ ...(account.filters[0] as Account['filters'][number]), filterName: 'errors', filterPattern: 'ERROR' }];
      account.alarms = {};
      for (const trail of account.trails) trail.logGroupArn = null;
    })();
    const { code, said } = await doctor();
    expect(said).toMatch(/! Trail.*only EventBridge is watched[\s\S]*✓ root-sign-in +Rules in us-east-1/);
    expect(code).toBe(0);
  });

  it('ends with 1 as a command too', async () => {
    await sandbox.call('POST', '/api/slack/channel', { id: channel, member: false });
    expect(await command()).toMatchObject({ code: 1, said: expect.stringContaining('not in the channel') });
  });

  it('names a public and a wide channel, without calling it broken', async () => {
    await sandbox.call('POST', '/api/slack/channel', { id: channel, isPrivate: false, people: 400 });
    const { code, said } = await doctor();
    expect(said).toMatch(/! Channel.*public[\s\S]*! Channel.*400 people/);
    expect(code).toBe(0);
  });

  it('tells all faults of the configuration, with their fixes', async () => {
    const { code, said } = await command({ INCIDENT_CHANNEL: '#incidents', ALARM_DETECTIONS: 'X=nothing' });
    expect(said).toMatch(/INCIDENT_CHANNEL must be a channel id[\s\S]*ALARM_DETECTIONS must be alarm=detection pairs/);
    expect(code).toBe(1);
  });
});

describe('/signin-status coverage', () => {
  it('shows the same in Slack', async () => {
    const { ephemerals, body } = await sandbox.command(people.dana, 'coverage');
    const first = [...ephemerals.map(textOf), JSON.stringify(body ?? '')].join();
    expect(first).toMatch(/15 of 15 detections are watched|Asking AWS/);
    await inProd((account) => delete account.alarms[failures])();
    const broken = await sandbox.command(people.dana, 'coverage');
    expect([...broken.ephemerals.map(textOf), JSON.stringify(broken.body ?? '')].join()).toContain('14 of 15 detections are watched');
  });
});
