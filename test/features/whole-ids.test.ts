/** Ids of keys and serial numbers of devices stand whole where only whoever asked reads them; in the thread and the log they are shortened. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { read } from '../../src/domain/response/iam-user.ts';
import type { Question } from '../../src/domain/response/question.ts';
import { carryOut } from '../../src/features/carry-out.ts';
import type { Planned } from '../../src/features/prepare-response.ts';
import { settleRequests } from '../../src/features/requests.ts';
import { lockOut } from '../../src/features/responses/lock-out.ts';
import { approvable, responses } from '../../src/features/responses.ts';
import { about, account, finished, type Office, office, t0, userFacts } from '../support/responding.ts';
import { type FreshDatabase, freshDatabase } from '../support/stores.ts';

const keyId = 'AKIAWHOLEKEYID000001';
const device = 'alice-authenticator-of-2026';
const whole = [keyId, device];
let database: FreshDatabase;
let here: Office;
beforeEach(async () => {
  database = await freshDatabase('sqlite', '');
  here = await office(database, responses, { approvals: new Map(approvable(responses).map((id) => [id, 0])) });
  for (const name of ['alice', 'backdoor']) here.iam.set(name, full(name));
});
afterEach(() => database.close());

function full(name: string, active = true) {
  const serial = `arn:aws:iam::${account}:mfa/${device}`;
  const key = { id: keyId, active, createdAt: t0, lastUsed: read('none-known' as const) };
  return userFacts(name, { devices: read([{ serial, enrolledAt: t0 }]), keys: read([key]) });
}

const found = (what: unknown): string[] => whole.filter((one) => JSON.stringify(what).includes(one));

function answerTo(question: Question): string | string[] {
  if (question.kind === 'choose-several') return question.options.map(({ id }) => id);
  return question.kind === 'choose-one' ? (question.options[0]?.id ?? '') : question.kind === 'typed-again' ? question.expected : 'because';
}

const ofUsers = responses.filter((one): one is Planned => one.kind !== 'step' && one.target === 'iam-user');

it.each(ofUsers.map((response) => [response.id, response] as const))('%s writes none of them down', async (_id, response) => {
  const asked = about(response, 'bob');
  const shown = await here.prepare(asked);
  const answers = Object.fromEntries(shown.plan.questions.map((question) => [question.id, answerTo(question)]));
  await finished(await here.give(asked, shown, answers));
  const entries = await here.entries();
  expect(entries.some(({ phase }) => phase === 'outcome')).toBe(true);
  expect(found(entries)).toEqual([]);
  expect(found((await here.replica.incidents()).map(({ deeds, notStopped, leftToDo }) => ({ deeds, notStopped, leftToDo })))).toEqual([]);
});

it('whoever looks them up sees them whole', async () => {
  const response = ofUsers.find(({ id }) => id === 'look-up-mfa') as Planned;
  const asked = about(response, 'dana');
  const { shown } = await finished(await here.give(asked, await here.prepare(asked)));
  expect(found(shown)).toEqual(whole);
});

it('what changed before a break-glass was carried out is told in the thread without them', async () => {
  const asked = about(lockOut, 'bob', 'backdoor');
  await here.give(asked, await here.prepare(asked), { 'user-again': 'backdoor' });
  here.iam.set('backdoor', full('backdoor', false));
  here.replica.now += 2 * 60_000;
  await settleRequests(here.world, (one) => carryOut(here.world, one));
  const entries = await here.entries();
  expect(entries.at(-1)).toMatchObject({ what: 'changed', text: 'Not carried out: The access keys of backdoor changed since it was confirmed.' });
  expect(found(entries)).toEqual([]);
  expect(here.changes).toEqual([]);
});
