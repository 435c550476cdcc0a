/** Background work on both engines: alarms recognised and merged, looks shared, held and ended, users read, incidents linked, one story rung once. */
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import type { Database, Engine } from '../../src/db/database.ts';
import { openStore } from '../../src/db/store.ts';
import { filterPattern } from '../../src/domain/detection/condition.ts';
import { detections } from '../../src/domain/detection/detections.ts';
import { AppError } from '../../src/domain/error.ts';
import type { Incident } from '../../src/domain/incident/incident.ts';
import type { Json } from '../../src/domain/json.ts';
import type { Ports } from '../../src/domain/ports.ts';
import { read } from '../../src/domain/response/iam-user.ts';
import type { Look } from '../../src/domain/sign-in/looks.ts';
import { understand } from '../../src/domain/signal/signal.ts';
import type { Store } from '../../src/domain/store.ts';
import { assessAgain } from '../../src/features/assess-again.ts';
import { askWhoSetIt, beginLooking, lookThrough } from '../../src/features/enrich-incident.ts';
import { fireTimer } from '../../src/features/fire-timer.ts';
import { keepCanary } from '../../src/features/keep-canary.ts';
import { keepContained } from '../../src/features/keep-contained.ts';
import { linkIncidents } from '../../src/features/link-incidents.ts';
import { readLog } from '../../src/features/read-log.ts';
import { readUsers } from '../../src/features/read-users.ts';
import { receiveSignals } from '../../src/features/receive-signals.ts';
import { ring } from '../../src/features/ring.ts';
import { openWay, quietLog, settings, silentMetrics } from '../support/ports.ts';
import { consoleLogin, iamUser } from '../support/records.ts';
import { alarmText, topic } from '../support/sandbox.ts';
import { engines, freshDatabase } from '../support/stores.ts';

const account = '123456789012';
const t0 = Date.parse('2026-11-22T03:00:00Z');
const minute = 60_000;
const kinds = ['log', 'look', 'users', 'link', 'ring'] as const;

describe.each(engines)('background work on %s', (engine: Engine) => {
  let database: Database;
  let store: Store;
  let now: number;
  let history: Json[];
  let patterns: Record<string, string>;
  let fault: AppError | undefined;
  let asked: Look[];
  let ports: Ports;

  beforeEach(async () => {
    database = await freshDatabase(engine, inject('postgresUrl'));
    store = await openStore(database, 'me');
    now = t0;
    history = [];
    patterns = {};
    fault = undefined;
    asked = [];
    ports = {
      store,
      clock: { now: () => now, wait: async (ms: number) => pause(ms) },
      log: quietLog,
      metrics: silentMetrics,
      rightOfWay: openWay,
      settings,
      wake: () => undefined,
      alarms: { patternsBehind: async (arn: string) => (patterns[arn] === undefined ? [] : [patterns[arn]]) },
      trail: { page },
      logs: { filters: async () => [], page: async () => ({ lines: [], next: undefined }) },
      identities: {
        facts: async (ref: object) => ({
          ref,
          identity: read({ path: '/', isTagged: false }),
          devices: read([]),
          keys: read([{ active: true }]),
          password: read({ createdAt: t0, resetRequired: false }),
        }),
      },
    } as unknown as Ports;
  });
  afterEach(() => database.close());

  function pause(ms: number): void {
    now += ms;
  }

  async function page(look: Look, until: number, token: string | undefined): Promise<{ records: Json[]; next: string | undefined }> {
    asked.push(look);
    if (fault) throw fault;
    const user = (record: Json) => (record.userIdentity as Json).userName;
    const found = history
      .filter((record) => record.awsRegion === look.region && (look.attribute === 'EventName' ? record.eventName : user(record)) === look.value)
      .filter((record) => Date.parse(String(record.eventTime)) >= look.from && Date.parse(String(record.eventTime)) <= until);
    const start = Number(token ?? 0);
    return { records: found.slice(start, start + 50), next: start + 50 < found.length ? String(start + 50) : undefined };
  }

  const arn = (name: string) => `arn:aws:cloudwatch:us-east-1:${account}:alarm:${name}`;
  let serial = 0;

  async function receive(message: object): Promise<void> {
    const received = { topicArn: topic, messageId: `m${++serial}`, subject: undefined, publishedAt: now, message: JSON.stringify(message) };
    await receiveSignals(ports, [{ message: received, signals: understand(received) }]);
  }

  function fire(name: string): Promise<void> {
    return receive(alarmText(name, 'ALARM', now, { AlarmArn: arn(name), AWSAccountId: account }));
  }

  function at(seconds: number, record: Json, region = 'us-east-1'): Json {
    return { ...record, eventTime: new Date(t0 + seconds * 1_000).toISOString(), awsRegion: region, eventID: `event-${++serial}` };
  }

  const failure = (name: string): Json => consoleLogin({ type: 'IAMUser', userName: name }, 'Failure', 'No');

  /** Does all chores and looks that are due, as the runner would. */
  async function work(): Promise<void> {
    const chores = {
      log: readLog,
      look: beginLooking,
      'set-by': askWhoSetIt,
      users: readUsers,
      link: linkIncidents,
      assess: assessAgain,
      ring: (own: Ports, id: number) => ring(own, id, 99),
      timer: fireTimer,
      contained: keepContained,
      canary: keepCanary,
    };
    for (let round = 0; round < 400; round++) {
      const chore = await store.claimChore(now, kinds);
      if (chore) {
        await chores[chore.kind](ports, chore.incident);
        await store.endChore(chore, undefined);
        continue;
      }
      const look = await store.claimLook(now);
      if (look) await lookThrough(ports, look);
      else return;
    }
    throw new Error('The work never ends.');
  }

  /** Later, with all that became due on the way. */
  async function pass(ms: number): Promise<void> {
    for (const end = now + ms; now < end; now += 15_000) await work();
  }

  const incident = async (id: number): Promise<Incident> => (await store.incident(id)) as Incident;
  const loud = async (id: number): Promise<string[]> =>
    (await store.entries(id, { from: 0, count: 100 })).entries
      .filter(({ reply }) => reply === 'loud')
      .map(({ body }) => body.text)
      .toReversed();

  it('finds who got in, whatever region is read first, and rings once', async () => {
    patterns[arn('A')] = filterPattern(detections['console-sign-in-failures'].condition);
    history = [
      ...[1, 2, 3, 4].map((seconds) => at(seconds, failure('alice'))),
      at(9, consoleLogin(iamUser('alice'), 'Success', 'No'), 'ap-southeast-2'),
    ];
    await fire('A');
    await pass(20 * minute);
    expect(await incident(1)).toMatchObject({
      severity: 'CRITICAL',
      detection: 'console-sign-in-failures',
      recognised: { by: 'metric-filter' },
      assessment: { verdict: 'takeover', about: `iam-user:${account}:alice` },
      look: { found: 5 },
    });
    expect((await incident(1)).look?.nextAt).toBeUndefined();
    expect(await loud(1)).toHaveLength(1);
    expect((await store.signIns(1, { count: 10 })).total).toBe(5);
    expect(await store.nextChoreAt(kinds)).toBeUndefined();
    expect(await store.nextLookAt()).toBeUndefined();
  });

  it('names nobody for an alarm whose meaning is not known, whoever failed to sign in then', async () => {
    history = [1, 2, 3, 4].map((seconds) => at(seconds, failure('bella')));
    await fire('A');
    await pass(20 * minute);
    expect(await incident(1)).toMatchObject({ subjects: [], severity: 'MEDIUM' });
    expect((await incident(1)).look).toBeUndefined();
    expect(asked).toEqual([]);
  });

  it('reads each region not more often than once a second, and no longer than a quarter of an hour', async () => {
    patterns[arn('A')] = filterPattern(detections['console-sign-in-failures'].condition);
    await fire('A');
    await pass(30 * minute);
    const inOne = asked.filter(({ region, value }) => region === 'us-east-1' && value === 'ConsoleLogin');
    expect(inOne).toHaveLength(6);
    expect(new Set(asked.map(({ region }) => region))).toEqual(new Set(['us-east-1', 'us-east-2', 'eu-north-1', 'ap-southeast-2']));
  });

  it('leaves out a record that nobody can read, and takes the others', async () => {
    patterns[arn('A')] = filterPattern(detections['console-sign-in-failures'].condition);
    history = [at(1, failure('alice')), { ...at(2, failure('bob')), additionalEventData: { MFAUsed: { toString: 1 } } }];
    await fire('A');
    await pass(20 * minute);
    expect((await incident(1)).subjects.map(({ name }) => name).toSorted()).toEqual(['alice', 'bob']);
    expect(await store.nextChoreAt(kinds)).toBeUndefined();
    expect(await store.nextLookAt()).toBeUndefined();
  });

  it('rings beside an incident that is open for the same, when what was resolved turns out grave', async () => {
    patterns[arn('A')] = filterPattern(detections['console-sign-in-failures'].condition);
    await fire('A');
    await pass(minute);
    const by = { id: 'U1', name: 'bob' };
    const known = await incident(1);
    const resolved = { ...known, status: 'resolved' as const, resolved: { by, at: now - 60 * minute, verdict: 'mistake' as const, note: '' } };
    await store.transact((tx) => tx.save([{ incident: { ...resolved, severity: 'CRITICAL' }, due: 'now' }], now));
    now += 5 * minute;
    await fire('A');
    expect((await incident(2)).key).toBe((await incident(1)).key);
    await ring(ports, 1, 99);
    expect(await incident(1)).toMatchObject({ status: 'resolved', rung: 'CRITICAL' });
    expect((await loud(1)).join()).toContain('SIN-2 is open for the same');
  });

  it('shares looks between incidents that ask the same', async () => {
    for (const id of ['console-sign-in-failures', 'console-sign-in-without-mfa', 'mfa-failure-iam'] as const) {
      patterns[arn(id)] = filterPattern(detections[id].condition);
      await fire(id);
    }
    await pass(20 * minute);
    expect(asked.filter(({ region, value }) => region === 'us-east-2' && value === 'ConsoleLogin').length).toBeLessThan(12);
    expect((await incident(3)).look).toBeDefined();
    expect((await incident(3)).look?.nextAt).toBeUndefined();
  });

  it('says what could not be read, and forgets it once it could', async () => {
    patterns[arn('A')] = filterPattern(detections['console-sign-in-failures'].condition);
    fault = new AppError('denied', 'AWS does not let the responder call LookupEvents.');
    await fire('A');
    await pass(2 * minute);
    expect(new Set(Object.keys((await incident(1)).look?.faults ?? {}).map((place) => place.split(' ')[1])).size).toBe(4);
    fault = undefined;
    await pass(20 * minute);
    expect((await incident(1)).look?.faults).toEqual({});
    expect((await incident(1)).look?.nextAt).toBeUndefined();
  });

  it('stops reading when another replica has the look, and that one ends it', async () => {
    patterns[arn('A')] = filterPattern(detections['console-sign-in-failures'].condition);
    now = t0 + minute;
    history = Array.from({ length: 120 }, (_, index) => at(index % 60, failure(`u${index}`)));
    await fire('A');
    const reading = await store.claimChore(now, ['log']);
    await readLog(ports, 1);
    if (reading) await store.endChore(reading, undefined);
    const chore = await store.claimChore(now, ['look']);
    await beginLooking(ports, 1);
    if (chore) await store.endChore(chore, undefined);
    let stolen = false;
    const holdLook = async () => {
      stolen = true;
      return false;
    };
    const stealing = { ...ports, store: { ...store, holdLook } };
    for (let look = await store.claimLook(now); look && !stolen; look = await store.claimLook(now)) await lookThrough(stealing, look);
    expect(stolen).toBe(true);
    expect((await store.signIns(1, { count: 1 })).total).toBe(0);
  });

  it.each(['alarm first', 'event first'])('makes one incident of the alarm and its events, %s, and keeps what was done for both', async (order) => {
    patterns[arn('NoMfa')] = '{ $.eventName = "ConsoleLogin" && $.additionalEventData.MFAUsed = "No" }';
    const record = at(1, consoleLogin(iamUser('alice'), 'Success', 'No'));
    history = [record];
    const steps = [() => fire('NoMfa'), () => receive({ source: 'aws.signin', account, region: 'us-east-1', 'detail-type': 'x', detail: record })];
    for (const step of order === 'alarm first' ? steps : steps.toReversed()) await step();
    const younger = await incident(2);
    const by = { id: 'U1', name: 'bob' };
    const deeds = [{ at: now, by, how: 'bot' as const, what: 'password of alice replaced' }];
    await store.transact((tx) =>
      tx.save([{ incident: { ...younger, deeds, notStopped: [{ text: 'running sessions of alice' }] }, due: 'now' }], now),
    );
    await pass(2 * minute);
    expect(await incident(2)).toMatchObject({ status: 'merged', mergedInto: 1 });
    const stays = await incident(1);
    expect(stays).toMatchObject({
      detection: 'console-sign-in-without-mfa',
      notStopped: [{ text: 'running sessions of alice' }],
      alarm: { name: 'NoMfa' },
    });
    expect(stays.deeds).toHaveLength(1);
    expect(stays.subjects.map(({ name, successes }) => [name, successes])).toEqual([['alice', 1]]);
    await receive({
      source: 'aws.signin',
      account,
      region: 'us-east-1',
      'detail-type': 'x',
      detail: at(60, consoleLogin(iamUser('carl'), 'Success', 'No')),
    });
    expect((await incident(1)).subjects).toHaveLength(2);
    expect(await store.incident(3)).toBeUndefined();
  });

  it('reads users once, and what was called as them once they got in', async () => {
    history = [at(30, { ...consoleLogin(iamUser('alice'), 'Success', 'No'), eventName: 'CreateAccessKey', eventSource: 'iam.amazonaws.com' })];
    await receive(at(1, consoleLogin({ type: 'IAMUser', userName: 'alice', accessKeyId: '' }, 'Failure', 'Yes')));
    await pass(minute);
    expect(Object.values((await incident(1)).users)).toMatchObject([{ iam: { devices: read(0), activeKeys: read(1) } }]);
    expect(Object.values((await incident(1)).users)[0]?.activity).toBeUndefined();
    history.push(at(20, consoleLogin(iamUser('alice'), 'Success', 'Yes')));
    await pass(10 * minute);
    expect(Object.values((await incident(1)).users)).toMatchObject([{ activity: { calls: [{ name: 'CreateAccessKey', times: 1 }] } }]);
  });

  it('links incidents that share an address, on both', async () => {
    await receive(at(1, failure('alice')));
    await receive(at(2, consoleLogin(iamUser('carl'), 'Success', 'No')));
    await pass(minute);
    expect((await incident(1)).links).toEqual([{ id: 2, because: '203.0.113.7' }]);
    expect((await incident(2)).links).toEqual([{ id: 1, because: '203.0.113.7' }]);
  });

  it('reopens, and rings for, what was resolved before it came to light', async () => {
    patterns[arn('A')] = filterPattern(detections['console-sign-in-failures'].condition);
    await fire('A');
    await pass(minute);
    const by = { id: 'U1', name: 'bob' };
    const known = await incident(1);
    const resolved = { ...known, status: 'resolved' as const, resolved: { by, at: now, verdict: 'mistake' as const, note: '' } };
    await store.transact((tx) => tx.save([{ incident: resolved, due: 'now' }], now));
    history = [...[1, 2, 3, 4].map((seconds) => at(seconds, failure('alice'))), at(9, consoleLogin(iamUser('alice'), 'Success', 'No'))];
    await pass(10 * minute);
    expect(await incident(1)).toMatchObject({ status: 'open', severity: 'CRITICAL' });
    expect((await incident(1)).resolved).toBeUndefined();
    expect((await loud(1)).join()).toMatch(/Reopened, for this came to light after it was resolved/);
  });
});
