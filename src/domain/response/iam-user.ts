/** What IAM says of one user. Times are milliseconds since the epoch. Sources: IAM API reference, and the user guide on MFA and passwords. */
import { type GoesOn, runningSessions } from '../incident/goes-on.ts';

export interface UserRef {
  readonly account: string;
  readonly name: string;
}

export type DeviceKind = 'virtual' | 'security-key' | 'sms' | 'hardware';

export interface MfaDevice {
  readonly serial: string;
  readonly enrolledAt: number;
}

/** A part of what IAM says: read, or why it was not. One that is refused or throttled hides no other. */
export type Fact<T> = { readonly is: 'read'; readonly value: T } | { readonly is: 'not-read'; readonly why: string };

export function read<T>(value: T): Fact<T> {
  return { is: 'read', value };
}

export function notRead(why: string): Fact<never> {
  return { is: 'not-read', why };
}

/** The same of what was read. */
export function mapped<T, U>(fact: Fact<T>, of: (value: T) => U): Fact<U> {
  return fact.is === 'read' ? read(of(fact.value)) : fact;
}

export interface AccessKey {
  readonly id: string;
  readonly active: boolean;
  readonly createdAt: number;
  /** `none-known`: never used, or before AWS kept it. */
  readonly lastUsed: Fact<{ readonly at: number; readonly service: string | undefined } | 'none-known'>;
}

/** Without the classes of characters that it may ask for: a generated password always has all four. */
export interface PasswordPolicy {
  /** False: the account has none of its own and IAM's default holds. */
  readonly custom: boolean;
  readonly minimumLength: number;
  readonly usersMayChange: boolean;
  readonly hardExpiry: boolean;
}

/** Who IAM says it is. */
interface Identity {
  readonly path: string;
  readonly id: string;
  readonly createdAt: number;
  /** Whether it carries the tag of a protected user. */
  readonly isTagged: boolean;
  /** What its tag `email` says, where that looks like an address. */
  readonly email?: string;
}

export interface ConsolePassword {
  readonly createdAt: number;
  readonly resetRequired: boolean;
}

export interface UserFacts {
  /** The name as IAM spells it, where IAM confirmed it. */
  readonly ref: UserRef;
  readonly identity: Fact<Identity>;
  readonly password: Fact<ConsolePassword | 'none'>;
  /** Newest first. */
  readonly devices: Fact<readonly MfaDevice[]>;
  readonly keys: Fact<readonly AccessKey[]>;
}

/** The address in a tag of a user, of whatever case: IAM tells no tags apart by case alone. Undefined: none, or what is no address. */
export function emailIn(tags: readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[]): string | undefined {
  const value = tags.find(({ Key }) => Key?.toLowerCase() === 'email')?.Value?.trim() ?? '';
  return value.length <= 254 && /^[!-?A-~]+@[!-?A-~]+$/.test(value) ? value : undefined;
}

/** IAM returns no kind; the serial number tells it. */
export function deviceKind(serial: string): DeviceKind {
  if (/^arn:[^:]+:iam::\d*:mfa\//.test(serial)) return 'virtual';
  if (/^arn:[^:]+:iam::\d*:u2f\//.test(serial)) return 'security-key';
  return /^arn:[^:]+:iam::\d*:sms-mfa\//.test(serial) ? 'sms' : 'hardware';
}

export const deviceWords: Record<DeviceKind, string> = {
  virtual: 'Virtual (authenticator app)',
  'security-key': 'Security key or passkey',
  sms: 'Text message (legacy)',
  hardware: 'Hardware token',
};

/** The part of a serial number that tells a person's devices apart. */
export function deviceName(serial: string): string {
  return serial.split('/').at(-1) ?? serial;
}

/** An id as it stands where many read it: enough to tell it from others, not enough to use it. */
export function shortened(id: string): string {
  return id.length <= 8 ? id : `${id.slice(0, 4)}…${id.slice(-4)}`;
}

/** A word for `sh`: names from AWS are put into commands that people copy. */
export function shellWord(text: string): string {
  return /^[\w+=,.@/:-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** What is said of a user's keys that still work. */
export const keyLines = {
  active: (keys: readonly Pick<AccessKey, 'id'>[], { name, account }: UserRef): GoesOn => ({
    text: `${keys.length} active access key${keys.length === 1 ? '' : 's'} of ${name} (${keys.map(({ id }) => shortened(id)).join(', ')})`,
    of: { what: 'keys', whose: { kind: 'iam-user', name, account } },
  }),
  unread: ({ name, account }: UserRef): GoesOn => ({
    text: `access keys of ${name}, if there are any (they could not be read)`,
    of: { what: 'keys', whose: { kind: 'iam-user', name, account } },
  }),
};

/** `2 access keys of alice switched off` */
export function keysOffWords(count: number, name: string): string {
  return `${count} access key${count === 1 ? '' : 's'} of ${name} switched off`;
}

/** What a replaced password does not stop, and the commands that do: whole for the requester, without whole key ids for the thread. */
export function notStoppedBy(facts: UserFacts, now: number): { lines: GoesOn[]; commands: string[]; inThread: string[] } {
  const active = facts.keys.is === 'read' ? facts.keys.value.filter((key) => key.active) : [];
  const user = shellWord(facts.ref.name);
  const policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Deny', Action: '*', Resource: '*', Condition: { DateLessThan: { 'aws:TokenIssueTime': new Date(now).toISOString() } } }],
  });
  const known = active.length === 0 ? [] : [keyLines.active(active, facts.ref)];
  const keys = facts.keys.is === 'read' ? known : [keyLines.unread(facts.ref)];
  const offs = (ids: readonly string[]) => ids.map((id) => `aws iam update-access-key --user-name ${user} --access-key-id ${id} --status Inactive`);
  const list = [`aws iam list-access-keys --user-name ${user}`, ...offs(['KEY_ID'])];
  const end = `aws iam put-user-policy --user-name ${user} --policy-name AWSRevokeOlderSessions --policy-document '${policy}'`;
  return {
    lines: [runningSessions(facts.ref), ...keys],
    commands: [...(facts.keys.is === 'read' ? offs(active.map(({ id }) => id)) : list), end],
    inThread: [...(keys.length > 0 ? list : []), end],
  };
}
