/** Denying older sessions, or one, with the role that is off by default: on the emulated AWS, which decides by the role's own policies and trust. */
import { DeleteRolePolicyCommand, DeleteUserPolicyCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Ended } from '../../src/domain/response/plan.ts';
import type { Target } from '../../src/domain/response/target.ts';
import type { Planned } from '../../src/features/prepare-response.ts';
import { denyOlderSessions } from '../../src/features/responses/deny-older-sessions.ts';
import { denySession } from '../../src/features/responses/deny-session.ts';
import { endSessions } from '../../src/features/responses/end-sessions.ts';
import { quarantine } from '../../src/features/responses/quarantine.ts';
import { undo } from '../../src/features/responses/undo.ts';
import { responses } from '../../src/features/responses.ts';
import { prodAccount } from '../../src/sandbox/aws/names.ts';
import { outcomeView } from '../../src/slack/forms.ts';
import { pressedAndAgreed } from '../support/agreed.ts';
import { alice, aliceKey, type Scene, scene, web } from '../support/contained.ts';
import { sessionsOf } from '../support/sign-in-sessions.ts';

let here: Scene;
beforeEach(async () => {
  here = await scene(responses, { hasSessionsRole: true });
});
afterEach(() => here.close());

const rows: string[][] = [];
afterAll(() => {
  const head = ['response', 'before', 'calls (person, tags, request)', 'read back', 'on the card', 'undo', 'after the undo'];
  for (const row of [head, ...rows]) process.stdout.write(`${row.join(' | ')}\n`);
});

const admin = (): IAMClient =>
  new IAMClient({ ...here.aws.options, credentials: { accessKeyId: 'AKIACARLQQQQQQQQQQQQ', secretAccessKey: 'sandbox' } });
const press = async (response: Planned, target: Target): Promise<Ended> => {
  const ended = await here.press(here.asked(response, target));
  if (!('result' in ended)) throw new Error(JSON.stringify(ended));
  return ended;
};

/** Another remediator agrees, and it is run. */
const agreed = (response: Planned, target: Target): Promise<Ended> => pressedAndAgreed(here, response, target);

/** A session of the role web, without asking STS: the trust of others' roles is not known here. */
function sessionOfWeb(name: string): string {
  const key = `ASIAWEB${name.toUpperCase().replace(/\W/g, '')}`;
  const roleArn = `arn:aws:iam::${prodAccount}:role/web`;
  here.aws.state.sessions.set(key, {
    account: prodAccount,
    roleArn,
    roleSessionName: name,
    sourceIdentity: undefined,
    issuedAt: here.aws.clock.now(),
  });
  return key;
}

const inlineOf = (holder: { inlinePolicies?: { name: string; until?: number }[] } | undefined): string[] =>
  (holder?.inlinePolicies ?? []).filter(({ until }) => until === undefined).map(({ name }) => name);

interface Rowed {
  readonly what: string;
  readonly ended: Ended;
  readonly incident: number;
  readonly after: string[];
}

async function row({ what, ended, incident, after }: Rowed): Promise<void> {
  const entries = await here.entries(incident);
  const [intent, outcome] = ['intent', 'outcome'].map((phase) => entries.findLast(({ body }) => body.phase === phase)?.body);
  const state = (kept: object | undefined) => JSON.stringify(kept && { ...kept, holder: undefined, v: undefined, document: undefined });
  const calls = here.changes().filter(({ operation }) => operation.startsWith('Put'));
  rows.push([
    what,
    state(intent?.before),
    calls
      .map(({ operation, sourceIdentity, tags, requestId }) => `${operation} ${sourceIdentity} ${JSON.stringify(tags)} ${requestId.slice(0, 8)}`)
      .join('; '),
    state(outcome?.after),
    (await here.incident(incident)).deeds.map((deed) => `Stopped: ${deed.what}`).join(' / '),
    ended.toCopy?.flatMap(({ commands }) => commands).join('; ') ?? '',
    after.length === 0 ? 'as before' : `NOT as before: ${after.join(', ')}`,
  ]);
}

const open = async (): Promise<string> => (await here.incident()).notStopped.map(({ text }) => text).join();

describe('Deny older sessions', () => {
  it('of a user denies those that run, and neither keys nor new sessions; the command gives all back', async () => {
    const old = here.signsIn('alice', 'Old-alice-1').accessKeyId ?? '';
    await here.pass(5);
    const ended = await press(denyOlderSessions, alice);
    expect(ended).toMatchObject({ result: 'done' });
    // aws login takes credentials every quarter of an hour, which are newer than the deny.
    const renewing = 'sign-in sessions of alice (aws login), which renew their credentials: End sessions';
    expect(ended.details).toContain(`Not stopped: ${renewing}.`);
    expect(await open()).toBe(renewing);
    const [call] = here.changes();
    expect(call).toMatchObject({
      operation: 'PutUserPolicy',
      sourceIdentity: 'U0BOB',
      roleSessionName: 'U0BOB.SIN-1.deny-older-sessions',
      input: { UserName: 'alice', PolicyName: 'signin-responder-older-sessions' },
    });
    expect(String(call?.input.PolicyDocument)).not.toContain('Allow');
    await here.pass(10);
    const young = here.signsIn('alice', 'Old-alice-1').accessKeyId ?? '';
    expect([await here.works(old), await here.works(young), await here.works(aliceKey)]).toEqual([false, true, true]);
    // Whoever asked reads it as what takes it back, and not as what stops somebody.
    const said = JSON.stringify(outcomeView(denyOlderSessions, 1, ended).blocks);
    expect(said).toMatch(/To take it back, later:.*aws iam delete-user-policy --user-name alice --policy-name signin-responder-older-sessions/);
    expect(said).not.toContain('To stop it');
    await admin().send(new DeleteUserPolicyCommand({ UserName: 'alice', PolicyName: 'signin-responder-older-sessions' }));
    await here.pass(10);
    expect(await here.works(old)).toBe(true);
    await row({ what: 'Deny older sessions of a user', ended, incident: 1, after: inlineOf(here.account().users.alice) });
  });

  it.each([
    ['End sessions', endSessions],
    ['Quarantine', quarantine],
  ] as const)('and %s stops sign-in sessions, which renew their credentials', async (_what, response) => {
    here.account().signInSessions = sessionsOf(1, { who: 'user/alice', now: here.aws.clock.now(), over: () => ({}) });
    await press(denyOlderSessions, alice);
    expect(await open()).toContain('renew their credentials');
    expect(await press(response, alice)).toMatchObject({ result: 'done' });
    expect(await open()).not.toContain('renew their credentials');
  });

  it('of a role waits for another remediator, and denies everybody who was on it', async () => {
    const [one, other] = [sessionOfWeb('i-0123456789abcdef0'), sessionOfWeb('i-0fedcba9876543210')];
    await here.pass(5);
    const ended = await agreed(denyOlderSessions, web);
    expect(ended).toMatchObject({ result: 'done' });
    await here.pass(10);
    const young = sessionOfWeb('i-new');
    expect([await here.works(one), await here.works(other), await here.works(young)]).toEqual([false, false, true]);
    await admin().send(new DeleteRolePolicyCommand({ RoleName: 'web', PolicyName: 'signin-responder-older-sessions' }));
    await row({ what: 'Deny older sessions of a role', ended, incident: 2, after: inlineOf(here.account().roles?.web) });
  });

  it('again denies those that began since, and is one policy', async () => {
    await press(denyOlderSessions, alice);
    await here.pass(60);
    const later = here.signsIn('alice', 'Old-alice-1').accessKeyId ?? '';
    await here.pass(10);
    await press(denyOlderSessions, alice);
    await here.pass(10);
    expect(await here.works(later)).toBe(false);
    expect(inlineOf(here.account().users.alice)).toEqual(['signin-responder-older-sessions']);
    expect((await here.incident()).contained).toHaveLength(1);
  });
});

describe('Deny this session', () => {
  it('denies one session of the role and no other', async () => {
    const [one, other] = [sessionOfWeb('i-0123456789abcdef0'), sessionOfWeb('i-0fedcba9876543210')];
    const ended = await press(denySession, web);
    expect(ended).toMatchObject({ result: 'done' });
    await here.pass(10);
    expect([await here.works(one), await here.works(other)]).toEqual([false, true]);
    await expect(here.shown(here.asked(denySession, web))).rejects.toThrow(/denies that already/);
    await admin().send(new DeleteRolePolicyCommand({ RoleName: 'web', PolicyName: 'signin-responder-session-i-0123456789abcdef0' }));
    await here.pass(10);
    expect(await here.works(one)).toBe(true);
    await row({ what: 'Deny this session', ended, incident: 2, after: inlineOf(here.account().roles?.web) });
  });

  it('is refused where no session is known', async () => {
    await expect(here.shown(here.asked(denySession, { kind: 'role', account: prodAccount, name: 'web' }))).rejects.toThrow(/Which session of web/);
  });
});

describe('what they refuse and what comes of it', () => {
  it('neither is offered nor given without the role', async () => {
    await here.close();
    here = await scene(responses);
    const incident = await here.incident(2);
    for (const response of [denyOlderSessions, denySession]) {
      expect(response.offered(incident, here.world.ports.settings)).toBeUndefined();
      expect(response.offered(incident, { ...here.world.ports.settings, hasSessionsRole: true })).toBe('listed');
      await expect(here.shown(here.asked(response, web))).rejects.toThrow(/AWS_SESSIONS_ROLE is not set/);
    }
    expect(here.changes()).toEqual([]);
  });

  it.each(['AWSServiceRoleForSupport', 'AWSReservedSSO_AdministratorAccess_0123456789abcdef', 'signin-responder-sessions', 'break-glass-admin'])(
    'is refused for %s',
    async (name) => {
      await expect(here.shown(here.asked(denyOlderSessions, { kind: 'role', account: prodAccount, name }))).rejects.toThrow(/Nothing was done/);
    },
  );

  it('cannot be undone from here: the outcome holds the command', async () => {
    await press(denyOlderSessions, alice);
    const [contained] = (await here.incident()).contained ?? [];
    await expect(here.shown(here.asked(undo, { kind: 'entry', incident: 1, seq: contained?.seq ?? 0 }))).rejects.toThrow(
      /holds the commands that give it back/,
    );
    const outcome = (await here.entries()).find(({ body }) => body.intent === contained?.seq);
    expect(outcome?.body.toCopy?.at(-1)?.commands[0]).toMatch(/^aws iam delete-user-policy/);
  });

  it('an answer that is lost after it was done is read', async () => {
    here.aws.faults.aws.push({ operation: 'PutUserPolicy', mode: 'reset-after', times: 1 });
    expect(await press(denyOlderSessions, alice)).toMatchObject({ result: 'done', text: expect.stringContaining('IAM reads so') });
    expect(here.changes()).toHaveLength(1);
  });

  it('a limit of IAM is told as one', async () => {
    const filler = JSON.stringify({
      Version: '2012-10-17',
      Statement: { Effect: 'Deny', Action: 'a:b', Resource: `arn:aws:s3:::${'x'.repeat(1_900)}` },
    });
    Object.assign(here.account().users.alice ?? {}, { inlinePolicies: [{ name: 'theirs', document: filler, since: 0 }] });
    expect(await press(denyOlderSessions, alice)).toMatchObject({ result: 'failed', text: expect.stringContaining('2,048 characters') });
  });

  it('a role that the stack does not make is named with the fix', async () => {
    Object.assign(here.account(), {
      deployedRoles: { 'signin-responder-sessions': { trust: { Version: '2012-10-17', Statement: [] }, policies: [] } },
    });
    expect(await press(denyOlderSessions, alice)).toMatchObject({ result: 'failed', text: expect.stringContaining('DenySessions=yes') });
  });
});

describe('it stays denied', () => {
  it.each([
    ['deleted', () => admin().send(new DeleteRolePolicyCommand({ RoleName: 'web', PolicyName: 'signin-responder-session-i-0123456789abcdef0' }))],
    [
      'made to say something else',
      () =>
        admin().send(
          new PutRolePolicyCommand({
            RoleName: 'web',
            PolicyName: 'signin-responder-session-i-0123456789abcdef0',
            PolicyDocument: '{"Statement":[]}',
          }),
        ),
    ],
  ] as const)('the policy %s by somebody else is CRITICAL', async (_what, change) => {
    await press(denySession, web);
    await here.pass(60);
    await change();
    await here.readBack(2);
    expect(await here.incident(2)).toMatchObject({ severity: 'CRITICAL' });
  });

  it('deleted, the event says so at once', async () => {
    await press(denySession, web);
    await here.pass(10);
    const from = here.account().trail.length;
    await admin().send(new DeleteRolePolicyCommand({ RoleName: 'web', PolicyName: 'signin-responder-session-i-0123456789abcdef0' }));
    expect(await here.events(from)).toBe(1);
    const told = (await here.entries(2)).filter(({ body }) => body.what === 'containment-broken');
    expect(told[0]?.body.text).toMatch(/is not denied sessions by the policy .*carl deleted the inline policy signin-responder-session-i-\w+ of web/);
  });

  it('is not read any more when all that it denies has ended', async () => {
    await press(denySession, web);
    await here.pass(12 * 3_600 + 60);
    await here.readBack(2);
    expect((await here.incident(2)).contained).toEqual([]);
    expect(await here.readBack(2)).toBeUndefined();
  });
});
