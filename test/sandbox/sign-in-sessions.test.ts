/** AWS Sign-In's sessions: what the bot's adapter makes of them, and what the emulated service refuses. */

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { signInClient } from '../../src/aws/sign-in-client.ts';
import { signInSessionsOf } from '../../src/aws/sign-in-sessions.ts';
import { signInApiOf } from '../../src/domain/place.ts';
import { prodAccount } from '../../src/sandbox/aws/names.ts';
import type { SignInSession } from '../../src/sandbox/aws/person-shapes.ts';
import { sessionUse } from '../../src/sandbox/aws/signin.ts';
import { type OwnAws, ownAws } from '../support/own-aws.ts';
import { sessionsOf } from '../support/sign-in-sessions.ts';

const minute = 60_000;
const alice = { account: prodAccount, arn: `arn:aws:iam::${prodAccount}:user/alice` };
const actor = {
  person: { id: 'U0BOB', name: 'bob' },
  incident: 1,
  response: 'end-sessions',
  calls: [{ action: 'signin:BatchRevokeSessions', resource: '*', account: prodAccount }],
  sent: () => undefined,
};

let aws: OwnAws;
beforeEach(async () => {
  aws = await ownAws();
});
afterEach(() => aws.stop());

/** @param over by number */
function give(count: number, over: (nth: number) => Partial<SignInSession> = () => ({})): SignInSession[] {
  const made = sessionsOf(count, { who: 'user/alice', now: aws.clock.now(), over });
  const account = aws.state.accounts[prodAccount];
  if (account) account.signInSessions = made;
  return made;
}

const port = () => signInSessionsOf(aws.accounts());
const call = () => signInClient(aws.accounts());

describe('what is active', () => {
  it('is read region by region, page by page, with when it was last used', async () => {
    give(130, (nth) => (nth === 129 ? { region: 'eu-north-1', clientType: 'MCP' } : {}));
    const { sessions, faults } = await port().active(alice, ['us-east-1', 'eu-north-1']);
    expect([sessions.length, faults]).toEqual([130, {}]);
    expect(sessions.at(-1)).toMatchObject({ region: 'eu-north-1', client: 'MCP' });
    expect(sessions.at(-1)?.lastUsedAt).toBeGreaterThan(0);
    const asked = aws.called().filter((one) => one.startsWith('ListSessions'));
    expect(asked.toSorted()).toEqual(['eu-north-1', 'us-east-1', 'us-east-1'].map((region) => `ListSessions ${prodAccount} ${region}`));
  });

  it('leaves out what is revoked, expired, or of somebody else', async () => {
    const now = aws.clock.now();
    const over: Partial<SignInSession>[] = [{ status: 'REVOKED' }, { expiresAt: now - 1 }, { principalArn: `${alice.arn}2` }, {}];
    give(4, (nth) => over[nth] ?? {});
    expect((await port().active(alice, ['us-east-1'])).sessions.map(({ arn }) => arn.split('/').at(-1))).toEqual(['s3']);
  });

  it('is not known where a region does not answer; where none does, it throws, and a denied account is not asked again at once', async () => {
    give(1);
    aws.faults.aws.push({ operation: 'ListSessions', mode: 'throttle', times: 1 });
    const { faults } = await port().active(alice, ['us-east-1', 'eu-north-1']);
    expect(Object.values(faults)).toEqual(['AWS throttles ListSessions now. Try again in a minute.']);
    const sessions = port();
    aws.faults.aws.push({ operation: 'ListSessions', mode: 'denied', times: 2 });
    await expect(sessions.active(alice, ['us-east-1', 'eu-north-1'])).rejects.toMatchObject({ code: 'denied' });
    const before = aws.called().length;
    await expect(sessions.active(alice, ['us-east-1'])).rejects.toMatchObject({ code: 'denied' });
    expect(aws.called().length).toBe(before);
  });
});

describe('what is revoked', () => {
  it('can be refreshed no more, while credentials that it gave out go on for some minutes', async () => {
    const [session] = give(1) as [SignInSession];
    const revoked = await port().revoke(alice, { region: 'us-east-1', arns: [session.sessionArn], reason: 'SIN-1' }, actor);
    expect(revoked).toEqual({ revoked: [session.sessionArn], refused: {} });
    expect(sessionUse(session, aws.clock.now())).toEqual({ refresh: false, call: true });
    expect(sessionUse(session, aws.clock.now() + 11 * minute)).toEqual({ refresh: false, call: false });
    expect(aws.state.calls.at(-1)).toMatchObject({ operation: 'BatchRevokeSessions', sourceIdentity: 'U0BOB' });
  });

  it('before, counts as revoked; what is refused is told one by one, with the others done', async () => {
    const made = give(4, (nth) =>
      nth === 0 ? { status: 'REVOKED' } : nth === 1 ? { revokeError: { code: 'InternalServerException', message: 'later' } } : {},
    );
    const arns = [...made.map(({ sessionArn }) => sessionArn), 'arn:aws:signin:us-east-1:1:session/none'];
    const { revoked, refused } = await port().revoke(alice, { region: 'us-east-1', arns, reason: 'x' }, actor);
    expect(revoked.map((arn) => arn.split('/').at(-1))).toEqual(['s0', 's2', 's3']);
    expect(Object.values(refused)).toEqual(['InternalServerException: later', 'ResourceNotFoundException: The session does not exist.']);
  });

  it('without an answer is ambiguous', async () => {
    const [session] = give(1) as [SignInSession];
    aws.faults.aws.push({ operation: 'BatchRevokeSessions', mode: 'reset-after', times: 1 });
    const revoking = port().revoke(alice, { region: 'us-east-1', arns: [session.sessionArn], reason: 'x' }, actor);
    await expect(revoking).rejects.toMatchObject({ code: 'ambiguous' });
    expect(session.status).toBe('REVOKED');
  });
});

describe('the service refuses', () => {
  const sessionArns = Array.from({ length: 6 }, (_, nth) => `arn:aws:signin:us-east-1:${prodAccount}:session/${nth}`);
  it.each<[string, 'ListSessions' | 'GetSession' | 'BatchRevokeSessions', Record<string, unknown>, string]>([
    ['six at once', 'BatchRevokeSessions', { sessionArns }, 'ValidationException'],
    ['none', 'BatchRevokeSessions', { sessionArns: [] }, 'ValidationException'],
    ['a reason that is too long', 'BatchRevokeSessions', { sessionArns: sessionArns.slice(0, 1), reason: 'x'.repeat(257) }, 'ValidationException'],
    ['a name with a path', 'ListSessions', { principalArn: `arn:aws:iam::${prodAccount}:user/team/alice` }, 'ValidationException'],
    ['another partition', 'ListSessions', { principalArn: `arn:aws-cn:iam::${prodAccount}:user/alice` }, 'ValidationException'],
    ['another account', 'ListSessions', { principalArn: 'arn:aws:iam::999999999999:user/alice' }, 'AccessDeniedException'],
    ['101 a page', 'ListSessions', { maxResults: 101 }, 'ValidationException'],
    ['an unknown status', 'ListSessions', { status: 'OLD' }, 'ValidationException'],
    ['a token of its own', 'ListSessions', { nextToken: 'x' }, 'ValidationException'],
    ['a session that is not there', 'GetSession', { sessionArn: 'arn:x' }, 'ResourceNotFoundException'],
  ])('%s', async (_what, operation, input, reason) => {
    // Only the role that responds may revoke.
    const by = operation === 'BatchRevokeSessions' ? { actor } : {};
    await expect(call()({ account: prodAccount, region: 'us-east-1', operation, input, ...by })).rejects.toMatchObject({ reason });
  });

  it('what is not signed, or was changed after it was signed', async () => {
    const url = `${aws.options.endpoint}/list-sessions`;
    const answers: number[] = [];
    const authorization = `AWS4-HMAC-SHA256 Credential=AKIASANDBOXHUB000000/20261126/us-east-1/signin/aws4_request, SignedHeaders=host;x-amz-date, Signature=${'0'.repeat(64)}`;
    for (const headers of [{}, { authorization, 'x-amz-date': '20261126T000000Z' }])
      answers.push((await fetch(url, { method: 'POST', headers: { ...headers }, body: '{}' })).status);
    expect(answers).toEqual([403, 403]);
  });
});

it('is asked where AWS has it, by partition', () => {
  expect(['us-east-1', 'cn-north-1', 'us-gov-west-1', 'eusc-de-east-1'].map(signInApiOf)).toEqual([
    'https://signin.us-east-1.api.aws',
    'https://signin.cn-north-1.api.amazonwebservices.com.cn',
    'https://signin.us-gov-west-1.api.aws',
    'https://signin.eusc-de-east-1.api.amazonwebservices.eu',
  ]);
});
