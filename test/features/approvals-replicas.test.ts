/** Two processes on one database: what one of them writes holds on the other. The table is printed, as that of approvals.test.ts is. */
import { afterAll, afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import type { ResponseRequest } from '../../src/domain/response/request.ts';
import { brake } from '../../src/features/brakes.ts';
import { carryOut } from '../../src/features/carry-out.ts';
import { type Given, give } from '../../src/features/give-response.ts';
import type { Asked, Planned } from '../../src/features/prepare-response.ts';
import { askedIn, decide, settleRequests } from '../../src/features/requests.ts';
import { handOver } from '../../src/features/responses/hand-over.ts';
import { lockOut } from '../../src/features/responses/lock-out.ts';
import { responses } from '../../src/features/responses.ts';
import { about, finished, type Office, office, otherOffice, person, userFacts } from '../support/responding.ts';
import { type FreshDatabase, freshDatabase } from '../support/stores.ts';

const minute = 60_000;
let database: FreshDatabase;
let one: Office;
let two: Office;

beforeEach(async () => {
  database = await freshDatabase('postgres', inject('postgresUrl'));
  one = await office(database, responses);
  two = await otherOffice(database, one);
});
afterEach(async () => {
  await two.replica.close();
  await database.close();
});

async function came(given: Given): Promise<string> {
  if (given.is === 'refused') return given.refused.reason;
  return given.is === 'begun' ? (await finished(given)).result : given.is;
}

async function ask(on: Office, response: Planned, by = 'bob', user = 'alice'): Promise<string> {
  const asked = about(response, by, user);
  const shown = await on.prepare(asked).catch((thrown: Error) => thrown);
  if (shown instanceof Error) return 'refused';
  return came(await on.give(asked, shown, { 'user-again': user }));
}

async function request(on: Office): Promise<ResponseRequest> {
  const { entries } = await on.replica.store.entries(1, { from: 0, count: 50 });
  return (await on.replica.store.request(1, entries.find(({ body }) => body.phase === 'request')?.seq ?? 0)) as ResponseRequest;
}

async function approve(on: Office, by: string): Promise<string> {
  const { seq, incident, ...rest } = await request(on);
  const asked = askedIn(on.world, { seq, incident, ...rest }) as Asked;
  const { plan } = await on.prepare(asked);
  const answer = await decide(on.world, person(by), { incident, seq, verb: 'approve', facts: plan.facts });
  return answer.ok ? answer.request.state : answer.reason;
}

async function run(on: Office, by = 'bob'): Promise<string> {
  const waiting = await request(on);
  const asked = { ...(askedIn(on.world, waiting) as Asked), clicker: person(by) };
  return came(await give(on.world, asked, { ...waiting, request: waiting.seq }));
}

const settle = (on: Office) => settleRequests(on.world, (waiting) => carryOut(on.world, waiting));
const freeze = (on: Office) => brake(on.world.ports, person('dana'), { verb: 'freeze', why: '' });
const pass = (ms: number): void => {
  for (const { replica } of [one, two]) replica.now += ms;
};
const together = async (...all: Promise<string>[]): Promise<string> => (await Promise.all(all)).toSorted().join('+');

interface Row {
  readonly what: string;
  readonly steps: readonly (() => Promise<unknown> | unknown)[];
  readonly expected: readonly string[];
  readonly changed: number;
}

const rows: Row[] = [
  {
    what: 'two approve at once, each on a replica of its own',
    steps: [() => ask(one, handOver), () => together(approve(one, 'carmen'), approve(two, 'frida')), () => run(two)],
    expected: ['requested', 'approved+request-over', 'done'],
    changed: 1,
  },
  {
    what: 'run at once on both replicas',
    steps: [() => ask(one, handOver), () => approve(two, 'carmen'), () => together(run(one), run(two))],
    expected: ['requested', 'approved', 'asked-again+done'],
    changed: 1,
  },
  {
    what: 'asked before a restart, approved and run after it',
    steps: [() => ask(one, handOver), () => approve(two, 'carmen'), () => run(two)],
    expected: ['requested', 'approved', 'done'],
    changed: 1,
  },
  {
    what: 'run before a restart and again after it',
    steps: [() => ask(one, handOver), () => approve(one, 'carmen'), () => run(one), () => run(two)],
    expected: ['requested', 'approved', 'done', 'asked-again'],
    changed: 1,
  },
  {
    what: 'break-glass carried out by both replicas at once, after a restart',
    steps: [
      () => ask(one, lockOut, 'bob', 'backdoor'),
      () => pass(2 * minute),
      () =>
        together(
          settle(one).then(() => ''),
          settle(two).then(() => ''),
        ),
    ],
    expected: ['requested', '+'],
    changed: 1,
  },
  {
    what: 'frozen on one, a change on the other a second later',
    steps: [async () => void (await freeze(one)), () => pass(1_000), () => ask(two, lockOut)],
    expected: ['refused'],
    changed: 0,
  },
  {
    what: 'the form open before the freeze, submitted on the other a second later',
    steps: [
      async () => {
        const asked = about(lockOut, 'bob');
        const shown = await two.prepare(asked);
        await freeze(one);
        pass(1_000);
        return came(await two.give(asked, shown));
      },
    ],
    expected: ['frozen'],
    changed: 0,
  },
  {
    what: 'approved, then frozen on one, run on the other',
    steps: [() => ask(one, handOver), () => approve(two, 'carmen'), async () => void (await freeze(one)), () => pass(1_000), () => run(two)],
    expected: ['requested', 'approved', 'frozen'],
    changed: 0,
  },
  {
    what: 'six changes of one person at once, over both replicas: five',
    steps: [
      async () => {
        for (const name of ['a1', 'a2', 'a3', 'a4', 'a5', 'a6']) one.iam.set(name, userFacts(name));
        const asks = ['a1', 'a2', 'a3', 'a4', 'a5', 'a6'].map((name) => ask(one, lockOut, 'bob', name));
        await Promise.all(asks);
        pass(2 * minute);
        await Promise.all([settle(one), settle(two)]);
      },
    ],
    expected: [],
    changed: 5,
  },
];

const printed: string[] = [];
afterAll(() =>
  process.stdout.write(`${['| what, on two replicas | expected | seen | changes |', '| --- | --- | --- | --- |', ...printed].join('\n')}\n`),
);

describe('who has to agree, on two replicas', () => {
  it.each(rows)('$what', async ({ what, steps, expected, changed }) => {
    const said: string[] = [];
    for (const step of steps) {
      const came = await step();
      if (typeof came === 'string') said.push(came);
    }
    printed.push(`| ${what} | ${expected.join(' → ')}, ${changed} | ${said.join(' → ')} | ${one.changes.length} |`);
    expect(said).toEqual(expected);
    expect(one.changes).toHaveLength(changed);
  });
});
