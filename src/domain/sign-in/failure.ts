/** Why something failed, as far as AWS tells. */
import type { Outcome } from './outcome.ts';

/**
 * `policy`: whoever it was may not; whether the password was right is not told. `unknown-name`: there is no such user. `credentials`: the
 * password, the MFA code or both. `other`: AWS's own words.
 */
export type WhyFailed = 'policy' | 'unknown-name' | 'credentials' | 'other' | 'not-told';

export interface Failed {
  readonly outcome: Outcome;
  readonly errorCode?: string | undefined;
  readonly errorMessage: string | undefined;
}

/** What AWS Sign-In denies with the same exception as a policy's refusal. Source: OAuth2ErrorCode in the Sign-In API reference. */
const notOfPolicy = /\b(TOKEN_EXPIRED|AUTHCODE_EXPIRED|USER_CREDENTIALS_CHANGED)\b/;

/** Undefined: it did not fail. Source: "Troubleshooting console access control" in the AWS Sign-In user guide, "Access denied error messages" in IAM's. */
export function whyFailed({ outcome, errorCode, errorMessage }: Failed): WhyFailed | undefined {
  if (outcome !== 'failure') return undefined;
  const said = `${errorCode ?? ''} ${errorMessage ?? ''}`;
  if (notOfPolicy.test(said)) return 'other';
  if (/denied|not authorized|unauthorized|explicit deny|control policy|resource-based policy/i.test(said)) return 'policy';
  if (/no username found/i.test(said)) return 'unknown-name';
  if (/failed authentication/i.test(said)) return 'credentials';
  return said.trim() === '' ? 'not-told' : 'other';
}

const ofIam =
  /^User: \S{1,2048} is not authorized to perform: \S{1,128} on resource: (?:(?:user|role) |arn:[\w-]+:iam::\d{12}:(?:user|role)\/(?:[!-~]{1,510}\/)?)([\w+=,.@-]{1,64})(?=\s|$)/;

/** The user or role that a call to IAM was refused for, as AWS's own sentence names it. Source: "Access denied error messages" in the IAM user guide. */
export function refusedFor(message: string | undefined): string | undefined {
  return message === undefined ? undefined : ofIam.exec(message)?.[1];
}

const policies = ['resource-based', 'resource control', 'service control', 'identity-based', 'session', 'VPC endpoint'];
const longestTold = 120;

/** For people; empty where the failure itself says it all. */
export function reasonWords(failed: Failed): string {
  switch (whyFailed(failed)) {
    case 'policy':
      return refusedBy(failed.errorMessage ?? '');
    case 'unknown-name':
      return 'no such user name';
    case 'other':
      return `“${(failed.errorMessage ?? failed.errorCode ?? '').slice(0, longestTold).toWellFormed()}”`;
    default:
      return '';
  }
}

function refusedBy(message: string): string {
  const kind = policies.find((one) => message.toLowerCase().includes(`${one.toLowerCase()} policy`));
  if (kind !== undefined) return `refused by ${kind.startsWith('identity') ? 'an' : 'a'} ${kind} policy`;
  return /permissions boundary/i.test(message) ? 'refused by a permissions boundary' : 'refused by policy';
}
