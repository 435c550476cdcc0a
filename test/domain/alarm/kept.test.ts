import { describe, expect, it } from 'vitest';
import { addressesInText } from '../../../src/domain/addresses-in-text.ts';
import { attributeWords, silenceWords } from '../../../src/domain/alarm/kept.ts';
import { heldBy } from '../../../src/domain/incident/held.ts';
import { toldEvents } from '../../../src/domain/incident/told-events.ts';
import { understand } from '../../../src/domain/signal/signal.ts';
import { alarmText, prod, topic } from '../../support/sandbox.ts';

const t0 = Date.parse('2026-11-22T03:00:00Z');
const arn = `arn:aws:cloudwatch:us-east-1:${prod}:alarm:A`;

function alarmOf(message: object) {
  const [signal] = understand({ topicArn: topic, messageId: 'm', subject: undefined, publishedAt: t0, message: JSON.stringify(message) });
  if (signal?.kind !== 'alarm-change') throw new Error('no alarm');
  return signal;
}

const event = (detail: object, more: object = {}): object => ({
  'detail-type': 'CloudWatch Alarm State Change',
  source: 'aws.cloudwatch',
  account: prod,
  region: 'us-east-1',
  time: '2026-11-22T03:00:00Z',
  resources: [arn],
  detail: { alarmName: 'A', state: { value: 'ALARM', timestamp: '2026-11-22T02:59:00.000+0000' }, ...detail },
  ...more,
});

describe('an alarm whose actions are not carried out', () => {
  it('is told as muted, by which rule and until when', () => {
    const muteDetail = { mutedBy: `arn:aws:cloudwatch:us-east-1:${prod}:alarm-mute-rule:nightly`, muteWindowEnd: '2026-11-22T06:00:00.000+0000' };
    const { silence } = alarmOf(event({ muteDetail })).kept;
    expect(silence && silenceWords(silence)).toBe(
      'This alarm is muted until 2026-11-22 06:00 UTC by the rule nightly: its own actions are not carried out.',
    );
    const alsoCalled = { mutedByArn: muteDetail.mutedBy, muteWindowEnd: muteDetail.muteWindowEnd };
    expect(alarmOf(event({ muteDetail: alsoCalled })).kept.silence).toEqual(silence);
    const unknown = alarmOf(event({ muteDetail: { somethingNew: 1 } })).kept.silence;
    expect(unknown && silenceWords(unknown)).toBe('This alarm is muted: its own actions are not carried out.');
  });

  it('is told as suppressed, by what', () => {
    const state = { value: 'ALARM', actionsSuppressedBy: 'WaitPeriod' };
    const { silence } = alarmOf(event({ state, configuration: { alarmRule: 'ALARM(x)', actionsSuppressor: 'Maintenance' } })).kept;
    expect(silence && silenceWords(silence)).toBe('Its actions are suppressed by Maintenance (WaitPeriod): they are not carried out.');
  });

  it('is told as neither where its message says nothing of it', () => {
    expect(alarmOf(event({})).kept.silence).toBeUndefined();
    expect(alarmOf(alarmText('A', 'ALARM', t0)).kept).toEqual({ silence: undefined, attributes: undefined, lines: undefined });
  });
});

it.each<[string, object]>([
  ['an event', event({ alarmContributor: { id: 'c1', attributes: { userName: 'alice', n: 1 } } })],
  ['SNS', alarmText('A', 'ALARM', t0, { AlarmContributor: { ContributorId: 'c1', ContributorAttributes: { userName: 'alice' } } })],
  ['SNS, flat', alarmText('A', 'ALARM', t0, { AlarmContributorId: 'c1', AlarmContributorAttributes: { userName: 'alice' } })],
])('what a contributor stands for is kept as %s writes it', (_what, message) => {
  const { attributes } = alarmOf(message).kept;
  expect(attributes && attributeWords(attributes)).toBe('userName = alice');
});

describe('the log lines of a log alarm', () => {
  const record = {
    eventName: 'ConsoleLogin',
    eventSource: 'signin.amazonaws.com',
    eventTime: '2026-11-22T02:59:00Z',
    eventID: 'e-1',
    userIdentity: { type: 'IAMUser', accountId: prod, userName: 'alice' },
  };
  const masked = { ...record, userIdentity: { ...record.userIdentity, userName: '*****' } };
  const lines = [
    JSON.stringify(record),
    { message: JSON.stringify(record) },
    'password=hunter2 for alice',
    { '@message': '{"a":1}' },
    JSON.stringify(masked),
  ];
  const signal = alarmOf(alarmText('A', 'ALARM', t0, { Trigger: undefined, QueryString: 'fields @message', LogGroups: ['trail'], LogLines: lines }));

  it('are kept as records where CloudTrail wrote them, and counted where somebody else did', () => {
    expect(signal.kept.lines).toEqual({ records: [record, record], others: 3, groups: ['trail'] });
  });

  it('name who set it off, each event once', () => {
    expect(toldEvents(signal).map(({ eventId, principal }) => `${eventId} ${principal.name}`)).toEqual(['e-1 alice']);
    expect(toldEvents({ ...signal, state: 'OK' })).toEqual([]);
  });

  it('are not in the entry, which says how many there are', () => {
    const { details = [] } = heldBy(signal);
    expect(details.join('\n')).toContain('Its message holds 5 log lines. 2 are CloudTrail events: ConsoleLogin (e-1), ConsoleLogin (e-1).');
    expect(details.join('\n')).toContain('3 of them are no CloudTrail event and not shown here.');
    expect(JSON.stringify(details)).not.toContain('hunter2');
  });
});

it('what an alarm’s action hands to a function is the change that it is', () => {
  const {
    detail,
    resources: _resources,
    account: _account,
    'detail-type': _type,
    ...rest
  } = event({ previousState: { value: 'OK' } }) as Record<string, unknown>;
  const action = { ...rest, accountId: prod, alarmArn: arn, alarmData: detail };
  const { kept: _kept, ...told } = alarmOf(action);
  expect(told).toMatchObject({ arn, name: 'A', account: prod, region: 'us-east-1', state: 'ALARM', previousState: 'OK', at: t0 - 60_000 });
  expect(alarmOf({ ...action, alarmArn: 'arn:aws:cloudwatch:us-east-1: 444455556666:alarm:A' }).arn).toBe(arn);
});

describe('the addresses in a text', () => {
  it.each<[string, string[]]>([
    ['see https://wiki.example.com/a#b.', ['https://wiki.example.com/a#b']],
    ['(https://wiki.example.com/a_(b))', ['https://wiki.example.com/a_(b))']],
    ['<https://wiki.example.com|click>', ['https://wiki.example.com/']],
    ['http://wiki.example.com javascript:alert(1) ftp://x.example', []],
    ['https://user:password@evil.example/ https://localhost/ https://', []],
    ['https://аpple.com/', ['https://xn--pple-43d.com/']],
    ['https://a.example/\u202egnp.exe', ['https://a.example/%E2%80%AEgnp.exe']],
  ])('of “%s” are %j', (text, addresses) => {
    expect(addressesInText(text)).toEqual(addresses);
  });
});
