/** An attack that goes on after somebody was told of it: whatever is grave anew is told, and paged for until somebody is on it. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { filterPattern } from '../../src/domain/detection/condition.ts';
import { detections } from '../../src/domain/detection/detections.ts';
import { AppError } from '../../src/domain/error.ts';
import type { Page } from '../../src/domain/incident/page.ts';
import { neverShown } from '../../src/domain/incident/picture.ts';
import type { Ports } from '../../src/domain/ports.ts';
import { fireTimer } from '../../src/features/fire-timer.ts';
import { keepingTimers } from '../../src/features/keep-timers.ts';
import { readLog } from '../../src/features/read-log.ts';
import { acknowledge } from '../../src/features/responses/acknowledge.ts';
import { resolve } from '../../src/features/responses/resolve.ts';
import { transition } from '../../src/features/transition.ts';
import { consoleLogin, iamUser } from '../support/records.ts';
import { type Replica, replica } from '../support/replica.ts';
import { alarmText } from '../support/sandbox.ts';
import { type FreshDatabase, freshDatabase } from '../support/stores.ts';

const t0 = Date.parse('2026-11-22T18:00:00Z');
const minute = 60_000;
const hour = 60 * minute;
const account = '123456789012';
const timers = { escalateAfter: 5 * minute, askOwnerAfter: 2 * hour, askLeftOpenAfter: undefined };
const dana = { id: 'U1', name: 'dana.fox', home: { team: 'T1', organisation: undefined } };
const rootUser = { type: 'Root', accountId: account, arn: `arn:aws:iam::${account}:root` };

let database: FreshDatabase;
let one: Replica;
let pages: Page[];
let events: number;

beforeEach(async () => {
  pages = [];
  events = 0;
  database = await freshDatabase('sqlite', '');
  one = await replica(database, t0);
  const { ports } = one;
  Object.assign(ports, {
    store: keepingTimers(ports.store, timers),
    settings: { ...ports.settings, timers },
    permalink: (ts: string) => ts,
    pager: { topicArn: 'arn:aws:sns:us-east-1:444455556666:pager', publish: async (page: Page) => `message-${pages.push(page)}` },
  } satisfies Partial<Ports>);
});

afterEach(() => database.close());

function event(detail: object, kind: { type: string; source: string }): object {
  const at = { eventTime: new Date(one.now).toISOString(), sourceIPAddress: '198.51.100.7', recipientAccountId: account, eventID: `e-${++events}` };
  return { 'detail-type': kind.type, source: kind.source, account, region: 'us-east-1', detail: { ...detail, ...at } };
}

function login(who: object, outcome: 'Success' | 'Failure', mfa = 'No'): object {
  return event(consoleLogin(who as never, outcome, mfa), { type: 'AWS Console Sign In via CloudTrail', source: 'aws.signin' });
}

function stopLogging(who: object): object {
  const call = {
    eventSource: 'cloudtrail.amazonaws.com',
    eventName: 'StopLogging',
    eventType: 'AwsApiCall',
    requestParameters: { name: 'organisation' },
  };
  const detail = { ...consoleLogin(who as never, 'Success', undefined), ...call, responseElements: null, additionalEventData: undefined };
  return event(detail, { type: 'AWS API Call via CloudTrail', source: 'aws.cloudtrail' });
}

async function send(message: object): Promise<void> {
  one.now += 1_000;
  await one.receive(message);
  one.now += 1_000;
  await one.work(['assess', 'link', 'ring']);
}

async function takeover(mfa = 'No'): Promise<void> {
  for (let tries = 0; tries < 3; tries++) await send(login(iamUser('alice'), 'Failure', mfa));
  await send(login(iamUser('alice'), 'Success', mfa));
}

async function pass(ms: number): Promise<void> {
  for (const end = one.now + ms; one.now < end; one.now += 30_000) {
    for (;;) {
      const chore = await one.ports.store.claimChore(one.now, ['timer']);
      if (chore === undefined) break;
      await one.ports.store.endChore(chore, await fireTimer(one.ports, chore.incident));
    }
  }
}

async function acknowledged(incident: number): Promise<void> {
  expect(await transition(one.ports, dana, { response: acknowledge, incident, answers: {} })).toMatchObject({ ok: true });
}

it.each([
  ['root signs in', 10, () => login(rootUser, 'Success'), 'SIN-3: Root sign-in (HIGH whoever it was).'],
  ['the trail is stopped', 10, () => stopLogging(iamUser('alice')), 'SIN-3: Detection switched off (HIGH whoever it was).'],
  ['the trail is stopped', 40, () => stopLogging(iamUser('alice')), 'SIN-3: Detection switched off. Now CRITICAL. Likely takeover of alice: '],
])('from where a takeover came that somebody is on, %s after %s minutes: told once, and paged for', async (_what, minutes, next, said) => {
  await takeover();
  await acknowledged(1);
  const before = await one.rings();
  await pass(minutes * minute);
  expect(pages).toEqual([]);
  await send(next());
  await send(next());
  const rings = (await one.rings()).slice(before.length);
  expect(rings).toHaveLength(1);
  expect(rings[0]).toContain(said);
  await pass(hour);
  expect(pages).toHaveLength(2);
});

it('a user who was taken over is taken over once more after a long quiet: told anew', async () => {
  await takeover();
  await acknowledged(1);
  const before = await one.rings();
  await takeover('Yes');
  expect(await one.rings()).toEqual(before);
  await pass(20 * hour);
  for (const user of ['bob', 'carol', 'dave']) await send(login(iamUser(user), 'Failure'));
  await takeover('Yes');
  expect((await one.rings()).length).toBeGreaterThan(before.length);
});

it('one sign-in rings once, whatever it adds up to', async () => {
  await takeover();
  await acknowledged(1);
  const before = await one.rings();
  one.now += minute;
  await one.receive(...Array.from({ length: 4 }, () => login(rootUser, 'Failure')), login(rootUser, 'Success'));
  one.now += 1_000;
  await one.work(['assess', 'link', 'ring']);
  const rings = (await one.rings()).slice(before.length);
  expect(rings).toHaveLength(1);
  expect(rings[0]).toContain('Likely takeover of root');
});

it('what was found a minute ago is not told again by what comes next, however long ago the last signal is', async () => {
  for (let tries = 0; tries < 4; tries++) await send(login(iamUser('alice'), 'Failure'));
  await pass(31 * minute);
  await send(login(iamUser('alice'), 'Success', 'Yes'));
  const before = await one.rings();
  expect(before.join()).toContain('Likely takeover of alice');
  one.now += minute;
  const change = {
    eventSource: 'iam.amazonaws.com',
    eventName: 'UpdateLoginProfile',
    eventType: 'AwsApiCall',
    requestParameters: { userName: 'alice' },
  };
  const detail = { ...consoleLogin(iamUser('alice'), 'Success', undefined), ...change, responseElements: null, additionalEventData: undefined };
  await send(event(detail, { type: 'AWS API Call via CloudTrail', source: 'aws.iam' }));
  expect(await one.rings()).toEqual(before);
});

it('what goes on after somebody resolved all of an attack is paged for anew, whichever goes on', async () => {
  await takeover();
  await send(login(rootUser, 'Success'));
  await pass(12 * minute);
  expect(pages).toHaveLength(2);
  const answers = { verdict: 'test', note: 'x', incidents: ['1', '2', '3'] };
  expect(await transition(one.ports, dana, { response: resolve, incident: 1, answers })).toMatchObject({ ok: true });
  await pass(5 * minute);
  await send(login(rootUser, 'Success'));
  await pass(hour);
  expect(pages).toHaveLength(4);
});

it('what goes on after somebody resolved it is paged for anew', async () => {
  await send(login(rootUser, 'Success'));
  await pass(12 * minute);
  expect(pages).toHaveLength(2);
  const answers = { verdict: 'test', note: 'x', incidents: ['1'] };
  expect(await transition(one.ports, dana, { response: resolve, incident: 1, answers })).toMatchObject({ ok: true });
  await pass(20 * minute);
  await send(login(rootUser, 'Success'));
  await pass(hour);
  expect(pages).toHaveLength(4);
});

async function alarmAcknowledged(): Promise<void> {
  await fired();
  const claimed = await one.store.claim(one.now + minute, [], undefined);
  for (let next = claimed; next !== undefined; next = await one.store.claim(one.now + minute, [], undefined)) {
    await one.store.saveShown(next, { ...neverShown('card'), ts: `${next.id}.0` });
    await one.store.release(next, { at: undefined, edited: false }, one.now);
  }
  await acknowledged((await one.incidents()).find(({ key }) => key.startsWith('alarm:'))?.id as number);
}

async function fired(): Promise<void> {
  await one.receive({ ...alarmText('Xyz', 'ALARM', one.now), AWSAccountId: account, AlarmArn: `arn:aws:cloudwatch:us-east-1:${account}:alarm:Xyz` });
  one.now += 1_000;
  for (let chore = await one.ports.store.claimChore(one.now, ['log']); chore; chore = await one.ports.store.claimChore(one.now, ['log'])) {
    await readLog(one.ports, chore.incident);
    await one.ports.store.endChore(chore, undefined);
  }
}

it.each(['alarm', 'root'])(
  'an acknowledged alarm turns out to be of a root sign-in that nobody acknowledged (%s first): still nobody’s',
  async (first) => {
    let isThrottled = true;
    const patternsBehind = async (): Promise<string[]> => {
      if (isThrottled) throw new AppError('throttled', 'slow down');
      return [filterPattern(detections['root-sign-in'].condition)];
    };
    Object.assign(one.ports.alarms, { patternsBehind });
    const root = (): Promise<void> => send(login(rootUser, 'Success'));
    for (const step of first === 'alarm' ? [alarmAcknowledged, root] : [root, alarmAcknowledged]) await step();
    one.now += minute;
    isThrottled = false;
    await fired();
    await one.work(['link', 'ring', 'assess']);
    const open = (await one.incidents()).filter(({ mergedInto }) => mergedInto === undefined);
    expect(open).toMatchObject([{ severity: 'HIGH', status: 'open' }]);
    await pass(hour);
    expect(pages).toHaveLength(2);
  },
);
