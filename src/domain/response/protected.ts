/**
 * Which IAM users are never changed from Slack: those that PROTECTED_USERS names, those that carry the tag, and the user that the responder
 * itself runs as. What is written and could match no IAM user is refused, for it would protect nobody.
 * Source: IAM user guide, "IAM identifiers" and "IAM and AWS STS quotas" (letters and lengths of names and paths).
 */
import type { UserFacts } from './iam-user.ts';

/** The tag that an account's owner protects a user with, whatever PROTECTED_USERS says: the respond policy denies the rest. */
export const protectedTag = { key: 'signin-responder', value: 'protected' } as const;
const tagWords = `${protectedTag.key}=${protectedTag.value}`;

/** One entry of PROTECTED_USERS, understood. */
export interface ProtectedUsers {
  readonly written: string;
  /** `*`, or the account that an ARN names. */
  readonly account: string;
  /** `*`, or the partition that an ARN names. */
  readonly partition: string;
  readonly goesBy: 'name' | 'path';
  /** @param whole a name, or a path with the name, as `goesBy` says */
  readonly matches: (whole: string) => boolean;
}

export type Understood = { readonly ok: true; readonly users: ProtectedUsers } | { readonly ok: false; readonly fault: string };

const longestName = 64;
const longestPath = 512;

/** @param written a name, `/PATH/`, `/PATH/NAME` or the ARN of a user; `*` in any of them stands for any text */
export function protectedUsersFrom(written: string): Understood {
  const fault = faultIn(written);
  if (fault !== undefined) return { ok: false, fault: `“${written}” ${fault}` };
  const [, partition = '*', account = '*', user = ''] = arnOfUser.exec(written) ?? [];
  const path = user === '' ? written : `/${user}`;
  const goesBy = path.startsWith('/') ? 'path' : 'name';
  return { ok: true, users: { written, account, partition, goesBy, matches: goesBy === 'path' ? isAtOrBelow(path) : globOf(path) } };
}

const arnOfUser = /^arn:(aws[a-z-]*|\*):iam::(\d{12}|\*):user\/(.+)$/;

/** Why it could match no user, and the fix. */
function faultIn(written: string): string | undefined {
  if (/^arn:/i.test(written)) return faultInArn(written);
  if (/^user\//i.test(written)) return `is a part of an ARN: write ${written.slice('user/'.length)}, or the whole ARN`;
  if (/^(AIDA|AKIA|AROA|ASIA)[A-Z0-9]{12,}$/.test(written)) return 'is an id: write the name of the user';
  if (written.includes('/') && !written.startsWith('/')) return `has a path that does not begin with a slash: write /${written}`;
  return faultInLetters(written);
}

function faultInArn(written: string): string | undefined {
  const user = arnOfUser.exec(written)?.[3];
  if (user !== undefined) return faultInLetters(`/${user}`);
  if (/^arn:[^:]*:(iam|sts):[^:]*:[^:]*:(role|assumed-role|group|root|federated-user)/.test(written))
    return 'is not the ARN of an IAM user: only users have a password and MFA devices that could be changed';
  return 'is not the ARN of an IAM user: write arn:aws:iam::123456789012:user/PATH/NAME';
}

function faultInLetters(written: string): string | undefined {
  if (written.includes('.*')) return `looks like a regular expression: write ${written.replaceAll('.*', '*')}, where * alone stands for any text`;
  const strange = /[^\w+=,.@*/-]/u.exec(written)?.[0];
  if (strange !== undefined)
    return `holds ${shown(strange)}, which is in no name of an IAM user: separate names by commas, without quotes, and write * for any text`;
  if (written.includes('//')) return 'holds //, which is in no path: write / once';
  const literal = (text: string): number => text.replaceAll('*', '').length;
  const name = written.slice(written.lastIndexOf('/') + 1);
  if (literal(name) > longestName) return `is longer than the ${longestName} letters that a name can have`;
  if (literal(written) - literal(name) > longestPath) return `is longer than the ${longestPath} letters that a path can have`;
  return undefined;
}

function shown(letter: string): string {
  const code = letter.codePointAt(0) ?? 0;
  return code > 0x20 && code < 0x7f ? letter : code === 0x20 ? 'a space' : `the character U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
}

/** IAM tells no names apart by case alone. */
function globOf(pattern: string): (text: string) => boolean {
  const parts = pattern.split(/\*+/).map((part) => part.toLowerCase());
  const [first = '', last = ''] = [parts[0], parts.at(-1)];
  if (parts.length === 1) return (text) => text.toLowerCase() === first;
  return (text) => {
    const whole = text.toLowerCase();
    if (!whole.startsWith(first) || !whole.endsWith(last) || whole.length < first.length + last.length) return false;
    const end = whole.length - last.length;
    let at = first.length;
    for (const part of parts.slice(1, -1)) {
      const found = whole.indexOf(part, at);
      if (found < 0 || found + part.length > end) return false;
      at = found + part.length;
    }
    return true;
  };
}

/** A path protects who is in it and below it, with or without a slash or a star at its end. */
function isAtOrBelow(path: string): (whole: string) => boolean {
  const [exactly, below] = [globOf(path), globOf(`${path.replace(/\/$/, '')}/*`)];
  return (whole) => exactly(whole) || below(whole);
}

/** Whether an entry is about a user of this account. @param path as IAM tells it: `/`, or `/TEAM/` */
export function coversUser({ account, goesBy, matches }: ProtectedUsers, user: { account: string; name: string; path: string }): boolean {
  return (account === '*' || account === user.account) && matches(goesBy === 'name' ? user.name : `${user.path}${user.name}`);
}

export interface ProtectionSettings {
  readonly protectedUsers: readonly ProtectedUsers[];
  /** ARN that the responder runs as; undefined: AWS has not said. */
  readonly ownPrincipal: string | undefined;
}

/** `not-known`: an entry goes by the path, and the path was not read. */
export type Protection =
  | { readonly is: 'protected'; readonly by: string }
  | { readonly is: 'not-protected' }
  | { readonly is: 'not-known'; readonly why: string };

/** What protects a user, in words that follow “is protected”. A tag that was not read is held by the respond policy alone. */
export function protectionOf({ ref, identity }: Pick<UserFacts, 'ref' | 'identity'>, settings: ProtectionSettings): Protection {
  const entries = settings.protectedUsers.filter(({ account }) => account === '*' || account === ref.account);
  const [byName, byPath] = [entries.filter(({ goesBy }) => goesBy === 'name'), entries.filter(({ goesBy }) => goesBy === 'path')];
  const named = byName.find(({ matches }) => matches(ref.name));
  if (named) return { is: 'protected', by: listedAs(named) };
  if (isOwnUser(ref, settings.ownPrincipal)) return { is: 'protected', by: 'because the responder itself runs as this user' };
  if (identity.is === 'not-read') return byPath.length === 0 ? { is: 'not-protected' } : { is: 'not-known', why: identity.why };
  if (identity.value.isTagged) return { is: 'protected', by: `by its tag ${tagWords}` };
  const below = byPath.find(({ matches }) => matches(`${identity.value.path}${ref.name}`));
  return below ? { is: 'protected', by: listedAs(below) } : { is: 'not-protected' };
}

function listedAs({ written }: ProtectedUsers): string {
  return `by PROTECTED_USERS (${written})`;
}

function isOwnUser({ account, name }: UserFacts['ref'], ownPrincipal: string | undefined): boolean {
  const [, , ownAccount, path] = arnOfUser.exec(ownPrincipal ?? '') ?? [];
  return ownAccount === account && path?.split('/').at(-1)?.toLowerCase() === name.toLowerCase();
}
