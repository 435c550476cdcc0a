/** What IAM says of one user. Times are milliseconds since the epoch. Sources: IAM API reference, and the user guide on MFA and passwords. */

export interface UserRef {
  readonly account: string;
  readonly name: string;
}

export type DeviceKind = 'virtual' | 'security-key' | 'sms' | 'hardware';

export interface MfaDevice {
  readonly serial: string;
  readonly enrolledAt: number;
}

export interface AccessKey {
  readonly id: string;
  readonly active: boolean;
  readonly createdAt: number;
  /** Undefined: never used, or AWS does not know. */
  readonly lastUsedAt: number | undefined;
  readonly lastUsedService: string | undefined;
}

/** Without the classes of characters that it may ask for: a generated password always has all four. */
export interface PasswordPolicy {
  /** False: the account has none of its own and IAM's default holds. */
  readonly custom: boolean;
  readonly minimumLength: number;
  readonly usersMayChange: boolean;
  readonly hardExpiry: boolean;
}

export interface UserFacts {
  readonly ref: UserRef;
  readonly arn: string;
  readonly path: string;
  readonly id: string;
  readonly createdAt: number;
  /** Undefined: the user has no console password. */
  readonly password: { readonly createdAt: number; readonly resetRequired: boolean } | undefined;
  /** Newest first. */
  readonly devices: readonly MfaDevice[];
  readonly keys: readonly AccessKey[];
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

/** Whether a user is one that must never be changed from Slack: an exact name, or a path pattern such as `/break-glass/*`. */
export function isProtected(user: { name: string; path: string }, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => {
    if (!pattern.startsWith('/')) return pattern.toLowerCase() === user.name.toLowerCase();
    const whole = `${user.path}${user.name}`;
    return pattern.endsWith('*') ? whole.startsWith(pattern.slice(0, -1)) : user.path === pattern || whole === pattern;
  });
}

/** A word for `sh`: names from AWS are put into commands that people copy. */
export function shellWord(text: string): string {
  return /^[\w+=,.@/:-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** What a replaced password does not stop, and the commands that do. */
export function notStoppedBy(facts: UserFacts, now: number): { lines: string[]; commands: string[] } {
  const active = facts.keys.filter((key) => key.active);
  const user = shellWord(facts.ref.name);
  const policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Deny', Action: '*', Resource: '*', Condition: { DateLessThan: { 'aws:TokenIssueTime': new Date(now).toISOString() } } }],
  });
  const keys = active.length === 0 ? [] : [`${active.length} active access key${active.length === 1 ? '' : 's'} of ${facts.ref.name}`];
  return {
    lines: [`running sessions of ${facts.ref.name}`, ...keys],
    commands: [
      ...active.map((key) => `aws iam update-access-key --user-name ${user} --access-key-id ${key.id} --status Inactive`),
      `aws iam put-user-policy --user-name ${user} --policy-name AWSRevokeOlderSessions --policy-document '${policy}'`,
    ],
  };
}
