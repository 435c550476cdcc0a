/**
 * Inline policies that deny sessions of a user or a role, and nothing else: older ones, or one. They are written by a role of their own, which is
 * off by default, for IAM bounds neither what such a policy says nor how it is named.
 * Sources: IAM user guide, "Revoke IAM role temporary security credentials" and "AWS global condition context keys" (aws:TokenIssueTime is not
 * there in calls with an access key; aws:userid of a role's session is ROLE-ID:SESSION-NAME).
 */

/** The role that the template makes for it, and the names of what it writes: a detection knows everything else. */
export const sessionDenies = { role: 'signin-responder-sessions', any: 'signin-responder-*' } as const;

export interface SessionDeny {
  readonly policyName: string;
  readonly document: string;
}

/** @param before milliseconds: sessions that began earlier are denied */
export function denyOlder(before: number): SessionDeny {
  const since = new Date(before).toISOString();
  return { policyName: 'signin-responder-older-sessions', document: denyWhere({ DateLessThan: { 'aws:TokenIssueTime': since } }) };
}

/** @param roleId of the role, as IAM gives it; another role of the same name has another */
export function denyOne(roleId: string, session: string): SessionDeny {
  // A session's name has the letters that a policy's may have.
  const policyName = `signin-responder-session-${session.replace(/[^\w+=,.@-]/g, '_')}`.slice(0, 128);
  return { policyName, document: denyWhere({ StringEquals: { 'aws:userid': `${roleId}:${session}` } }) };
}

function denyWhere(Condition: object): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Deny', Action: '*', Resource: '*', Condition }] });
}

/** Whether a policy that was read is the one that was written: IAM gives it back as it got it, but for blanks. */
export function isSameDocument(one: string, other: string): boolean {
  return bare(one) === bare(other);
}

function bare(document: string): string {
  try {
    return JSON.stringify(JSON.parse(document));
  } catch {
    return document;
  }
}
