/** Faults of the environment: roles that go together, and what has to be said for them to be assumed. */

interface Assuming {
  readonly AWS_ACCOUNTS: readonly string[];
  readonly AWS_MEMBER_ROLE?: string | undefined;
  readonly AWS_RESPOND_ROLE?: string | undefined;
  readonly AWS_SESSIONS_ROLE?: string | undefined;
}

/** An account in an event is only what somebody wrote: without a list, whoever writes one would choose where a role is assumed. */
export function roleFaults({ AWS_ACCOUNTS, AWS_MEMBER_ROLE, AWS_RESPOND_ROLE, AWS_SESSIONS_ROLE }: Assuming): [variable: string, fault: string][] {
  if (AWS_RESPOND_ROLE !== undefined && AWS_MEMBER_ROLE === undefined)
    return [['AWS_RESPOND_ROLE', 'is for changes only: set AWS_MEMBER_ROLE too, which reads']];
  if (AWS_SESSIONS_ROLE !== undefined && AWS_MEMBER_ROLE === undefined)
    return [['AWS_SESSIONS_ROLE', 'only denies sessions: set AWS_MEMBER_ROLE and AWS_RESPOND_ROLE too']];
  if (AWS_SESSIONS_ROLE !== undefined && [AWS_MEMBER_ROLE, AWS_RESPOND_ROLE].includes(AWS_SESSIONS_ROLE))
    return [['AWS_SESSIONS_ROLE', 'must be a role of its own: whoever may write policies is administrator, and no other role of the responder may']];
  if (AWS_MEMBER_ROLE === undefined || AWS_ACCOUNTS.length > 0) return [];
  return [['AWS_ACCOUNTS', 'is missing: AWS_MEMBER_ROLE is assumed in the accounts that are named here and in no others, as in prod=123456789012']];
}
