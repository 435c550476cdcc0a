/** Somebody else gives back what was taken, and an event says so: from the call in the emulated IAM through the templates' rules to the incident. */
import { DetachRolePolicyCommand, DetachUserPolicyCommand, IAMClient, UpdateAccessKeyCommand } from '@aws-sdk/client-iam';
import { afterAll, afterEach, beforeEach, expect, it } from 'vitest';
import type { Entry } from '../../src/domain/incident/timeline.ts';
import { denyAllArn } from '../../src/domain/response/kept-state.ts';
import type { Target } from '../../src/domain/response/target.ts';
import { quarantine } from '../../src/features/responses/quarantine.ts';
import { resolve } from '../../src/features/responses/resolve.ts';
import { switchOffKeys } from '../../src/features/responses/switch-off-keys.ts';
import { undo } from '../../src/features/responses/undo.ts';
import { responses } from '../../src/features/responses.ts';
import { transition } from '../../src/features/transition.ts';
import { prodAccount } from '../../src/sandbox/aws/names.ts';
import { alice, aliceKey, type Scene, scene } from '../support/contained.ts';
import { consoleLogin } from '../support/records.ts';
import { person } from '../support/responding.ts';

const PolicyArn = denyAllArn('us-east-1', prodAccount);
let here: Scene;
beforeEach(async () => {
  here = await scene(responses);
});
afterEach(() => here.close());

const rows: string[] = [];
afterAll(() => void process.stdout.write(`who was told what\n${rows.join('\n')}\n`));

/** Somebody who may do everything. */
const carl = (): IAMClient =>
  new IAMClient({ ...here.aws.options, credentials: { accessKeyId: 'AKIACARLQQQQQQQQQQQQ', secretAccessKey: 'sandbox' } });
const detaches = () => carl().send(new DetachUserPolicyCommand({ UserName: 'alice', PolicyArn }));
const switchesOn = () => carl().send(new UpdateAccessKeyCommand({ UserName: 'alice', AccessKeyId: aliceKey, Status: 'Active' }));

const told = async (): Promise<Entry[]> => (await here.entries()).filter(({ body }) => body.what.startsWith('containment-broken'));
const how = async (): Promise<string[]> => (await told()).map(({ reply, body }) => `${reply} ${body.what}`);
const trail = (): number => here.account().trail.length;

it.each([
  ['a detached quarantine', quarantine, detaches, /is not under quarantine.*CloudTrail: carl took the quarantine off alice from/],
  [
    'a key that is switched on',
    switchOffKeys,
    switchesOn,
    /alice in prod \d+ has key AKIA…QQQQ active, which.*CloudTrail: carl switched on access key AKIA…QQQQ of alice from/,
  ],
] as const)('%s is CRITICAL at once, and told once though the sweep sees it too', async (what, response, giveBack, text) => {
  await here.press(here.asked(response, alice));
  await here.pass(10);
  const from = trail();
  await giveBack();
  expect(await here.events(from)).toBe(1);
  expect(await here.incident()).toMatchObject({ severity: 'CRITICAL', rung: 'CRITICAL', status: 'open' });
  const [loud] = await told();
  expect(loud?.body.text).toMatch(text);
  await here.pass(300);
  await here.readBack();
  await here.events(from);
  expect(await how()).toEqual(['loud containment-broken']);
  // Whoever did it is in the incident: what can be done about them is offered.
  expect((await here.incident()).subjects.map(({ name }) => name)).toEqual(expect.arrayContaining(['alice', 'carl']));
  expect((await here.replica.incidents()).length).toBe(2);
  rows.push(`${what}: ${loud?.body.text}`);
});

it('what the sweep saw first is told once: the event says who it was, quietly', async () => {
  await here.press(here.asked(quarantine, alice));
  await here.pass(400);
  const from = trail();
  await detaches();
  await here.readBack();
  expect(await here.events(from)).toBe(1);
  expect(await how()).toEqual(['loud containment-broken', 'quiet containment-broken-by']);
  expect((await told()).at(-1)?.body.text).toMatch(
    /^Who gave access to alice in prod .* back, which entry \d+ had taken: carl took the quarantine off/,
  );
  expect((await here.replica.incidents()).length).toBe(2);
  rows.push(`after the sweep: ${(await told()).at(-1)?.body.text}`);
});

it('our own undo is nobody else’s', async () => {
  await here.press(here.asked(quarantine, alice));
  await here.press(here.asked(switchOffKeys, alice));
  const from = trail();
  for (const { seq: taken } of (await here.incident()).contained ?? [])
    await here.press(here.asked(undo, { kind: 'entry', incident: 1, seq: taken } as Target));
  expect(await here.events(from)).toBe(2);
  expect(await how()).toEqual([]);
  expect((await here.entries()).filter(({ body }) => body.what === 'own-action')).toHaveLength(2);
  expect(await here.incident()).toMatchObject({ severity: 'MEDIUM', contained: [] });
});

it('what an attacker gives back before the outcome is written is news', async () => {
  const from = trail();
  const { ports } = here.world;
  const { trail: read } = ports;
  let isFirst = true;
  // What the user made is read from CloudTrail, which takes a while.
  const slow: typeof read.page = async (...asked) => {
    if (isFirst) {
      isFirst = false;
      await here.pass(3);
      await detaches();
      await here.pass(6);
    }
    return read.page(...asked);
  };
  Object.assign(ports, { trail: { ...read, page: slow } });
  await here.press(here.asked(quarantine, alice));
  await here.events(from);
  expect(await how()).toEqual(['loud containment-broken']);
  expect((await here.incident()).severity).toBe('CRITICAL');
});

it('what happened before and came late gives nothing back', async () => {
  const from = trail();
  await carl().send(new UpdateAccessKeyCommand({ UserName: 'alice', AccessKeyId: aliceKey, Status: 'Inactive' }));
  await switchesOn();
  await here.pass(30);
  await here.press(here.asked(switchOffKeys, alice));
  expect(await here.events(from)).toBe(1);
  expect(await how()).toEqual(['quiet containment-broken-by']);
  expect((await told())[0]?.body.text).toMatch(/^Before entry \d+ took access from alice/);
  expect((await here.incident()).severity).toBe('MEDIUM');
});

it('a resolved incident is open again', async () => {
  await here.press(here.asked(quarantine, alice));
  const answers = { verdict: 'attack', note: '', contained: 'for-now' };
  await transition(here.world.ports, person('bob'), { response: resolve, incident: 1, answers });
  await here.pass(10);
  const from = trail();
  await detaches();
  await here.events(from);
  expect(await here.incident()).toMatchObject({ status: 'open', reopenings: 1 });
  expect((await told())[0]?.body.text).toMatch(/^Reopened\. Somebody else gave access back/);
});

it('while another incident is open for the same, it rings and stays resolved', async () => {
  await here.press(here.asked(quarantine, alice));
  const answers = { verdict: 'attack', note: '', contained: 'for-now' };
  await transition(here.world.ports, person('bob'), { response: resolve, incident: 1, answers });
  await here.pass(40 * 60);
  const bella = { type: 'IAMUser', arn: `arn:aws:iam::${prodAccount}:user/bella`, userName: 'bella', accountId: prodAccount };
  const eventTime = new Date(here.aws.clock.now()).toISOString();
  await here.replica.receive(consoleLogin(bella, 'Success', 'No', { eventTime, recipientAccountId: prodAccount }));
  expect((await here.replica.incidents()).map(({ status }) => status)).toEqual(['resolved', 'open', 'open']);
  const from = trail();
  await detaches();
  await here.events(from);
  expect(await here.incident()).toMatchObject({ status: 'resolved', severity: 'CRITICAL' });
  expect((await told()).map(({ reply, body }) => `${reply} ${body.text.slice(0, 33)}`)).toEqual(['loud Somebody else gave access back: a']);
  await here.pass(300);
  await here.readBack();
  expect(await how()).toEqual(['loud containment-broken']);
});

it('a quarantine that the responder knows nothing of is an incident of its own; a key is none', async () => {
  const from = trail();
  Object.assign(here.account().users.bella ?? {}, { attachedPolicies: [{ arn: PolicyArn, since: 0 }] });
  await carl().send(new DetachUserPolicyCommand({ UserName: 'bella', PolicyArn }));
  await carl().send(new UpdateAccessKeyCommand({ UserName: 'alice', AccessKeyId: aliceKey, Status: 'Inactive' }));
  await switchesOn();
  expect(await here.events(from)).toBe(2);
  const opened = (await here.replica.incidents()).slice(2);
  expect(opened).toMatchObject([{ detection: 'containment-undone', severity: 'HIGH' }]);
});

it.each(['CreatePolicyVersion', 'SetDefaultPolicyVersion'])(
  '%s of the quarantine is on the card of whom it is on: what it says is not known',
  async (eventName) => {
    await here.press(here.asked(quarantine, alice));
    const event = {
      ...{ eventID: eventName, eventName, eventSource: 'iam.amazonaws.com', eventTime: new Date(here.aws.clock.now()).toISOString() },
      ...{ awsRegion: 'us-east-1', recipientAccountId: prodAccount, requestParameters: { policyArn: PolicyArn } },
      userIdentity: { type: 'IAMUser', accountId: prodAccount, userName: 'carl', arn: `arn:aws:iam::${prodAccount}:user/carl` },
    };
    await here.replica.receive(event);
    await here.replica.receive(event);
    await here.replica.receive({ ...event, eventID: 'refused', errorCode: 'AccessDenied' });
    await here.replica.receive({ ...event, eventID: 'another', requestParameters: { policyArn: PolicyArn.replace('deny-all', 'other') } });
    const { leftToDo, severity, contained } = await here.incident();
    expect(leftToDo).toEqual([
      expect.stringMatching(
        new RegExp(
          `^find out in IAM what signin-responder/deny-all says, and whether alice in prod \\d+ is still denied everything: carl called ${eventName} of .*, 20.* UTC$`,
        ),
      ),
    ]);
    expect([severity, contained?.length, (await here.entries()).filter(({ body }) => body.what === 'quarantine-changed').length]).toEqual([
      'MEDIUM',
      1,
      1,
    ]);
    // It rings by itself, as before.
    const own = (await here.replica.incidents()).filter(({ detection }) => detection === 'containment-undone');
    expect(own).toMatchObject([{ severity: 'HIGH' }]);
    rows.push(`${eventName}: ${leftToDo.join()}`);
  },
);

it('of a role, by its own name alone', async () => {
  const state = { v: 1, of: 'quarantine', holder: { kind: 'role', account: prodAccount, name: 'web' } } as const;
  await here.world.ports.store.transact(async (tx) => {
    const incident = await tx.incident(2);
    if (incident === undefined) throw new Error('SIN-2 is not there.');
    const by = { id: 'U0BOB', name: 'bob' };
    const taken = { incident: 2, seq: 1, response: 'quarantine', on: 'web (role) in prod', by, at: here.aws.clock.now() };
    await tx.save(
      [{ incident: { ...incident, contained: [{ ...taken, before: { ...state, isOn: false }, left: { ...state, isOn: true } }] }, due: 'now' }],
      0,
    );
    await tx.schedule([{ kind: 'contained', incident: 2 }], here.aws.clock.now());
  });
  for (const name of ['web', 'data-team']) Object.assign(here.account().roles?.[name] ?? {}, { attachedPolicies: [{ arn: PolicyArn, since: 0 }] });
  await here.pass(10);
  const from = trail();
  await carl().send(new DetachRolePolicyCommand({ RoleName: 'data-team', PolicyArn }));
  await here.events(from);
  expect((await here.incident(2)).contained?.[0]?.brokenAt).toBeUndefined();
  await carl().send(new DetachRolePolicyCommand({ RoleName: 'web', PolicyArn }));
  await here.events(from + 1);
  expect(await here.incident(2)).toMatchObject({ severity: 'CRITICAL' });
});
