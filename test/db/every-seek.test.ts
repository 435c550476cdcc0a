/** That no statement of the store reads more because more is stored: what `seeks.test.ts` and the tests of one kind leave out. */
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { openStore } from '../../src/db/store.ts';
import type { Entry } from '../../src/domain/incident/timeline.ts';
import type { ResponseRequest } from '../../src/domain/response/request.ts';
import { signInFromRecord } from '../../src/domain/sign-in/sign-in.ts';
import { touchedBy } from '../../src/domain/sign-in/surroundings.ts';
import type { Store, Tx } from '../../src/domain/store.ts';
import { fill, fillMuch, kinds, many, scans, t0 } from '../support/much.ts';
import { analyze } from '../support/plans.ts';
import { consoleLogin, iamUser } from '../support/records.ts';
import { engines, type FreshDatabase, freshDatabase } from '../support/stores.ts';

type Works<T> = Partial<Record<keyof T, (on: T) => Promise<unknown>>>;

const place = { account: '123456789012', region: 'us-east-1' };
const signIn = signInFromRecord(consoleLogin(iamUser('alice'), 'Failure', 'No'), { ...place, at: t0 + 7, id: 'e7' });
const touched = touchedBy([signIn]);
const look = { ...place, attribute: 'EventName' as const, value: 'v7', from: t0 };
const pending = { response: 'contain', subject: 's7', by: 'bob', byId: 'U1', startedAt: t0 + 7, owner: 'me', counts: true };
const gathered = { by: { id: 'P7', name: 'bob' }, until: t0, more: [], others: 0 };
const request = { incident: 7, seq: 9, by: { id: 'U1', name: 'bob' }, state: 'waiting', dueAt: t0 } as unknown as ResponseRequest;
const shown = { name: 'card', ts: '7.1', digest: 'd', attempt: undefined, refused: undefined, failures: 0 };

async function claimed(store: Store) {
  const one = await store.claim(t0 + many, []);
  if (one === undefined) throw new Error('nothing claimed');
  return one;
}

async function claimedLook(store: Store) {
  const one = await store.claimLook(t0 + many);
  if (one === undefined) throw new Error('no look claimed');
  return one;
}

async function claimedSweep(store: Store) {
  const one = await store.claimSweep(t0 + many);
  if (one === undefined) throw new Error('no sweep');
  return one;
}

const ofStore: Works<Store> = {
  request: (store) => store.request(7, 1),
  requestsDue: (store) => store.requestsDue(t0 + 50),
  fact: (store) => store.fact('f7'),
  remember: (store) => store.remember('f7', 'v', t0),
  databaseClock: (store) => store.databaseClock(),
  forget: (store) => store.forget('f', t0),
  check: (store) => store.check(t0),
  anchors: (store) => store.anchors(1_000, 5),
  gatheredUntil: (store) => store.gatheredUntil(t0 + 50),
  abandoned: (store) => store.abandoned(t0 + 50, 'me', true),
  recent: (store) => store.recent(['contain', 'undo'], 's7', t0),
  claimUnderWay: (store) => store.claimUnderWay(t0 + 50, t0 + 99),
  incidents: (store) => store.incidents([7, 8]),
  related: (store) => store.related(7, t0 - 1),
  isUnderWay: (store) => store.isUnderWay(7, 3),
  isLooking: (store) => store.isLooking(7, t0 + many),
  takeLogCall: (store) => store.takeLogCall(place, 2, t0),
  takeLook: (store) => store.takeLook(place.account, place.region, t0),
  take: (store) => store.take({ budget: 'post', channel: 'C1', isGrave: false }, t0),
  pause: (store) => store.pause('post', 'C1', t0),
  mayErase: async (store) => [await store.mayErase(), await store.fact('f7')],
  claimSweep: (store) => store.claimSweep(t0 + many),
  planSweeps: (store) => store.planSweeps([{ kind: 'alarms', of: 'a7' }], t0),
  nextSweepAt: (store) => store.nextSweepAt(),
  outages: (store) => store.outages(),
  saveShown: async (store) => store.saveShown(await claimed(store), shown),
  release: async (store) => store.release(await claimed(store), { at: t0 + 9, edited: true }, t0),
  releaseStorm: async (store) => {
    const storm = await store.claimStorm(t0 + many);
    if (storm === undefined) throw new Error('no storm');
    await store.releaseStorm(storm, { at: t0 + 9, isShown: true });
  },
  endChore: async (store) => {
    for (const [again, failed] of [[undefined], [t0 + 9], [t0 + 9, true]] as const) {
      const chore = await store.claimChore(t0 + many, kinds);
      if (chore === undefined) throw new Error('no chore');
      await store.endChore(chore, again, failed);
    }
  },
  holdLook: async (store) => store.holdLook(await claimedLook(store)),
  endLook: async (store) => {
    const one = await claimedLook(store);
    await store.endLook(one, { done: one.waits.map(({ incident }) => incident), again: undefined, failed: false });
  },
  holdSweep: async (store) => store.holdSweep(await claimedSweep(store)),
  endSweep: async (store) => store.endSweep(await claimedSweep(store), { through: t0, again: t0 + 9 }),
  audit: async ({ audit: { log } }) => {
    await log.next(1_000);
    await log.entries(1, 1_000, 15);
    await log.responses(7);
    await log.state(7);
    await log.anchors(1_000, 5);
  },
};

const ofTx: Works<Tx> = {
  first: (tx) => tx.first('b7', t0, 1_000),
  taken: (tx) => tx.taken('b7', { burst: 1, every: 1_000 }, t0),
  fact: (tx) => tx.fact('f7'),
  note: (tx) => tx.note('f7', 'v', t0),
  changesNear: (tx) => tx.changesNear([{ alarmId: 'arn:7', at: t0 + 7 }]),
  knownMessages: (tx) => tx.knownMessages([{ topicArn: 't', messageId: 'm7', alarmId: 'arn:7', state: 'OK', at: t0 + 7 }]),
  claimOpened: (tx) =>
    tx.claimOpened(
      { id: 1, severity: 'HIGH', entries: [{ seq: 1, hash: 'h', reply: 'none', body: {} } as unknown as Entry], dueAt: t0 },
      { channel: 'C1', first: undefined },
      t0,
    ),
  incidents: (tx) => tx.incidents([7, 8]),
  hasCard: (tx) => tx.hasCard(7),
  anchor: (tx) => tx.anchor(t0, 10),
  sealOld: (tx) => tx.sealOld(10),
  addTransitions: (tx) =>
    tx.addTransitions([
      {
        incident: 7,
        alarmId: 'arn:7',
        state: 'OK',
        at: t0 + 1,
        toldBy: 'message' as never,
        receivedAt: t0,
        decision: 'fold',
        messageId: 'new',
      },
    ]),
  begin: (tx) => tx.begin({ ...pending, incident: 7, seq: 99 }),
  end: (tx) => tx.end({ incident: 7, seq: 1 }, { result: 'done', isGuess: false }),
  goOn: (tx) => tx.goOn(7, 1, { token: 't', dueAt: t0 }),
  recent: (tx) => tx.recent(['contain', 'undo'], 's7', t0),
  saveRequest: (tx) => tx.saveRequest(request),
  request: (tx) => tx.request(7, 1),
  entriesFrom: (tx) => tx.entriesFrom(1, many - 5),
  openRequestsBy: (tx) => tx.openRequestsBy(),
  gathered: (tx) => tx.gathered('P7'),
  gather: (tx) => tx.gather(gathered),
  forgetGathered: (tx) => tx.forgetGathered('P7'),
  countedSince: (tx) => tx.countedSince(t0 + many - 20),
  begun: (tx) => tx.begun(['contain', 'undo'], t0 + 5, t0 + 25),
  kept: (tx) => tx.kept(['e1', 'e2']),
  known: (tx) => tx.known(['e1', 'e2']),
  remember: (tx) => tx.remember([signIn]),
  seen: (tx) => tx.seen(touched.map(({ by, value }) => ({ by, value, did: 'failed', from: t0, until: t0 + 9, most: 5 }))),
  signInsAround: (tx) => tx.signInsAround(touched),
  related: (tx) => tx.related(touched),
  ask: (tx) => tx.ask([signIn]),
  asked: (tx) => tx.asked(7, 10),
  answer: (tx) => tx.answer(7, touched),
  keepSignIns: (tx) => tx.keepSignIns([{ incident: 8, signIn }]),
  moveSignIns: (tx) => tx.moveSignIns(5, 6),
  schedule: (tx) => tx.schedule([{ kind: 'users', incident: 7 }], t0),
  containing: async (tx) => {
    await tx.schedule(
      [7, 8, 9].map((incident) => ({ kind: 'contained', incident })),
      t0,
    );
    expect((await tx.containing()).map(({ id }) => id)).toEqual([7, 8, 9]);
  },
  sweepBy: (tx) => tx.sweepBy({ kind: 'alarms', of: 'a7' }, t0),
  noteStop: (tx) => tx.noteStop({ from: t0, until: t0 + 9 }, t0 + 9),
  noteFound: (tx) => tx.noteFound({ from: t0, until: t0 + 9, count: 1 }, t0 + 9),
  takeUntold: (tx) => tx.takeUntold(),
  wait: (tx) => tx.wait({ incident: 7, since: t0, from: t0 }, [look, { ...look, value: 'new' }]),
  lookAgain: (tx) => tx.lookAgain(7, 3, t0),
};

/** In `seeks.test.ts`, and of what is pruned in `test/features/prune.test.ts`. */
const elsewhere: readonly (keyof Store | keyof Tx)[] = [
  ...(['transact', 'claim', 'nextDue', 'claimChore', 'nextChoreAt', 'claimLook', 'nextLookAt', 'delivery', 'openIncidents', 'countOpen'] as const),
  ...(['openOf', 'openWith', 'alarms', 'alarmsNamed', 'entries', 'entry', 'signIns', 'lastStepAt', 'incident', 'card'] as const),
  ...(['claimStorm', 'foldInto', 'stormPicture', 'countFolded', 'folded', 'makeRoom', 'endStorm'] as const),
  ...(['prune', 'pruneDetails', 'hasOldDetails'] as const),
  ...(['admit', 'admitEvents', 'lock', 'newest', 'saveAlarms', 'insert', 'waitingCards', 'save', 'append', 'isAlone'] as const),
];
/** Once the clock was set back: all that was to be due is made due. */
const seldom: readonly (keyof Store)[] = ['dueAgain'];

/** What a plan may say of these: it is of few, however much is stored. */
const ofFew: readonly (readonly [name: string, line: RegExp])[] = [
  // An index of those under way.
  ['abandoned', /^SCAN responses USING INDEX responses_pending$/],
  // What was done of late about one, and the changes of one alarm within seconds.
  ...(['recent', 'tx.recent', 'tx.changesNear'] as const).map((name) => [name, /TEMP B-TREE FOR ORDER BY|Sort/] as const),
];

async function fillRest({ db }: FreshDatabase): Promise<void> {
  const unleased = { lease_owner: null, lease_until: null };
  const { incident: _incident, ...response } = { incident: 0, seq: 1, response: 'contain', by_name: 'bob', by_id: 'U1', owner: 'me', token: null };
  await fill(db, 'responses', many, (index) => ({
    ...response,
    incident: index + 1,
    subject: `s${index}`,
    started_at: t0 + index,
    result: index % 500 === 0 ? null : 'done',
    counts: index % 2,
    due_at: index % 1_000 === 0 ? t0 : null,
    ...(index % 1_000 === 0 ? { token: 't' } : {}),
  }));
  const body = JSON.stringify({ v: 1, by: { id: 'U1', name: 'bob' }, state: 'run', until: t0, more: [], others: 0 });
  await fill(db, 'requests', many, (index) => ({ incident: index + 1, seq: 1, due_at: index % 300 === 0 ? t0 : null, body }));
  await fill(db, 'refused', many, (index) => ({ person: `P${index}`, until_at: t0 + index, body }));
  await fill(db, 'anchors', many, (index) => ({ id: index + 1, at: t0, heads: '[]', previous: 'p', root: 'r', key_id: null }));
  const change = { incident: 1, state: 'ALARM', told_by: null, received_at: t0, decision: 'open' };
  await fill(db, 'transitions', many, (index) => ({ ...change, alarm_id: `arn:${index}`, at: t0 + index, message_id: `m${index}` }));
  await fill(db, 'sweeps', many, (index) => ({ name: `alarms a${index}`, due_at: t0 + index, through_at: null, failures: 0, ...unleased }));
  const outage = { from_at: t0, until_at: t0, is_stop: 1, found_at: t0, found: 0, told: 0 };
  await fill(db, 'outages', many, () => outage);
  await fill(db, 'budgets', many, (index) => ({ name: `b${index}`, ready_at: t0 }));
  await db.updateTable('chains').set({ anchored: 1 }).where('incident', '>', 20).execute();
}

it('is said of every statement that the store has', async () => {
  const database = await freshDatabase('sqlite', inject('postgresUrl'));
  const store = await openStore(database, 'me');
  const ofAll = await store.transact(async (tx) => [...Object.keys(store), ...Object.keys(tx)]);
  const said = [...Object.keys(ofStore), ...Object.keys(ofTx), ...elsewhere, ...seldom];
  expect(ofAll.filter((name) => !said.includes(name))).toEqual([]);
  expect(said.filter((name) => !ofAll.includes(name))).toEqual([]);
  await database.close();
});

describe.each(engines)('of much that is stored, on %s, seeks', (engine) => {
  let database: FreshDatabase;
  let tables: string[];
  beforeEach(async () => {
    database = await freshDatabase(engine, inject('postgresUrl'));
    tables = (await database.db.introspection.getTables()).map(({ name }) => name).filter((name) => name !== 'facts');
    await fillRest(database);
    await fillMuch(database);
    await analyze(database);
    await database.db
      .updateTable('storms')
      .set({ due_at: t0, body: JSON.stringify({ first: 1, networks: {} }) })
      .where('id', '=', many)
      .execute();
  });
  afterEach(() => database.close());

  it('whatever is asked', async () => {
    const faults: unknown[] = [];
    const tried = async (name: string, work: (store: Store) => Promise<unknown>): Promise<void> => {
      for (const { text, costly } of await scans(database, tables, work)) {
        const much = costly.filter((line) => !ofFew.some(([of, few]) => of === name && few.test(line)));
        if (much.length > 0) faults.push({ name, text, much });
      }
    };
    for (const [name, work] of Object.entries(ofStore)) await tried(name, work);
    for (const [name, work] of Object.entries(ofTx)) await tried(`tx.${name}`, (store) => store.transact(work));
    expect(faults).toEqual([]);
  });
});
