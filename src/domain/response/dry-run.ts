/**
 * What a response would be answered by AWS, without making its calls: the acting role is assumed in the person's name, which proves its trust, and
 * IAM's policy simulator is asked of each call. What it does not look at is said, never guessed. Source: IAM user guide, "IAM policy testing
 * with the IAM policy simulator" (identity policies, boundaries and service control policies; not session policies, trust, resource policies).
 */
import type { Actor } from './actor.ts';
import type { Call } from './plan.ts';

/** `cannot-tell`: it depends on what was not read, or the simulator was not answered. */
export type Simulated =
  | { readonly is: 'may' }
  | { readonly is: 'may-not'; readonly why: string }
  | { readonly is: 'cannot-tell'; readonly why: string };

/** As the simulator answers of one call. */
export interface Decision {
  readonly decision: 'allowed' | 'explicitDeny' | 'implicitDeny';
  /** Condition keys that the policies ask for and that were not given. */
  readonly missing: readonly string[];
  /** False: a service control policy of the organisation keeps it from being allowed. */
  readonly byOrganization: boolean | undefined;
  /** False: the role's permissions boundary does. */
  readonly byBoundary: boolean | undefined;
}

/** An explicit deny holds whatever else is not known; everything else may be otherwise with what is missing. */
export function simulatedFrom({ decision, missing, byOrganization, byBoundary }: Decision): Simulated {
  if (byOrganization === false) return { is: 'may-not', why: 'a service control policy of the organisation does not allow it' };
  if (byBoundary === false) return { is: 'may-not', why: 'the permissions boundary of the role does not allow it' };
  if (decision === 'explicitDeny') return { is: 'may-not', why: 'a statement of the role’s policies denies it' };
  if (missing.length > 0) return { is: 'cannot-tell', why: `it depends on ${missing.join(', ')}, which the bot does not know before the call` };
  return decision === 'allowed' ? { is: 'may' } : { is: 'may-not', why: 'no policy of the role allows it' };
}

/** Tags of what a call is about, as they were read: condition keys with their values. A tag that is known not to be there is empty. */
export function withTags(call: Call, tags: Readonly<Record<string, string>> = {}): Call {
  const read = Object.entries(tags).map(([key, value]) => [`aws:ResourceTag/${key}`, value]);
  return { ...call, context: { ...Object.fromEntries(read), ...call.context } };
}

/** What is never looked at: said under every answer. */
export const notLookedAt =
  'Not looked at: policies of the resources themselves, the session’s own limits, and what AWS decides at the call (the state of the user, quotas).';

/** What AWS would answer; nothing is changed. Never throws: what is not answered cannot be told. */
export interface DryRun {
  /** Assumes each role that would make the actor's calls, in the person's name, so that its trust is seen. */
  assume(actor: Actor): Promise<readonly AssumedRole[]>;
  /** Of each call, in order. */
  simulate(actor: Actor, calls: readonly Call[]): Promise<readonly Simulated[]>;
}

export interface AssumedRole {
  readonly account: string;
  /** By its name; undefined: the responder's own credentials act. */
  readonly role: string | undefined;
  /** Why it was not given. */
  readonly fault: string | undefined;
}
