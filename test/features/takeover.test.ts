/** Attacks by a remediator's stolen session, alone: nobody is taken over, at most five are locked out, each change rings and is in the log. */
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import type { Incident } from '../../src/domain/incident/incident.ts';
import type { Entry } from '../../src/domain/incident/timeline.ts';
import { brake } from '../../src/features/brakes.ts';
import { carryOut } from '../../src/features/carry-out.ts';
import { type Given, give } from '../../src/features/give-response.ts';
import type { Asked, Planned } from '../../src/features/prepare-response.ts';
import { askedIn, decide, settleRequests } from '../../src/features/requests.ts';
import { handOver } from '../../src/features/responses/hand-over.ts';
import { lockOut } from '../../src/features/responses/lock-out.ts';
import { resetMfa } from '../../src/features/responses/reset-mfa.ts';
import { responses } from '../../src/features/responses.ts';
import { consoleLogin, iamUser } from '../support/records.ts';
import { about, finished, type Office, office, otherOffice, person, t0, userFacts } from '../support/responding.ts';
import { type FreshDatabase, freshDatabase } from '../support/stores.ts';

const minute = 60_000;
const day = 86_400_000;
const strangers = ['x1', 'x2', 'x3'];
let database: FreshDatabase;
let here: Office;

/** @param engine of which a second process can open connections */
async function open(engine: 'sqlite' | 'postgres' = 'sqlite'): Promise<void> {
  database = await freshDatabase(engine, engine === 'postgres' ? inject('postgresUrl') : '');
  here = await office(database, responses);
  for (const name of strangers) here.iam.set(name, userFacts(name));
}

/** From now on bob is the only remediator. */
function alone(): void {
  for (const name of ['carmen', 'frida']) here.roles.set(name, ['responder']);
}

/** What comes of it when bob asks and answers whatever is asked. */
async function bobAsks(response: Planned, user: string, incident = 1): Promise<string> {
  const asked = about(response, 'bob', user, incident);
  const shown = await here.prepare(asked).catch((thrown: Error) => thrown);
  if (shown instanceof Error) return shown.message;
  const devices = shown.plan.questions.flatMap((question) => (question.kind === 'choose-several' ? question.options.map(({ id }) => id) : []));
  return cameOf(await here.give(asked, shown, { 'user-again': user, devices, identified: 'video' }));
}

async function cameOf(given: Given): Promise<string> {
  if (given.is === 'refused') return given.refused.reason;
  return given.is === 'begun' ? (await finished(given)).result : given.is;
}

async function entries(incident: number): Promise<Entry[]> {
  return (await here.replica.store.entries(incident, { from: 0, count: 200 })).entries.toReversed();
}

/** Whatever bob can press on his own requests. */
async function pressAll(incident: number): Promise<string[]> {
  const said: string[] = [];
  for (const { seq } of (await entries(incident)).filter(({ body }) => body.phase === 'request')) {
    const request = await here.replica.store.request(incident, seq);
    if (request === undefined || request.mode === 'break-glass') continue;
    const asked = askedIn(here.world, request) as Asked;
    const shown = await here.prepare(asked);
    const approved = await decide(here.world, person('bob'), { incident, seq, verb: 'approve', facts: shown.plan.facts });
    said.push(approved.ok ? 'approved' : approved.reason);
    said.push(await cameOf(await give(here.world, asked, { ...request, request: seq })));
  }
  return said;
}

async function old(id: number): Promise<void> {
  const { store } = here.replica;
  await store.transact(async (tx) => {
    const incident = (await tx.incident(id)) as Incident;
    await tx.save([{ incident: { ...incident, severity: 'LOW' }, due: 'planned' }], here.replica.now);
  });
  here.replica.now += 30 * day;
}

const settle = (of = here) => settleRequests(of.world, (one) => carryOut(of.world, one));

/** Every change is told by an intent, an outcome and who it was; each request and each change rings. */
async function expectLoudAndWritten(incidents: readonly number[]): Promise<void> {
  const all = (await Promise.all(incidents.map(entries))).flat();
  const begun = all.filter(({ body }) => body.phase === 'intent' || body.phase === 'request');
  expect(begun.every(({ reply, body }) => reply === 'loud' && body.by?.id === person('bob').id)).toBe(true);
  expect(all.filter(({ body }) => body.phase === 'intent').length).toBe(here.changes.length);
  expect(all.filter(({ body }) => body.phase === 'outcome' && body.result === 'done').length).toBe(here.changes.length);
  expect(all.filter(({ body }) => body.phase === 'intent' && body.what !== 'lock-out')).toEqual([]);
}

afterEach(() => database.close());

describe('one remediator, an old LOW incident, three strangers', () => {
  beforeEach(async () => {
    await open();
    alone();
    await old(1);
  });

  it('takes over nobody: what gives access waits for two others, and is never the requester’s to approve or run', async () => {
    for (const name of strangers) expect(await bobAsks(handOver, name)).toBe('requested');
    expect(await bobAsks(resetMfa, 'x1')).toBe('requested');
    expect(new Set(await pressAll(1))).toEqual(new Set(['own-request', 'request-over']));
    expect(here.changes).toEqual([]);
    await expectLoudAndWritten([1]);
  });

  it('locks out five in an hour at most, after two loud minutes each, and rings no more often than that', async () => {
    const said: string[] = [];
    for (const name of [...strangers, 'x4', 'x5', 'x6', 'x7']) {
      here.iam.set(name, userFacts(name));
      said.push(await bobAsks(lockOut, name));
    }
    expect(said).toEqual([...Array(5).fill('requested'), 'capped', 'capped']);
    expect(here.changes).toEqual([]);
    here.replica.now += 2 * minute;
    await settle();
    expect(here.changes).toHaveLength(5);
    expect(await bobAsks(lockOut, 'alice')).toBe('capped');
    await expectLoudAndWritten([1]);
  });
});

describe('one remediator who asks and cancels', () => {
  it('rings ten times and then once in six minutes, until another lifts it', async () => {
    await open();
    const said: string[] = [];
    const askAndCancel = async (): Promise<void> => {
      said.push(await bobAsks(lockOut, 'x1'));
      const made = (await entries(1)).findLast(({ body }) => body.phase === 'request');
      await decide(here.world, person('bob'), { incident: 1, seq: made?.seq ?? 0, verb: 'cancel' });
    };
    for (let index = 0; index < 11; index++) await askAndCancel();
    expect(said).toEqual([...Array(10).fill('requested'), 'capped']);
    here.replica.now += 6 * minute;
    for (let index = 0; index < 2; index++) await askAndCancel();
    await brake(here.world.ports, person('carmen'), { verb: 'lift', why: '' });
    await askAndCancel();
    expect(said.slice(11)).toEqual(['requested', 'capped', 'requested']);
  });
});

describe('the same after failed sign-ins under the three names', () => {
  let incident: number;
  beforeEach(async () => {
    await open();
    alone();
    const eventTime = new Date(t0 + minute).toISOString();
    await here.replica.receive(...strangers.map((name) => consoleLogin(iamUser(name), 'Failure', 'No', { eventTime })));
    incident = (await here.replica.incidents()).find(({ subjects }) => subjects.some(({ name }) => name === 'x1'))?.id ?? 0;
    await old(incident);
  });

  it('takes over nobody, and locks out five at most, loudly', async () => {
    for (const name of strangers) expect(await bobAsks(handOver, name, incident)).toBe('requested');
    expect(new Set(await pressAll(incident))).toEqual(new Set(['own-request', 'request-over']));
    expect(here.changes).toEqual([]);
    const done: string[] = [];
    for (const name of [...strangers, ...strangers]) done.push(await bobAsks(lockOut, name, incident));
    expect(done).toEqual(['done', 'done', 'done', 'done', 'done', 'capped']);
    await expectLoudAndWritten([incident]);
  });
});

describe('at night, with one remediator', () => {
  it('alice of the incident is locked out at once, and backdoor outside it after two minutes, by another process after a restart', async () => {
    await open('postgres');
    alone();
    expect(await bobAsks(lockOut, 'alice')).toBe('done');
    expect(await bobAsks(lockOut, 'backdoor')).toBe('requested');
    const after = await otherOffice(database, here);
    after.replica.now += minute;
    await settle(after);
    expect(here.changes).toEqual(['replacePassword alice for bob']);
    after.replica.now += minute;
    await settle(after);
    expect(here.changes).toEqual(['replacePassword alice for bob', 'replacePassword backdoor for bob']);
    await after.replica.close();
  });
});

describe('the hourly numbers', () => {
  beforeEach(() => open());

  it('of one person are five, until another lifts it', async () => {
    for (let index = 0; index < 5; index++) expect(await bobAsks(lockOut, 'alice')).toBe('done');
    expect(await bobAsks(lockOut, 'alice')).toBe('capped');
    const lift = (by: string) => brake(here.world.ports, person(by), { verb: 'lift', why: '' });
    await lift('bob');
    expect(await bobAsks(lockOut, 'alice')).toBe('capped');
    await lift('carmen');
    expect(await bobAsks(lockOut, 'alice')).toBe('done');
    here.replica.now += 61 * minute;
    expect(await bobAsks(lockOut, 'alice')).toBe('done');
  });

  it('of all together are twenty', async () => {
    const five = ['bob', 'carmen', 'frida', 'gil', 'hal'];
    for (const name of five) here.roles.set(name, ['remediator']);
    const results: string[] = [];
    for (const name of five) {
      for (let index = 0; index < 5; index++) {
        const asked = about(lockOut, name);
        const shown = await here.prepare(asked);
        results.push(await cameOf(await here.give(asked, shown)));
      }
    }
    expect(results.filter((one) => one === 'done')).toHaveLength(20);
    expect(results.slice(20)).toEqual(Array(5).fill('capped'));
  });
});
