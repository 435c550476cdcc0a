/** Ids of keys and serial numbers of devices stand whole where only whoever asked reads them; in the thread they are shortened. */

import { afterEach, beforeEach, expect, it } from 'vitest';
import { deviceName, read } from '../../src/domain/response/iam-user.ts';
import { labelsOf } from '../../src/domain/response/response.ts';
import { kindsIn, type Target } from '../../src/domain/response/target.ts';
import { carryOut } from '../../src/features/carry-out.ts';
import type { Planned } from '../../src/features/prepare-response.ts';
import { settleRequests } from '../../src/features/requests.ts';
import { lockOut } from '../../src/features/responses/lock-out.ts';
import { approvable, responses } from '../../src/features/responses.ts';
import { prodAccount } from '../../src/sandbox/aws/names.ts';
import type { User } from '../../src/sandbox/aws/shapes.ts';
import { drawReply } from '../../src/slack/reply.ts';
import { consoleLogin, iamUser } from '../support/records.ts';
import { about, account, finished, type Office, office, t0, userFacts } from '../support/responding.ts';
import { beyondIam } from '../support/responding-beyond-iam.ts';
import { sessionsOf } from '../support/sign-in-sessions.ts';
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

/** bella, who has keys and devices whose ids are known, in the emulated AWS. */
const target: Target = { kind: 'iam-user', account: prodAccount, name: 'bella' };
const ofUsers = responses.filter((one): one is Planned => one.kind !== 'step' && kindsIn(one.target).includes('iam-user'));

it.each(ofUsers.map((response) => [response.id, response] as const))('%s tells the thread none of them', async (_id, response) => {
  const at = { eventTime: new Date().toISOString(), recipientAccountId: prodAccount };
  const record = consoleLogin({ ...iamUser('bella'), accountId: prodAccount }, 'Success', 'No', at);
  const there = await beyondIam(responses, record, { approvals: new Map(approvable(responses).map((id) => [id, 0])) });
  there.prod.signInSessions = sessionsOf(1, { who: 'user/bella', now: there.aws.clock.now() });
  const { accessKeys, mfaDevices } = there.prod.users.bella as User;
  const ids = [...accessKeys.map(({ accessKeyId }) => accessKeyId), ...mfaDevices.map(({ serialNumber }) => deviceName(serialNumber))];
  expect(ids).toHaveLength(3);
  await finished(await there.respond(response, target));
  const { entries } = await there.replica.store.entries(1, { from: 0, count: 50 });
  const incident = await there.incident();
  const told = entries.filter(({ reply }) => reply !== 'none');
  expect(told.length).toBeGreaterThan(0);
  for (const entry of told) {
    const outcome = entries.find(({ body }) => body.intent === entry.seq && body.phase === 'outcome');
    const said = JSON.stringify([drawReply(incident, [{ entry, outcome }], { responders: [], labels: labelsOf(responses) }), entry.body.text]);
    expect(ids.filter((id) => said.includes(id))).toEqual([]);
  }
  const card = JSON.stringify([incident.deeds, incident.notStopped, incident.leftToDo]);
  expect(ids.filter((id) => card.includes(id))).toEqual([]);
  await there.stop();
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
