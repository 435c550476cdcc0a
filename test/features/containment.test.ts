/** Taking access from a user or a role, seeing that it stays taken, and giving it back: on the emulated AWS, with the real clients. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../src/domain/error.ts';
import type { Ports } from '../../src/domain/ports.ts';
import type { Reader } from '../../src/domain/response/actor.ts';
import { denyAllArn } from '../../src/domain/response/kept-state.ts';
import type { Ended } from '../../src/domain/response/plan.ts';
import { labelsOf } from '../../src/domain/response/response.ts';
import type { Target } from '../../src/domain/response/target.ts';
import type { Planned } from '../../src/features/prepare-response.ts';
import { settleRequests } from '../../src/features/requests.ts';
import { contain } from '../../src/features/responses/contain.ts';
import { handOver } from '../../src/features/responses/hand-over.ts';
import { lockOut } from '../../src/features/responses/lock-out.ts';
import { quarantine } from '../../src/features/responses/quarantine.ts';
import { resolve } from '../../src/features/responses/resolve.ts';
import { switchOffKeys } from '../../src/features/responses/switch-off-keys.ts';
import { undo } from '../../src/features/responses/undo.ts';
import { responses } from '../../src/features/responses.ts';
import { transition } from '../../src/features/transition.ts';
import { prodAccount } from '../../src/sandbox/aws/names.ts';
import { textOfBlocks } from '../../src/sandbox/slack/as-text.ts';
import { faultsOfBlocks, faultsOfView } from '../../src/sandbox/slack/validate.ts';
import { drawCard } from '../../src/slack/card.ts';
import { confirmForm } from '../../src/slack/forms.ts';
import { drawReply } from '../../src/slack/reply.ts';
import { pressedAndAgreed } from '../support/agreed.ts';
import { alice, aliceKey, type Scene, scene, web } from '../support/contained.ts';
import { person } from '../support/responding.ts';
import { sessionsOf } from '../support/sign-in-sessions.ts';

let here: Scene;
beforeEach(async () => {
  here = await scene(responses);
});
afterEach(() => here.close());

const entry = (seq: number, incident = 1): Target => ({ kind: 'entry', incident, seq });
const press = async (response: Planned, target: Target = alice, by = 'bob'): Promise<Ended> => {
  const ended = await here.press(here.asked(response, target, by));
  if (!('result' in ended)) throw new Error(JSON.stringify(ended));
  return ended;
};

async function card(): Promise<string> {
  const options = {
    accounts: new Map([[prodAccount, 'prod']]),
    responders: [],
    remediatorsExist: true,
    responses,
    reach: here.world.ports.settings,
    permalink: () => '',
  };
  const { blocks } = drawCard(await here.incident(), options, new Map());
  expect(faultsOfBlocks(blocks, 'message')).toEqual([]);
  return textOfBlocks(blocks as never);
}

const secondKey = 'AKIAALICESECONDKEY00';
const withSecondKey = (): void =>
  void here.account().users.alice?.accessKeys.push({ accessKeyId: secondKey, status: 'Active', createDate: 0 } as never);

const iam = (): string => {
  const { users, roles } = here.account();
  const attached = (policies: readonly { arn: string; until?: number }[] = []): string[] =>
    policies.filter(({ until }) => until === undefined).map(({ arn }) => arn);
  const user = users.alice;
  return JSON.stringify({
    keys: user?.accessKeys.map(({ status }) => status),
    alice: attached(user?.attachedPolicies),
    web: attached(roles?.web?.attachedPolicies),
  });
};

async function containedSeq(): Promise<number> {
  return (await here.incident()).contained?.at(-1)?.seq ?? 0;
}

describe('what is taken can be given back', () => {
  it.each([
    ['Switch off keys', switchOffKeys, alice],
    ['Quarantine of a user', quarantine, alice],
  ] as const)('%s', async (_what, response, target) => {
    const before = iam();
    const from = here.aws.state.calls.length;
    const ended = await press(response, target);
    expect(ended.result).toBe('done');
    expect(iam()).not.toBe(before);
    const seq = await containedSeq();
    const entries = await here.entries();
    const [intent, outcome] = [entries.find((one) => one.seq === seq), entries.find(({ body }) => body.intent === seq)];
    expect(intent?.body).toMatchObject({ phase: 'intent', before: { v: 1 } });
    expect(outcome?.body).toMatchObject({ phase: 'outcome', result: 'done', after: { v: 1 } });
    const calls = here.changes(from);
    for (const call of calls) expect(call).toMatchObject({ sourceIdentity: 'U0BOB', roleSessionName: `U0BOB.SIN-1.${response.id}` });
    const shown = await card();
    expect(shown).toMatch(/Stopped: /);
    const reply = drawReply(await here.incident(), [{ entry: intent as never, outcome }], { responders: [], labels: labelsOf(responses) });
    expect(JSON.stringify(reply.blocks)).toContain(`"action_id":"undo","value":"1:1.${seq}"`);

    await here.pass(120);
    const back = await press(undo, entry(seq));
    expect(back).toMatchObject({ result: 'done' });
    expect(iam()).toBe(before);
    expect((await here.incident()).contained).toEqual([]);
    expect(await card()).not.toContain('Stopped: ');
    const last = await here.entries();
    expect(last.at(-2)).toMatchObject({ reply: 'loud', body: { what: 'undo', phase: 'intent' } });
    expect(last.at(-1)?.body).toMatchObject({ undid: seq });
  });

  it('a lock-out cannot, and says so', async () => {
    await press(lockOut);
    const seq = await containedSeq();
    await expect(here.shown(here.asked(undo, entry(seq)))).rejects.toThrow(/password that alice had cannot be brought back/);
  });
});

/** IAM lists what it has changed later: until then, as it was. */
function listsLate(): { isLate: boolean } {
  const { ports } = here.world;
  const late = { isLate: true };
  const lists = ({ policies, keys, ...rest }: Ports['containment']): Ports['containment'] => {
    const listed = new Map<string, never>();
    const old = async <T>(name: string, now: () => Promise<T>): Promise<T> => {
      if (!late.isLate || !listed.has(name)) listed.set(name, (await now()) as never);
      return listed.get(name) as T;
    };
    return { ...rest, policies: (holder) => old(holder.name, () => policies(holder)), keys: (user) => old(`keys of ${user.name}`, () => keys(user)) };
  };
  const containment = lists(ports.containment);
  const { readAs } = ports;
  Object.assign(ports, { containment, readAs: (reader: Reader) => ({ ...readAs?.(reader), containment }) });
  return late;
}

describe('what AWS has done and does not list yet', () => {
  it.each([
    ['Switch off keys', switchOffKeys],
    ['Quarantine', quarantine],
  ] as const)('%s stands, is read again, and whoever was quicker is found', async (_what, response) => {
    const late = listsLate();
    await here.world.ports.containment.policies({ kind: 'iam-user', account: prodAccount, name: 'alice' });
    await here.world.ports.containment.keys({ account: prodAccount, name: 'alice' });
    expect(await press(response)).toMatchObject({
      result: 'done',
      details: expect.arrayContaining(['Not read back yet: it is read again in a minute.']),
    });
    const left = response === quarantine ? { of: 'quarantine', isOn: true } : { of: 'keys', keys: [{ id: aliceKey, isActive: false }] };
    expect((await here.incident()).contained).toMatchObject([{ left }]);
    expect((await here.incident()).notStopped).toEqual([]);
    const { alice: user } = here.account().users;
    for (const policy of user?.attachedPolicies ?? []) Object.assign(policy, { until: here.aws.clock.now() });
    for (const key of user?.accessKeys ?? []) Object.assign(key, { status: 'Active' });
    late.isLate = false;
    await here.pass(60);
    await here.readBack();
    expect((await here.entries()).at(-1)).toMatchObject({ reply: 'loud', body: { what: 'containment-broken' } });
  });

  it.each([
    ['Switch off keys', switchOffKeys],
    ['Quarantine', quarantine],
  ] as const)('an undo of %s is done, and is nobody else’s', async (_what, response) => {
    await press(response);
    const late = listsLate();
    expect(await press(undo, entry(await containedSeq()))).toMatchObject({
      result: 'done',
      details: ['AWS has done it, and does not list it so yet.'],
    });
    expect((await here.incident()).contained).toEqual([]);
    late.isLate = false;
    await here.pass(400);
    await here.readBack();
    expect((await here.entries()).at(-1)?.body.what).toBe('undo');
  });
});

describe('Quarantine of a role', () => {
  const used = (count: number, userIdentity: (index: number) => object, roleArn = `arn:aws:iam::${prodAccount}:role/web`): void => {
    for (let index = 0; index < count; index++)
      here.account().trail.push({
        region: 'us-east-1',
        visibleAt: 0,
        record: {
          eventID: `use-${index}-${Math.random()}`,
          eventName: 'AssumeRole',
          eventSource: 'sts.amazonaws.com',
          eventTime: new Date(here.aws.clock.now() - 3_600_000 - index * 1_000).toISOString(),
          awsRegion: 'us-east-1',
          userIdentity: userIdentity(index),
          requestParameters: { roleArn, roleSessionName: 's' },
          responseElements: { credentials: { accessKeyId: `ASIA${index}${Math.random()}` } },
        },
      });
  };

  it('tells before whom it hits, and waits for another remediator', async () => {
    used(60, (index) => ({ type: 'IAMUser', userName: `person${index % 30}` }));
    used(8, (index) => ({ type: 'AWSService', invokedBy: index % 2 === 0 ? 'ec2.amazonaws.com' : 'lambda.amazonaws.com' }));
    const asked = here.asked(quarantine, web);
    const shown = await here.shown(asked);
    const form = confirmForm(shown, web, { alternatives: [quarantine] });
    expect(faultsOfView(form as unknown as Record<string, unknown>)).toEqual([]);
    expect(textOfBlocks(form.blocks as never)).toContain(
      'Whom it hits: 30 people (person0, person1, person10, person11, person12, …) and 2 services (ec2.amazonaws.com, lambda.amazonaws.com) took 68 sessions of it in the last 24 h, as far as CloudTrail shows; all of them stop working.',
    );
    expect(await here.press(asked)).toMatchObject({ is: 'requested' });
    expect(here.changes()).toEqual([]);
  });

  it('does not end sessions of other roles that were assumed with it, and the card says so', async () => {
    const ended = await pressedAndAgreed(here, quarantine, web);
    const open = (await here.incident(2)).notStopped.map(({ text }) => text);
    expect(open).toEqual([
      expect.stringMatching(/^sessions of other roles that were assumed with role web, if there are any: each for an hour at most/),
    ]);
    expect(ended).toMatchObject({ result: 'done', details: [`Not stopped: ${open[0]}`] });
  });

  it.each([
    ['AWSServiceRoleForSupport', /linked to an AWS service/],
    ['AWSReservedSSO_AdministratorAccess_0123456789abcdef', /made by Identity Center/],
    ['signin-responder-respond', /one of the responder’s own roles/],
    ['break-glass-admin', /protected by its tag/],
  ])('is refused for %s, with why', async (name, why) => {
    await expect(here.shown(here.asked(quarantine, { kind: 'role', account: prodAccount, name }))).rejects.toThrow(why);
  });
});

describe('Contain', () => {
  const rungs = ['UpdateLoginProfile', 'UpdateAccessKey', 'AttachUserPolicy', 'BatchRevokeSessions'];
  const made = (): string[] => here.changes().flatMap(({ operation, error }) => (error === undefined ? [operation] : []));
  beforeEach(() => {
    here.account().signInSessions = sessionsOf(2, { who: 'user/alice', now: here.aws.clock.now() });
  });

  it('goes up all rungs, each with its own entries; a second press does nothing twice', async () => {
    expect(await press(contain)).toMatchObject({ result: 'done' });
    const done = (await here.entries()).filter(({ body }) => body.phase === 'outcome').map(({ body }) => `${body.what} ${body.result}`);
    expect(done).toEqual(['lock-out done', 'switch-off-keys done', 'quarantine done', 'end-sessions done']);
    expect(await card()).toContain('Under quarantine: alice in prod');
    expect(made()).toEqual(rungs);
    await expect(here.shown(here.asked(contain, alice))).rejects.toThrow(/already/);
    expect(made()).toEqual(rungs);
  });

  const faults = [
    { what: 'throttled', mode: 'throttle', result: 'failed' },
    { what: 'denied', mode: 'denied', result: 'failed' },
    { what: 'lost before it was done', mode: '500', result: 'unknown' },
  ] as const;
  const cases = rungs.flatMap((operation) => faults.map((fault) => ({ operation, ...fault })));

  it.each(cases)('$what at $operation: it stops there, and goes on from there at the second press', async ({ operation, mode, result }) => {
    here.aws.faults.aws.push({ operation, mode, times: 1 });
    expect((await press(contain)).result).toBe(result);
    const before = (await here.entries()).filter(({ body }) => body.phase === 'outcome');
    expect(before.at(-1)?.body.result).toBe(result);
    expect(made()).toEqual(rungs.slice(0, rungs.indexOf(operation)));
    here.aws.faults.clear();
    expect(await press(contain)).toMatchObject({ result: 'done' });
    expect(made()).toEqual(rungs);
  });

  it('whose outcome is not known is on the card, until it is known', async () => {
    here.aws.faults.aws.push({ operation: 'AttachUserPolicy', mode: '500', times: 1 });
    expect((await press(quarantine)).result).toBe('unknown');
    expect(await card()).toContain(
      `Left to do: look in CloudTrail whether Quarantine of alice in prod ${prodAccount} was done: the outcome is not known`,
    );
    expect(await card()).not.toContain('Under quarantine');
    here.aws.faults.clear();
    expect((await press(quarantine)).result).toBe('done');
    expect(await card()).not.toContain('the outcome is not known');
    expect(await card()).toContain('Under quarantine: alice in prod');
  });

  it('a quarantine that was done though its outcome is not known is taken on by the next press, and can be undone', async () => {
    here.aws.faults.aws.push({ operation: 'AttachUserPolicy', mode: '500', times: 1 });
    expect((await press(quarantine)).result).toBe('unknown');
    here.aws.faults.clear();
    // AWS took it after all.
    Object.assign(here.account().users.alice as object, { attachedPolicies: [{ arn: denyAllArn('us-east-1', prodAccount), since: 0 }] });
    const { plan } = await here.shown(here.asked(quarantine, alice));
    expect(plan.notes.join()).toContain('alice is under quarantine, most likely by the step whose outcome is not known.');
    expect((await press(quarantine)).result).toBe('done');
    expect(await card()).not.toContain('the outcome is not known');
    expect(await press(undo, entry(await containedSeq()))).toMatchObject({ result: 'done' });
    expect((await here.incident()).contained).toEqual([]);
    // One that somebody else put on stays theirs.
    Object.assign(here.account().users.alice as object, { attachedPolicies: [{ arn: denyAllArn('us-east-1', prodAccount), since: 0 }] });
    await expect(here.shown(here.asked(quarantine, alice))).rejects.toThrow('alice is under quarantine already.');
  });

  it('a key that was switched off though its outcome is not known is taken on by the next press; one that was off before is not', async () => {
    withSecondKey();
    const [first, second] = here.account().users.alice?.accessKeys ?? [];
    Object.assign(second as object, { status: 'Inactive' });
    here.aws.faults.aws.push({ operation: 'UpdateAccessKey', mode: '500', times: 1 });
    expect((await press(switchOffKeys)).result).toBe('unknown');
    here.aws.faults.clear();
    // AWS took it after all.
    Object.assign(first as object, { status: 'Inactive' });
    const { plan } = await here.shown(here.asked(switchOffKeys, alice));
    expect(plan.notes).toEqual([expect.stringContaining('Key AKIA…QQQQ is off, most likely by the step whose outcome is not known.')]);
    expect(await press(switchOffKeys)).toMatchObject({ result: 'done', text: '1 of 1 access keys of alice switched off.' });
    expect(await card()).not.toContain('the outcome is not known');
    expect((await here.incident()).contained).toMatchObject([{ left: { keys: [{ id: aliceKey, isActive: false }] } }]);
    expect(await press(undo, entry(await containedSeq()))).toMatchObject({ result: 'done' });
    expect(here.account().users.alice?.accessKeys.map(({ status }) => status)).toEqual(['Active', 'Inactive']);
    // One that somebody else switches off stays off.
    Object.assign(first as object, { status: 'Inactive' });
    await expect(here.shown(here.asked(switchOffKeys, alice))).rejects.toThrow('All access keys of alice are switched off already.');
  });

  it('a quarantine that another incident holds is not taken on, though a step here ended without an outcome: its undo would give that back', async () => {
    here.aws.faults.aws.push({ operation: 'AttachUserPolicy', mode: '500', times: 1 });
    expect((await press(quarantine)).result).toBe('unknown');
    here.aws.faults.clear();
    const { leftToDo } = await here.incident();
    expect((await press(quarantine)).result).toBe('done');
    const { contained: [held] = [], ...incident } = await here.incident();
    if (held === undefined) throw new Error('Nothing is contained.');
    const elsewhere = [{ incident: 2, contained: [held], passwordsReset: [], rootsEmptied: [], deeds: [] }] as never;
    const { store, clock } = here.world.ports;
    await store.transact((tx) => tx.save([{ incident: { ...incident, contained: [], leftToDo, elsewhere }, due: 'now' }], clock.now()));
    await expect(here.shown(here.asked(quarantine, alice))).rejects.toThrow('alice is under quarantine already.');
  });

  it.each(rungs)('an answer of %s that is lost after it was done is read, and it goes on', async (operation) => {
    here.aws.faults.aws.push({ operation, mode: 'reset-after', times: 1 });
    expect(await press(contain)).toMatchObject({ result: 'done' });
    expect(here.changes().map((call) => call.operation)).toEqual(rungs);
  });

  it('says what it goes on without: ten policies are AWS’s limit', async () => {
    const alices = here.account().users.alice as { attachedPolicies?: unknown[] };
    alices.attachedPolicies = Array.from({ length: 10 }, (_, index) => ({ arn: `arn:aws:iam::aws:policy/P${index}`, since: 0 }));
    const shown = await here.shown(here.asked(contain, alice));
    expect(shown.plan.notes.join('\n')).toContain('Skipped: Quarantine. alice has 10 managed policies');
    const ended = await press(contain);
    expect(ended).toMatchObject({ result: 'done' });
    expect(JSON.stringify(ended.shown)).toContain('Skipped: Quarantine. alice has 10 managed policies');
    const intents = (await here.entries()).filter(({ body }) => body.phase === 'intent').map(({ body }) => body.text);
    expect(intents[0]).toContain('Skipped: Quarantine. alice has 10 managed policies');
    expect(intents.slice(1).join()).not.toContain('Skipped');
  });

  it('refuses key, console session and new sign-in; after the undo they work', async () => {
    const console = here.signsIn('alice', 'Old-alice-1').accessKeyId ?? '';
    expect(await press(quarantine)).toMatchObject({ result: 'done' });
    expect(await press(switchOffKeys)).toMatchObject({ result: 'done' });
    await here.pass(10);
    expect([await here.works(aliceKey), await here.works(console), here.signsIn('alice', 'Old-alice-1').ok]).toEqual([false, false, false]);
    for (const { seq } of (await here.incident()).contained ?? []) expect(await press(undo, entry(seq))).toMatchObject({ result: 'done' });
    await here.pass(10);
    expect([await here.works(aliceKey), await here.works(console), here.signsIn('alice', 'Old-alice-1').ok]).toEqual([true, true, true]);
  });

  it('says what goes on: roles that the user assumed, and what the user made', async () => {
    const at = (minutes: number): string => new Date(here.aws.clock.now() - minutes * 60_000).toISOString();
    const record = (eventName: string, requestParameters: object, minutes = 5): void =>
      void here.account().trail.push({
        region: 'us-east-1',
        visibleAt: 0,
        record: {
          eventID: `${eventName} ${minutes}`,
          eventName,
          eventTime: at(minutes),
          awsRegion: 'us-east-1',
          userIdentity: { type: 'IAMUser', userName: 'alice' },
          requestParameters,
        },
      });
    record('AssumeRole', { roleArn: `arn:aws:iam::${prodAccount}:role/data-team` });
    record('CreateUser', { userName: 'backdoor' });
    // Hours before the first signal: what was made then is no part of it, a session that runs still goes on.
    record('CreateUser', { userName: 'colleague' }, 300);
    record('AssumeRole', { roleArn: `arn:aws:iam::${prodAccount}:role/nightly`, durationSeconds: 43_200 }, 300);
    record('AssumeRole', { roleArn: 'arn:aws:iam::999988887777:role/ops' });
    const { toCopy = [] } = await press(quarantine);
    expect(toCopy.map(({ heading }) => heading)).toEqual(['To stop these, by hand:', 'In account 999988887777:']);
    expect(toCopy.at(-1)?.commands.join()).toContain('--role-name ops');
    const open = (await here.incident()).notStopped.map(({ text }) => text).join('\n');
    expect(open).toMatch(/role data-team, which alice assumed: its sessions run until .*\n.*user backdoor, made by alice/s);
    expect(open).toContain('role nightly, which alice assumed: its sessions run until');
    expect(open).not.toContain('colleague');
  });
});

describe('Undo', () => {
  it('is of an incident’s entry: two that were merged may have taken something under the same number', async () => {
    await press(quarantine);
    const [own] = (await here.incident()).contained ?? [];
    if (own === undefined) throw new Error('nothing was taken');
    const carl = { kind: 'iam-user' as const, account: prodAccount, name: 'carl' };
    const { alice: first, carl: second } = here.account().users as Record<
      string,
      { attachedPolicies?: { arn: string; since: number; until?: number }[] }
    >;
    Object.assign(second as object, { attachedPolicies: [{ arn: first?.attachedPolicies?.[0]?.arn ?? '', since: 0 }] });
    const other = { ...own, incident: 2, on: 'carl in prod', before: { ...own.before, holder: carl }, left: { ...own.left, holder: carl } };
    const both = { ...(await here.incident()), contained: [own, other] };
    await here.world.ports.store.transact((tx) => tx.save([{ incident: both, due: 'now' }], here.aws.clock.now()));
    expect((await here.shown(here.asked(undo, entry(own.seq, 2)))).plan).toMatchObject({
      named: 'carl',
      facts: { entry: `entry ${own.seq} of SIN-2` },
    });
    expect(await press(undo, entry(own.seq, 2))).toMatchObject({ result: 'done' });
    const standing = (user: typeof first): boolean[] => user?.attachedPolicies?.map(({ until }) => until === undefined) ?? [];
    expect([standing(first), standing(second)]).toEqual([[true], [false]]);
    expect((await here.incident()).contained).toMatchObject([{ incident: 1, seq: own.seq }]);
    expect((await here.entries()).at(-1)?.body).toMatchObject({ undid: own.seq, undidIn: 2 });
  });

  it('of one’s own within 15 minutes waits for nobody; later, and of another’s, it gives access', async () => {
    await press(quarantine);
    const seq = await containedSeq();
    expect(await here.press(here.asked(undo, entry(seq), 'carmen'))).toMatchObject({ is: 'requested' });
    await here.pass(16 * 60);
    expect(await here.press(here.asked(undo, entry(seq), 'bob'))).toMatchObject({ is: 'requested' });
    await settleRequests(here.world, async () => undefined);
    expect(here.changes().map(({ operation }) => operation)).toEqual(['AttachUserPolicy']);
  });

  it('of one’s own counts as no change', async () => {
    await press(quarantine);
    await press(undo, entry(await containedSeq()));
    expect(here.changes()).toHaveLength(2);
    expect(await here.world.ports.store.transact((tx) => tx.countedSince(0))).toHaveLength(1);
  });

  it('of some of the keys gives those back, and nothing of the step stands any more', async () => {
    withSecondKey();
    await here.press(here.asked(switchOffKeys, alice), { keys: [secondKey] });
    expect((await here.incident()).contained).toMatchObject([{ before: { keys: [{ id: secondKey, isActive: true }] } }]);
    expect(await press(undo, entry(await containedSeq()))).toMatchObject({
      result: 'done',
      text: 'alice in prod 444455556666 is as it was before: key AKIA…EY00 active. Some seconds pass until AWS acts on it.',
    });
    expect((await here.incident()).contained).toEqual([]);
    expect(await card()).not.toContain('Stopped: ');
  });

  it('that comes to a part of the keys leaves the card with what is still off', async () => {
    withSecondKey();
    await press(lockOut);
    await press(switchOffKeys);
    const seq = await containedSeq();
    const { containment } = here.world.ports;
    const switchKey: Ports['containment']['switchKey'] = async (user, key, actor) => {
      if (key.id === secondKey) throw new AppError('denied', 'AWS refused it.');
      return containment.switchKey(user, key, actor);
    };
    const { readAs } = here.world.ports;
    Object.assign(here.world.ports, {
      readAs: (reader: Reader) => ({ ...readAs?.(reader), containment: { ...containment, switchKey } }),
    });
    expect(await press(undo, entry(seq))).toMatchObject({ result: 'partly' });
    const shown = await card();
    expect(shown).toContain('1 access key of alice switched off');
    expect(shown).not.toContain('2 access keys');
    expect(shown).toContain(`entry ${seq} undone in part: alice key AKIA…QQQQ active, key AKIA…EY00 inactive`);
    expect((await here.incident()).notStopped.map(({ text }) => text)).toContain('1 active access key of alice (AKIA…QQQQ)');
  });

  it('is refused where somebody changed it meanwhile, with the difference', async () => {
    withSecondKey();
    await press(switchOffKeys);
    const seq = await containedSeq();
    const [first] = here.account().users.alice?.accessKeys ?? [];
    Object.assign(first as object, { status: 'Active' });
    await expect(here.shown(here.asked(undo, entry(seq)))).rejects.toThrow(/Somebody changed this.*Left: .*inactive.*Now: .* active/);
  });
});

describe('what was taken stays taken', () => {
  it('is read back after a minute and after five, which is noted', async () => {
    await press(quarantine);
    await here.pass(61);
    await here.readBack();
    await here.pass(241);
    const next = await here.readBack();
    const notes = (await here.entries()).filter(({ body }) => body.what === 'read-back').map(({ body }) => body.text);
    expect(notes).toEqual([
      expect.stringMatching(/^Read back \d+ (s|min) after it was done: alice in prod 444455556666 is under quarantine\.$/),
      expect.stringMatching(/^Read back \d+ min after it was done: alice in prod 444455556666 is under quarantine\.$/),
    ]);
    expect((next ?? 0) - here.aws.clock.now()).toBeGreaterThan(240_000);
  });

  it.each([
    ['a detached quarantine', quarantine, () => Object.assign(here.account().users.alice?.attachedPolicies?.at(-1) as object, { until: 0 })],
    ['a key that is switched on', switchOffKeys, () => Object.assign(here.account().users.alice?.accessKeys[0] as object, { status: 'Active' })],
  ] as const)('%s by somebody else is CRITICAL and loud', async (_what, response, giveBack) => {
    await press(response);
    await here.pass(400);
    await here.readBack();
    giveBack();
    await here.pass(300);
    await here.readBack();
    expect(await here.incident()).toMatchObject({ severity: 'CRITICAL', status: 'open' });
    const loud = (await here.entries()).filter(({ reply }) => reply === 'loud');
    expect(loud.at(-1)?.body).toMatchObject({ what: 'containment-broken', text: expect.stringMatching(/^Somebody else gave access back: alice/) });
    expect(await card()).toContain('Given back by somebody else: alice in prod');
    expect(await card()).not.toContain('Stopped: ');
    await here.pass(300);
    await here.readBack();
    expect((await here.entries()).filter(({ body }) => body.what === 'containment-broken')).toHaveLength(1);
  });

  it('of a user whose name is gone it is said once that nobody watches it', async () => {
    await press(quarantine);
    await press(switchOffKeys);
    Object.assign(here.account().users.alice as object, { userName: 'mallory' });
    for (const seconds of [60, 300]) {
      await here.pass(seconds);
      await here.readBack();
    }
    const told = (await here.entries()).filter(({ body }) => body.what === 'contained-gone');
    expect(told.map(({ reply }) => reply)).toEqual(['quiet']);
    expect(told[0]?.body.text).toMatch(/alice in prod \d+, from whom entry \d+ took access\..*DeleteUser and UpdateUser/);
    expect((await here.incident()).leftToDo).toEqual([expect.stringContaining('was deleted or renamed')]);
  });

  it('and one’s own undo is not', async () => {
    await press(quarantine);
    await press(undo, entry(await containedSeq()));
    await here.pass(61);
    expect(await here.readBack()).toBeUndefined();
    expect((await here.entries()).filter(({ body }) => body.what === 'containment-broken')).toEqual([]);
  });

  it('and an undo of something else of the same user does not hide what somebody else gives back', async () => {
    withSecondKey();
    await here.press(here.asked(switchOffKeys, alice), { keys: [aliceKey] });
    const first = await containedSeq();
    await here.press(here.asked(switchOffKeys, alice), { keys: [secondKey] });
    await press(quarantine);
    expect(await press(undo, entry(first))).toMatchObject({ result: 'done' });
    const { alice: user } = here.account().users;
    Object.assign(user?.accessKeys[1] as object, { status: 'Active' });
    Object.assign(user?.attachedPolicies?.at(-1) as object, { until: 0 });
    await here.pass(61);
    await here.readBack();
    const broken = (await here.entries()).filter(({ body }) => body.what === 'containment-broken');
    expect(broken.map(({ body }) => body.after)).toMatchObject([{ of: 'keys', keys: [{ id: secondKey }] }, { of: 'quarantine' }]);
  });

  it('who resolves is asked what becomes of it, and reminded', async () => {
    await press(quarantine);
    const questions = resolve.form?.(await here.incident(), { campaign: [], accounts: new Map() })?.questions ?? [];
    expect(questions.map(({ id }) => id)).toEqual(['verdict', 'contained', 'note']);
    await transition(here.world.ports, person('bob'), {
      response: resolve,
      incident: 1,
      answers: { verdict: 'attack', note: '', contained: 'for-now' },
    });
    expect((await here.incident()).leftToDo).toContain('decide what becomes of alice in prod 444455556666 (under quarantine)');
  });
});

it('a password that is handed over is no lock-out any more', async () => {
  await here.close();
  here = await scene(responses, { approvals: new Map([['hand-over', 0]]) });
  await press(lockOut);
  expect((await here.incident()).contained).toMatchObject([{ left: { of: 'password' } }]);
  expect(await press(handOver)).toMatchObject({ result: 'done' });
  expect((await here.incident()).contained).toEqual([]);
});
