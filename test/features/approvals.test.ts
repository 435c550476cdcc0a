/** Two people where it matters: each row is what was done, what is expected, and what was seen; the table is printed. */
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Incident } from '../../src/domain/incident/incident.ts';
import { mapped, notRead, read } from '../../src/domain/response/iam-user.ts';
import type { ResponseRequest } from '../../src/domain/response/request.ts';
import { brake } from '../../src/features/brakes.ts';
import { carryOut } from '../../src/features/carry-out.ts';
import { type Given, give } from '../../src/features/give-response.ts';
import type { Asked, Planned } from '../../src/features/prepare-response.ts';
import { askedIn, decide, settleRequests, type Verb } from '../../src/features/requests.ts';
import { acknowledge } from '../../src/features/responses/acknowledge.ts';
import { handOver } from '../../src/features/responses/hand-over.ts';
import { lockOut } from '../../src/features/responses/lock-out.ts';
import { resolve } from '../../src/features/responses/resolve.ts';
import { responses } from '../../src/features/responses.ts';
import { transition } from '../../src/features/transition.ts';
import { about, account, finished, type Office, office, person, t0, userFacts } from '../support/responding.ts';
import { type FreshDatabase, freshDatabase } from '../support/stores.ts';

const minute = 60_000;
let database: FreshDatabase;
let here: Office;

async function open(over: Parameters<typeof office>[2] = {}): Promise<void> {
  database = await freshDatabase('sqlite', '');
  here = await office(database, responses, over);
}

/** Asks, and answers whatever is asked. */
async function ask(response: Planned, by: string, user = 'alice'): Promise<string> {
  const asked = about(response, by, user);
  const shown = await here.prepare(asked).catch((thrown: Error) => thrown);
  if (shown instanceof Error) return shown.message;
  return seen(await here.give(asked, shown, { 'user-again': user }));
}

async function seen(given: Given): Promise<string> {
  if (given.is === 'refused') return given.refused.reason;
  if (given.is !== 'begun') return given.is === 'asked-again' ? `asked-again${given.changed.length > 0 ? ': changed' : ''}` : given.is;
  return (await finished(given)).result;
}

async function request(): Promise<ResponseRequest> {
  const { entries } = await here.replica.store.entries(1, { from: 0, count: 50 });
  const entry = entries.find(({ body }) => body.phase === 'request');
  return (await here.replica.store.request(1, entry?.seq ?? 0)) as ResponseRequest;
}

/** @param facts what the approver is shown; by default, what is so */
async function press(verb: Verb, by: string): Promise<string> {
  const { seq, incident } = await request();
  const asked = askedIn(here.world, await request()) as Asked;
  const facts = verb === 'approve' ? (await here.prepare(asked).catch(() => undefined))?.plan.facts : undefined;
  const answer = await decide(here.world, person(by), { incident, seq, verb, ...(facts ? { facts } : {}) });
  return answer.ok ? answer.request.state : answer.reason;
}

async function run(by: string): Promise<string> {
  const one = await request();
  const asked = { ...(askedIn(here.world, one) as Asked), clicker: person(by) };
  const { facts, answers, why, seen: before, seq } = one;
  return seen(await give(here.world, asked, { facts, answers, why, seen: before, request: seq }));
}

const settle = () => settleRequests(here.world, (one) => carryOut(here.world, one));
const pass = (ms: number): void => {
  here.replica.now += ms;
};
const change = (): void => void here.iam.set('alice', userFacts('alice', { password: read({ createdAt: t0, resetRequired: true }) }));
const freeze = (verb: 'freeze' | 'end' | 'confirm' | 'lift', by: string) => brake(here.world.ports, person(by), { verb, why: '' });
const reasonOf = (answer: Awaited<ReturnType<typeof freeze>>): string => (answer.ok ? 'ok' : answer.reason);
const losing = (name: string): void => void here.roles.set(name, ['responder']);
const owners = [
  { person: person('bob').id, account, name: 'bob' },
  { person: person('alice').id, account: undefined, name: 'alice' },
];

const tagged = (email: string): void => {
  const { identity } = userFacts('alice');
  here.iam.set('alice', userFacts('alice', { identity: mapped(identity, (one) => ({ ...one, email })) }));
};

const untagged = (): void => void here.iam.set('alice', userFacts('alice', { identity: notRead('AWS throttles GetUser now.') }));

async function merged(): Promise<void> {
  const { store, now } = here.replica;
  await store.transact(async (tx) => {
    const incident = (await tx.incident(1)) as Incident;
    await tx.save([{ incident: { ...incident, mergedInto: 2 }, due: 'now' }], now);
  });
}

async function resolved(): Promise<void> {
  await transition(here.world.ports, person('dana'), { response: acknowledge, incident: 1, answers: {} });
  await transition(here.world.ports, person('dana'), { response: resolve, incident: 1, answers: { verdict: 'mistake', note: '' } });
}

interface Row {
  readonly what: string;
  readonly settings?: Parameters<typeof office>[2];
  readonly steps: readonly (() => Promise<unknown> | unknown)[];
  readonly expected: readonly string[];
  /** Changes that reached AWS. */
  readonly changed: number;
}

const asks = () => ask(handOver, 'bob');
const rows: Row[] = [
  { what: 'lock out, in the incident', steps: [() => ask(lockOut, 'bob')], expected: ['done'], changed: 1 },
  { what: 'hand over, in the incident', steps: [asks], expected: ['requested'], changed: 0 },
  {
    what: 'approved by another, run',
    steps: [asks, () => press('approve', 'carmen'), () => run('bob')],
    expected: ['requested', 'approved', 'done'],
    changed: 1,
  },
  { what: 'run before it is approved', steps: [asks, () => run('bob')], expected: ['requested', 'request-over'], changed: 0 },
  {
    what: 'run by somebody else',
    steps: [asks, () => press('approve', 'carmen'), () => run('carmen')],
    expected: ['requested', 'approved', 'not-requester'],
    changed: 0,
  },
  {
    what: 'run twice',
    steps: [asks, () => press('approve', 'carmen'), () => run('bob'), () => run('bob')],
    expected: ['requested', 'approved', 'done', 'asked-again: changed'],
    changed: 1,
  },
  {
    what: 'run twice at once',
    steps: [asks, () => press('approve', 'carmen'), async () => (await Promise.all([run('bob'), run('bob')])).toSorted().join('+')],
    expected: ['requested', 'approved', 'asked-again+done'],
    changed: 1,
  },
  { what: 'approved by the requester', steps: [asks, () => press('approve', 'bob')], expected: ['requested', 'own-request'], changed: 0 },
  { what: 'approved by a responder', steps: [asks, () => press('approve', 'dana')], expected: ['requested', 'not-a-remediator'], changed: 0 },
  { what: 'denied', steps: [asks, () => press('deny', 'carmen'), () => run('bob')], expected: ['requested', 'denied', 'request-over'], changed: 0 },
  {
    what: 'denied after the approval',
    steps: [asks, () => press('approve', 'carmen'), () => press('deny', 'frida'), () => run('bob')],
    expected: ['requested', 'approved', 'denied', 'request-over'],
    changed: 0,
  },
  {
    what: 'cancelled by the requester',
    steps: [asks, () => press('cancel', 'bob'), () => press('approve', 'carmen')],
    expected: ['requested', 'cancelled', 'request-over'],
    changed: 0,
  },
  { what: 'cancelled by another', steps: [asks, () => press('cancel', 'carmen')], expected: ['requested', 'not-requester'], changed: 0 },
  {
    what: 'two approve at once',
    steps: [asks, async () => (await Promise.all([press('approve', 'carmen'), press('approve', 'frida')])).toSorted().join('+'), () => run('bob')],
    expected: ['requested', 'approved+request-over', 'done'],
    changed: 1,
  },
  {
    what: 'not approved for 15 min',
    steps: [asks, () => pass(15 * minute), () => press('approve', 'carmen'), settle, async () => (await request()).state],
    expected: ['requested', 'request-over', 'expired'],
    changed: 0,
  },
  {
    what: 'not run for 15 min',
    steps: [asks, () => press('approve', 'carmen'), () => pass(15 * minute), () => run('bob'), settle, async () => (await request()).state],
    expected: ['requested', 'approved', 'request-over', 'expired'],
    changed: 0,
  },
  {
    what: 'changed before the approval',
    steps: [asks, change, () => press('approve', 'carmen')],
    expected: ['requested', 'request-changed'],
    changed: 0,
  },
  {
    what: 'changed after the approval',
    steps: [asks, () => press('approve', 'carmen'), change, () => run('bob')],
    expected: ['requested', 'approved', 'asked-again: changed'],
    changed: 0,
  },
  {
    what: 'requester lost the role',
    steps: [asks, () => press('approve', 'carmen'), () => losing('bob'), () => run('bob')],
    expected: ['requested', 'approved', 'not-a-remediator'],
    changed: 0,
  },
  {
    what: 'approver lost the role before',
    steps: [asks, () => losing('carmen'), () => press('approve', 'carmen')],
    expected: ['requested', 'not-a-remediator'],
    changed: 0,
  },
  { what: 'resolved meanwhile', steps: [asks, resolved, () => press('approve', 'carmen')], expected: ['requested', 'already-resolved'], changed: 0 },
  {
    what: 'resolved after the approval',
    steps: [asks, () => press('approve', 'carmen'), resolved, () => run('bob')],
    expected: ['requested', 'approved', 'already-resolved'],
    changed: 0,
  },
  { what: 'merged meanwhile', steps: [asks, merged, () => press('approve', 'carmen')], expected: ['requested', 'merged'], changed: 0 },
  {
    what: 'merged after the approval',
    steps: [asks, () => press('approve', 'carmen'), merged, () => run('bob')],
    expected: ['requested', 'approved', 'merged'],
    changed: 0,
  },
  {
    what: 'approver lost the role after',
    steps: [asks, () => press('approve', 'carmen'), () => losing('carmen'), () => run('bob')],
    expected: ['requested', 'approved', 'approver-gone'],
    changed: 0,
  },
  {
    what: 'tag email says the requester, of a response that needs nobody',
    settings: { approvals: new Map([['hand-over', 0]]) },
    steps: [() => tagged('bob@example.com'), asks, () => press('approve', 'carmen')],
    expected: ['requested', 'approved'],
    changed: 0,
  },
  {
    what: 'tag email says the approver',
    steps: [
      () => tagged('carmen@example.com'),
      asks,
      () => press('approve', 'carmen'),
      () => press('deny', 'carmen'),
      () => press('approve', 'frida'),
    ],
    expected: ['requested', 'own-account', 'own-account', 'approved'],
    changed: 0,
  },
  {
    what: 'tag email that Slack does not tell: two others',
    steps: [() => tagged('x@unreadable.example'), asks, async () => String((await request()).needed)],
    expected: ['requested', '2'],
    changed: 0,
  },
  {
    what: 'tag email that IAM does not tell: two others',
    steps: [untagged, asks, async () => String((await request()).needed)],
    expected: ['requested', '2'],
    changed: 0,
  },
  {
    what: 'tag email that IAM does not tell, of a response that needs nobody',
    settings: { approvals: new Map([['hand-over', 0]]) },
    steps: [untagged, asks],
    expected: ['requested'],
    changed: 0,
  },
  {
    what: 'tag email and what takes access: no more than without',
    steps: [() => tagged('bob@example.com'), () => ask(lockOut, 'bob')],
    expected: ['done'],
    changed: 1,
  },
  {
    what: 'BREAK_GLASS=false: lock out of somebody outside',
    settings: { hasBreakGlass: false },
    steps: [() => ask(lockOut, 'bob', 'backdoor'), () => pass(2 * minute), settle, () => press('approve', 'carmen'), () => run('bob')],
    expected: ['requested', 'approved', 'done'],
    changed: 1,
  },
  {
    what: 'frozen meanwhile',
    steps: [asks, () => press('approve', 'carmen'), async () => void (await freeze('freeze', 'dana')), () => run('bob')],
    expected: ['requested', 'approved', 'frozen'],
    changed: 0,
  },
  {
    what: 'a remediator who joined an hour ago',
    steps: [
      asks,
      () => void here.roles.set('gil', ['remediator']),
      () => here.refresh(),
      () => press('approve', 'gil'),
      () => press('approve', 'carmen'),
    ],
    expected: ['requested', 'joined-lately', 'approved'],
    changed: 0,
  },
  {
    what: '… who ends a freeze, and lifts the numbers',
    steps: [
      () => void here.roles.set('gil', ['remediator']),
      () => here.refresh(),
      () => freeze('freeze', 'dana'),
      ...(['end', 'lift'] as const).map((verb) => async () => reasonOf(await freeze(verb, 'gil'))),
      async () => reasonOf(await freeze('end', 'carmen')),
      () => pass(24 * 60 * minute),
      async () => reasonOf(await freeze('lift', 'gil')),
    ],
    expected: ['joined-lately', 'joined-lately', 'ok', 'ok'],
    changed: 0,
  },
  {
    what: 'hand over of somebody outside: two others',
    steps: [
      () => ask(handOver, 'bob', 'backdoor'),
      () => press('approve', 'carmen'),
      () => press('approve', 'carmen'),
      () => press('approve', 'frida'),
      () => run('bob'),
    ],
    expected: ['requested', 'waiting', 'approved-already', 'approved', 'done'],
    changed: 1,
  },
  {
    what: 'hand over of a user without an owner: two others',
    settings: { owners },
    steps: [() => ask(handOver, 'bob', 'backdoor'), async () => String((await request()).needed)],
    expected: ['requested', '2'],
    changed: 0,
  },
  {
    what: 'hand over of an owned user of the incident: one',
    settings: { owners },
    steps: [asks, async () => String((await request()).needed)],
    expected: ['requested', '1'],
    changed: 0,
  },
  {
    what: 'one’s own account, of a response that needs nobody',
    settings: { owners, approvals: new Map([['hand-over', 0]]) },
    steps: [() => ask(handOver, 'bob', 'bob'), () => press('approve', 'carmen')],
    expected: ['requested', 'approved'],
    changed: 0,
  },
  {
    what: 'approval by whose account it is',
    settings: { owners },
    steps: [() => ask(handOver, 'carmen', 'bob'), () => press('approve', 'bob')],
    expected: ['requested', 'own-account'],
    changed: 0,
  },
  {
    what: '… which PEOPLE writes in another case',
    settings: { owners: [{ person: person('bob').id, account, name: 'BOB' }] },
    steps: [() => ask(handOver, 'carmen', 'bob'), () => press('approve', 'bob')],
    expected: ['requested', 'own-account'],
    changed: 0,
  },
  {
    what: 'lock out of somebody outside: two minutes',
    steps: [() => ask(lockOut, 'bob', 'backdoor'), settle, () => pass(2 * minute), settle, async () => (await request()).state],
    expected: ['requested', 'run'],
    changed: 1,
  },
  {
    what: '… cancelled by a responder',
    steps: [() => ask(lockOut, 'bob', 'backdoor'), () => press('cancel', 'dana'), () => pass(2 * minute), settle],
    expected: ['requested', 'cancelled'],
    changed: 0,
  },
  {
    what: '… frozen meanwhile',
    steps: [
      () => ask(lockOut, 'bob', 'backdoor'),
      async () => void (await freeze('freeze', 'dana')),
      () => pass(2 * minute),
      settle,
      async () => (await request()).state,
    ],
    expected: ['requested', 'changed'],
    changed: 0,
  },
  {
    what: '… role lost meanwhile',
    steps: [() => ask(lockOut, 'bob', 'backdoor'), () => losing('bob'), () => pass(2 * minute), settle, async () => (await request()).state],
    expected: ['requested', 'changed'],
    changed: 0,
  },
  {
    what: '… settled by two replicas at once',
    steps: [() => ask(lockOut, 'bob', 'backdoor'), () => pass(2 * minute), async () => void (await Promise.all([settle(), settle()]))],
    expected: ['requested'],
    changed: 1,
  },
  {
    what: 'READ_ONLY',
    settings: { isReadOnly: true },
    steps: [() => ask(lockOut, 'bob')],
    expected: ['READ_ONLY is set: nothing is changed in AWS from Slack. Nothing was done.'],
    changed: 0,
  },
];

const printed: string[] = [];
afterAll(() => process.stdout.write(`${['| what | expected | seen | changes |', '| --- | --- | --- | --- |', ...printed].join('\n')}\n`));
afterEach(() => database.close());

describe('who has to agree', () => {
  it.each(rows)('$what', async ({ what, settings, steps, expected, changed }) => {
    await open(settings);
    const said: string[] = [];
    for (const step of steps) {
      const one = await step();
      if (typeof one === 'string') said.push(one);
    }
    printed.push(`| ${what} | ${expected.join(' → ')}, ${changed} | ${said.join(' → ')} | ${here.changes.length} |`);
    expect(said).toEqual(expected);
    expect(here.changes).toHaveLength(changed);
  });
});

describe('a freeze', () => {
  beforeEach(() => open());

  it('keeps a break-glass that falls due from being carried out, then and after its end, and notifies of that, once, with what to do', async () => {
    expect(await ask(lockOut, 'bob', 'backdoor')).toBe('requested');
    await freeze('freeze', 'dana');
    pass(2 * minute);
    await Promise.all([settle(), settle()]);
    await freeze('end', 'carmen');
    pass(minute);
    await settle();
    expect(here.changes).toEqual([]);
    const { entries } = await here.replica.store.entries(1, { from: 0, count: 50 });
    const said = entries.filter(({ body }) => body.what === 'not-carried-out');
    expect(said.map(({ reply, body }) => [reply, body.asks?.name])).toEqual([['loud', 'bob']]);
    expect(said[0]?.body.text).toMatch(
      /^Not carried out: Lock out, backdoor in 123456789012\. dana froze all changes 2 min ago.* Another remediator than dana ends it: \/signin-freeze end\. It is not carried out later by itself: bob, or another remediator, has to ask for it again/,
    );
    expect(await press('cancel', 'dana')).toBe('request-over');
    expect(await ask(lockOut, 'bob', 'backdoor')).toBe('requested');
  });

  it('lapses after an hour unless it is confirmed, and is ended by another remediator', async () => {
    await freeze('freeze', 'bob');
    expect(await ask(lockOut, 'carmen')).toContain('bob froze all changes');
    expect(await freeze('end', 'bob')).toMatchObject({ ok: false, reason: 'own-request' });
    pass(61 * minute);
    expect(await ask(lockOut, 'carmen')).toBe('done');
    await freeze('freeze', 'bob');
    await freeze('confirm', 'carmen');
    pass(5 * 61 * minute);
    expect(await ask(lockOut, 'carmen')).toContain('froze all changes');
    expect(await freeze('end', 'carmen')).toMatchObject({ ok: true });
    expect(await ask(lockOut, 'carmen')).toBe('done');
  });
});
