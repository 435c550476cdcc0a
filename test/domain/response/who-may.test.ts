import { describe, expect, it } from 'vitest';
import { refusalFor, type Standing } from '../../../src/domain/response/who-may.ts';

const known: Standing = { isOneOfUs: true, roles: [], unread: { responder: undefined, remediator: undefined }, remediatorsExist: true };
const forGood = { isForGood: true, says: 'User group S1 is disabled. Enable it.' };
const forNow = { isForGood: false, says: 'Slack gave no answer.' };

describe('who may', () => {
  it('is told with the fix where it cannot be read for good, and to try again where it passes', () => {
    const standing = { ...known, unread: { responder: forGood, remediator: forNow } };
    expect(refusalFor('responder', 'Acknowledge', standing)).toMatchObject({
      reason: 'roles-unknown',
      message: expect.stringContaining(forGood.says),
    });
    expect(refusalFor('responder', 'Acknowledge', standing)?.message).not.toContain('Try again');
    expect(refusalFor('remediator', 'Reset MFA', standing)?.message).toContain('Slack gave no answer. Try again in a minute.');
  });

  it('is decided by the roles that matter: responders that cannot be read keep no remediator from anything', () => {
    const standing = { ...known, unread: { responder: forGood, remediator: undefined } };
    expect(refusalFor('remediator', 'Reset MFA', standing)?.reason).toBe('not-a-remediator');
    expect(refusalFor('remediator', 'Reset MFA', { ...standing, roles: ['remediator'] })).toBeUndefined();
    expect(refusalFor('responder', 'Acknowledge', { ...standing, roles: ['remediator'] })).toBeUndefined();
  });

  it('refuses strangers whatever they hold', () => {
    expect(refusalFor('responder', 'Acknowledge', { ...known, isOneOfUs: false, roles: ['remediator'] })?.reason).toBe('other-workspace');
  });
});
