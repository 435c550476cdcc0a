/** The one flow of all responses that call AWS. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../src/domain/error.ts';
import { read } from '../../src/domain/response/iam-user.ts';
import type { CallResponse } from '../../src/domain/response/response.ts';
import type { Store } from '../../src/domain/store.ts';
import { give } from '../../src/features/give-response.ts';
import { prepare } from '../../src/features/prepare-response.ts';
import { closeAbandoned } from '../../src/features/respond.ts';
import { lockOut } from '../../src/features/responses/lock-out.ts';
import { resetMfa } from '../../src/features/responses/reset-mfa.ts';
import { responses } from '../../src/features/responses.ts';
import { about, account, finished, type Office, office, t0, userFacts } from '../support/responding.ts';
import { type FreshDatabase, freshDatabase } from '../support/stores.ts';
import { twoRungs } from '../support/two-rungs.ts';

let database: FreshDatabase;
let here: Office;
beforeEach(async () => {
  database = await freshDatabase('sqlite', '');
  here = await office(database, [...responses, twoRungs], { approvals: new Map([['two-rungs', 0]]) });
});
afterEach(() => database.close());

describe('what was confirmed is what is changed', () => {
  const changes: [string, () => unknown][] = [
    [
      'another user of the same name',
      () => here.iam.set('alice', userFacts('alice', { identity: read({ path: '/', id: 'AIDAOTHER', createdAt: t0, isTagged: false }) })),
    ],
    [
      'another path',
      () => here.iam.set('alice', userFacts('alice', { identity: read({ path: '/ceo/', id: 'AIDAALICE', createdAt: t0, isTagged: false }) })),
    ],
    [
      'a password that was replaced meanwhile',
      () => here.iam.set('alice', userFacts('alice', { password: read({ createdAt: t0, resetRequired: true }) })),
    ],
    ['a device more', () => here.iam.set('alice', userFacts('alice', { devices: read([]) }))],
    [
      'a key that was switched off',
      () => here.iam.set('alice', userFacts('alice', { keys: read([{ id: 'AKIA1', active: false, createdAt: t0, lastUsed: read('none-known') }]) })),
    ],
  ];
  it.each(changes)('%s: nothing is done, and the difference is shown', async (_what, change) => {
    const asked = about(lockOut, 'bob');
    const shown = await here.prepare(asked);
    change();
    const given = await here.give(asked, shown);
    expect(given.is === 'asked-again' && given.changed.length > 0 && given.changed[0]).toMatch(
      /^The .* of alice changed since you were shown (it|them)\. Nothing was done\. Shown: .* Now: /,
    );
    expect(here.changes).toEqual([]);
    expect((await here.entries()).filter(({ phase }) => phase === 'intent')).toEqual([]);
    // Shown anew, it can be confirmed.
    if (given.is === 'asked-again') expect((await finished(await here.give(asked, given.prepared))).result).toBe('done');
  });

  it('a user who is gone is told as gone', async () => {
    const asked = about(lockOut, 'bob');
    const shown = await here.prepare(asked);
    here.iam.delete('alice');
    await expect(here.give(asked, shown)).rejects.toThrow('There is no IAM user “alice”');
  });
});

describe('a ladder', () => {
  it('asks the questions of all rungs on one form, and gives each rung an intent and an outcome of its own', async () => {
    const asked = about(twoRungs, 'bob');
    const shown = await here.prepare(asked);
    expect(shown.plan.questions.map(({ id }) => id)).toEqual(['reset-mfa.devices', 'reset-mfa.identified']);
    const [devices] = shown.plan.questions;
    const ids = devices?.kind === 'choose-several' ? devices.options.map(({ id }) => id) : [];
    const ended = await finished(await here.give(asked, shown, { 'reset-mfa.devices': ids, 'reset-mfa.identified': 'video' }));
    expect(ended.result).toBe('done');
    expect(here.changes).toEqual(['replacePassword alice for bob', 'deactivate alice for bob', 'deleteVirtual alice-phone for bob']);
    const phases = (await here.entries()).flatMap(({ what, phase }) => (phase === undefined ? [] : [`${what} ${phase}`]));
    expect(phases).toEqual(['lock-out intent', 'lock-out outcome', 'reset-mfa intent', 'reset-mfa outcome']);
  });

  it('stops at the first rung that is not done, and says where it stands', async () => {
    const failing: CallResponse = { ...(lockOut as CallResponse), act: async () => ({ result: 'unknown', text: 'No answer.' }) };
    const world = { ...here.world, responses: [failing, resetMfa, twoRungs] };
    const asked = about(twoRungs, 'bob');
    const shown = await prepare(world, asked);
    if (!shown.ok) throw new Error(shown.message);
    const [devices] = shown.prepared.plan.questions;
    const ids = devices?.kind === 'choose-several' ? devices.options.map(({ id }) => id) : [];
    const answers = { 'reset-mfa.devices': ids, 'reset-mfa.identified': 'video' };
    const given = await give(world, asked, { facts: shown.prepared.plan.facts, answers, why: 'x', seen: shown.prepared.seen });
    const ended = await finished(given);
    expect(JSON.stringify(ended.shown)).toContain('Not done: Reset MFA. ');
    expect(here.changes).toEqual([]);
  });
});

it('who lost the role meanwhile is refused, and two at once are one', async () => {
  const bobs = about(lockOut, 'bob');
  const carmens = about(lockOut, 'carmen');
  const [one, two] = [await here.prepare(bobs), await here.prepare(carmens)];
  here.roles.set('carmen', ['responder']);
  expect(await here.give(carmens, two)).toMatchObject({ is: 'refused', refused: { reason: 'not-a-remediator' } });
  here.roles.set('carmen', ['responder', 'remediator']);
  const both = await Promise.all([here.give(bobs, one), here.give(carmens, two)]);
  expect(both.map(({ is }) => is).toSorted()).toEqual(['asked-again', 'begun']);
});

it('an outcome that the database did not take for minutes is written once it does, in place of what was guessed meanwhile', async () => {
  const { ports } = here.world;
  let isDown = true;
  let waits = 0;
  const { promise: later, resolve: goOn } = Promise.withResolvers<void>();
  const transact: Store['transact'] = (work) => {
    if (isDown && here.changes.length > 0) return Promise.reject(new AppError('unavailable', 'The database did not take this.'));
    return here.replica.store.transact(work);
  };
  Object.assign(ports, { store: { ...ports.store, transact }, clock: { ...ports.clock, wait: () => (++waits < 10 ? Promise.resolve() : later) } });
  const asked = about(lockOut, 'bob');
  const given = await here.give(asked, await here.prepare(asked));
  expect((await finished(given)).result).toBe('done');
  here.replica.now += 6 * 60_000;
  await closeAbandoned({ ...here.world, ports: here.replica.ports }, false);
  const outcomes = async () => (await here.entries()).filter(({ phase }) => phase === 'outcome').map(({ result, by }) => [result, by?.name]);
  expect(await outcomes()).toEqual([['unknown', undefined]]);
  const leftToDo = async () => (await here.replica.store.incident(1))?.leftToDo;
  expect(await leftToDo()).toEqual([`look in CloudTrail whether Lock out of alice in ${account} was done: the outcome is not known`]);
  isDown = false;
  goOn();
  await expect.poll(outcomes).toEqual([
    ['unknown', undefined],
    ['done', 'bob'],
  ]);
  expect(await leftToDo()).toEqual([]);
});

it('an outcome whose commit was not answered is not written twice', async () => {
  const { ports } = here.world;
  let unanswered = 2;
  const transact: Store['transact'] = async (work) => {
    const done = await here.replica.store.transact(work);
    if (here.changes.length > 0 && unanswered-- > 0) throw new AppError('ambiguous', 'The database gave no answer.');
    return done;
  };
  Object.assign(ports, { store: { ...ports.store, transact }, clock: { ...ports.clock, wait: () => Promise.resolve() } });
  const asked = about(lockOut, 'bob');
  const given = await here.give(asked, await here.prepare(asked));
  expect((await finished(given)).result).toBe('done');
  expect(unanswered).toBeLessThan(0);
  const outcomes = (await here.entries()).filter(({ phase }) => phase === 'outcome').map(({ result, by }) => [result, by?.name]);
  expect(outcomes).toEqual([['done', 'bob']]);
});
