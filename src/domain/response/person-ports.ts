/** The outside world of people who are no IAM users, and of sessions: a part of the ports. */
import type { IdentityCenter } from './identity-center.ts';
import type { RootAccess } from './root-access.ts';
import type { SessionDenial } from './session-denial.ts';
import type { SignInSessions } from './sign-in-session.ts';

export interface PersonPorts {
  readonly sessions: SignInSessions;
  /** Undefined: no role in the management account is configured. */
  readonly identityCenter: IdentityCenter | undefined;
  readonly rootAccess: RootAccess | undefined;
  /** Undefined: no role that may write policies is configured. */
  readonly sessionDenial?: SessionDenial | undefined;
}
