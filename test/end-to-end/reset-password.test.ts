import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { changeAws } from '../support/deploy.ts';
import { channel, type Interaction, people, prod, Sandbox, textOf, type View } from '../support/sandbox.ts';
import { changesIn, incidentOf, incidentOfNobody, threadSaying, viewOf } from '../support/seen.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await Sandbox.start({ LOG_LEVEL: 'trace', APPROVALS: 'hand-over:0,reset-mfa:0' });
});
afterAll(() => sandbox.stop());
beforeEach(async () => {
  await sandbox.call('DELETE', '/api/faults');
  await sandbox.call('POST', '/api/reset');
});

describe('Reset password', () => {
  async function confirmed(ts: string, mode: string): Promise<Interaction> {
    const modal = viewOf(await sandbox.click(people.bob, ts, 'reset-password'));
    expect(modal.title.text).toContain('alice');
    expect(textOf(modal)).toContain("satisfies the account's policy: 14 characters or more");
    return sandbox.submit(people.bob, modal.id, { mode, why: 'takeover' });
  }

  async function everythingElse(): Promise<string> {
    const files = ['responder.db', 'responder.db-wal'].map((file) => readFileSync(join(sandbox.dataDir, 'bot', file)).toString('latin1'));
    const messages = JSON.stringify(await sandbox.messages());
    const ephemerals = JSON.stringify(await sandbox.call('GET', '/api/slack/ephemerals'));
    const requests = JSON.stringify((await sandbox.requests()).filter(({ method }) => method !== 'views.update'));
    return [...files, messages, ephemerals, requests, ...(await sandbox.log())].join('\n');
  }

  it('as a lock out replaces it once, forces a change, is shown to nobody, and says what is not stopped', async () => {
    const ts = await incidentOf(sandbox, 'sign-in-without-mfa');
    const outcome = viewOf(await confirmed(ts, 'lock-out'));
    expect(textOf(outcome)).toContain('Password of alice replaced, shown to nobody.');
    const { accounts } = await sandbox.aws();
    const profile = accounts[prod]?.users.alice?.loginProfile;
    expect(profile?.passwordResetRequired).toBe(true);
    expect(profile?.password).not.toBe('Old-alice-1');
    expect(await changesIn(sandbox)).toEqual(['UpdateLoginProfile']);
    await sandbox.cardSaying('Not stopped:\n• running sessions of alice\n• 1 active access key of alice');
    await threadSaying(sandbox, 'aws iam list-access-keys --user-name alice');
    expect(`${await everythingElse()}${JSON.stringify(await sandbox.requests())}`).not.toContain(profile?.password);
  });

  it('as a hand-over shows it in one modal of one person and nowhere else', async () => {
    const ts = await incidentOf(sandbox, 'sign-in-without-mfa');
    await confirmed(ts, 'hand-over');
    const profile = (await sandbox.aws()).accounts[prod]?.users.alice?.loginProfile;
    const password = profile?.password as string;
    const { views } = await sandbox.call<{ views: View[] }>('GET', '/api/slack/views');
    expect(views.filter((view) => JSON.stringify(view).includes(password)).map(({ user }) => user)).toEqual([people.bob]);
    expect((await sandbox.requests()).filter(({ args }) => JSON.stringify(args).includes(password))).toHaveLength(1);
    await threadSaying(sandbox, 'shown once to bob.ek');
    expect(await everythingElse()).not.toContain(password);
    expect(await sandbox.call('POST', '/api/aws/sign-in', { account: prod, user: 'alice', password })).toMatchObject({
      ok: true,
      passwordResetRequired: true,
    });
  });

  it('says that it was shown to nobody when the modal was closed before AWS answered', async () => {
    const ts = await incidentOf(sandbox, 'sign-in-without-mfa');
    const modal = viewOf(await sandbox.click(people.bob, ts, 'reset-password'));
    await sandbox.faults({ aws: [{ operation: 'UpdateLoginProfile', mode: 'slow', ms: 1_500, times: 1 }] });
    const submitted = sandbox.submit(people.bob, modal.id, { mode: 'hand-over', why: 'takeover' });
    await sandbox.until('the call to AWS', async () => (await sandbox.messages()).some((message) => textOf(message).includes('Under way')));
    await sandbox.call('POST', '/api/slack/close-view', { user: people.bob, view_id: modal.id });
    await submitted;
    await threadSaying(sandbox, 'set, shown to nobody: the modal was closed before AWS answered');
  });

  it('tells what is so when AWS resets the connection after processing', async () => {
    const ts = await incidentOf(sandbox, 'sign-in-without-mfa');
    await sandbox.faults({ aws: [{ operation: 'UpdateLoginProfile', mode: 'reset-after', times: 1 }] });
    await confirmed(ts, 'lock-out');
    await threadSaying(sandbox, 'AWS gave no answer; IAM reads so.');
    expect(await changesIn(sandbox)).toEqual(['UpdateLoginProfile']);
  });

  it('tells what is so when AWS never answers, and says that it is not known when the reading fails too', async () => {
    const ts = await incidentOf(sandbox, 'sign-in-without-mfa');
    await sandbox.faults({ aws: [{ operation: 'UpdateLoginProfile', mode: 'timeout-after', times: 1 }] });
    await confirmed(ts, 'lock-out');
    await threadSaying(sandbox, 'AWS gave no answer; IAM reads so.');
    await sandbox.faults({
      aws: [{ operation: 'UpdateLoginProfile', mode: 'reset-after', times: 1 }],
    });
    const asked = viewOf(await sandbox.click(people.bob, ts, 'reset-password'));
    await sandbox.submit(people.bob, asked.id, { why: 'again' });
    await threadSaying(sandbox, 'Outcome unknown: check CloudTrail.');
  });

  it('that may have been shown is not said to be shown to nobody', async () => {
    const ts = await incidentOf(sandbox, 'sign-in-without-mfa');
    const modal = viewOf(await sandbox.click(people.bob, ts, 'reset-password'));
    await sandbox.faults({ slack: [{ method: 'views.update', mode: 'reset-after', times: 3 }] });
    await sandbox.submit(people.bob, modal.id, { mode: 'hand-over', why: 'takeover' });
    await threadSaying(sandbox, 'set, perhaps shown to bob.ek: Slack gave no answer.');
    await sandbox.cardSaying('password of alice replaced, perhaps shown to bob.ek');
  });

  it('is in no log line, row or message either when an adapter fails with it in hand', async () => {
    const ts = await incidentOf(sandbox, 'sign-in-without-mfa');
    const aws = ['500', 'throttle', 'denied', 'reset-after'].map((mode) => ({ aws: [{ operation: 'UpdateLoginProfile', mode, times: 1 }] }));
    const slack = ['429', '500', 'error', 'reset-after'].map((mode) => ({ slack: [{ method: 'views.update', mode, times: 1 }] }));
    // Eight resets within an hour are more than one person makes alone.
    await sandbox.call('POST', '/api/slack/command', { user: people.carmen, channel, command: '/signin-freeze', text: 'lift' });
    for (const fault of [...aws, ...slack]) {
      const modal = viewOf(await sandbox.click(people.bob, ts, 'reset-password'));
      await sandbox.faults(fault);
      await sandbox.submit(people.bob, modal.id, { mode: 'hand-over', why: 'takeover' });
      await sandbox.call('DELETE', '/api/faults');
    }
    expect((await changesIn(sandbox)).length).toBeGreaterThanOrEqual(8);
    const password = /(?<![\w-])[A-HJ-NP-Za-km-z2-9]{4}(-[A-HJ-NP-Za-km-z2-9]{4}){5}(?![\w-])/;
    const current = (await sandbox.aws()).accounts[prod]?.users.alice?.loginProfile?.password;
    expect(current).toMatch(password);
    expect(await everythingElse()).not.toMatch(password);
  });

  it('wants a reason, and does nothing on an incident that was resolved meanwhile', async () => {
    const ts = await incidentOf(sandbox, 'sign-in-without-mfa');
    const modal = viewOf(await sandbox.click(people.bob, ts, 'reset-password'));
    expect((await sandbox.submit(people.bob, modal.id, { why: '   ' })).errors).toEqual({ why: 'Say why: it is part of the record.' });
    await sandbox.click(people.dana, ts, 'acknowledge');
    await sandbox.cardSaying('dana.fox is on it');
    const resolving = viewOf(await sandbox.click(people.dana, ts, 'resolve'));
    await sandbox.submit(people.dana, resolving.id, { verdict: 'mistake' });
    const said = textOf(viewOf(await sandbox.submit(people.bob, modal.id, { why: 'takeover' })));
    expect(said).toContain('dana.fox resolved SIN-1');
    expect(await changesIn(sandbox)).toEqual([]);
  });

  it('asks about a like reset in another incident', async () => {
    await sandbox.scenario('sign-in-without-mfa');
    await sandbox.publish({ message: 'User signed in without MFA: alice' });
    const [first, second] = await sandbox.until('two cards', async () => {
      const cards = await sandbox.cards();
      return cards.length === 2 && cards;
    });
    await confirmed(first?.ts ?? '', 'lock-out');
    const choose = viewOf(await sandbox.click(people.carmen, second?.ts ?? '', 'reset-password'));
    const confirm = viewOf(await sandbox.submit(people.carmen, choose.id, { user: 'alice', account: prod }));
    expect(textOf(confirm)).toMatch(/bob\.ek did this \d+ s ago\./);
  });

  it('offers nothing to a user without a console password, nor to a protected one', async () => {
    await changeAws(sandbox, (accounts) => Object.assign(accounts[prod]?.users.carl ?? {}, { tags: { 'signin-responder': 'protected' } }));
    const ts = await incidentOfNobody(sandbox);
    const answers: Record<string, string> = {
      deploy: 'has no console password',
      'break-glass': 'is protected by PROTECTED_USERS (/break-glass/*)',
      carl: 'is protected by its tag signin-responder=protected',
      nobody: 'There is no IAM user “nobody”',
    };
    for (const [user, said] of Object.entries(answers)) {
      const choose = viewOf(await sandbox.click(people.bob, ts, 'reset-password'));
      expect(textOf(viewOf(await sandbox.submit(people.bob, choose.id, { user, account: prod })))).toContain(said);
    }
    expect(await changesIn(sandbox)).toEqual([]);
  });

  it('of a user outside the incident wants the name typed twice', async () => {
    const ts = await incidentOfNobody(sandbox);
    const choose = viewOf(await sandbox.click(people.bob, ts, 'reset-password'));
    const confirm = viewOf(await sandbox.submit(people.bob, choose.id, { user: ' alice ', account: prod }));
    const wrong = await sandbox.submit(people.bob, confirm.id, { why: 'x', 'user-again': 'alicia' });
    expect(wrong.errors).toEqual({ 'user-again': 'This is not the name above. Type it exactly.' });
    expect(await changesIn(sandbox)).toEqual([]);
    await sandbox.submit(people.bob, confirm.id, { why: 'x', 'user-again': 'alice' });
    await threadSaying(sandbox, 'It is carried out in 2 min unless somebody cancels it.');
    expect(await changesIn(sandbox)).toEqual([]);
    await sandbox.advance(121);
    await threadSaying(sandbox, 'Password of alice replaced, shown to nobody.');
    expect(await changesIn(sandbox)).toEqual(['UpdateLoginProfile']);
  });

  it('asks again when somebody did the same a moment ago', async () => {
    const ts = await incidentOf(sandbox, 'sign-in-without-mfa');
    const bobs = viewOf(await sandbox.click(people.bob, ts, 'reset-password'));
    const carmens = viewOf(await sandbox.click(people.carmen, ts, 'reset-password'));
    await sandbox.submit(people.carmen, carmens.id, { why: 'takeover' });
    const asked = viewOf(await sandbox.submit(people.bob, bobs.id, { why: 'takeover' }));
    expect(textOf(asked)).toMatch(/carmen\.diaz did this \d+ s ago\./);
    expect(await changesIn(sandbox)).toHaveLength(1);
    await sandbox.submit(people.bob, asked.id, { why: 'hers was wrong' });
    expect(await changesIn(sandbox)).toHaveLength(2);
  });
});
