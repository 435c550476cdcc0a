import { describe, expect, it } from 'vitest';
import { notesFrom, notesWithCalls, notesWithFault, outdated, readNotes, wantsReading } from '../../../src/domain/incident/user-notes.ts';
import { notRead, read, type UserFacts } from '../../../src/domain/response/iam-user.ts';
import { iamWords } from '../../../src/domain/response/user-words.ts';

const day = 86_400_000;
const facts: UserFacts = {
  ref: { account: '1', name: 'bella' },
  identity: read({ path: '/', id: 'AIDA', createdAt: 0, isTagged: false }),
  password: read({ createdAt: 0, resetRequired: false }),
  devices: read([
    { serial: 'arn:aws:iam::1:mfa/a', enrolledAt: 0 },
    { serial: 'arn:aws:iam::1:mfa/b', enrolledAt: 0 },
  ]),
  keys: notRead('AWS throttles ListAccessKeys now. Try again in a minute.'),
};

describe('notes of a user', () => {
  it('name what was not read, and what was read stands beside it', () => {
    const { iam } = notesFrom(facts, undefined, 5);
    expect(iam && iamWords(iam, 412 * day)).toBe(
      '2 MFA devices · console password set up 412 days ago · access keys: could not be read: AWS throttles ListAccessKeys now. Try again in a minute',
    );
  });

  it('are wanted again once something was changed, or was not read', () => {
    const whole = notesFrom({ ...facts, keys: read([]) }, undefined, 5);
    expect(wantsReading({ iam: undefined }, undefined)).toBe(true);
    expect(wantsReading(notesFrom(facts, undefined, 5), undefined)).toBe(true);
    expect(wantsReading(whole, undefined)).toBe(false);
    expect(wantsReading(whole, 4)).toBe(false);
    expect(wantsReading(whole, 6)).toBe(true);
    expect(wantsReading(outdated(whole, 6), undefined)).toBe(true);
  });

  it('keep what was before where a reading fails, and that there was a device', () => {
    const before = outdated(notesFrom(facts, undefined, 5), 6);
    const after = notesWithFault('AWS throttles GetUser now.', false, before);
    expect(after).toMatchObject({ iam: before.iam, fault: 'AWS throttles GetUser now.' });
    expect(notesFrom({ ...facts, devices: read([]) }, after, 9)).toMatchObject({ hadDevice: true, fault: undefined });
    expect(notesWithFault('no such IAM user', true, before)).toMatchObject({ iam: undefined, isMissing: true });
  });

  it('of older versions are understood', () => {
    const older = { devices: 2, passwordSince: 7, activeKeys: 1, isMissing: false };
    expect(readNotes(older)).toMatchObject({
      iam: { at: undefined, devices: read(2), password: read({ createdAt: 7, resetRequired: false }), activeKeys: read(1), outdatedAt: undefined },
      hadDevice: true,
    });
    expect(readNotes({ fault: 'no such IAM user in this account', isMissing: true })).toMatchObject({ iam: undefined, isMissing: true });
    const now = notesWithCalls(notesFrom(facts, undefined, 5), [], { since: 1, sessions: [] });
    expect(readNotes(JSON.parse(JSON.stringify(now)))).toEqual(now);
  });
});
