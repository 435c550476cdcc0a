/** Refusals of whatever kind are entries: who asked for what, and why it was not done. */
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../src/domain/error.ts';
import { protectedUsersFrom } from '../../src/domain/response/protected.ts';
import { isRecorded } from '../../src/domain/response/refusal.ts';
import { utc } from '../../src/domain/utc.ts';
import { brake } from '../../src/features/brakes.ts';
import { give } from '../../src/features/give-response.ts';
import { postCard } from '../../src/features/post-card.ts';
import { prepare } from '../../src/features/prepare-response.ts';
import { writeRefusals } from '../../src/features/record-refusal.ts';
import { askedIn, decide } from '../../src/features/requests.ts';
import { refusal } from '../../src/features/respond.ts';
import { acknowledge } from '../../src/features/responses/acknowledge.ts';
import { handOver } from '../../src/features/responses/hand-over.ts';
import { lockOut } from '../../src/features/responses/lock-out.ts';
import { resolve } from '../../src/features/responses/resolve.ts';
import { responses } from '../../src/features/responses.ts';
import { transition } from '../../src/features/transition.ts';
import { about, finished, type Office, office, person, userFacts } from '../support/responding.ts';
import { type FreshDatabase, freshDatabase } from '../support/stores.ts';

let database: FreshDatabase;
let here: Office;
beforeEach(async () => {
  database = await freshDatabase('sqlite', '');
  await open();
});
afterEach(() => database.close());

async function open(over: Parameters<typeof office>[2] = {}): Promise<void> {
  here = await office(database, responses, over);
  await here.refresh();
}

/** All entries that say that somebody was refused. */
async function refusals(): Promise<{ reason: string; text: string; details?: readonly string[] }[]> {
  const all = [...(await here.entries(0)), ...(await here.entries(1))].filter(({ what }) => what === 'refused-click');
  return all.map(({ reason = '', text, details }) => ({ reason, text, ...(details ? { details } : {}) }));
}

async function lock(by: string, user = 'alice'): Promise<void> {
  const asked = about(lockOut, by, user);
  const shown = await prepare(here.world, asked);
  if (!shown.ok) return;
  const given = await here.give(asked, shown.prepared, { 'user-again': user });
  if (given.is === 'begun') await finished(given);
}

async function request(): Promise<number> {
  const asked = about(handOver, 'bob');
  await here.give(asked, await here.prepare(asked));
  const { entries } = await here.replica.store.entries(1, { from: 0, count: 50 });
  return entries.find(({ body }) => body.phase === 'request')?.seq ?? 0;
}

const step = (by: string, response: Parameters<typeof transition>[2]['response'], answers = {}) =>
  transition(here.world.ports, person(by), { response, incident: 1, answers });
const protect = (name: string) => {
  const understood = protectedUsersFrom(name);
  return understood.ok ? [understood.users] : [];
};

const kinds: [what: string, reason: string, refused: () => Promise<unknown>][] = [
  ['no role', 'not-a-remediator', () => lock('dana')],
  ['nobody at all', 'not-a-responder', () => step('eve', acknowledge)],
  ['a view', 'not-a-responder', () => refusal(here.world.ports, person('eve'), { needs: 'responder', label: 'Timeline', incident: 1 })],
  ['a card', 'not-a-responder', () => postCard(here.world.ports, person('eve'), 1)],
  ['frozen', 'frozen', () => frozen()],
  ['one’s own freeze', 'own-request', () => ownFreeze()],
  ['READ_ONLY', 'read-only', () => lockWith({ isReadOnly: true })],
  ['protected', 'protected-user', () => lockWith({ protectedUsers: protect('alice') })],
  ['more than the cap', 'capped', () => capped()],
  ['changed since it was shown', 'changed-since-confirmed', () => changed()],
  ['an account that is not known', 'refused', () => unknownAccount()],
  ['no such incident', 'no-such-incident', () => postCard(here.world.ports, person('bob'), 99)],
  ['resolved', 'already-resolved', () => resolved()],
  ['approves one’s own', 'own-request', () => press('bob')],
  ['approves without the role', 'not-a-remediator', () => press('dana')],
  ['approves what is no longer so', 'request-changed', () => press('carmen')],
  ['runs somebody else’s', 'not-requester', () => runsOther()],
  ['runs before it is approved', 'request-over', () => runsOther('bob')],
];

async function frozen(): Promise<void> {
  await brake(here.world.ports, person('dana'), { verb: 'freeze', why: '' });
  await lock('bob');
}

async function lockWith(over: Parameters<typeof office>[2]): Promise<void> {
  await open(over);
  await lock('bob');
}

async function ownFreeze(): Promise<void> {
  await brake(here.world.ports, person('bob'), { verb: 'freeze', why: '' });
  await brake(here.world.ports, person('bob'), { verb: 'end', why: '' });
}

async function capped(): Promise<void> {
  for (let i = 0; i < 6; i++) {
    here.iam.set('alice', userFacts('alice'));
    here.replica.now += 1_000;
    const asked = about(lockOut, 'bob');
    const given = await here.give(asked, await here.prepare(asked));
    if (given.is === 'begun') await finished(given);
  }
}

async function changed(): Promise<void> {
  const asked = about(lockOut, 'bob');
  const shown = await here.prepare(asked);
  here.iam.set('alice', userFacts('alice', { keys: { is: 'read', value: [] }, devices: { is: 'read', value: [] } }));
  await here.give(asked, shown);
}

async function unknownAccount(): Promise<void> {
  const facts = async (): Promise<never> => {
    throw new AppError('refused', 'Account 999999999999 is not in AWS_ACCOUNTS, so the responder does nothing there.');
  };
  const world = { ...here.world, ports: { ...here.world.ports, identities: { ...here.world.ports.identities, facts } } };
  const asked = about(lockOut, 'bob');
  await prepare(world, asked).catch(() => undefined);
}

async function resolved(): Promise<void> {
  await step('dana', acknowledge);
  await step('dana', resolve, { verdict: 'mistake', note: '' });
  await lock('bob');
}

async function press(by: string): Promise<void> {
  await decide(here.world, person(by), { incident: 1, seq: await request(), verb: 'approve', facts: {} });
}

async function runsOther(by = 'carmen'): Promise<void> {
  const seq = await request();
  const one = await here.replica.store.request(1, seq);
  const asked = one && askedIn(here.world, one);
  if (one === undefined || asked === undefined) throw new Error('no request');
  const { facts, answers, why, seen } = one;
  await give(here.world, { ...asked, clicker: person(by) }, { facts, answers, why, seen, request: seq });
}

const printed: string[] = [];
afterAll(() => process.stdout.write(`${['| refused | the entry |', '| --- | --- |', ...printed].join('\n')}\n`));

describe('whoever is refused leaves an entry', () => {
  it.each(kinds)('%s: %s', async (what, reason, refused) => {
    await refused();
    const found = await refusals();
    printed.push(`| ${what} | ${found.at(-1)?.text} |`);
    expect(found.map((one) => one.reason)).toEqual([reason]);
    expect(here.changes.length).toBe(reason === 'capped' ? 5 : 0);
  });

  it('but not who only comes second', async () => {
    await step('dana', acknowledge);
    await step('bob', acknowledge);
    await step('dana', acknowledge);
    expect(await refusals()).toEqual([]);
    expect(isRecorded('a reason of tomorrow')).toBe(true);
  });
});

describe('refusals of one person', () => {
  const click = (name: string, label = 'Acknowledge') => refusal(here.world.ports, person(name), { needs: 'responder', label, incident: 0 });

  it('are gathered: the first is an entry at once, those that follow within a minute are one, of that minute', async () => {
    const from = utc(here.replica.now);
    for (let i = 0; i < 50; i++) expect(await click('eve')).toMatchObject({ ok: false });
    await click('eve', 'Resolve');
    expect((await refusals()).length).toBe(1);
    await click('mallory');
    expect((await refusals()).length).toBe(2);
    // The process was stopped for three hours.
    here.replica.now += 3 * 3_600_000;
    await writeRefusals(here.world.ports);
    await writeRefusals(here.world.ports);
    const found = await refusals();
    expect(found.length).toBe(3);
    expect(found.at(-1)).toEqual({
      reason: 'gathered',
      text: `eve was refused 50 more times within a minute from ${from}.`,
      details: ['49 × “Acknowledge”: not-a-responder', '1 × “Resolve”: not-a-responder'],
    });
  });

  it.each([
    ['written down as time goes by', true],
    ['written down at the next of them', false],
  ])('are an entry a minute for as long as they go on: %s', async (_what, isSwept) => {
    const texts: string[][] = [];
    for (let minute = 0; minute < 4; minute++) {
      for (let i = 0; i < 6; i++, here.replica.now += 10_000) {
        if (isSwept) await writeRefusals(here.world.ports);
        await click('eve');
      }
      texts.push((await refusals()).map(({ text }) => text.slice(0, 30)));
    }
    const [first, more] = ['eve asked for “Acknowledge” an', expect.stringMatching(/^eve was refused [56] more times w/)];
    expect(texts).toEqual([[first], [first, more], [first, more, more], [first, more, more, more]]);
  });

  it('after a quiet minute begin anew', async () => {
    for (let i = 0; i < 2; i++) {
      await click('eve');
      for (let minutes = 0; minutes < 2; minutes++) {
        here.replica.now += 60_000;
        await writeRefusals(here.world.ports);
      }
    }
    expect((await refusals()).map(({ text }) => text.slice(0, 30))).toEqual(['eve asked for “Acknowledge” an', 'eve asked for “Acknowledge” an']);
  });

  it('do not grow without end, whatever is asked for', async () => {
    for (let i = 0; i < 40; i++) await click('eve', `thing ${i}`);
    here.replica.now += 60_000;
    await writeRefusals(here.world.ports);
    const last = (await refusals()).at(-1);
    expect(last?.text).toContain('eve was refused 39 more times within a minute');
    expect(last?.details?.length).toBe(21);
    expect(last?.details?.at(-1)).toBe('19 × something else');
  });
});
