/** Ending the sign-in sessions that AWS lists, against the emulated AWS, which decides by the template's own policies. */

import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { Target } from '../../src/domain/response/target.ts';
import { prepare } from '../../src/features/prepare-response.ts';
import { readUsers } from '../../src/features/read-users.ts';
import { endSessions } from '../../src/features/responses/end-sessions.ts';
import { prodAccount } from '../../src/sandbox/aws/names.ts';
import type { SignInSession } from '../../src/sandbox/aws/person-shapes.ts';
import { sessionUse } from '../../src/sandbox/aws/signin.ts';
import { consoleLogin, iamUser } from '../support/records.ts';
import { finished, person } from '../support/responding.ts';
import { type BeyondIam, beyondIam } from '../support/responding-beyond-iam.ts';
import { sessionsOf } from '../support/sign-in-sessions.ts';

const minute = 60_000;
const alice: Target = { kind: 'iam-user', account: prodAccount, name: 'alice' };
const root: Target = { kind: 'root', account: prodAccount };

let here: BeyondIam;
const printed: string[] = [];
afterEach(() => here.stop());
afterAll(() => process.stdout.write(`${printed.join('\n')}\n`));

/** SIN-1: alice, or root, signed in. @param over by number */
async function open(count: number, over: (nth: number) => Partial<SignInSession> = () => ({}), who = 'user/alice'): Promise<SignInSession[]> {
  const identity = who === 'root' ? { type: 'Root', arn: `arn:aws:iam::${prodAccount}:root` } : iamUser('alice');
  const login = { recipientAccountId: prodAccount, eventTime: new Date().toISOString() };
  here = await beyondIam([endSessions], consoleLogin({ ...identity, accountId: prodAccount }, 'Success', 'No', login));
  const made = sessionsOf(count, { who, now: here.aws.clock.now(), over });
  here.prod.signInSessions = made;
  return made;
}

const left = (made: readonly SignInSession[]): string => `${made.filter(({ status }) => status === 'ACTIVE').length} active`;
const revocations = (): string[][] =>
  here.aws.state.calls
    .filter(({ operation }) => operation === 'BatchRevokeSessions')
    .map(({ region, input }) => [region, String((input.sessionArns as string[]).length), String(input.reason)]);

describe('end sign-in sessions', () => {
  it('shows those that AWS lists, ends them five at a time and region by region with the reason, in the person’s name, and reads back', async () => {
    const made = await open(8, (nth) => (nth === 7 ? { region: 'eu-north-1', clientType: 'MCP' } : {}));
    const before = left(made);
    const shown = await prepare(here.world, { clicker: person('bob'), incident: 1, response: endSessions, target: alice });
    const said = JSON.stringify(shown.ok ? shown.prepared.plan.lines : []);
    for (const words of ['8 sign-in sessions that AWS lists, active:', 'MCP in eu-north-1 since', 'last used']) expect(said).toContain(words);
    expect(said).not.toMatch(/\ball\b/);
    const ended = await finished(await here.respond(endSessions, alice));
    expect(ended).toMatchObject({ result: 'done', text: `8 of 8 sign-in sessions that AWS lists of alice in prod ${prodAccount} ended.` });
    expect(ended.details?.join(' ')).toMatch(/Read back: no active sign-in sessions that AWS lists.*Not stopped: credentials that ended sessions/);
    expect(revocations().toSorted()).toEqual([
      ['eu-north-1', '1', 'SIN-1, bob: takeover'],
      ['us-east-1', '2', 'SIN-1, bob: takeover'],
      ['us-east-1', '5', 'SIN-1, bob: takeover'],
    ]);
    expect(here.changes().every((one) => one === 'BatchRevokeSessions for U0BOB U0BOB SIN-1 end-sessions')).toBe(true);
    expect(made.map((one) => sessionUse(one, here.aws.clock.now()))).toEqual(made.map(() => ({ refresh: false, call: true })));
    const { deeds, notStopped } = await here.incident();
    expect([deeds.length, notStopped.length]).toEqual([1, 1]);
    printed.push(
      `end-sessions | before: ${before} | calls: ${revocations()
        .map((one) => one.join(' '))
        .join(
          '; ',
        )} for ${here.changes()[0]} | after, read back: ${left(made)} | card: Not stopped: ${notStopped.map(({ text }) => text).join()} | undo: ${endSessions.undo}`,
    );
  });

  it('a second press finds none, and does nothing', async () => {
    await open(2);
    await finished(await here.respond(endSessions, alice));
    here.replica.now += 16 * minute;
    const again = await here.respond(endSessions, alice);
    expect(again).toMatchObject({
      is: 'refused',
      refused: { reason: 'already-so', message: expect.stringContaining('AWS lists no active sign-in session of alice') },
    });
    expect(revocations().length).toBe(1);
  });

  it('is for root of any account, and says whose', async () => {
    const made = await open(1, () => ({}), 'root');
    const ended = await finished(await here.respond(endSessions, root));
    expect([ended.result, left(made)]).toEqual(['done', '0 active']);
  });

  it('has them on the card once they are read', async () => {
    await open(2);
    await readUsers(here.world.ports, 1);
    const { signInSessions = {} } = await here.incident();
    expect(Object.values(signInSessions).map(({ listed }) => listed.sessions.length)).toEqual([2]);
    expect(endSessions.offered(await here.incident(), here.world.ports.settings)).toBe('user');
  });
});

describe('what AWS answers', () => {
  it.each<[string, Parameters<BeyondIam['aws']['faults']['aws']['push']>[0], string, string]>([
    ['throttled', { operation: 'BatchRevokeSessions', mode: 'throttle', times: 1 }, 'partly', '5 active'],
    ['denied', { operation: 'BatchRevokeSessions', mode: 'denied', times: 9 }, 'failed', '7 active'],
    ['no answer, and done', { operation: 'BatchRevokeSessions', mode: 'reset-after', times: 1 }, 'done', '0 active'],
    ['no answer, and not done', { operation: 'BatchRevokeSessions', mode: '500', times: 1 }, 'unknown', '5 active'],
  ])('to a revocation: %s', async (what, fault, result, leftOver) => {
    const made = await open(7);
    here.aws.faults.aws.push(fault);
    const ended = await finished(await here.respond(endSessions, alice));
    expect([ended.result, left(made)]).toEqual([result, leftOver]);
    printed.push(`end-sessions, ${what} | ${ended.result}: ${ended.text} ${ended.details?.[0]} | ${left(made)}`);
  });

  it('an error of one session is told, and the others are ended', async () => {
    const made = await open(3, (nth) => (nth === 1 ? { revokeError: { code: 'InternalServerException', message: 'later' } } : {}));
    const ended = await finished(await here.respond(endSessions, alice));
    expect(ended).toMatchObject({
      result: 'partly',
      details: expect.arrayContaining([expect.stringMatching(/^Not ended: CLI in us-east-1.*later$/)]),
    });
    expect(left(made)).toBe('1 active');
    printed.push(`end-sessions, an error of one | ${ended.result}: ${ended.text} ${ended.details?.[0]} | ${left(made)}`);
  });

  it('a region that does not answer is named, before and after', async () => {
    await open(1);
    here.aws.faults.aws.push({ operation: 'ListSessions', mode: 'throttle', times: 1 });
    const shown = await prepare(here.world, { clicker: person('bob'), incident: 1, response: endSessions, target: alice });
    expect(shown.ok && shown.prepared.plan.warnings.join()).toMatch(/Not asked in [\w-]+: AWS throttles ListSessions/);
  });
});
