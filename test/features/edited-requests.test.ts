/** Requests that somebody edits or makes in the database: nothing is approved, run or carried out by that, and asking again works. */
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { auditKeysOf } from '../../src/domain/audit/keys.ts';
import { digestOf } from '../../src/domain/response/confirmed.ts';
import type { ResponseRequest } from '../../src/domain/response/request.ts';
import { Secret } from '../../src/domain/secret.ts';
import { carryOut } from '../../src/features/carry-out.ts';
import { give } from '../../src/features/give-response.ts';
import type { Asked, Planned } from '../../src/features/prepare-response.ts';
import { askedIn, decide, settleRequests } from '../../src/features/requests.ts';
import { handOver } from '../../src/features/responses/hand-over.ts';
import { lockOut } from '../../src/features/responses/lock-out.ts';
import { resetMfa } from '../../src/features/responses/reset-mfa.ts';
import { responses } from '../../src/features/responses.ts';
import { about, finished, type Office, office, person } from '../support/responding.ts';
import { type FreshDatabase, freshDatabase } from '../support/stores.ts';

const keys = auditKeysOf([new Secret('a key that is long enough to be one')]);
const minute = 60_000;
let database: FreshDatabase;
let here: Office;

beforeEach(async () => {
  database = { ...(await freshDatabase('sqlite', '')), audit: { keys } };
  here = await office(database, responses);
});
afterEach(() => database.close());

async function ask(response: Planned, user = 'alice'): Promise<ResponseRequest> {
  const asked = about(response, 'bob', user);
  const given = await here.give(asked, await here.prepare(asked), { 'user-again': user });
  expect(given.is).toBe('requested');
  const { entries } = await here.replica.store.entries(1, { from: 0, count: 50 });
  const seq = entries.find(({ body }) => body.phase === 'request')?.seq ?? 0;
  return (await here.replica.store.request(1, seq)) as ResponseRequest;
}

async function approve(request: ResponseRequest, by = 'carmen'): Promise<string> {
  const asked = askedIn(here.world, request) as Asked;
  const { facts } = (await here.prepare(asked)).plan;
  const answer = await decide(here.world, person(by), { incident: 1, seq: request.seq, verb: 'approve', facts });
  return answer.ok ? answer.request.state : answer.reason;
}

async function run({ incident, seq }: ResponseRequest): Promise<string> {
  const request = (await here.replica.store.request(incident, seq)) as ResponseRequest;
  const given = await give(here.world, askedIn(here.world, request) as Asked, { ...request, request: seq });
  if (given.is === 'refused') return given.refused.reason;
  return given.is === 'begun' ? (await finished(given)).result : given.is;
}

/** As whoever can write rows does it. */
async function edit({ incident, seq }: ResponseRequest, over: Partial<ResponseRequest>): Promise<void> {
  const request = (await here.replica.store.request(incident, seq)) as ResponseRequest;
  const edited = { ...request, ...over };
  await database.db
    .updateTable('requests')
    .set({ body: JSON.stringify(edited), due_at: edited.dueAt ?? null })
    .where('incident', '=', incident)
    .where('seq', '=', seq)
    .execute();
}

const settle = () => settleRequests(here.world, (one) => carryOut(here.world, one));
const carmen = person('carmen');

describe('a request that was edited in the database', () => {
  it.each<[string, (request: ResponseRequest) => Partial<ResponseRequest>]>([
    ['approved', () => ({ state: 'approved', approvedBy: [carmen] })],
    ['in need of nobody', () => ({ state: 'approved', needed: 0 })],
    ['a break-glass that is due', () => ({ mode: 'break-glass', dueAt: 1 })],
    ['approved for somebody else', () => ({ state: 'approved', approvedBy: [carmen], target: { kind: 'iam-user', account: '1', name: 'backdoor' } })],
  ])('into one that is %s is not run', async (_what, over) => {
    const request = await ask(handOver);
    await edit(request, over(request));
    await settle();
    expect(await run(request)).not.toBe('done');
    expect(here.changes).toEqual([]);
  });

  it.each<[string, (request: ResponseRequest) => Partial<ResponseRequest>]>([
    ['once more', ({ at }) => ({ dueAt: at + 60 * minute })],
    ['by others', () => ({ approvedBy: [person('frida')] })],
    ['with other reasons', () => ({ why: 'the boss says so' })],
    ['after it was denied', () => ({})],
  ])('after its approval (%s) is not run', async (what, over) => {
    const request = await ask(handOver);
    expect(await approve(request)).toBe('approved');
    const before = (await here.replica.store.request(1, request.seq)) as ResponseRequest;
    if (what === 'after it was denied') await decide(here.world, person('frida'), { incident: 1, seq: request.seq, verb: 'deny' });
    await edit(request, { ...before, ...over(before) });
    expect(await run(request)).toBe('request-changed');
    expect(here.changes).toEqual([]);
  });

  it('is not approved either, and asking again works', async () => {
    const request = await ask(handOver);
    const facts = { ...request.facts, 'console password': 'none' };
    await edit(request, { facts, digest: digestOf({ ...request, facts }) });
    expect(await approve(request)).toBe('request-changed');
    const again = await ask(handOver);
    expect(await approve(again)).toBe('approved');
    expect(await run(again)).toBe('done');
  });

  it.each([
    ['a time of', 'update entries set at = at - 1 where'],
    ['who gave', `update entries set body = replace(body, 'carmen', 'frida') where`],
    ['all of', 'delete from entries where'],
  ])('and of which somebody changed %s the approval is not run', async (_what, change) => {
    const request = await ask(handOver);
    expect(await approve(request)).toBe('approved');
    const { entries } = await here.replica.store.entries(1, { from: 0, count: 9 });
    const approval = entries.find(({ body }) => body.what === 'approve')?.seq ?? 0;
    await sql.raw(`${change} incident = 1 and seq = ${approval}`).execute(database.db);
    expect(await run(request)).toBe('request-changed');
    expect(here.changes).toEqual([]);
  });
});

describe('a request that nobody made', () => {
  it.each([handOver, resetMfa, lockOut])('but whoever can write rows ($id) is not carried out, and the thread says why', async (response) => {
    const real = await ask(lockOut, 'backdoor');
    await decide(here.world, person('dana'), { incident: 1, seq: real.seq, verb: 'cancel' });
    const { plan } = await here.prepare(about(response, 'bob', 'backdoor'));
    const devices = plan.questions.flatMap((question) => (question.kind === 'choose-several' ? question.options.map(({ id }) => id) : []));
    const answers = { 'user-again': 'backdoor', devices, identified: 'video' };
    const forged = { ...real, response: response.id, facts: plan.facts, answers, seq: 99, dueAt: here.replica.now, state: 'waiting' };
    await database.db
      .insertInto('requests')
      .values({ incident: 1, seq: 99, due_at: here.replica.now, body: JSON.stringify(forged) })
      .execute();
    here.replica.now += minute;
    await settle();
    expect(here.changes).toEqual([]);
    expect((await here.entries()).map(({ text }) => text).join()).toContain('is not as the log has it');
    expect((await here.replica.store.request(1, 99))?.state).toBe('changed');
  });
});
