/** What is concluded of what a subject did: by what was counted, whatever it is called. */
import { describe, expect, it } from 'vitest';
import { whatHappened } from '../../../src/domain/incident/headline.ts';
import type { Incident } from '../../../src/domain/incident/incident.ts';
import type { Json } from '../../../src/domain/json.ts';
import { signInFromRecord } from '../../../src/domain/sign-in/sign-in.ts';
import type { Subject } from '../../../src/domain/sign-in/subjects.ts';
import { didNotGetIn, didWords, isOnlyReported, isRefusedOnly, plainFailures, type Tally, tallied } from '../../../src/domain/sign-in/tally.ts';
import { consoleLogin, iamUser } from '../../support/records.ts';

const account = '123456789012';

function counted(...records: Parameters<typeof signInFromRecord>[0][]): readonly Tally[] {
  return records
    .map((record, index) => signInFromRecord(record, { account, region: 'us-east-1', at: index, id: `e${index}` }))
    .reduce<readonly Tally[]>(tallied, []);
}

const gotIn = consoleLogin(iamUser('alice'), 'Success', 'No');
const failed = consoleLogin(iamUser('alice'), 'Failure', 'No', { errorMessage: 'Failed authentication' });
const refused = consoleLogin(iamUser('alice'), 'Failure', 'No', { errorMessage: 'Authorization denied because of a resource-based policy' });
const commandLine = (eventName: string, success = 'true') => ({
  eventName,
  eventSource: 'signin.amazonaws.com',
  userIdentity: iamUser('alice'),
  requestParameters: { client_id: 'arn:aws:signin:::devtools/same-device' },
  additionalEventData: { success },
  responseElements: null,
});

const subject = (did: readonly Tally[], over: Partial<Subject> = {}): Subject =>
  ({
    kind: 'iam-user',
    name: 'alice',
    failures: 0,
    successes: 0,
    mfaFailures: 0,
    mfa: 'unknown',
    did,
    changes: [],
    suffered: [],
    ...over,
  }) as Subject;
const headline = (one: Subject): string => whatHappened({ subjects: [one], origin: 'sign-in', title: 't' } as unknown as Incident);

describe('a tally', () => {
  it('says what was counted, beside the words for it', () => {
    expect(counted(gotIn, failed, failed, refused).map(({ is, times }) => [is, times])).toEqual([
      ['signed-in', 1],
      ['failed', 2],
      ['refused', 1],
    ]);
    expect(counted(commandLine('AuthorizeOAuth2Access'), commandLine('CreateOAuth2Token')).map(({ is }) => is)).toEqual(['allowed', 'let-in']);
    expect(counted({ ...gotIn, eventName: 'CheckMfa', responseElements: { CheckMfa: 'Success' } }).map(({ is }) => is)).toEqual(['other']);
    expect(counted({ ...gotIn, responseElements: null }).map(({ is }) => is)).toEqual(['other']);
  });

  it('is counted on where the words for it have changed since', () => {
    const [first] = tallied([{ is: 'failed', what: 'did not get in', times: 2 }], signInFromRecord(failed, { account, region: 'r', at: 0, id: 'e' }));
    expect(first).toMatchObject({ is: 'failed', what: 'failed', times: 3 });
  });

  it('is told apart by its words where nothing is concluded from it', () => {
    const step = (eventName: string) => ({ ...gotIn, eventName, responseElements: { [eventName]: 'Success' } });
    expect(counted(step('CheckMfa'), step('GetSigninToken'), step('CheckMfa')).map(({ times }) => times)).toEqual([2, 1]);
  });
});

describe('whatever it is called', () => {
  it('messages that name a user say nothing of an account', () => {
    const said = subject([{ is: 'reported', what: 'is said to be in', times: 2 }]);
    expect(isOnlyReported(said)).toBe(true);
    expect(isOnlyReported({ ...said, changes: ['own password'] })).toBe(false);
    expect(isOnlyReported(subject([{ is: 'other', what: 'signed in (says a message)', times: 1 }]))).toBe(false);
    expect(isOnlyReported(subject([]))).toBe(false);
  });

  it('what a policy refused is no wrong password', () => {
    const kept = subject([{ is: 'refused', what: 'might not', times: 2 }], { failures: 2 });
    expect([isRefusedOnly(kept), plainFailures(kept), headline(kept)]).toEqual([true, 0, 'alice was refused at sign-in by policy']);
    const both = subject([...(kept.did ?? []), { is: 'failed', what: 'did not get in', times: 1 }], { failures: 3 });
    expect([isRefusedOnly(both), plainFailures(both)]).toEqual([false, 1]);
  });

  it('failures come first, then refusals, then who got in', () => {
    const did: Tally[] = [
      { is: 'other', what: 'd', times: 1 },
      { is: 'signed-in', what: 'c', times: 1 },
      { is: 'refused', what: 'b', times: 1 },
      { is: 'failed', what: 'a', times: 1 },
    ];
    expect(didWords(subject(did))).toBe('a 1×, b 1×, c 1×, d');
  });

  it('a password recovery is asked for by somebody, for whoever knows the address may ask', () => {
    const asked = (responseElements: Json | null) =>
      counted({ eventName: 'PasswordRecoveryRequested', eventSource: 'signin.amazonaws.com', userIdentity: { type: 'Root' }, responseElements });
    const root = (did: readonly Tally[]) => subject(did, { kind: 'root', name: 'root' });
    const success = asked({ PasswordRecoveryRequested: 'Success' });
    expect(didWords(root(success))).toBe('a password recovery was asked for');
    expect(headline(root(success))).toBe('Somebody asked for a password recovery of root');
    expect(headline(root(asked({ PasswordRecoveryRequested: 'Failure' })))).toBe('Somebody asked for a password recovery of root in vain');
    expect(headline(root(asked(null)))).toBe('Somebody asked for a password recovery of root (outcome not in the record)');
  });

  it('the headline says how they got in, and not how somebody says they did', () => {
    const did: Tally[] = [
      { is: 'reported', what: 'signed in (says a message)', times: 1 },
      { is: 'allowed', what: 'allowed it', times: 1 },
      { is: 'let-in', what: 'is in by the command line', times: 1 },
    ];
    const one = subject(did, { successes: 1 });
    expect(headline(one)).toBe('alice is in by the command line');
    expect(headline(subject(did.slice(0, 2), { successes: 1 }))).toBe('alice allowed it');
  });
});

it('tells who did not get in: whoever did nothing but fail, or be refused', () => {
  const attempts = { failures: 2, did: counted(failed, refused) };
  expect(didNotGetIn(subject(attempts.did, attempts))).toBe(true);
  expect(didNotGetIn(subject(attempts.did, { ...attempts, failedChanges: ['MFA device of bella (enrolled)'] }))).toBe(false);
  expect(didNotGetIn(subject(attempts.did, { ...attempts, suffered: ['changed by carl: login profile'] }))).toBe(false);
  expect(didNotGetIn(subject(counted(failed, commandLine('CreateOAuth2Token')), { failures: 1 }))).toBe(false);
  expect(didNotGetIn(subject([]))).toBe(false);
});
