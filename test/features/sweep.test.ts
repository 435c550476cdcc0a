/** What SNS never brought is found, once, and told once. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Incident } from '../../src/domain/incident/incident.ts';
import { failure, rootSignIn } from '../support/found-sign-ins.ts';
import { type Sweeping, sweeping } from '../support/sweeping.ts';

let world: Sweeping;
beforeEach(async () => {
  world = await sweeping();
  await world.start();
});
afterEach(() => world.stop());

const outages = (incidents: readonly Incident[]): string[] => incidents.flatMap(({ notice, title }) => (notice?.about === 'outage' ? [title] : []));
const ofAlarms = (incidents: readonly Incident[]): Incident[] => incidents.filter(({ origin }) => origin === 'alarm');

describe('the sweep of alarms', () => {
  it('finds every change that SNS did not bring, on one card for each alarm, with one message of all', async () => {
    await world.passMinutes(6);
    world.change('ConsoleSigninFailures', 'ALARM');
    await world.passMinutes(20);
    world.change('ConsoleSigninFailures', 'OK');
    world.change('ConsoleSignInWithoutMfaAlarm', 'ALARM');
    await world.passMinutes(20);
    const incidents = await world.incidents();
    expect(ofAlarms(incidents).map(({ alarm, counts, late }) => [alarm?.name, alarm?.state, counts.firings, late])).toEqual([
      ['ConsoleSigninFailures', 'OK', 1, { sweep: 2 }],
      ['ConsoleSignInWithoutMfaAlarm', 'ALARM', 1, { sweep: 1 }],
    ]);
    expect(outages(incidents)).toEqual([expect.stringMatching(/^SNS did not bring 3 signals of .*\d\d:\d\d UTC$/)]);
    const { entries } = await world.store.entries(incidents[0]?.id ?? 0, { from: 0, count: 9 });
    expect(entries.map(({ body }) => body.text).join('\n')).toContain('(found by the sweep, SNS delivered nothing)');
  });

  it('leaves to SNS what is on its way, and finds nothing where SNS brings all', async () => {
    for (const to of ['ALARM', 'OK', 'ALARM'] as const) {
      world.change('ConsoleSigninFailures', to);
      await world.sweepDue();
      await world.aws.clock.advance(20);
      await world.deliver();
      await world.passMinutes(7);
    }
    const [only, ...others] = await world.incidents();
    expect(others).toEqual([]);
    expect(only?.counts).toEqual({ signals: 3, firings: 2, recoveries: 1 });
    expect(only?.late).toBeUndefined();
  });

  it('what SNS brings after the sweep has found it changes nothing, nor the other way round', async () => {
    world.change('ConsoleSigninFailures', 'ALARM');
    await world.passMinutes(7);
    world.change('ConsoleSigninFailures', 'OK');
    await world.deliver();
    await world.passMinutes(7);
    const [only, ...others] = ofAlarms(await world.incidents());
    expect(others).toEqual([]);
    expect(only?.counts).toMatchObject({ firings: 1, recoveries: 1 });
    expect(only?.late).toEqual({ sweep: 1 });
    expect(outages(await world.incidents())).toEqual([expect.stringContaining('SNS did not bring 1 signal of')]);
  });

  it('after a stop finds what went there and back, though nothing differs at the end, and says how long it was away', async () => {
    await world.passMinutes(2);
    await world.aws.clock.advance(3_600);
    world.change('ConsoleSigninFailures', 'ALARM');
    await world.aws.clock.advance(600);
    world.change('ConsoleSigninFailures', 'OK');
    await world.aws.clock.advance(3_600);
    world.change('ConsoleSigninFailures', 'ALARM');
    await world.aws.clock.advance(900);
    // SNS still tries the newest.
    world.aws.published.splice(0, 3);
    await world.deliver();
    await world.start();
    await world.passMinutes(7);
    const incidents = await world.incidents();
    expect(ofAlarms(incidents).map(({ counts, late }) => [counts.firings, counts.recoveries, late])).toEqual([[2, 1, { sweep: 2 }]]);
    expect(outages(incidents)).toEqual([expect.stringMatching(/^I was away .*\d\d:\d\d UTC; found 2$/)]);
  });

  it('reads an OK that the alarm tells nobody: the card of a reset alarm says so', async () => {
    world.alarm('ConsoleSigninFailures').okActions = [];
    world.change('ConsoleSigninFailures', 'ALARM');
    await world.deliver();
    world.change('ConsoleSigninFailures', 'OK');
    await world.passMinutes(6);
    const incidents = await world.incidents();
    expect(incidents.map(({ alarm, late }) => [alarm?.state, late])).toEqual([['OK', { read: 1 }]]);
  });

  it.each(['no longer exists in CloudWatch', 'went OK and notifies nobody any more'])('says on its card that an alarm %s', async (what) => {
    world.change('ConsoleSigninFailures', 'ALARM');
    await world.deliver();
    if (what.startsWith('no')) delete world.aws.state.accounts['444455556666']?.alarms.ConsoleSigninFailures;
    else {
      Object.assign(world.alarm('ConsoleSigninFailures'), { alarmActions: [], okActions: [] });
      world.change('ConsoleSigninFailures', 'OK');
    }
    await world.passMinutes(20);
    const [only, ...others] = await world.incidents();
    expect(others).toEqual([]);
    expect([only?.alarm?.state, only?.late]).toEqual([what.startsWith('no') ? 'INSUFFICIENT_DATA' : 'OK', { read: 1 }]);
    const { entries } = await world.store.entries(only?.id ?? 0, { from: 0, count: 9 });
    expect(entries.map(({ body }) => body.text).join('\n')).toMatch(
      what.startsWith('no') ? /ConsoleSigninFailures.*: The alarm no longer exists/ : /→ OK/,
    );
  });

  it('tells nobody of what people silenced, nor of an alarm in ALARM since before it was there', async () => {
    await world.passMinutes(1);
    world.alarm('ConsoleSigninFailures').actionsEnabled = false;
    world.change('ConsoleSigninFailures', 'ALARM');
    await world.passMinutes(7);
    expect(await world.incidents()).toEqual([]);
  });

  it('takes what CloudWatch says for what is so: an alarm that somebody told wrong of is remembered right', async () => {
    const name = 'ConsoleSigninFailures';
    const { arn, since } = world.alarm(name);
    await world.store.transact(async (tx) => {
      const memory = (await tx.alarms([arn])).get(arn);
      if (memory) await tx.saveAlarms([{ ...memory, state: 'ALARM', at: world.ports.clock.now() }]);
    });
    await world.passMinutes(7);
    const memory = await world.store.transact((tx) => tx.alarms([arn]));
    expect(memory.get(arn)).toMatchObject({ state: 'OK', at: since });
    expect(await world.incidents()).toEqual([]);
  });
});

it('what CloudWatch has is noted once a month, so that an alarm which does not change is not forgotten', async () => {
  const { arn, since } = world.alarm('ConsoleSigninFailures');
  const seen = async () => (await world.store.transact((tx) => tx.alarms([arn]))).get(arn);
  await world.passMinutes(1);
  const first = await seen();
  expect(first).toMatchObject({ state: 'OK', at: since, seenAt: expect.any(Number) });
  await world.passMinutes(10, 5);
  expect(await seen()).toEqual(first);
  await world.aws.clock.advance(31 * 24 * 3_600);
  await world.passMinutes(5, 5);
  expect((await seen())?.seenAt).toBeGreaterThan((first?.seenAt ?? 0) + 30 * 24 * 3_600_000);
  expect(await seen()).toMatchObject({ state: 'OK', at: since });
});

describe('letters that were given up', () => {
  const topicArn = 'arn:aws:sns:us-east-1:111122223333:signin-alarms';
  const queue = 'arn:aws:sqs:us-east-1:111122223333:signin-alarms-dead-letters';
  const left = (): number => world.queue(queue).letters.length;

  it('are taken in however old they are, removed, and counted for the outage', async () => {
    world.change('ConsoleSigninFailures', 'ALARM');
    const alarm = world.aws.published[0]?.message as object;
    world.putLetter(queue, world.envelope(alarm));
    world.putLetter(queue, world.envelope(rootSignIn('root-1', world.ports.clock.now())));
    await world.aws.clock.advance(10 * 24 * 3_600);
    await world.start();
    const incidents = await world.incidents();
    expect(incidents.filter(({ notice }) => notice === undefined).map(({ origin, late }) => [origin, late])).toEqual([
      ['alarm', { letter: 1 }],
      ['sign-in', { letter: 1 }],
    ]);
    expect(outages(incidents)).toEqual([expect.stringContaining('found 2')]);
    expect(left()).toBe(0);
  });

  it('change nothing where the sweep or SNS had brought the same, whichever came first', async () => {
    world.change('ConsoleSigninFailures', 'ALARM');
    const alarm = world.aws.published[0]?.message as object;
    await world.passMinutes(7);
    world.putLetter(queue, world.envelope(alarm));
    await world.passMinutes(7);
    const [only] = ofAlarms(await world.incidents());
    expect(only?.late).toEqual({ sweep: 1 });
    expect(only?.counts).toMatchObject({ signals: 1, firings: 1 });
    expect(left()).toBe(0);
  });

  it('stay where they are when SNS did not sign them, and people are told', async () => {
    const forged = { ...world.envelope(rootSignIn('root-2', world.ports.clock.now())), Message: '{"AlarmName":"made up"}' };
    world.putLetter(queue, forged);
    world.putLetter(queue, { some: 'thing' });
    await world.passMinutes(7);
    expect(await world.incidents()).toEqual([]);
    expect(left()).toBe(2);
    expect([...world.told.values()]).toEqual([expect.stringContaining('1× signature, 1× no-envelope')]);
    expect([...world.told.keys()]).toEqual([`sweep letters ${topicArn}`]);
  });

  it('of EventBridge are read from the queue that the template made, and only while nobody else may put anything there', async () => {
    const events = 'arn:aws:sqs:us-east-1:444455556666:signin-responder-rule-dead-letters';
    const policy = JSON.stringify(ruleQueuePolicy(events));
    world.addQueue(events, JSON.stringify({ ...JSON.parse(policy), Statement: JSON.parse(policy).Statement.slice(0, 1) }));
    world.putLetter(events, rootSignIn('root-3', world.ports.clock.now()));
    await world.passMinutes(1_500, 750);
    expect(await world.incidents()).toEqual([]);
    world.queue(events).policy = policy;
    await world.passMinutes(1_500, 750);
    const [found] = await world.incidents();
    expect(found).toMatchObject({ origin: 'sign-in', late: { 'unsigned-letter': 1 } });
    expect(world.queue(events).letters).toEqual([]);
  });
});

describe('sign-ins during a stop', () => {
  it('are found in event history: what a rule would have sent, and without rules what is grave by itself', async () => {
    const at = world.ports.clock.now() + 1_800_000;
    await world.aws.clock.advance(7_200);
    for (const record of [rootSignIn('root-4', at).detail, failure('carl-1', at)]) {
      world.aws.state.accounts['444455556666']?.trail.push({ region: 'us-east-1', visibleAt: 0, record });
    }
    await world.start();
    const found = (await world.incidents()).filter(({ notice }) => notice === undefined);
    expect(found.map(({ detection, late }) => [detection, late])).toEqual([['root-sign-in', { 'event-history': 1 }]]);
    expect(outages(await world.incidents())).toEqual([expect.stringContaining('found 1')]);
    await world.passMinutes(30);
    expect((await world.incidents()).map(({ counts }) => counts.signals)).toEqual([1, 1]);
  });
});

/** As the template makes it. */
function ruleQueuePolicy(queue: string): object {
  const send = { Action: 'sqs:SendMessage', Resource: queue };
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'LettersOfTheRules',
        Effect: 'Allow',
        Principal: { Service: 'events.amazonaws.com' },
        ...send,
        Condition: { ArnEquals: { 'aws:SourceArn': ['arn:aws:events:us-east-1:444455556666:rule/signin-responder-root-sign-in'] } },
      },
      { Sid: 'NobodyElse', Effect: 'Deny', Principal: '*', ...send, Condition: { Bool: { 'aws:PrincipalIsAWSService': 'false' } } },
    ],
  };
}
