/**
 * Credentials of a member account's root user, which the management account can read and delete by `sts:AssumeRoot`. Times are milliseconds since
 * the epoch. Source: IAM user guide, "Centrally manage root access for member accounts".
 */
import type { Actor } from './actor.ts';
import type { AccessKey, ConsolePassword, Fact, MfaDevice } from './iam-user.ts';

interface Certificate {
  readonly id: string;
  readonly active: boolean;
  readonly uploadedAt: number;
}

export interface RootFacts {
  readonly password: Fact<ConsolePassword | 'none'>;
  readonly devices: Fact<readonly MfaDevice[]>;
  readonly keys: Fact<readonly AccessKey[]>;
  readonly certificates: Fact<readonly Certificate[]>;
}

/** One of the root user's credentials. */
export type RootCredential =
  | { readonly kind: 'password' }
  | { readonly kind: 'key'; readonly id: string }
  | { readonly kind: 'certificate'; readonly id: string }
  | { readonly kind: 'device'; readonly serial: string };

/** AWS's own policies, one of which a session of root has: it may do nothing else. */
export const rootTasks = { audit: 'root-task/IAMAuditRootUserCredentials', remove: 'root-task/IAMDeleteRootUserCredentials' } as const;
/** As AWS allows at most. */
export const rootSessionSeconds = 900;

/** Reads throw `denied`, `throttled`, `unavailable`; changes also `ambiguous`. */
export interface RootAccess {
  /** The management account, as the role's ARN has it: its own root is out of reach. */
  readonly account: string;
  audit(account: string): Promise<RootFacts>;
  remove(account: string, credential: RootCredential, actor: Actor): Promise<void>;
}

/** What there is to delete, in the order in which it is: what signs in first. */
export function credentialsIn({ password, devices, keys, certificates }: RootFacts): RootCredential[] {
  const listed = <T>(fact: Fact<readonly T[]>): readonly T[] => (fact.is === 'read' ? fact.value : []);
  return [
    ...(password.is === 'read' && password.value !== 'none' ? [{ kind: 'password' as const }] : []),
    ...listed(keys).map(({ id }) => ({ kind: 'key' as const, id })),
    ...listed(certificates).map(({ id }) => ({ kind: 'certificate' as const, id })),
    ...listed(devices).map(({ serial }) => ({ kind: 'device' as const, serial })),
  ];
}

export function keyOf(credential: RootCredential): string {
  return `${credential.kind} ${'id' in credential ? credential.id : 'serial' in credential ? credential.serial : ''}`.trim();
}

/** Parts that could not be read, each with why. */
export function unreadIn(facts: RootFacts): [part: string, why: string][] {
  const parts = {
    'the password': facts.password,
    'MFA devices': facts.devices,
    'access keys': facts.keys,
    'signing certificates': facts.certificates,
  };
  return Object.entries(parts).flatMap(([part, fact]) => (fact.is === 'not-read' ? [[part, fact.why] as [string, string]] : []));
}
