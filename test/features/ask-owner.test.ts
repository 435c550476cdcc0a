/** “Was this you?”: one row of a table for each case, with what is expected and what is seen. */
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStore } from '../../src/db/store.ts';
import { AppError } from '../../src/domain/error.ts';
import { isDisowned } from '../../src/domain/incident/attacked.ts';
import type { Incident } from '../../src/domain/incident/incident.ts';
import { closedInto, withYounger } from '../../src/domain/incident/merged.ts';
import { answerMs } from '../../src/domain/response/owner-question.ts';
import type { Answer } from '../../src/domain/response/refusal.ts';
import { answerQuestion, askOwner, prepareQuestion, type Question } from '../../src/features/ask-owner.ts';
import { responses } from '../../src/features/responses.ts';
import { faultsOfBlocks, faultsOfView } from '../../src/sandbox/slack/validate.ts';
import { drawCard } from '../../src/slack/card.ts';
import { askForm, drawQuestion } from '../../src/slack/owner-question.ts';
import { consoleLogin, iamUser } from '../support/records.ts';
import { account, type Office, office, person, t0 } from '../support/responding.ts';
import { type FreshDatabase, freshDatabase } from '../support/stores.ts';

let database: FreshDatabase;
let here: Office;
const owners = [{ person: 'U0ALICE', account: undefined, name: 'alice' }];
beforeEach(async () => {
  database = await freshDatabase('sqlite', '');
  here = await office(database, responses, { owners });
});
afterEach(() => database.close());

const table: string[] = [];
afterAll(() => {
  if (process.env.SHOW_TABLES) process.stdout.write(`\n${table.join('\n')}\n`);
});

const isAlice = { incident: 1, isSubject: ({ name }: { name: string | undefined }) => name === 'alice' };

/** Asks, and keeps what was sent. */
async function asked(by = 'dana', send: (question: Question) => Promise<void> = async () => undefined, id = 1): Promise<Question> {
  let sent: Question | undefined;
  const answer = await askOwner(here.world.ports, person(by), {
    ...isAlice,
    incident: id,
    send: async (question) => {
      sent = question;
      await send(question);
    },
  });
  if (!answer.ok) throw new Error(answer.message);
  return sent as Question;
}

const answer = (by: string, seq: number, is: 'me' | 'not-me') => answerQuestion(here.world.ports, person(by), { incident: 1, seq, is });
const incident = async (): Promise<Incident> => (await here.replica.store.incident(1)) as Incident;

async function grave(): Promise<void> {
  const { store } = here.replica;
  await store.transact(async (tx) => {
    const one = (await tx.incident(1)) as Incident;
    await tx.save([{ incident: { ...one, severity: 'CRITICAL' }, due: 'now' }], here.replica.now);
  });
}

const cardOf = (one: Incident): string => {
  const reach = here.world.ports.settings;
  const options = { accounts: new Map(), responders: [], remediatorsExist: true, responses, reach, owners, permalink: (ts: string) => ts };
  const { blocks } = drawCard(one, options, new Map());
  expect(faultsOfBlocks(blocks, 'message')).toEqual([]);
  return JSON.stringify(blocks);
};

function row(what: string, expected: string, seen: Answer<{ text?: string }> | Answer): void {
  const told = seen.ok ? `recorded${'text' in seen ? `: ${seen.text}` : ''}` : `refused (${seen.reason}): ${seen.message}`;
  table.push(`${what} | expected: ${expected} | seen: ${told}`);
  expect(told).toContain(expected);
}

describe('an answer', () => {
  it('of the wrong person is none, and is in the audit', async () => {
    const { seq } = await asked();
    row('wrong person', 'refused (not-the-owner)', await answer('bob', seq, 'me'));
    expect((await incident()).ownerQuestions?.[0]?.answer).toBeUndefined();
    expect((await here.entries()).at(-1)).toMatchObject({ what: 'refused-click', reason: 'not-the-owner', by: { name: 'bob' } });
  });

  it('counts once', async () => {
    const { seq } = await asked();
    row('first answer, No', 'recorded', await answer('alice', seq, 'not-me'));
    row('twice, then Yes', 'refused (answered-already)', await answer('alice', seq, 'me'));
    expect((await incident()).ownerQuestions?.[0]?.answer?.is).toBe('not-me');
  });

  it('comes within 30 minutes', async () => {
    const { seq } = await asked();
    here.replica.now += answerMs;
    row('late, after 30 min', 'refused (question-over)', await answer('alice', seq, 'not-me'));
    // Nobody answered: it may be asked again.
    expect((await prepareQuestion(here.world.ports, person('dana'), isAlice)).ok).toBe(true);
  });

  it('No rings, and puts what takes access first', async () => {
    const before = cardOf(await incident());
    expect(before.indexOf('"look-up-mfa"')).toBeLessThan(before.indexOf('"reset-password"'));
    const { seq } = await asked();
    row('No', 'recorded', await answer('alice', seq, 'not-me'));
    expect(await here.replica.rings()).toEqual([
      expect.stringContaining('alice says that it was not them: alice in account 1234-5678-9012. Contain it now'),
    ]);
    const card = cardOf(await incident());
    expect(card).toContain('It was not them: ');
    expect(card.indexOf('"reset-password"')).toBeLessThan(card.indexOf('"look-up-mfa"'));
    expect(card).toContain('Lock alice out (Reset password)');
  });

  it('Yes lowers nothing, and on a CRITICAL wants a proof outside Slack', async () => {
    const { seq } = await asked();
    await grave();
    row('Yes on a CRITICAL', 'recorded', await answer('alice', seq, 'me'));
    const after = await incident();
    expect(after.severity).toBe('CRITICAL');
    expect(after.status).toBe('open');
    expect(after.leftToDo).toEqual(['a proof outside Slack that it was alice']);
    expect((await here.entries()).at(-1)?.text).toContain('That is no proof, and this is CRITICAL: get one outside Slack');
    expect(await here.replica.rings()).toEqual([]);
    expect(cardOf(after)).toContain('That proves nothing');
  });

  const held = (managed: string[], hasOthers = false) => ({ managed: managed.map((name) => `arn:aws:iam::aws:policy/${name}`), hasOthers });
  it.each([
    ['an administrator', held(['AdministratorAccess']), true, 'the user is an administrator'],
    ['no administrator', held(['ReadOnlyAccess']), false, 'says that it was them'],
    ['whom it cannot be told of', held(['ReadOnlyAccess'], true), true, 'the user may be an administrator'],
  ])('Yes of %s', async (who, policies, isProofWanted, said) => {
    here.held.set('alice', policies);
    const { seq } = await asked();
    row(`Yes of ${who}`, 'recorded', await answer('alice', seq, 'me'));
    expect((await incident()).leftToDo).toEqual(isProofWanted ? ['a proof outside Slack that it was alice'] : []);
    const { text } = (await here.entries()).at(-1) ?? {};
    expect(text).toContain(said);
    expect(text?.includes('get one outside Slack')).toBe(isProofWanted);
    expect((await here.entries()).map(({ what }) => what)).toContain('read');
  });

  it('after a restart is as good as before', async () => {
    const { seq } = await asked();
    const ports = { ...here.world.ports, store: await openStore(database, 'another process') };
    row('after a restart, No', 'recorded', await answerQuestion(ports, person('alice'), { incident: 1, seq, is: 'not-me' }));
    expect((await incident()).ownerQuestions?.[0]?.answer?.is).toBe('not-me');
  });
});

describe('asked in an incident that is merged meanwhile', () => {
  const alicesCode = () =>
    here.replica.receive(
      consoleLogin(iamUser('alice'), 'Failure', 'Yes', { eventTime: new Date(t0 + 1_000).toISOString(), recipientAccountId: account }),
    );
  const merge = async (into: number, from: number): Promise<void> => {
    const { store, now } = here.replica;
    await store.transact(async (tx) => {
      const [older, younger] = [(await tx.incident(into)) as Incident, (await tx.incident(from)) as Incident];
      await tx.save([{ incident: closedInto(younger, into), due: 'now' }], now);
      await tx.save([{ incident: withYounger(older, older, younger), due: 'now' }], now);
    });
  };
  const answerIn = (id: number, seq: number, is: 'me' | 'not-me') => answerQuestion(here.world.ports, person('alice'), { incident: id, seq, is });

  it('the question goes on, and its answer is told where it goes on', async () => {
    await asked();
    await alicesCode();
    const { seq } = await asked('bob', async () => undefined, 2);
    await merge(1, 2);
    const before = await incident();
    expect(before.ownerQuestions?.map((one) => one.incident)).toEqual([undefined, 2]);
    expect(cardOf(before)).toContain('No answer yet');
    row('asked again where it goes on', 'refused (asked-already)', await prepareQuestion(here.world.ports, person('dana'), isAlice));
    const said = await answerIn(2, seq, 'not-me');
    row('merged meanwhile, No', 'recorded: You answered “No, it was not me”. The responders are notified. SIN-2 is part of SIN-1 now', said);
    const after = await incident();
    expect(after.ownerQuestions?.map((one) => one.answer?.is)).toEqual([undefined, 'not-me']);
    expect(cardOf(after)).toContain('It was not them: ');
    expect((await here.entries()).at(-1)).toMatchObject({ what: 'was-not-me', text: expect.stringContaining('SIN-1 is most likely an attack') });
    expect((await here.entries(2)).map(({ what }) => what)).not.toContain('was-not-me');
    row('twice', 'refused (answered-already)', await answerIn(2, seq, 'me'));
  });

  it('an answer that came before is carried over, and one after two merges finds its way', async () => {
    await alicesCode();
    const { seq } = await asked('bob', async () => undefined, 2);
    await here.replica.receive(
      consoleLogin(iamUser('alice'), 'Failure', 'No', { errorMessage: 'Failed authentication', eventTime: new Date(t0 + 2_000).toISOString() }),
    );
    expect(await answerIn(2, seq, 'not-me')).toMatchObject({ ok: true });
    here.replica.now += 60_000;
    const { seq: later } = await asked('dana', async () => undefined, 3);
    await merge(2, 3);
    await merge(1, 2);
    expect(isDisowned(await incident())).toBe(true);
    row('merged twice, Yes', 'recorded', await answerIn(3, later, 'me'));
    expect((await incident()).ownerQuestions?.map((one) => [one.incident, one.answer?.is])).toEqual([
      [2, 'not-me'],
      [3, 'me'],
    ]);
    expect((await here.entries()).at(-1)).toMatchObject({ what: 'was-me' });
  });

  it('one that was not sent is asked nowhere', async () => {
    await alicesCode();
    await asked('bob', async () => merge(1, 2).then(() => Promise.reject(new AppError('denied', 'The Slack app lacks a scope.'))), 2);
    expect((await incident()).ownerQuestions).toEqual([]);
  });
});

describe('whether it is asked', () => {
  it('is refused without PEOPLE, of one’s own user, twice, and to who is no responder', async () => {
    const to = async (by: string, over = {}) => {
      const ports = { ...here.world.ports, settings: { ...here.world.ports.settings, ...over } };
      return prepareQuestion(ports, person(by), isAlice);
    };
    row('owner not in PEOPLE', 'refused (owner-unknown)', await to('dana', { owners: [] }));
    row('asked by the owner', 'refused (own-account)', await to('dana', { owners: [{ person: 'U0DANA', account: undefined, name: 'alice' }] }));
    row('asked by a bystander', 'refused (not-a-responder)', await to('erik'));
    await asked();
    row('asked twice', 'refused (asked-already)', await to('bob'));
  });

  it('on a CRITICAL waits for containment', async () => {
    await grave();
    const to = () => prepareQuestion(here.world.ports, person('dana'), isAlice);
    row('CRITICAL, not contained', 'refused (contain-first)', await to());
    const { store } = here.replica;
    await store.transact(async (tx) => {
      const one = (await tx.incident(1)) as Incident;
      await tx.save([{ incident: { ...one, passwordsReset: ['123456789012/alice'] }, due: 'now' }], here.replica.now);
    });
    row('CRITICAL, locked out', 'recorded', await to());
  });
});

describe('what came of sending', () => {
  it('is an entry: sent, refused by Slack, or not known', async () => {
    await asked('dana', async () =>
      Promise.reject(new AppError('denied', 'The Slack app lacks a scope (missing_scope).', { reason: 'missing_scope' })),
    );
    const refused = (await here.entries()).at(-1);
    expect(refused).toMatchObject({ what: 'was-this-you', phase: 'outcome', result: 'failed' });
    expect(refused?.text).toContain('lacks a scope (missing_scope). Nobody was asked.');
    // Certainly not sent: asked again at once.
    await asked('dana', async () => Promise.reject(new AppError('ambiguous', 'Slack gave no answer to chat.postMessage.')));
    expect((await here.entries()).at(-1)).toMatchObject({ result: 'unknown' });
    const again = await prepareQuestion(here.world.ports, person('dana'), isAlice);
    expect(again.ok).toBe(false);
  });

  it('is what Slack takes: the form and the message say time, place and device', async () => {
    const question = await asked();
    const message = drawQuestion(question, new Map());
    expect(faultsOfBlocks(message.blocks, 'message')).toEqual([]);
    const said = JSON.stringify(message.blocks);
    for (const part of ['203.0.113.7', 'Mozilla/5.0', '"action_id":"was-me"', '"action_id":"was-not-me"', '"timestamp":'])
      expect(said).toContain(part);
    const form = askForm(question, new Map());
    expect(faultsOfView(form as unknown as Record<string, unknown>)).toEqual([]);
    expect(JSON.stringify(form)).toContain('It tips off whoever holds that person’s Slack.');
  });
});
