import type { Actor } from './actor.ts';
import type { UserRef } from './iam-user.ts';
import type { Holder } from './kept-state.ts';
import type { RoleFacts } from './role.ts';

/** Takes access from users and roles and gives it back, by one policy and by keys. Throws as Identities does. */
export interface Containment {
  role(account: string, name: string): Promise<RoleFacts>;
  /** ARNs of the managed policies that somebody has. */
  policies(holder: Holder): Promise<string[]>;
  quarantine(holder: Holder, isOn: boolean, actor: Actor): Promise<void>;
  /** The user's access keys. */
  keys(user: UserRef): Promise<{ readonly id: string; readonly isActive: boolean }[]>;
  switchKey(user: UserRef, key: { readonly id: string; readonly isActive: boolean }, actor: Actor): Promise<void>;
}
