/** Taking access from an Identity Center user, against the emulated AWS, which decides by the template's own trust and policies. */
import type { ModalView } from '@slack/types';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { undoable } from '../../src/domain/incident/contained.ts';
import type { Incident } from '../../src/domain/incident/incident.ts';
import type { Entry, EntryBody } from '../../src/domain/incident/timeline.ts';
import { keptWords } from '../../src/domain/response/kept-state.ts';
import { answeredWords } from '../../src/domain/response/question.ts';
import type { ResponseRequest } from '../../src/domain/response/request.ts';
import type { Target } from '../../src/domain/response/target.ts';
import { detailLines } from '../../src/domain/response/to-copy.ts';
import type { Subject } from '../../src/domain/sign-in/subjects.ts';
import { followResponses } from '../../src/features/follow-responses.ts';
import { keepContained } from '../../src/features/keep-contained.ts';
import { type Asked, prepare } from '../../src/features/prepare-response.ts';
import { askedIn } from '../../src/features/requests.ts';
import { closeAbandoned } from '../../src/features/respond.ts';
import { removeAccess } from '../../src/features/responses/remove-access.ts';
import { directoryUser, prodAccount } from '../../src/sandbox/aws/names.ts';
import type { IdentityCenter } from '../../src/sandbox/aws/person-shapes.ts';
import { textOfBlocks } from '../../src/sandbox/slack/as-text.ts';
import { faultsOfBlocks } from '../../src/sandbox/slack/validate.ts';
import { drawCard } from '../../src/slack/card.ts';
import { confirmForm } from '../../src/slack/forms.ts';
import { payloadRefusal } from '../../src/slack/payload.ts';
import { drawRequest } from '../../src/slack/request-reply.ts';
import { person } from '../support/responding.ts';
import { type BeyondIam, beyondIam, failedVerification } from '../support/responding-beyond-iam.ts';

const dora = 'dora@example.com';
const target: Target = { kind: 'identity-center-user', account: prodAccount, userId: directoryUser };

let here: BeyondIam;
const printed: string[] = [];
afterEach(() => here.stop());
afterAll(() => process.stdout.write(`${printed.join('\n')}\n`));

async function open(change: (center: IdentityCenter) => void = () => undefined, approvals = 0): Promise<IdentityCenter> {
  here = await beyondIam([removeAccess], failedVerification(), { approvals: new Map([['remove-access', approvals]]) });
  const center = here.hub.identityCenter as IdentityCenter;
  change(center);
  return center;
}

async function outcome(): Promise<EntryBody | undefined> {
  const { entries } = await here.replica.store.entries(1, { from: 0, count: 50 });
  return entries.find(({ body }) => body.phase === 'outcome')?.body;
}

async function begin(): Promise<string> {
  const given = await here.respond(removeAccess, target);
  if (given.is !== 'begun') return JSON.stringify(given);
  const ended = await given.finish(async () => 'closed');
  return 'later' in ended ? `later: ${ended.text}` : `${ended.result}: ${ended.text}`;
}

async function card(): Promise<string> {
  const reach = here.world.ports.settings;
  const options = { accounts: new Map(), responders: [], remediatorsExist: true, responses: [removeAccess], reach, permalink: () => '' };
  const { blocks } = drawCard(await here.incident(), options, new Map());
  expect(faultsOfBlocks(blocks, 'message')).toEqual([]);
  return textOfBlocks(blocks as never);
}

/** Time goes on here and in AWS. */
async function follow(seconds: number): Promise<void> {
  here.replica.now += seconds * 1_000;
  await here.aws.clock.advance(seconds);
  await followResponses(here.world);
}

const left = ({ assignments, memberships }: IdentityCenter): string =>
  `${assignments.filter(({ principalType }) => principalType === 'USER').length} assignments, ${memberships.length} memberships`;

describe('remove access', () => {
  it('shows what holds, removes it in the person’s name, follows AWS to the end, reads back, and leaves the commands that give it back', async () => {
    const center = await open();
    const shown = await prepare(here.world, { clicker: person('bob'), incident: 1, response: removeAccess, target });
    const { lines, warnings, questions } = shown.ok ? shown.prepared.plan : { lines: [], warnings: [], questions: [] };
    const said = JSON.stringify([lines, warnings, questions]);
    // What the form remembers comes back to us.
    if (!shown.ok) throw new Error(shown.message);
    const { private_metadata } = confirmForm(shown.prepared, shown.prepared.plan.target, { alternatives: [removeAccess] }) as ModalView;
    const view = { id: 'V1', callback_id: 'respond', private_metadata, blocks: [], state: { values: {} } };
    const submission = { type: 'view_submission', user: { id: 'U0BOB' }, view };
    expect(payloadRefusal(submission, { app: undefined, sandbox: undefined })).toBeUndefined();
    for (const words of [
      'status enabled',
      'PowerUserAccess, ReadOnlyAccess (group Developers)',
      'Groups: Developers',
      'end after 8 h at most',
      'Leaving Developers also takes away',
      '1 assignment, 1 group membership',
    ])
      expect(said).toContain(words);
    const before = left(center);
    expect(await begin()).toBe('later: AWS is removing it: 1 of 2 done. The outcome comes in the thread.');
    expect(await outcome()).toBeUndefined();
    expect(await card()).toMatch(/Under way: Removing access of dora@example\.com: 0 of 1 assignment, 1 of 1 group membership \(bob, since /);
    expect(await card()).toMatch(/Now: .*Block the user at the identity provider/);
    await follow(6);
    expect(await card()).not.toContain('Under way: ');
    const body = await outcome();
    expect(body).toMatchObject({ result: 'done', text: `2 of 2 assignments and group memberships of ${dora} removed.`, by: { name: 'bob' } });
    const details = detailLines(body ?? {}).join('\n');
    for (const words of [
      'Read back: no assignment is left',
      'Not stopped: role sessions of dora',
      'identitystore:UserId',
      'aws sso-admin create-account-assignment',
      'aws identitystore create-group-membership',
    ])
      expect(details).toContain(words);
    expect(body?.requests?.map((one) => one.split(' ')[0])).toEqual(['DeleteAccountAssignment', 'DeleteGroupMembership']);
    expect(here.changes()).toEqual([
      'DeleteAccountAssignment for U0BOB U0BOB SIN-1 remove-access',
      'DeleteGroupMembership for U0BOB U0BOB SIN-1 remove-access',
    ]);
    const { deeds, notStopped } = await here.incident();
    expect([deeds.length, notStopped.map(({ text }) => text).join()]).toEqual([1, expect.stringContaining('role sessions of dora@example.com')]);
    printed.push(
      `remove-access | before: ${before} | calls: ${here.changes().join('; ')} | after, read back: ${left(center)} | card: ${notStopped.map(({ text }) => text).join()} | undo: commands`,
    );
  });

  it('is followed to the end by another process, and is not taken for lost', async () => {
    const center = await open((one) => Object.assign(one, { deletionSeconds: 600 }));
    expect(await begin()).toMatch(/^later/);
    // The process that began it is gone: whoever comes after it closes what it lost, and goes on with what AWS goes on with.
    const world = { ...here.world, ports: { ...here.world.ports, owner: 'another' } };
    here.replica.now += 400_000;
    await closeAbandoned(world, true);
    await followResponses(world);
    expect(await outcome()).toBeUndefined();
    expect((await here.incident()).inProgress).toMatchObject([{ entry: { incident: 1 }, by: { name: 'bob' } }]);
    await here.aws.clock.advance(700);
    here.replica.now += 300_000;
    await followResponses(world);
    expect(await outcome()).toMatchObject({ result: 'done', by: { name: 'bob' } });
    printed.push(`remove-access, restart while AWS works | followed by another process: ${(await outcome())?.text} (${left(center)} left)`);
  });

  it('that died between two calls tells what was asked for and what was not', async () => {
    const center = await open();
    const { identityCenter } = here.world.ports;
    // It dies while it leaves the group.
    const stuck = new Promise<never>(() => undefined);
    Object.assign(here.world.ports, { identityCenter: { ...identityCenter, removeMembership: () => stuck } });
    const given = await here.respond(removeAccess, target);
    if (given.is === 'begun') void given.finish(async () => 'closed');
    while (here.changes().length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    await new Promise((resolve) => setTimeout(resolve, 100));
    Object.assign(here.world.ports, { identityCenter });
    await follow(70);
    await follow(400);
    const body = await outcome();
    expect(body?.result).toBe('unknown');
    expect(body?.details?.slice(2)).toEqual([
      'Membership of group Developers: not known whether removed; look in Identity Center.',
      expect.stringContaining('Assignment PowerUserAccess'),
    ]);
    expect(here.changes().length).toBe(1);
    printed.push(`remove-access, died between two calls | ${body?.details?.slice(0, 2).join(' ')} (${left(center)} left; nothing called twice)`);
  });
});

describe('a request', () => {
  const requested = async (): Promise<Entry> => {
    const { entries } = await here.replica.store.entries(1, { from: 0, count: 50 });
    return entries.find(({ body }) => body.phase === 'request') as Entry;
  };

  it('says in the thread which access was chosen, and what that reaches', async () => {
    await open(undefined, 1);
    expect(await here.respond(removeAccess, target)).toMatchObject({ is: 'requested' });
    const shown = { entry: await requested(), decided: undefined, label: removeAccess.label, responders: [] };
    expect(textOfBlocks(drawRequest(await here.incident(), shown).blocks as never)).toContain(
      'Which access? What reaches the affected accounts (1 assignment, 1 group membership: prod 4444-5555-6666)',
    );
  });

  it('is about the accounts that were shown, wherever the user is seen meanwhile', async () => {
    await open(undefined, 1);
    await here.respond(removeAccess, target);
    const { seq } = await requested();
    const { store, now } = here.replica;
    const request = await store.request(1, seq);
    await store.transact(async (tx) => {
      const incident = (await tx.incident(1)) as Incident;
      const [dora] = incident.subjects as [Subject];
      await tx.save([{ incident: { ...incident, subjects: [dora, { ...dora, key: 'elsewhere', account: '777788889999' }] }, due: 'now' }], now);
    });
    const again = await prepare(here.world, askedIn(here.world, request as ResponseRequest) as Asked);
    expect(again.ok && answeredWords(again.prepared.plan.questions, { scope: 'affected' })).toEqual([
      'Which access? What reaches the affected accounts (1 assignment, 1 group membership: prod 4444-5555-6666)',
    ]);
    const afresh = await prepare(here.world, { clicker: person('bob'), incident: 1, response: removeAccess, target });
    expect(afresh.ok && JSON.stringify(afresh.prepared.plan.questions)).toContain('7777-8888-9999');
  });
});

describe('what AWS answers', () => {
  const row = async (what: string, first: string): Promise<void> => {
    for (let step = 0; step < 3 && (await outcome()) === undefined; step++) await follow(step === 0 ? 6 : 400);
    const body = await outcome();
    printed.push(`remove-access, ${what} | at once: ${first} | outcome: ${body?.result}: ${body?.details?.slice(0, 2).join(' ')}`);
  };

  it.each<[string, Parameters<BeyondIam['aws']['faults']['aws']['push']>[0], string]>([
    ['the deletion is throttled', { operation: 'DeleteAccountAssignment', mode: 'throttle', times: 1 }, 'partly'],
    ['the deletion is denied', { operation: 'DeleteAccountAssignment', mode: 'denied', times: 1 }, 'partly'],
    ['the deletion gives no answer, and is done', { operation: 'DeleteAccountAssignment', mode: 'reset-after', times: 1 }, 'done'],
    ['the deletion gives no answer, and is not done', { operation: 'DeleteAccountAssignment', mode: '500', times: 1 }, 'unknown'],
    ['leaving a group gives no answer, and is done', { operation: 'DeleteGroupMembership', mode: 'reset-after', times: 1 }, 'done'],
    ['the status cannot be read for a while', { operation: 'DescribeAccountAssignmentDeletionStatus', mode: 'throttle', times: 3 }, 'done'],
  ])('%s', async (what, fault, result) => {
    await open();
    here.aws.faults.aws.push(fault);
    const first = await begin();
    await row(what, first);
    expect((await outcome())?.result).toBe(result);
    expect(here.changes().filter((one) => one.startsWith('DeleteAccountAssignment')).length).toBe(1);
  });

  it('AWS fails to remove an assignment', async () => {
    await open((center) => {
      for (const one of center.assignments) one.deletionFails = 'Insufficient permissions';
    });
    await row('AWS fails to remove it', await begin());
    expect(await outcome()).toMatchObject({
      result: 'partly',
      details: expect.arrayContaining([expect.stringContaining('Insufficient permissions')]),
    });
  });

  it('an identity provider owns the directory: it is said before, and what AWS refuses is told', async () => {
    await open((center) => {
      Object.assign(center.users[0] ?? {}, { issuer: 'https://idp.example.com/scim' });
      Object.assign(center, { refusesChanges: true });
    });
    const shown = await prepare(here.world, { clicker: person('bob'), incident: 1, response: removeAccess, target });
    expect(shown.ok && shown.prepared.plan.warnings.join()).toContain(
      'An identity provider provisions this directory (https://idp.example.com/scim)',
    );
    await row('SCIM owns the directory', await begin());
    expect((await outcome())?.result).toBe('partly');
    expect((await here.incident()).leftToDo).toEqual([`${dora} is blocked in the identity provider, whose next run may give access back`]);
  });

  it('nothing is there to remove: said, and nothing called', async () => {
    await open((center) => Object.assign(center, { assignments: [], memberships: [] }));
    expect(await begin()).toContain('has no assignment and is in no group');
    expect(here.changes()).toEqual([]);
  });
});

it('that comes back, by an identity provider’s run or anybody else, is CRITICAL and rings; the commands are what gives it back', async () => {
  const center = await open();
  const [membership] = center.memberships;
  await begin();
  await follow(6);
  const { contained = [] } = await here.incident();
  expect(contained.map(({ left: one }) => keptWords(one))).toEqual([
    `without what was removed (PowerUserAccess in ${prodAccount}, group Developers)`,
  ]);
  expect(undoable(await here.incident())).toEqual([]);
  here.replica.now += 61_000;
  await keepContained(here.world.ports, 1);
  expect((await here.incident()).severity).toBe('MEDIUM');
  center.memberships.push({ ...(membership as IdentityCenter['memberships'][number]) });
  here.replica.now += 300_000;
  await keepContained(here.world.ports, 1);
  const { severity } = await here.incident();
  const { entries } = await here.replica.store.entries(1, { from: 0, count: 50 });
  const broken = entries.find(({ body }) => body.what === 'containment-broken');
  expect([severity, broken?.reply]).toEqual(['CRITICAL', 'loud']);
  expect(broken?.body.text).toMatch(/Somebody else gave access back: dora.* is with group Developers.*identity provider/);
  printed.push(`remove-access, given back meanwhile | ${severity}, ${broken?.reply}: ${broken?.body.text}`);
});

it('that comes back is found also where AWS listed it still when the removal ended', async () => {
  const center = await open();
  const { ports } = here.world;
  const { identityCenter } = ports;
  const { access } = identityCenter as NonNullable<typeof identityCenter>;
  let old: Awaited<ReturnType<typeof access>> | undefined;
  const late = async (who: Parameters<typeof access>[0]): Promise<typeof old & object> => {
    old ??= await access(who);
    return old;
  };
  Object.assign(ports, { identityCenter: { ...identityCenter, access: late } });
  const [membership] = center.memberships;
  await begin();
  await follow(6);
  expect(await outcome()).toMatchObject({ result: 'done', text: expect.stringContaining('2 of 2') });
  expect((await here.incident()).contained?.map(({ left: one }) => keptWords(one))).toEqual([expect.stringContaining('without what was removed')]);
  Object.assign(ports, { identityCenter });
  center.memberships.push({ ...(membership as IdentityCenter['memberships'][number]) });
  here.replica.now += 61_000;
  await keepContained(ports, 1);
  expect((await here.incident()).severity).toBe('CRITICAL');
});
