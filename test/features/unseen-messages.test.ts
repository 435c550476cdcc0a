/** That a message counts once however often it is delivered, by whatever it is known: both engines, and by chance. */
import fc from 'fast-check';
import { afterEach, describe, expect, inject, it } from 'vitest';
import type { AlarmChange } from '../../src/domain/alarm/alarm.ts';
import type { AlarmMemory } from '../../src/domain/incident/triage.ts';
import type { Arrival } from '../../src/domain/signal/arrival.ts';
import { understand } from '../../src/domain/signal/signal.ts';
import { receiveLate } from '../../src/features/receive-late.ts';
import { receiveSignals } from '../../src/features/receive-signals.ts';
import { consoleLogin, iamUser } from '../support/records.ts';
import { type Replica, replica } from '../support/replica.ts';
import { alarmText, topic } from '../support/sandbox.ts';
import { engines, type FreshDatabase, freshDatabase } from '../support/stores.ts';

/** No whole tenth of a second: changes are found by those. */
const t0 = Date.parse('2025-01-10T03:00:00.057Z');
const account = '123456789012';
const open: FreshDatabase[] = [];
afterEach(async () => {
  for (const database of open.splice(0)) await database.close();
});

async function fresh(engine: (typeof engines)[number]): Promise<{ database: FreshDatabase; one: Replica }> {
  const database = await freshDatabase(engine, inject('postgresUrl'));
  open.push(database);
  return { database, one: await replica(database, t0) };
}

/** What SNS sends under an id: always the same text, and the time at which it was published. */
function sent(messageId: string, message: object | string, publishedAt = t0): Arrival & { message: NonNullable<Arrival['message']> } {
  const text = typeof message === 'string' ? message : JSON.stringify(message);
  const received = { topicArn: topic, messageId, subject: undefined, publishedAt, message: text };
  return { message: received, signals: understand(received) };
}

const minute = 60_000;
const failures = (state: 'ALARM' | 'OK', at: number): object => alarmText('failures', state, at);
const fired = sent('fired', failures('ALARM', t0 - 9 * minute));
const recovered = sent('recovered', failures('OK', t0 - 6 * minute));
const firedAgain = sent('fired again', failures('ALARM', t0 - 3 * minute));
const byAnotherTopic = { ...fired, message: { ...fired.message, topicArn: `${topic}-two`, messageId: 'the same change' } };
const another = sent('another', alarmText('another', 'ALARM', t0 - 5 * minute));
const both = sent('both', [alarmText('another', 'OK', t0 - 2 * minute), failures('OK', t0 - minute)]);
const record = { ...consoleLogin(iamUser('alice'), 'Failure', 'No'), eventID: 'e-1', eventTime: new Date(t0 - minute).toISOString() };
const signIn = sent('sign-in', {
  'detail-type': 'AWS Console Sign In via CloudTrail',
  source: 'aws.signin',
  account,
  region: 'us-east-1',
  detail: record,
});
const withSignIn = sent('with a sign-in', [alarmText('another', 'ALARM', t0 - minute), record]);
const text = sent('text', 'The backup of last night failed.');
const all = [fired, recovered, firedAgain, byAnotherTopic, another, both, signIn, withSignIn, text];

/** All that is kept of incidents. */
async function kept({ store, incidents }: Replica): Promise<unknown> {
  const found = await incidents();
  const entries = await Promise.all(found.map(({ id }) => store.entries(id, { from: 0, count: 1_000 })));
  return { found, entries: entries.map((one) => one.entries.map(({ at, body }) => ({ at, body }))) };
}

/** Messages that an index knows. */
async function indexed({ db }: FreshDatabase): Promise<string[]> {
  return (await db.selectFrom('inbox').select('message_id').orderBy('message_id').execute()).map((row) => row.message_id);
}

describe.each(engines)('a message that comes again, on %s', (engine) => {
  it.each([
    ['the newest of an alarm', [fired], fired],
    ['one that is older than the newest', [fired, recovered, firedAgain], recovered],
    ['one that came late', [firedAgain, fired], fired],
    ['one of several changes', [another, fired, both], both],
    ['one of a change and a sign-in', [withSignIn], withSignIn],
    ['a sign-in', [signIn], signIn],
    ['a plain message', [text], text],
  ] as const)('changes nothing: %s', async (_name, before, again) => {
    const { one } = await fresh(engine);
    // The last one of a turn is known by its id.
    for (const [turn, arrival] of before.entries())
      await receiveSignals(one.ports, [arrival, sent(`last ${turn}`, alarmText(`last ${turn}`, 'OK', t0))]);
    const first = await kept(one);
    one.now += minute;
    await receiveSignals(one.ports, [again]);
    await receiveSignals(one.ports, [again, again]);
    await receiveLate(one.ports, [{ ...again, way: 'letter' }]);
    expect(await kept(one)).toEqual(first);
  });

  it('is told from another message of the same change', async () => {
    const { one } = await fresh(engine);
    await receiveSignals(one.ports, [fired]);
    await receiveSignals(one.ports, [byAnotherTopic]);
    await receiveSignals(one.ports, [byAnotherTopic]);
    const { entries } = await one.store.entries(1, { from: 0, count: 9 });
    expect(entries.map(({ body }) => body.reason)).toEqual(['same-change-again', 'first-firing']);
  });

  it('is known also when a letter brought it first', async () => {
    const { one } = await fresh(engine);
    await receiveLate(one.ports, [{ ...fired, way: 'letter' }]);
    const first = await kept(one);
    await receiveSignals(one.ports, [fired]);
    expect(await kept(one)).toEqual(first);
  });

  it('is known also when a letter of it said nothing that was not known', async () => {
    const { one } = await fresh(engine);
    const [change] = fired.signals as [AlarmChange];
    await receiveLate(one.ports, [{ message: undefined, signals: [{ ...change, at: change.at - 3, toldBy: 'history' }], way: 'sweep' }]);
    await receiveLate(one.ports, [{ ...fired, way: 'letter' }]);
    const first = await kept(one);
    await receiveSignals(one.ports, [fired]);
    expect(await kept(one)).toEqual(first);
  });

  it('is known also when what is remembered of its alarm went back', async () => {
    const { one } = await fresh(engine);
    await receiveSignals(one.ports, [fired, another]);
    const first = await kept(one);
    await one.store.transact(async (tx) => {
      const [alarm] = [...(await tx.alarms([(fired.signals[0] as AlarmChange).arn])).values()] as [AlarmMemory];
      await tx.saveAlarms([{ ...alarm, state: 'OK', at: alarm.at - 3_600_000 }]);
    });
    await receiveSignals(one.ports, [fired]);
    expect(await kept(one)).toEqual(first);
  });

  it('tells when SNS reached us last', async () => {
    const { one } = await fresh(engine);
    await receiveSignals(one.ports, [fired]);
    one.now += minute;
    await receiveSignals(one.ports, [recovered, another]);
    expect((await one.store.delivery()).lastMessageAt).toBe(t0 + minute);
    one.now += minute;
    await receiveLate(one.ports, [{ ...firedAgain, way: 'letter' }]);
    expect((await one.store.delivery()).lastMessageAt).toBe(t0 + minute);
  });
});

it('on SQLite changes that are news are known by themselves, and one message of a turn by its id', async () => {
  const { database, one } = await fresh('sqlite');
  await receiveSignals(one.ports, [fired, recovered, another]);
  expect(await indexed(database)).toEqual(['another']);
  await receiveSignals(one.ports, [signIn, text]);
  expect(await indexed(database)).toEqual(['another', 'sign-in', 'text']);
});

it('whatever comes again in whatever order counts as often as it was sent, once', async () => {
  const turn = fc.array(fc.constantFrom(...all), { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(fc.array(turn, { minLength: 1, maxLength: 6 }), async (turns) => {
      const [often, once] = [await fresh('sqlite'), await fresh('sqlite')];
      const seen = new Set<string>();
      for (const arrivals of turns) {
        await receiveSignals(often.one.ports, arrivals);
        const unseen = arrivals.filter(({ message }) => !seen.has(message.messageId) && seen.add(message.messageId));
        await receiveSignals(once.one.ports, unseen);
        for (const { one } of [often, once]) one.now += minute;
      }
      expect(await kept(often.one)).toEqual(await kept(once.one));
      for (const { database } of [often, once]) await database.close();
      open.length = 0;
    }),
    { numRuns: 40 },
  );
});
