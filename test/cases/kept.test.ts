/** Cases from the field: what a message holds is kept; alarms in other partitions and regions. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { changeAws } from '../support/deploy.ts';
import { alarmText, type Interaction, type Message, people, prod, Sandbox, textOf, type View } from '../support/sandbox.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await Sandbox.start();
});
beforeEach(async () => {
  await sandbox.call('POST', '/api/reset');
});
afterAll(() => sandbox.stop());

interface Alarm {
  name: string;
  arn: string;
  region: string;
  state: string;
  since: number;
  okActions: string[];
}

const now = (): number => Date.now();

function viewOf({ views }: Interaction): View {
  const view = views.at(-1);
  if (view === undefined) throw new Error('no view');
  return view;
}

function linksIn(item: object): string[] {
  return [...JSON.stringify(item).matchAll(/https:\/\/[^"]+/g)].map(([url]) => url);
}

async function cardWith(text: string): Promise<Message> {
  return sandbox.until(`a card with “${text}”`, async () => (await sandbox.cards()).find((card) => textOf(card).includes(text)));
}

describe('07: what services write to the topic about themselves', () => {
  const delivery = (n: number): string =>
    JSON.stringify({ s3Bucket: 'org-trail', s3ObjectKey: [`AWSLogs/${prod}/CloudTrail/us-east-1/2026/11/25/${prod}_${n * 7919}.json.gz`] });

  it('is one quiet card that says what it is and what to do, and no card again once that is resolved', async () => {
    await sandbox.publish({ message: 'CloudTrail validation message.' });
    for (let n = 0; n < 12; n++) await sandbox.publish({ message: delivery(n) });
    await sandbox.publish({ message: { Service: 'Amazon S3', Event: 's3:TestEvent', Time: '2026-11-25T17:00:00.000Z', Bucket: 'org-trail' } });
    const said = await sandbox.cardSaying('CloudTrail’s log-delivery notices (13×), S3’s test events (1×)');
    expect(said).toContain('LOW · OPEN · This topic also gets CloudTrail’s log-delivery notices');
    expect(said).toContain('take them off this topic');
    expect(said).not.toContain('Reset password');
    expect(said).not.toContain('@');
    expect(await sandbox.cards()).toHaveLength(1);
    expect(await sandbox.replies()).toEqual([]);
    const card = await sandbox.card();
    await sandbox.click(people.dana, card.ts, 'acknowledge');
    await sandbox.cardSaying('dana.fox is on it');
    const resolving = viewOf(await sandbox.click(people.dana, card.ts, 'resolve'));
    await sandbox.submit(people.dana, resolving.id, { verdict: 'expected' });
    await sandbox.cardSaying('RESOLVED');
    expect(await sandbox.publish({ message: delivery(99) })).toMatchObject({ status: 200 });
    await sandbox.advance(5);
    expect(await sandbox.cards()).toHaveLength(1);
  });

  it('does not hide other messages, of which each kind has one card', async () => {
    const event = (n: number) => ({
      'detail-type': 'GuardDuty Finding',
      source: 'aws.guardduty',
      account: prod,
      region: 'eu-west-1',
      detail: { title: `Finding ${n}`, description: `Port ${n} is probed`, severity: 5 },
    });
    for (let n = 0; n < 3; n++) await sandbox.publish({ message: event(n) });
    await sandbox.publish({ message: delivery(1) });
    const card = await cardWith('Port 2 is probed');
    expect(textOf(card)).toContain('MEDIUM · OPEN · GuardDuty: Finding 2');
    expect(textOf(card)).toContain('About prod 4444-5555-6666 · eu-west-1, as the message says. It came through topic signin-alarms.');
    expect(textOf(card)).toContain('Received 3×');
    await sandbox.until('both cards', async () => (await sandbox.cards()).length === 2);
    const timeline = viewOf(await sandbox.click(people.dana, card.ts, 'more', 'timeline'));
    for (const n of [0, 1, 2]) expect(textOf(timeline)).toContain(`GuardDuty: Finding ${n}`);
    const [button = ''] = /entry-\d+-open/.exec(JSON.stringify(timeline.blocks)) ?? [];
    const entry = await sandbox.call<Interaction>('POST', '/api/slack/click-view', {
      user: people.dana,
      view_id: timeline.id,
      action_id: button,
      value: '0',
    });
    expect(textOf(viewOf(entry))).toContain('"description": "Port 2 is probed"');
  });
});

describe('08: a long description', () => {
  const tail = 'Runbook: https://wiki.example.com/runbooks/console-failures#step-1';
  const body = 'Failed console sign-ins, see `aws cloudtrail`.\n*Who*: platform on-call <!here> & friends.\n```\naws logs tail\n```\n';
  const AlarmDescription = (body + 'Background. '.repeat(100)).slice(0, 1_024 - tail.length) + tail;

  it('has its link on the card, and can be read whole', async () => {
    await sandbox.publish({ message: alarmText('ConsoleSigninFailures', 'ALARM', now(), { AlarmDescription }) });
    const card = await cardWith('ConsoleSigninFailures');
    expect(textOf(card)).toContain('In its description: https://wiki.example.com/runbooks/console-failures#step-1');
    expect(textOf(card)).toContain('Not all of it is here: ⋯ Timeline, Whole text.');
    expect(textOf(viewOf(await sandbox.click(people.dana, card.ts, 'more', 'by-hand')))).toContain(AlarmDescription);
    const timeline = viewOf(await sandbox.click(people.dana, card.ts, 'more', 'timeline'));
    const whole = await sandbox.call<Interaction>('POST', '/api/slack/click-view', {
      user: people.dana,
      view_id: timeline.id,
      action_id: 'text-open',
      value: '0',
    });
    expect(textOf(viewOf(whole))).toContain(AlarmDescription);
  });
});

describe('a log alarm', () => {
  it('names who set it off by the log lines in its message, and shows none that is not CloudTrail’s', async () => {
    const record = {
      eventName: 'ConsoleLogin',
      eventSource: 'signin.amazonaws.com',
      eventTime: new Date(now()).toISOString(),
      eventID: 'aaaaaaaa-0001',
      awsRegion: 'us-east-1',
      sourceIPAddress: '203.0.113.7',
      recipientAccountId: prod,
      userIdentity: { type: 'IAMUser', accountId: prod, userName: 'carl' },
      responseElements: { ConsoleLogin: 'Failure' },
    };
    const LogLines = [JSON.stringify(record), 'password=hunter2'];
    const more = { Trigger: undefined, QueryString: 'fields @message', LogGroups: ['trail'], LogLines };
    await sandbox.publish({ message: alarmText('FailuresByQuery', 'ALARM', now(), more) });
    const card = await cardWith('carl');
    expect(textOf(card)).toContain('1 of the 2 log lines in its message is no CloudTrail event and not shown here');
    const everything = JSON.stringify([await sandbox.messages(), viewOf(await sandbox.click(people.dana, card.ts, 'more', 'timeline'))]);
    expect(everything).not.toContain('hunter2');
  });
});

describe('an alarm that notifies nobody', () => {
  it('is told as muted or suppressed: on its card when its event comes, and on /signin-status, where a log alarm is told too', async () => {
    await changeAws(sandbox, (accounts) => {
      const account = accounts[prod];
      const first = account?.alarms.ConsoleSigninFailures;
      if (account === undefined || first === undefined) throw new Error('no alarm');
      account.muteRules = [{ name: 'nightly', region: 'us-east-1', alarmNames: ['ConsoleSigninFailures'], status: 'ACTIVE' }];
      account.alarms.byQuery = {
        ...first,
        name: 'FailuresByQuery',
        arn: `${first.arn}ByQuery`,
        type: 'log',
        query: { text: 'fields @message', logGroups: ['trail'], aggregation: 'count(*)' },
      };
      const composite = account.alarms.AnySignInTrouble;
      if (composite) Object.assign(composite, { actionsSuppressor: 'Maintenance', actionsSuppressedBy: 'WaitPeriod' });
    });
    const [answer] = (await sandbox.command(people.dana, '')).ephemerals;
    const said = textOf(answer ?? { blocks: [] });
    expect(said).toMatch(/ConsoleSigninFailures in us-east-1: .* · muted now by the rule nightly: it notifies nobody/);
    expect(said).toContain('FailuresByQuery in us-east-1: OK');
    expect(said).toMatch(/AnySignInTrouble in us-east-1: .* · its actions are suppressed by Maintenance \(WaitPeriod\)/);
    const event = {
      'detail-type': 'CloudWatch Alarm State Change',
      source: 'aws.cloudwatch',
      account: prod,
      region: 'us-east-1',
      resources: [`arn:aws:cloudwatch:us-east-1:${prod}:alarm:Muted`],
      detail: {
        alarmName: 'Muted',
        state: { value: 'ALARM', reason: 'Threshold Crossed', timestamp: new Date(now()).toISOString() },
        configuration: { description: 'See https://wiki.example.com/muted' },
        muteDetail: { mutedByArn: `arn:aws:cloudwatch:us-east-1:${prod}:alarm-mute-rule:nightly`, muteWindowEnd: '2030-01-01T06:00:00.000+0000' },
      },
    };
    await sandbox.publish({ message: event });
    const card = await cardWith('This alarm is muted until 2030-01-01 06:00 UTC by the rule nightly: its own actions are not carried out.');
    expect(textOf(card)).toContain('In its description: https://wiki.example.com/muted');
  });

  it('whose rules may not be read is not said to be heard, and stops nothing else', async () => {
    await sandbox.faults({ aws: [{ operation: 'ListAlarmMuteRules', mode: 'denied', times: 20 }] });
    const [answer] = (await sandbox.command(people.dana, '')).ephemerals;
    const said = textOf(answer ?? { blocks: [] });
    expect(said).toContain('4 watched alarms');
    expect(said).toMatch(/Not read: .*ListAlarmMuteRules.*Whether alarms are muted there is not known\./);
  });
});

describe('09: alarms of other partitions', () => {
  it.each([
    ['aws-us-gov', 'us-gov-west-1', 'console.amazonaws-us-gov.com', ['us-gov-west-1', 'us-gov-east-1']],
    ['aws-cn', 'cn-north-1', 'console.amazonaws.cn', ['cn-north-1', 'cn-northwest-1']],
  ])('%s: links lead to its console, and CloudTrail is asked in its regions', async (partition, region, host, regions) => {
    const AlarmArn = `arn:${partition}:cloudwatch:${region}:${prod}:alarm:ConsoleFailures`;
    await changeAws(sandbox, (accounts) => {
      const account = accounts[prod];
      const seed = account?.alarms.ConsoleSigninFailures;
      const filter = account?.filters.find(({ metricName }) => metricName === seed?.metricName);
      if (account === undefined || seed === undefined || filter === undefined) throw new Error('no alarm');
      const metricName = 'Failures';
      account.alarms.there = { ...seed, name: 'ConsoleFailures', arn: AlarmArn, region, state: 'ALARM', metricName };
      account.filters.push({ ...filter, region, metricName });
    });
    await sandbox.publish({ message: alarmText('ConsoleFailures', 'ALARM', now(), { AlarmArn, Region: region }) });
    const card = await cardWith('ConsoleFailures');
    const looked = await sandbox.until('looks', async () => {
      const { calls } = await sandbox.aws();
      return calls.some(({ operation }) => operation === 'LookupEvents') && calls;
    });
    for (const { operation, region: where } of looked) if (operation === 'LookupEvents') expect(regions).toContain(where);
    const guide = viewOf(await sandbox.click(people.dana, card.ts, 'more', 'by-hand'));
    const links = [...linksIn(card), ...linksIn(guide)];
    expect(links.length).toBeGreaterThan(1);
    expect(new Set(links.map((url) => new URL(url).host))).toEqual(new Set([host]));
    expect(textOf(guide)).toContain('is not documented: look in');
  });
});

describe('46: alarms of one name in two regions', () => {
  /** Both fire, the one in eu-west-1 last. */
  async function bothFire(): Promise<Message> {
    const { accounts } = (await sandbox.aws()) as unknown as { accounts: Record<string, { alarms: Record<string, Alarm>; filters: object[] }> };
    const account = accounts[prod];
    const first = account?.alarms.ConsoleSigninFailures;
    if (account === undefined || first === undefined) throw new Error('no alarm');
    first.state = 'ALARM';
    first.okActions = [];
    account.alarms.second = { ...first, region: 'eu-west-1', arn: first.arn.replace('us-east-1', 'eu-west-1') };
    account.filters.push(...account.filters.map((filter) => ({ ...filter, region: 'eu-west-1' })));
    await sandbox.call('PUT', '/api/aws', { accounts });
    await sandbox.publish({ message: alarmText('ConsoleSigninFailures', 'ALARM', now() - 60_000) });
    await sandbox.cardSaying('recognised by');
    const AlarmArn = `arn:aws:cloudwatch:eu-west-1:${prod}:alarm:ConsoleSigninFailures`;
    await sandbox.publish({ message: alarmText('ConsoleSigninFailures', 'ALARM', now(), { AlarmArn, Region: 'EU (Ireland)' }) });
    return sandbox.until('one card of both', async () => {
      const [card, ...others] = await sandbox.cards();
      const open = [card, ...others].filter((one) => one !== undefined && textOf(one).includes('Also in ALARM'));
      return open[0];
    });
  }

  const resets = async (): Promise<string[]> =>
    (await sandbox.aws()).calls.filter(({ operation }) => operation === 'SetAlarmState').map(({ region }) => region);

  it('the card, the modal, the reply and the timeline say which one, and that one is reset', async () => {
    const card = await bothFire();
    expect(textOf(card)).toContain('Also in ALARM: ConsoleSigninFailures in us-east-1');
    expect(textOf(card)).toContain('Alarm ConsoleSigninFailures in eu-west-1');
    expect(textOf(card)).toMatch(/4444-5555-6666 · eu-west-1/);
    expect(textOf(card)).toContain('[Reset alarm · eu-west-1]');
    const modal = viewOf(await sandbox.click(people.dana, card.ts, 'reset-alarm'));
    expect(textOf(modal)).toContain('ConsoleSigninFailures in eu-west-1 is ALARM');
    await sandbox.submit(people.dana, modal.id, { why: 'drill' });
    expect(await resets()).toEqual(['eu-west-1']);
    const reply = await sandbox.until('the outcome', async () => (await sandbox.replies()).find((one) => textOf(one).includes('CloudWatch took OK')));
    expect(textOf(reply)).toContain('resets alarm ConsoleSigninFailures in eu-west-1');
    expect(textOf(reply)).toContain('CloudWatch took OK for ConsoleSigninFailures in eu-west-1');
    const timeline = textOf(viewOf(await sandbox.click(people.dana, card.ts, 'more', 'timeline')));
    expect(timeline).toContain('Alarm ConsoleSigninFailures in us-east-1 went OK → ALARM');
    expect(timeline).toContain('SIN-2 is the same (alarm ConsoleSigninFailures in eu-west-1) and is part of this one now.');
  });

  it('the reset of one is no repetition of the other', async () => {
    const card = await bothFire();
    const first = viewOf(await sandbox.click(people.dana, card.ts, 'reset-alarm'));
    await sandbox.submit(people.dana, first.id, { why: 'drill' });
    const europe = `arn:aws:cloudwatch:eu-west-1:${prod}:alarm:ConsoleSigninFailures`;
    await sandbox.publish({ message: alarmText('ConsoleSigninFailures', 'OK', now() + 1_000, { AlarmArn: europe }) });
    await sandbox.cardSaying('Alarm ConsoleSigninFailures in us-east-1');
    const second = viewOf(await sandbox.click(people.bob, card.ts, 'reset-alarm'));
    expect(textOf(second)).toContain('ConsoleSigninFailures in us-east-1 is ALARM');
    expect(textOf(second)).not.toContain('did this');
    await sandbox.submit(people.bob, second.id, { why: 'drill' });
    expect(await resets()).toEqual(['eu-west-1', 'us-east-1']);
  });

  it('what was confirmed of one is not done to the other that the card shows by then', async () => {
    const card = await bothFire();
    const modal = viewOf(await sandbox.click(people.dana, card.ts, 'reset-alarm'));
    await sandbox.publish({ message: alarmText('ConsoleSigninFailures', 'ALARM', now() + 60_000) });
    await sandbox.cardSaying('Also in ALARM: ConsoleSigninFailures in eu-west-1');
    const answer = viewOf(await sandbox.submit(people.dana, modal.id, { why: 'drill' }));
    expect(textOf(answer)).toContain('The card shows ConsoleSigninFailures in us-east-1 now; you confirmed ConsoleSigninFailures in eu-west-1');
    expect(await resets()).toEqual([]);
  });

  it('/signin-status names both with their regions', async () => {
    await bothFire();
    const [answer] = (await sandbox.command(people.dana, 'ConsoleSigninFailures')).ephemerals;
    const said = textOf(answer ?? { blocks: [] });
    expect(said).toContain('us-east-1');
    expect(said).toContain('eu-west-1');
  });
});
