/** Timers and the canary over hours, in which people change, incidents become one and the clock is set back. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Incident } from '../../src/domain/incident/incident.ts';
import type { Page } from '../../src/domain/incident/page.ts';
import type { Ports } from '../../src/domain/ports.ts';
import type { Answers } from '../../src/domain/response/question.ts';
import type { StepResponse } from '../../src/domain/response/response.ts';
import { unsubscribed } from '../../src/domain/signal/notice.ts';
import { understand } from '../../src/domain/signal/signal.ts';
import { fireTimer } from '../../src/features/fire-timer.ts';
import { beginCanary, keepCanary } from '../../src/features/keep-canary.ts';
import { clockKeeper } from '../../src/features/keep-clock.ts';
import { keepingTimers } from '../../src/features/keep-timers.ts';
import { receiveSignals } from '../../src/features/receive-signals.ts';
import { recogniseAlarm } from '../../src/features/recognise-alarm.ts';
import { acknowledge } from '../../src/features/responses/acknowledge.ts';
import { release } from '../../src/features/responses/release.ts';
import { takeOver } from '../../src/features/responses/take-over.ts';
import { transition } from '../../src/features/transition.ts';
import { quietLog } from '../support/ports.ts';
import { type Replica, replica } from '../support/replica.ts';
import { alarmText, prod, topic } from '../support/sandbox.ts';
import { type FreshDatabase, freshDatabase } from '../support/stores.ts';

const t0 = Date.parse('2026-11-22T18:00:00Z');
const minute = 60_000;
const hour = 60 * minute;
const timers = { escalateAfter: 5 * minute, askOwnerAfter: 2 * hour, askLeftOpenAfter: 24 * hour };
const pager = 'arn:aws:sns:us-east-1:444455556666:pager';
const home = { team: 'T1', organisation: undefined };
const bob = { id: 'U1', name: 'Bob', home };
const ann = { id: 'U2', name: 'Ann', home };

let database: FreshDatabase;
let one: Replica;
let pages: { at: number; page: Page }[];

beforeEach(async () => {
  database = await freshDatabase('sqlite', '');
  one = await replica(database, t0);
  pages = [];
});
afterEach(() => database.close());

function portsOf({ ports }: Replica): Ports {
  const store = keepingTimers(ports.store, timers);
  const publish = async (page: Page) => `message-${pages.push({ at: one.now, page })}`;
  return { ...ports, store, settings: { ...ports.settings, timers }, permalink: (ts: string) => ts, pager: { topicArn: pager, publish } };
}
async function opens(topicArn = topic): Promise<void> {
  const message = { topicArn, messageId: 'm', subject: undefined, publishedAt: one.now, message: '' };
  await receiveSignals(portsOf(one), [{ message, signals: [unsubscribed(message)] }]);
}
async function takes(response: StepResponse, answers: Answers = {}, by = bob, incident = 1): Promise<void> {
  expect(await transition(portsOf(one), by, { response, incident, answers })).toMatchObject({ ok: true });
}
async function work(): Promise<void> {
  for (;;) {
    const chore = await one.store.claimChore(one.now, ['timer']);
    if (chore === undefined) return;
    await one.store.endChore(chore, await fireTimer(portsOf(one), chore.incident));
  }
}
async function pass(ms: number, step = 30_000): Promise<void> {
  for (const end = one.now + ms; one.now < end; ) {
    one.now = Math.min(end, one.now + step);
    await work();
  }
}
async function notes(id = 1): Promise<string[]> {
  const { entries } = await one.store.entries(id, { from: 0, count: 50 });
  return entries.toReversed().map(({ at, body }) => `${Math.round((at - t0) / minute)} min: ${body.text}`);
}

it('who took it over is asked whether he is still on it', async () => {
  await opens();
  await takes(acknowledge);
  await pass(2.5 * hour);
  await takes(takeOver, {}, ann);
  await pass(20 * hour, 5 * minute);
  expect((await notes()).filter((text) => text.includes('Ann is on this, and no step'))).toHaveLength(1);
});

it('an incident that becomes part of another is not paged for again', async () => {
  const ports = portsOf(one);
  const patterns: string[] = [];
  const reading: Ports = { ...ports, alarms: { ...ports.alarms, patternsBehind: async () => patterns } as Ports['alarms'] };
  const send = async (message: object, messageId: string) => {
    const received = { topicArn: topic, messageId, subject: undefined, publishedAt: one.now, message: JSON.stringify(message) };
    await receiveSignals(reading, [{ message: received, signals: understand(received) }]);
  };
  await send(alarmText('odd', 'ALARM', one.now, {}), 'a1');
  one.now += minute;
  await send(
    {
      version: '0',
      id: 'e',
      source: 'aws.signin',
      account: prod,
      region: 'us-east-1',
      time: new Date(one.now).toISOString(),
      'detail-type': 'AWS Console Sign In via CloudTrail',
      detail: {
        eventVersion: '1.09',
        eventID: 'root-1',
        eventSource: 'signin.amazonaws.com',
        eventName: 'ConsoleLogin',
        eventType: 'AwsConsoleSignIn',
        eventTime: new Date(one.now).toISOString(),
        awsRegion: 'us-east-1',
        recipientAccountId: prod,
        sourceIPAddress: '203.0.113.7',
        userIdentity: { type: 'Root', principalId: prod, arn: `arn:aws:iam::${prod}:root`, accountId: prod },
        responseElements: { ConsoleLogin: 'Success' },
        additionalEventData: { MFAUsed: 'No' },
      },
    },
    'e1',
  );
  await pass(15 * minute);
  const before = pages.length;
  patterns.push('{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType != "AwsServiceEvent" }');
  await recogniseAlarm(reading, (await one.incidents())[0] as Incident);
  await pass(30 * minute);
  expect(pages.slice(before)).toEqual([]);
});

it('nothing says that nobody has acknowledged what somebody acknowledged', async () => {
  await opens();
  await pass(minute);
  await takes(acknowledge);
  await pass(hour);
  await takes(release);
  await pass(6 * minute);
  const said = await notes();
  expect(said.filter((text) => text.includes('Nobody is on this.'))).toEqual([]);
  expect(said.filter((text) => text.includes('Nobody is on this any more.'))).toHaveLength(1);
  expect(pages.map(({ page }) => page.text)).toEqual([expect.stringContaining('Whoever was on it in Slack has released it.')]);
});

it('who releases what was paged for twice has its thread ring once more', async () => {
  await opens();
  await pass(11 * minute);
  expect(pages).toHaveLength(2);
  await takes(acknowledge);
  await pass(hour);
  await takes(release);
  await pass(3 * hour);
  expect(pages).toHaveLength(2);
  expect((await notes()).filter((note) => note.includes(': Nobody'))).toStrictEqual([
    '5 min: Nobody is on this. Paging (1 of 2 at most).',
    '76 min: Nobody is on this any more.',
  ]);
});

it('what is left open later is asked about too', async () => {
  await opens();
  await takes(acknowledge);
  const leave = async (...lines: string[]) => {
    const ports = portsOf(one);
    await ports.store.transact(async (tx) => {
      const incident = (await tx.incident(1)) as Incident;
      await tx.save([{ incident: { ...incident, leftToDo: lines }, due: 'now' }], one.now);
    });
  };
  await leave('alice enrols MFA');
  await pass(25 * hour, 5 * minute);
  await leave('alice enrols MFA', 'the sessions of role admin go on');
  await pass(72 * hour, 15 * minute);
  const asked = (await notes()).filter((text) => text.includes('Still open'));
  expect(asked.join('\n')).toContain('the sessions of role admin go on');
});

it('a clock that is set back does not keep the pager waiting', async () => {
  const keep = clockKeeper(
    { clock: { now: () => one.now, wait: async () => undefined }, store: one.store, log: quietLog, wake: () => undefined },
    undefined,
  );
  one.now = t0 + 6 * hour;
  await keep();
  await opens();
  await pass(minute);
  // NTP sets it right.
  one.now = t0;
  await keep();
  await pass(hour);
  expect(pages.map(({ at }) => at)).toEqual([t0 + 5.5 * minute, t0 + 10.5 * minute]);
});

it('a clock that is set back does not keep the canary waiting', async () => {
  const arn = `arn:aws:cloudwatch:us-east-1:${prod}:alarm:signin-responder-canary`;
  const reasons: string[] = [];
  const ports: Ports = {
    ...one.ports,
    log: quietLog,
    report: () => undefined,
    canary: { arn, setOff: async (reason: string) => void reasons.push(reason) },
  };
  const keep = clockKeeper({ ...ports }, undefined);
  one.now = t0 + 24 * hour;
  await keep();
  await beginCanary(ports);
  const canaries = async () => {
    for (;;) {
      const chore = await one.store.claimChore(one.now, ['canary']);
      if (chore === undefined) return;
      await one.store.endChore(chore, await keepCanary(ports));
    }
  };
  const comesBack = async () => {
    const NewStateReason = reasons.at(-1);
    if (NewStateReason === undefined) return;
    const message = JSON.stringify(alarmText('signin-responder-canary', 'ALARM', one.now, { NewStateReason }));
    const received = { topicArn: topic, messageId: `c${one.now}`, subject: undefined, publishedAt: one.now, message };
    await receiveSignals(ports, [{ message: received, signals: understand(received) }]);
  };
  const passes = async (ms: number) => {
    for (const end = one.now + ms; one.now < end; ) {
      one.now += minute;
      await canaries();
      await comesBack();
    }
  };
  await passes(65 * minute);
  expect(reasons).toHaveLength(1);
  one.now = t0;
  await keep();
  await passes(12 * hour);
  expect(reasons.length).toBeGreaterThanOrEqual(12);
  expect(reasons.length).toBeLessThanOrEqual(14);
  expect(await one.incidents()).toEqual([]);
});
