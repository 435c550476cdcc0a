/** That what is asked often costs no more when much is stored: plans on both engines, and what is claimed in which order. */
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { openStore } from '../../src/db/store.ts';
import { lanes } from '../../src/domain/incident/lane.ts';
import type { Ports } from '../../src/domain/ports.ts';
import { understand } from '../../src/domain/signal/signal.ts';
import type { Store } from '../../src/domain/store.ts';
import { manyGraveCards } from '../../src/domain/storm/storm.ts';
import { receiveSignals } from '../../src/features/receive-signals.ts';
import { fill, fillMuch, kinds, many, seeks, t0, waiting } from '../support/much.ts';
import { analyze } from '../support/plans.ts';
import { openWay, settings, silentMetrics } from '../support/ports.ts';
import { consoleLogin, iamUser } from '../support/records.ts';
import { alarmText, topic } from '../support/sandbox.ts';
import { engines, type FreshDatabase, freshDatabase } from '../support/stores.ts';

describe.each(engines)('a store that holds much, on %s', (engine) => {
  let database: FreshDatabase;
  let tables: string[];
  beforeEach(async () => {
    database = await freshDatabase(engine, inject('postgresUrl'));
    // There are as many facts as there are names of them.
    tables = (await database.db.introspection.getTables()).map(({ name }) => name).filter((name) => name !== 'facts');
  });
  afterEach(() => database.close());

  const expectSeeks = (work: (store: Store) => Promise<unknown>): Promise<void> => seeks(database, tables, work);
  const fillAll = (): Promise<void> => fillMuch(database);

  it('claims, and tells when something is due, by seeks, whatever is held back', async () => {
    await fillAll();
    for (const heldBack of [[], ['post'], ['post', 'edit']] as const) {
      await expectSeeks((store) => store.claim(t0 + many, heldBack));
      await expectSeeks((store) => store.claim(t0 - 1, heldBack));
      await expectSeeks((store) => store.nextDue(heldBack));
      for (const first of ['people', 'others'] as const) await expectSeeks((store) => store.claim(t0 - 1, heldBack, first));
    }
    await expectSeeks((store) => store.claimChore(t0 + many, kinds));
    await expectSeeks((store) => store.claimChore(t0 - 1, kinds));
    await expectSeeks((store) => store.nextChoreAt(kinds));
    await expectSeeks((store) => store.claimChore(t0 + many, ['timer']));
    await expectSeeks((store) => store.claimChore(t0 - 1, ['timer']));
    await expectSeeks((store) => store.nextChoreAt(['timer']));
    await expectSeeks((store) => store.claimLook(t0 + many));
    await expectSeeks((store) => store.nextLookAt());
    await expectSeeks((store) => store.transact((tx) => tx.waitingCards(9)));
  });

  it('tells how deliveries are, and clears leases at the start, by seeks', async () => {
    await fillAll();
    await expectSeeks((store) => store.delivery());
  });

  it('takes incidents into a storm, shows it, lists what waits in it, and makes room, by seeks', async () => {
    await fillAll();
    const store = await openStore(database, 'me');
    const opened = await store.claimStorm(t0);
    expect((opened && (await store.foldInto(opened, t0)))?.folded).toBeGreaterThan(50);
    await analyze(database);
    await database.db.updateTable('storms').set({ lease_owner: null, lease_until: null }).execute();
    const open = await store.claimStorm(t0 + many);
    if (open === undefined) throw new Error('no storm');
    await expectSeeks((one) => one.claimStorm(t0 + many));
    await expectSeeks((one) => one.foldInto(open, t0));
    await expectSeeks((one) => one.stormPicture(open.storm));
    await expectSeeks((one) => one.countFolded());
    await expectSeeks((one) => one.folded({ count: 10 }));
    for (const to of ['on', 'back'] as const)
      await expectSeeks((one) => one.folded({ count: 10, turn: { to, place: { severity: 'MEDIUM', id: many / 2 } } }));
    await expectSeeks((one) => one.makeRoom(open, 1, t0));
    await expectSeeks((one) => one.endStorm(open, t0));
    await database.db
      .updateTable('storms')
      .set({ ended_at: t0 + many })
      .execute();
    await expectSeeks((one) => one.stormPicture(open.storm));
    await expectSeeks((one) => one.transact((tx) => tx.waitingCards(9)));
  });

  it('takes what is grave into a storm by seeks, however much of it there is and whether or not it was counted', async () => {
    await fillAll();
    await database.db.updateTable('incidents').set({ lane: lanes.grave, severity: 3 }).execute();
    const open = await (await openStore(database, 'me')).claimStorm(t0 + many);
    if (open === undefined) throw new Error('no storm');
    for (const isCounted of [false, true]) {
      if (isCounted) await analyze(database);
      await expectSeeks((one) => one.foldInto(open, t0));
    }
  });

  it('leaves the foremost of what is new and grave to cards of their own', async () => {
    await fill(database.db, 'incidents', 40, (index) =>
      waiting(index, { lane: lanes.grave, severity: 2 + (index % 2), due_at: t0 + ((index * 7) % 40) }),
    );
    const store = await openStore(database, 'me');
    const opened = await store.claimStorm(t0 + 100);
    if (opened === undefined) throw new Error('no storm');
    expect((await store.foldInto(opened, t0 + 100))?.folded).toBe(40 - manyGraveCards);
    const left = await database.db.selectFrom('incidents').select(['severity', 'due_at']).where('folded', '=', 0).orderBy('due_at').execute();
    const foremost = Array.from({ length: 40 }, (_, index) => ({ severity: 2 + (index % 2), due_at: t0 + ((index * 7) % 40) }))
      .filter(({ severity }) => severity === 3)
      .toSorted((a, b) => a.due_at - b.due_at);
    expect(left).toEqual(foremost.slice(0, manyGraveCards));
  });

  it('shows the status, and pages of a timeline, by seeks', async () => {
    await fillAll();
    await expectSeeks((store) => store.openIncidents(15));
    await expectSeeks((store) => store.countOpen(1_001));
    await expectSeeks((store) => store.openOf(['k1', 'k2']));
    await expectSeeks((store) => store.openWith('iam-user:1:alice'));
    await expectSeeks((store) => store.alarms(15));
    await expectSeeks((store) => store.alarmsNamed(['a', 'b']));
    await expectSeeks((store) => store.entries(1, { from: 1_000, count: 15 }));
    await expectSeeks((store) => store.entry(1, 7));
    await expectSeeks((store) => store.signIns(many + 1, { count: 15 }));
    for (const to of ['on', 'back'] as const)
      await expectSeeks((store) => store.signIns(many + 1, { count: 15, turn: { to, place: { at: t0 + 2_000, id: 2_000 } } }));
    await expectSeeks((store) => store.lastStepAt([1, 7]));
    await expectSeeks((store) => store.incident(7));
    await expectSeeks((store) => store.card(7));
  });

  it('takes signals, and what people do, by seeks', async () => {
    await fillAll();
    const ports = { clock: { now: () => t0 }, metrics: silentMetrics, rightOfWay: openWay, settings, wake: () => undefined };
    let serial = 0;
    const receive = (store: Store, ...messages: readonly object[]): Promise<void> => {
      const arrivals = messages.map((message) => {
        const received = { topicArn: topic, messageId: `new${++serial}`, subject: undefined, publishedAt: t0, message: JSON.stringify(message) };
        return { message: received, signals: understand(received) };
      });
      return receiveSignals({ ...ports, store } as unknown as Ports, arrivals);
    };
    await expectSeeks((store) =>
      receive(store, alarmText('A', 'ALARM', t0), alarmText('B', 'ALARM', t0), consoleLogin(iamUser('alice'), 'Success', 'No')),
    );
    await expectSeeks((store) => receive(store, alarmText('A', 'OK', t0 + 1_000)));
    await expectSeeks((store) =>
      store.transact(async (tx) => {
        await tx.lock(['alarm:x', 'alarm:y']);
        const incident = await tx.incident(many + 1);
        if (incident === undefined) throw new Error('no incident');
        await tx.newest([incident.key]);
        await tx.append([{ incident: incident.id, at: t0, kind: 'response', reply: 'quiet', body: { what: 'acknowledge', text: 't' } }]);
        await tx.save([{ incident, due: { person: 'U1' } }], t0);
      }),
    );
  });

  it('lists the gravest open incidents, counts all up to a limit, and finds the oldest entry on the last page', async () => {
    await fillAll();
    const store = await openStore(database, 'me');
    expect((await store.openIncidents(3)).map(({ incident, card }) => [incident.id, card])).toEqual([
      [4, '3.1'],
      [8, '7.1'],
      [12, '11.1'],
    ]);
    expect(await store.countOpen(many * 2)).toEqual({ open: many, acknowledged: 0 });
    expect(await store.countOpen(100)).toEqual({ open: 100, acknowledged: 0 });
    await database.db.updateTable('chains').set({ seq: many }).where('incident', '=', 1).execute();
    const { entries, total } = await store.entries(1, { from: many - 2, count: 15 });
    expect([total, ...entries.map(({ seq }) => seq)]).toEqual([many, 2, 1]);
    expect((await store.openOf(['k5', 'nothing'])).map(({ incident }) => incident.id)).toEqual([6]);
  });

  it('serves by lane, then by severity but between people, then by age; each of them once', async () => {
    await fill(database.db, 'incidents', 240, (index) => waiting(index, { due_at: t0 + ((index * 7) % 240) }));
    const store = await openStore(database, 'me');
    const served = [];
    for (let one = await store.claim(t0 + 240, []); one !== undefined; one = await store.claim(t0 + 240, [])) served.push(one.incident.id);
    const rows = new Map((await database.db.selectFrom('incidents').selectAll().execute()).map((row) => [row.id, row]));
    const order = (id: number): number[] => {
      const { lane = 0, severity = 0, due_at } = rows.get(id) ?? {};
      const isOfPeople = lane >= lanes.people && lane <= lanes.lastOfPeople;
      return [lane, isOfPeople ? 0 : -severity, due_at ?? 0];
    };
    const inOrder = served.toSorted(
      (a, b) =>
        order(a)
          .map((one, index) => one - (order(b)[index] as number))
          .find((one) => one !== 0) ?? 0,
    );
    expect(served).toHaveLength(240);
    expect(served).toEqual(inOrder);
    expect(await store.nextDue([])).toBeUndefined();
  });

  it('serves people, and what is not grave, first where it is their share', async () => {
    const rows = [lanes.grave, lanes.people + 2, lanes.lastOfPeople, lanes.card, lanes.rest].map((lane) => ({ lane, severity: 2 }));
    await fill(database.db, 'incidents', rows.length, (index) => waiting(index, rows[index]));
    const store = await openStore(database, 'me');
    const claimed = async (first?: 'people' | 'others') => (await store.claim(t0 + 10, [], first))?.incident.id;
    expect([await claimed('people'), await claimed('others'), await claimed('people')]).toEqual([2, 4, 3]);
    expect([await claimed('people'), await claimed('others')]).toEqual([1, 5]);
  });

  it('serves people in turn: one who causes much keeps nobody waiting', async () => {
    await fill(database.db, 'incidents', 42, (index) => waiting(index, { due_at: null, lane: lanes.rest, severity: 0 }));
    const store = await openStore(database, 'me');
    const act = (person: string, ids: readonly number[]) =>
      store.transact(async (tx) => {
        for (const id of ids) {
          const incident = await tx.incident(id);
          if (incident) await tx.save([{ incident, due: { person } }], t0);
        }
      });
    await act(
      'U1',
      Array.from({ length: 40 }, (_, index) => index + 1),
    );
    await act('U2', [41, 42]);
    const served: (number | undefined)[] = [];
    for (let count = 0; count < 5; count++) served.push((await store.claim(t0, []))?.incident.id);
    expect(served).toEqual([1, 2, 41, 42, 3]);
  });

  it('keeps the place of what waits for a budget', async () => {
    await fill(database.db, 'incidents', 2, (index) => waiting(index, { lane: lanes.rest, severity: 0 }));
    const store = await openStore(database, 'me');
    const first = await store.claim(t0 + 10, []);
    if (first === undefined) throw new Error('nothing claimed');
    await store.release(first, { at: t0 + 1_000, waitsFor: 'post' }, t0 + 10);
    await database.db.updateTable('incidents').set({ waits_for: 'post' }).execute();
    expect((await store.claim(t0 + 1_000, []))?.incident.id).toBe(first.incident.id);
  });

  it('passes over what is not due yet, and what waits for a budget that is used up', async () => {
    const rows = [
      { lane: 1, severity: 3, due_at: t0 + 1_000 },
      { lane: 1, severity: 2, due_at: t0, waits_for: 'post' },
      { lane: 1, severity: 1, due_at: t0 },
      { lane: 2, severity: 3, due_at: t0 - 5, waits_for: 'edit' },
    ];
    await fill(database.db, 'incidents', rows.length, (index) => waiting(index, rows[index]));
    const store = await openStore(database, 'me');
    expect(await store.nextDue([])).toBe(t0 - 5);
    expect(await store.nextDue(['edit'])).toBe(t0);
    expect((await store.claim(t0, ['post', 'edit']))?.incident.id).toBe(3);
    expect(await store.claim(t0, ['post', 'edit'])).toBeUndefined();
    expect(await store.nextDue(['post', 'edit'])).toBe(t0 + 1_000);
    expect((await store.claim(t0 + 1_000, ['post']))?.incident.id).toBe(1);
    expect((await store.claim(t0 + 1_000, ['post']))?.incident.id).toBe(4);
    expect((await store.claim(t0 + 1_000, []))?.incident.id).toBe(2);
  });

  it('takes up what was leased by a process that is gone, before all else', async () => {
    await fill(database.db, 'incidents', 3, (index) => waiting(index, { lane: 1, severity: index }));
    await fill(database.db, 'chores', 3, (index) => ({ incident: index, kind: 'look', due_at: t0 + index, asked: 2, claimed: 0, failures: 0 }));
    const store = await openStore(database, 'me');
    const before = { lease_owner: 'gone', lease_until: 1 };
    await database.db.updateTable('incidents').set(before).where('id', '=', 1).execute();
    await database.db.updateTable('chores').set(before).where('incident', '=', 2).execute();
    expect((await store.claim(t0 + 3, []))?.incident.id).toBe(1);
    expect((await store.claim(t0 + 3, []))?.incident.id).toBe(3);
    expect(await store.claimChore(t0 + 3, ['users'])).toBeUndefined();
    const chores = [await store.claimChore(t0 + 3, kinds), await store.claimChore(t0 + 3, kinds)];
    expect(chores.map((one) => one?.incident)).toEqual([2, 0]);
    // What was asked for before it was claimed is done with it.
    for (const one of chores) if (one) await store.endChore(one, undefined);
    expect(await store.nextChoreAt(kinds)).toBe(t0 + 1);
  });

  it('says since when the oldest of what is not in Slack waits, however often it was tried', async () => {
    await fill(database.db, 'incidents', 1, (index) => waiting(index, { lane: 1 }));
    const store = await openStore(database, 'me');
    const since = async (): Promise<number | undefined> => (await store.delivery()).oldestUndeliveredAt;
    const claimed = async (now: number) => {
      const one = await store.claim(now, []);
      if (one === undefined) throw new Error('nothing claimed');
      return one;
    };
    await store.release(await claimed(t0), { at: t0 + 5_000 }, t0);
    expect(await since()).toBe(t0);
    const last = await claimed(t0 + 5_000);
    await store.transact((tx) => tx.save([{ incident: last.incident, due: 'paced' }], t0 + 5_500));
    await store.release(last, { at: undefined, edited: true }, t0 + 6_000);
    expect(await since()).toBeGreaterThan(t0 + 6_000);
    await store.release(await claimed(t0 + 60_000), { at: undefined }, t0 + 60_000);
    expect(await since()).toBeUndefined();
  });
});
