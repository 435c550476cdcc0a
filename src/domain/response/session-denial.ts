import type { Actor } from './actor.ts';
import type { Holder } from './kept-state.ts';
import type { SessionDeny } from './session-denies.ts';

/** Denies sessions of users and roles by a policy in them, with a role of its own. It can write such a policy and cannot delete it. Throws as Identities does. */
export interface SessionDenial {
  /** What somebody's inline policy says, as JSON; undefined: there is none of that name. */
  policy(holder: Holder, policyName: string): Promise<string | undefined>;
  deny(holder: Holder, deny: SessionDeny, actor: Actor): Promise<void>;
}
