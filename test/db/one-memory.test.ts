/** One memory of sign-ins, on both engines: however they come, in whatever order, to whichever replica, they add up to the same, and ring once. */
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import type { Incident } from '../../src/domain/incident/incident.ts';
import type { Json } from '../../src/domain/json.ts';
import { isWorse } from '../../src/domain/severity.ts';
import { signInFromRecord } from '../../src/domain/sign-in/sign-in.ts';
import { keepEvents } from '../../src/features/keep-events.ts';
import { acknowledge } from '../../src/features/responses/acknowledge.ts';
import { resolve } from '../../src/features/responses/resolve.ts';
import { campaignOf, transition } from '../../src/features/transition.ts';
import { officeDays, type signIn } from '../support/office.ts';
import { consoleLogin, iamUser } from '../support/records.ts';
import { type Replica, replica } from '../support/replica.ts';
import { alarmText } from '../support/sandbox.ts';
import { engines, type FreshDatabase, freshDatabase } from '../support/stores.ts';

const t0 = Date.parse('2026-11-22T03:00:00Z');
const account = '123456789012';
const other = '210987654321';
const minute = 60_000;
const attacker = '203.0.113.7';
let serial = 0;

function at(seconds: number, record: Json, address = attacker, of = account): Json {
  const identity = { ...(record.userIdentity as Json), accountId: of };
  const more = { recipientAccountId: of, userIdentity: identity, sourceIPAddress: address, eventID: `event-${++serial}` };
  return { ...record, ...more, eventTime: new Date(t0 + seconds * 1_000).toISOString() };
}

const failure = (name: string, mfa = 'No'): Json => consoleLogin({ type: 'IAMUser', userName: name }, 'Failure', mfa);
const success = (name: string, mfa = 'No'): Json => consoleLogin(iamUser(name), 'Success', mfa);
const byEventBridge = (detail: Json): object => ({
  'detail-type': 'AWS Console Sign In via CloudTrail',
  source: 'aws.signin',
  account: detail.recipientAccountId,
  region: 'us-east-1',
  detail,
});

const takeover = (mfa = 'No'): Json[] => [...[0, 20, 40, 60].map((seconds) => at(seconds, failure('alice'))), at(100, success('alice', mfa))];
const person = { id: 'U1', name: 'bob', home: { team: 'T1', organisation: undefined } };

/** What it all came to: the gravest verdict, of how many incidents, and how often it rang. */
async function outcome(of: Replica): Promise<{ severity: string; verdict: string | undefined; about: string | undefined; rings: number }> {
  const incidents = await of.incidents();
  const [gravest] = incidents.toSorted((a, b) => Number(isWorse(b.severity, a.severity)) - Number(isWorse(a.severity, b.severity)));
  const { verdict, about } = gravest?.assessment ?? {};
  return { severity: gravest?.severity ?? 'none', verdict, about, rings: (await of.rings()).length };
}

const taken = { severity: 'CRITICAL', verdict: 'takeover', about: `iam-user:${account}:alice`, rings: 1 };

describe.each(engines)('one memory of sign-ins on %s', (engine) => {
  let database: FreshDatabase;
  let one: Replica;
  beforeEach(async () => {
    database = await freshDatabase(engine, inject('postgresUrl'));
    one = await replica(database, t0 + 5 * minute);
  });
  afterEach(() => database.close());

  it('four failures and a success by EventBridge alone are a takeover at once: before anything was looked for', async () => {
    one.history = undefined;
    for (const record of takeover()) await one.receive(byEventBridge(record));
    expect(await outcome(one)).toEqual(taken);
    expect(await one.rings()).toEqual(['SIN-2 opens CRITICAL']);
    await one.work();
    expect(await outcome(one)).toEqual(taken);
    const [first, second] = await one.incidents();
    expect(first).toMatchObject({ severity: 'CRITICAL', campaign: { incidents: [2], gravest: 'CRITICAL' }, tells: 'lead' });
    expect(second).toMatchObject({ campaign: { incidents: [1], gravest: 'CRITICAL' }, tells: 'itself' });
  });

  it('all five in one batch are one, and so are they where the success opens nothing by itself', async () => {
    await one.receive(...takeover().map(byEventBridge));
    await one.work();
    expect(await outcome(one)).toEqual(taken);
    const two = await replica(await freshDatabase(engine, inject('postgresUrl')), t0 + 5 * minute);
    for (const record of takeover('Yes')) await two.receive(byEventBridge(record));
    await two.work();
    expect(await outcome(two)).toEqual({ ...taken, severity: 'HIGH' });
    const [only, ...others] = await two.incidents();
    expect(others).toEqual([]);
    expect(only?.subjects).toMatchObject([{ failures: 4, successes: 1 }]);
  });

  it('by the log alone, and by event history alone', async () => {
    const AlarmArn = (name: string): string => `arn:aws:cloudwatch:us-east-1:${account}:alarm:${name}`;
    const alarm = (name: string): object => alarmText(name, 'ALARM', one.now, { AWSAccountId: account, AlarmArn: AlarmArn(name) });
    await one.receive(alarm('signin-responder-console-sign-in-failures'));
    const events = takeover().map((record) => signInFromRecord(record, { account, region: 'us-east-1', at: t0, id: '' }));
    await one.store.transact(async (tx) => {
      const incident = await tx.incident(1);
      if (incident === undefined) throw new Error('no incident');
      const kept = await keepEvents(tx, incident, { events, own: one.ports.settings, source: 'log', now: one.now });
      await tx.save([{ incident: kept, due: 'now' }], one.now);
    });
    expect((await one.incidents())[0]).toMatchObject({ severity: 'CRITICAL', assessment: { verdict: 'takeover', about: taken.about } });

    const two = await replica(await freshDatabase(engine, inject('postgresUrl')), t0 + 5 * minute);
    two.history = takeover();
    await two.receive(alarm('signin-responder-console-sign-in-failures'));
    for (let step = 0; step < 8; step++) {
      await two.work();
      two.now += 15_000;
    }
    expect(await outcome(two)).toEqual(taken);
  });

  it('a spray from one /64 in two accounts is one campaign: one ring, one Acknowledge, and Resolve for those that are chosen', async () => {
    const names = ['alice', 'bella', 'carl', 'deploy'];
    const spray = names.flatMap((name, index) =>
      [account, other].map((of, half) => at(index * 30 + half * 10, failure(name), `2001:db8:5:6::${index * 2 + half + 1}`, of)),
    );
    for (const record of spray) await one.receive(byEventBridge(record));
    await one.work();
    const [first, second, ...others] = await one.incidents();
    expect(others).toEqual([]);
    expect([first?.campaign, second?.campaign]).toEqual([
      { incidents: [2], gravest: 'HIGH' },
      { incidents: [1], gravest: 'HIGH' },
    ]);
    expect(await one.rings()).toHaveLength(1);
    expect(first?.assessment?.reasons[0]).toMatchObject({ is: 'sprayed', names: 8, accounts: 2, network: '2001:db8:5:6::/64' });
    await transition(one.ports, person, { response: acknowledge, incident: 2, answers: {} });
    expect((await one.incidents()).map(({ status }) => status)).toEqual(['acknowledged', 'acknowledged']);
    expect((await one.store.entries(1, { from: 0, count: 1 })).entries[0]?.body).toMatchObject({
      what: 'acknowledge',
      by: { name: 'bob' },
      text: expect.stringContaining('Together with SIN-2'),
    });
    expect((await campaignOf(one.ports, second as Incident)).map(({ id }) => id)).toEqual([1]);
    const answers = { incidents: ['2', '1'], verdict: 'attack', note: 'blocked' };
    await transition(one.ports, person, { response: resolve, incident: 2, answers });
    expect((await one.incidents()).map(({ status }) => status)).toEqual(['resolved', 'resolved']);
    expect((await one.store.entries(1, { from: 0, count: 1 })).entries[0]?.body).toMatchObject({ what: 'resolve' });
  });

  it('somebody else who is taken over rings as well, in the thread that rang first; the same one does not', async () => {
    await one.receive(...takeover().map(byEventBridge));
    await one.work();
    expect(await one.rings()).toHaveLength(1);
    await one.receive(...[200, 210, 220].map((seconds) => byEventBridge(at(seconds, failure('carl')))), byEventBridge(at(240, success('carl'))));
    await one.work();
    await one.receive(byEventBridge(at(250, success('carl'))), byEventBridge(at(260, success('alice'))));
    await one.work();
    const rings = await one.rings();
    expect(rings).toHaveLength(2);
    expect(rings[1]).toContain('carl');
  });

  it('of an office of 200 nothing rings; eight names from there do, and one who failed four times', async () => {
    const recordOf = ({ principal, at: when, outcome: how }: ReturnType<typeof signIn>): Json => ({
      ...at(0, how === 'success' ? success(principal.name ?? '', 'Yes') : failure(principal.name ?? ''), '192.0.2.10'),
      eventTime: new Date(when).toISOString(),
    });
    const opens = t0 + 5 * 3_600_000;
    const days = officeDays({ people: 200, days: engine === 'sqlite' ? 3 : 1, from: opens, morningMs: 3_600_000 });
    const minutes = Map.groupBy(days, ({ at: when }) => Math.floor(when / minute));
    for (const [, batch] of minutes) {
      one.now = Math.max(one.now, batch.at(-1)?.at ?? 0);
      await one.receive(...batch.map(recordOf).map(byEventBridge));
    }
    await one.work();
    expect(await one.rings()).toEqual([]);
    const from = (days.at(-1)?.at ?? 0) + 10 * minute;
    one.now = from + 10 * minute;
    const later = (seconds: number, record: Json): Json => ({
      ...at(0, record, '192.0.2.10'),
      eventTime: new Date(from + seconds * 1_000).toISOString(),
    });
    await one.receive(
      ...[0, 10, 20, 30].map((seconds) => byEventBridge(later(seconds, failure('user7')))),
      byEventBridge(later(60, success('user7'))),
    );
    await one.work();
    expect(await one.rings()).toEqual([expect.stringMatching(/CRITICAL/)]);
    for (let index = 0; index < 8; index++) await one.receive(byEventBridge(later(100 + index * 20, failure(`victim${index}`))));
    await one.work();
    const rings = await one.rings();
    expect(rings).toHaveLength(2);
    expect(rings[1]).toContain('Password spray from 192.0.2.10');
  });
});

describe('in every order', () => {
  it('EventBridge brings the same verdict, and one ring', async () => {
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 5 }), fc.boolean(), async (order, isAtOnce) => {
        const fresh = await freshDatabase('sqlite', '');
        const one = await replica(fresh, t0 + 5 * minute);
        const records = takeover();
        const messages = order.map((index) => byEventBridge(records[index] as Json));
        if (isAtOnce) await one.receive(...messages);
        else for (const message of messages) await one.receive(message);
        await one.work();
        expect(await outcome(one)).toEqual(taken);
        await fresh.close();
      }),
      { numRuns: 12 },
    );
  });
});

describe('two replicas on one Postgres', () => {
  it('add up the halves that they take at the same moment', async () => {
    for (let split = 0; split < 6; split++) {
      const database = await freshDatabase('postgres', inject('postgresUrl'));
      const replicas = [await replica(database, t0 + 5 * minute), await replica(database, t0 + 5 * minute, true)];
      const messages = takeover().map(byEventBridge);
      const halves = [messages.filter((_, index) => (index + split) % 5 < 3), messages.filter((_, index) => (index + split) % 5 >= 3)];
      await Promise.all(halves.map((half, index) => replicas[index]?.receive(...half)));
      await Promise.all(replicas.map((one) => one.work()));
      await Promise.all(replicas.map((one) => one.work()));
      const [one, two] = replicas as [Replica, Replica];
      const rings = new Set([...(await one.rings()), ...(await two.rings())]);
      expect([...rings]).toEqual([expect.stringContaining('CRITICAL')]);
      expect(await outcome(one)).toMatchObject({ severity: 'CRITICAL', verdict: 'takeover', about: taken.about });
      await two.close();
      await database.close();
    }
  });
});
