/** What a person may not do alone is not defeated by the same person: the last MFA device, after a password that was replaced. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ResponseRequest } from '../../src/domain/response/request.ts';
import { give } from '../../src/features/give-response.ts';
import type { Planned } from '../../src/features/prepare-response.ts';
import { decide } from '../../src/features/requests.ts';
import { handOver } from '../../src/features/responses/hand-over.ts';
import { lockOut } from '../../src/features/responses/lock-out.ts';
import { resetMfa } from '../../src/features/responses/reset-mfa.ts';
import { responses } from '../../src/features/responses.ts';
import { about, finished, type Office, office, person } from '../support/responding.ts';
import { type FreshDatabase, freshDatabase } from '../support/stores.ts';

const minute = 60_000;
let database: FreshDatabase;
let here: Office;
beforeEach(async () => {
  database = await freshDatabase('sqlite', '');
  here = await office(database, responses, { approvals: new Map([['hand-over', 0]]) });
  await here.refresh();
});
afterEach(() => database.close());

async function replaced(response: Planned, by: string): Promise<void> {
  const asked = about(response, by);
  expect((await finished(await here.give(asked, await here.prepare(asked)))).result).toBe('done');
}

/** Bob asks for the last device to go, and does not say how anybody was identified. */
async function asks(): Promise<string> {
  const asked = about(resetMfa, 'bob');
  const shown = await here.prepare(asked);
  const [devices] = shown.plan.questions;
  const ids = devices?.kind === 'choose-several' ? devices.options.map(({ id }) => id) : [];
  const given = await here.give(asked, shown, { devices: ids });
  return given.is === 'asked-again' ? (given.problems.identified ?? 'asked again') : given.is;
}

it.each<[string, Planned, string, number, string | RegExp]>([
  ['his own lock-out', lockOut, 'bob', 5, 'requested'],
  ['his own lock-out an hour and a minute ago', lockOut, 'bob', 61, /Lock the user out first/],
  ['his own hand-over', handOver, 'bob', 5, /a password that was handed over to yourself does not count/],
  ['a hand-over by somebody else', handOver, 'carmen', 5, 'requested'],
])('after %s', async (_what, response, by, minutes, expected) => {
  expect(await asks()).toMatch(/^This would remove the last MFA device of alice/);
  await replaced(response, by);
  here.replica.now += minutes * minute;
  expect(await asks()).toMatch(expected);
});

it('a lock-out does not cover the hand-over after it', async () => {
  await replaced(lockOut, 'carmen');
  here.replica.now += minute;
  await replaced(handOver, 'bob');
  expect(await asks()).toMatch(/^This would remove the last MFA device of alice/);
});

it('the hour is measured when it is asked for, not when it is run', async () => {
  await replaced(lockOut, 'carmen');
  here.replica.now += 59 * minute;
  expect(await asks()).toBe('requested');
  const { entries } = await here.replica.store.entries(1, { from: 0, count: 50 });
  const { seq } = entries.find(({ body }) => body.phase === 'request') as { seq: number };
  here.replica.now += 14 * minute;
  const request = (await here.replica.store.request(1, seq)) as ResponseRequest;
  const { facts, answers, why, seen } = request;
  expect(await decide(here.world, person('carmen'), { incident: 1, seq, verb: 'approve', facts })).toMatchObject({ ok: true });
  here.replica.now += 14 * minute;
  const ended = await finished(await give(here.world, about(resetMfa, 'bob'), { facts, answers, why, seen, request: seq }));
  expect(ended.result).toBe('done');
});
