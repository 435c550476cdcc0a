import { describe, expect, it } from 'vitest';
import { callsWords, withCalls } from '../../../src/domain/incident/calls.ts';
import type { Json } from '../../../src/domain/json.ts';

const since = Date.parse('2026-11-22T03:00:00Z');
const ours = 'arn:aws:signin:us-east-1:123456789012:session/ours';

function call(eventName: string, identity: Json = {}, more: Json = {}): Json {
  return {
    eventName,
    eventSource: 'iam.amazonaws.com',
    eventTime: '2026-11-22T03:05:00Z',
    userIdentity: { type: 'IAMUser', userName: 'alice', accessKeyId: 'ASIAEXAMPLE', ...identity },
    ...more,
  };
}

const inSession = (arn: string): Json => ({ sessionContext: { signInSessionArn: arn, attributes: {} } });
const withKey = { accessKeyId: 'AKIAEXAMPLE' };
const fromConsole = { sessionCredentialFromConsole: 'true' };

function words(...records: Json[]): string {
  return callsWords(withCalls([], records, { since, sessions: [ours] }));
}

describe('what was called as a user', () => {
  it.each<[string, Json[]]>([
    ['in the console: ListUsers 2×', [call('ListUsers', {}, fromConsole), call('ListUsers', {}, { sessionCredentialFromConsole: true })]],
    ['in the console: ListUsers 1×', [call('ListUsers', { sessionContext: { attributes: fromConsole } })]],
    ['with access keys: CreateUser 1×', [call('CreateUser', withKey)]],
    ['in the session of this sign-in: RunInstances 1×', [call('RunInstances', inSession(ours))]],
    ['in another sign-in session: RunInstances 1×', [call('RunInstances', inSession('arn:aws:signin:us-east-1:123456789012:session/other'))]],
    ['console or keys, the record does not say: ListUsers 1×', [call('ListUsers')]],
    [
      'in the console: ListUsers 1×; with access keys: ListUsers 2×, CreateUser 1×',
      [call('CreateUser', withKey), call('ListUsers', withKey), call('ListUsers', {}, fromConsole), call('ListUsers', withKey)],
    ],
  ])('%s', (expected, records) => {
    expect(words(...records)).toBe(expected);
  });

  it('leaves out the sign-ins themselves, and what came before', () => {
    const before = call('ListUsers', {}, { eventTime: '2026-11-22T02:59:00Z' });
    expect(words(before, call('ConsoleLogin', {}, { eventSource: 'signin.amazonaws.com' }))).toBe('');
  });

  it('is counted once however often it is looked for, and counts on from an older version', () => {
    const look = [call('ListUsers'), call('ListUsers')];
    const once = withCalls([{ name: 'ListUsers', times: 1 }], look, { since, sessions: [] });
    expect(withCalls(once, look, { since, sessions: [] })).toEqual([{ name: 'ListUsers', by: 'not-told', times: 2 }]);
  });
});
