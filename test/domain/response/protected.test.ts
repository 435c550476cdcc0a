import { describe, expect, it } from 'vitest';
import { notRead, read } from '../../../src/domain/response/iam-user.ts';
import { type ProtectedUsers, protectedUsersFrom, protectionOf } from '../../../src/domain/response/protected.ts';

const account = '111111111111';

function user(name: string, path = '/', more: { isTagged?: boolean; account?: string } = {}) {
  return { ref: { account: more.account ?? account, name }, identity: read({ path, id: 'AIDA', createdAt: 0, isTagged: more.isTagged ?? false }) };
}

function entries(...written: string[]): ProtectedUsers[] {
  return written.map((one) => {
    const understood = protectedUsersFrom(one);
    if (!understood.ok) throw new Error(understood.fault);
    return understood.users;
  });
}

function isProtected(written: string, whom: ReturnType<typeof user>): boolean {
  return protectionOf(whom, { protectedUsers: entries(written), ownPrincipal: undefined }).is === 'protected';
}

/** The user whom all these spellings mean. */
const breakGlass = user('break-glass', '/emergency/');

describe('a spelling of PROTECTED_USERS', () => {
  it.each([
    'break-glass',
    'BREAK-GLASS',
    'break-*',
    '*-glass',
    '*ak-gl*',
    '*',
    '/emergency/',
    '/emergency',
    '/emergency/*',
    '/emergency/break-glass',
    '/*/break-glass',
    '/',
    `arn:aws:iam::${account}:user/emergency/break-glass`,
    `arn:aws:iam::${account}:user/emergency/*`,
    `arn:aws:iam::${account}:user/*`,
    'arn:aws:iam::*:user/emergency/break-glass',
    'arn:*:iam::*:user/*glass',
  ])('%s protects', (written) => {
    expect(isProtected(written, breakGlass)).toBe(true);
  });

  it.each([
    ['user/break-glass', 'is a part of an ARN: write break-glass'],
    ['emergency/break-glass', 'write /emergency/break-glass'],
    ['emergency/', 'write /emergency/'],
    ['"break-glass"', 'holds ", which is in no name'],
    ["'break-glass'", "holds ', which is in no name"],
    ['break-glass;admin', 'holds ;, which is in no name of an IAM user: separate names by commas'],
    ['break-glass admin', 'holds a space'],
    ['break-glass\nadmin', 'holds the character U+000A'],
    ['break‑glass', 'holds the character U+2011'],
    ['break-glass\u200b', 'holds the character U+200B'],
    ['break-glas?', 'holds ?'],
    ['[break-glass]', 'holds ['],
    ['!break-glass', 'holds !'],
    ['^break-glass$', 'holds ^'],
    ['break-.*', 'looks like a regular expression: write break-*'],
    [`${account}:break-glass`, 'holds :'],
    ['AIDACKCEVSQ6C2EXAMPLE', 'is an id: write the name of the user'],
    ['//emergency/', 'holds //'],
    ['arn:aws:iam::prod:user/break-glass', 'write arn:aws:iam::123456789012:user/PATH/NAME'],
    ['arn:aws:iam:us-east-1:111111111111:user/break-glass', 'is not the ARN of an IAM user'],
    [`arn:aws:iam::${account}:role/break-glass`, 'only users have a password and MFA devices'],
    [`arn:aws:sts::${account}:assumed-role/break-glass/x`, 'only users have a password and MFA devices'],
    [`arn:aws:iam::${account}:root`, 'only users have a password and MFA devices'],
    [`arn:aws:iam::${account}:user/break glass`, 'holds a space'],
    ['a'.repeat(65), 'is longer than the 64 letters'],
    [`/${'a'.repeat(512)}/x`, 'is longer than the 512 letters'],
  ])('%j, which could match no user, is refused', (written, fault) => {
    const understood = protectedUsersFrom(written);
    expect(understood.ok ? 'protects' : understood.fault).toContain(fault);
  });

  it.each([
    ['break-glass', user('break-glass-2')],
    ['*-glass', user('break-glass-2')],
    ['b*s*s', user('bs')],
    ['/emergency/', user('emergency')],
    ['/emergency', user('x', '/emergency-2/')],
    [`arn:aws:iam::${account}:user/break-glass`, breakGlass],
    ['arn:aws:iam::222222222222:user/*', breakGlass],
  ])('%s protects nobody else', (written, whom) => {
    expect(isProtected(written, whom)).toBe(false);
  });
});

describe('protection', () => {
  it('says what protects', () => {
    const settings = { protectedUsers: entries('/emergency/*'), ownPrincipal: `arn:aws:iam::${account}:user/bots/responder` };
    expect(protectionOf(breakGlass, settings)).toEqual({ is: 'protected', by: 'by PROTECTED_USERS (/emergency/*)' });
    expect(protectionOf(user('alice', '/', { isTagged: true }), settings)).toEqual({
      is: 'protected',
      by: 'by its tag signin-responder=protected',
    });
    expect(protectionOf(user('Responder'), settings)).toEqual({ is: 'protected', by: 'because the responder itself runs as this user' });
    expect(protectionOf(user('responder', '/', { account: '222222222222' }), settings)).toEqual({ is: 'not-protected' });
    expect(protectionOf(user('alice'), settings)).toEqual({ is: 'not-protected' });
  });

  it('of a role protects nobody of the same name', () => {
    const settings = { protectedUsers: [], ownPrincipal: `arn:aws:sts::${account}:assumed-role/responder/i-1` };
    expect(protectionOf(user('responder'), settings)).toEqual({ is: 'not-protected' });
  });

  it('is not known where an entry for this account goes by a path that was not read', () => {
    const unread = { ref: { account, name: 'alice' }, identity: notRead('AWS throttles GetUser now.') };
    const by = (...written: string[]) => protectionOf(unread, { protectedUsers: entries(...written), ownPrincipal: undefined }).is;
    expect(by('/emergency/*')).toBe('not-known');
    expect(by(`arn:aws:iam::${account}:user/bob`)).toBe('not-known');
    expect(by('ALICE', '/emergency/*')).toBe('protected');
    expect(by('bob')).toBe('not-protected');
    expect(by('arn:aws:iam::222222222222:user/*')).toBe('not-protected');
  });
});
