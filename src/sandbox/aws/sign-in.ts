/** Signing in to the console as an IAM user. */
import { isDenied } from './contained.ts';
import type { AwsState } from './state.ts';

interface SigningIn {
  readonly account: string;
  readonly userName: string;
  readonly password: string;
}

export interface SignedIn {
  readonly ok: boolean;
  readonly reason: string;
  readonly passwordResetRequired?: boolean;
  /** Of the session: what is called in the console is signed with it. */
  readonly accessKeyId?: string;
}

/** Whether a user could sign in to the console with this password, and do anything there. */
export function signsIn(state: AwsState, { account, userName, password }: SigningIn): SignedIn {
  const profile = state.accounts[account]?.users[userName]?.loginProfile;
  if (!profile) return { ok: false, reason: 'no console password' };
  if (profile.password !== password) return { ok: false, reason: 'wrong password' };
  const session = { account, roleArn: '', roleSessionName: '', sourceIdentity: undefined, userName, issuedAt: state.clock.now() };
  if (isDenied(state, { ...session, region: 'us-east-1' })) return { ok: false, reason: 'a policy denies everything to this user' };
  const accessKeyId = `ASIACONSOLE${String(state.sessions.size + 1).padStart(9, '0')}`;
  state.sessions.set(accessKeyId, session);
  return { ok: true, reason: 'signed in', passwordResetRequired: profile.passwordResetRequired, accessKeyId };
}
