import { describe, expect, it } from 'vitest';
import { type SignIn, signInFromRecord } from '../../../src/domain/sign-in/sign-in.ts';
import { toldApart } from '../../../src/domain/sign-in/told-apart.ts';
import { consoleLogin, iamUser } from '../../support/records.ts';

const fallback = { account: '123456789012', region: 'us-east-1', at: 0, id: 'none' };

function event(name: string, outcome: 'Success' | 'Failure', more: object = {}): SignIn {
  return signInFromRecord({ ...consoleLogin(iamUser(name), outcome, 'No'), eventID: 'e1', ...more }, fallback);
}
const idsOf = (events: readonly SignIn[]): string[] => events.map(({ eventId }) => eventId);
const known = (one: SignIn): Map<string, SignIn> => new Map([[one.eventId, one]]);

describe('events that come under one id', () => {
  it('are one where they say the same, whichever way they came', () => {
    const other = event('alice', 'Failure', { userAgent: 'as another service writes it', awsRegion: 'us-east-2' });
    expect(idsOf(toldApart([other], known(event('alice', 'Failure'))))).toEqual(['e1']);
  });

  it.each([
    ['another user', event('bob', 'Failure')],
    ['another outcome', event('alice', 'Success')],
    ['another address', event('alice', 'Failure', { sourceIPAddress: '198.51.100.9' })],
    ['another name', event('alice', 'Failure', { eventName: 'GetSigninToken' })],
    ['another account', event('alice', 'Failure', { recipientAccountId: '210987654321' })],
  ])('are two where one has %s, and the second has the same id of its own each time', (_, second) => {
    const [apart] = toldApart([second], known(event('alice', 'Failure')));
    expect(apart?.eventId).toMatch(/^e1#[0-9a-f]{12}$/);
    expect(apart?.sharesId).toBe('e1');
    expect(toldApart([second], known(event('alice', 'Failure')))).toEqual([apart]);
    expect(toldApart([apart as SignIn], known(event('alice', 'Failure')))).toEqual([apart]);
  });

  it('are told apart too where they come together', () => {
    const together = [event('alice', 'Failure'), event('bob', 'Success'), event('alice', 'Failure')];
    expect(new Set(idsOf(toldApart(together, new Map()))).size).toBe(2);
  });
});
