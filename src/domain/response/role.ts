/** What IAM says of a role, and which are never changed from Slack. Times are milliseconds. Source: IAM user guide, "IAM roles". */

export interface RoleFacts {
  readonly account: string;
  /** As IAM spells it. */
  readonly name: string;
  readonly path: string;
  readonly id: string;
  readonly createdAt: number;
  /** Whether it carries the tag of what is protected. */
  readonly isTagged: boolean;
  /** Undefined: not in the time that IAM tells of (400 days). */
  readonly lastUsedAt: number | undefined;
}

/** Names of the responder's own roles begin so, and the respond policy denies them whatever else is allowed. */
const ownRoles = 'signin-responder';

/** Why a role may not be put under quarantine, as a sentence; undefined: it may. @param ownPrincipal ARN that the responder runs as */
export function untouchableRole({ name, path, isTagged, account }: RoleFacts, ownPrincipal: string | undefined): string | undefined {
  if (path.startsWith('/aws-service-role/'))
    return `${name} is linked to an AWS service: AWS lets nobody change its policies. Stop it in that service.`;
  if (path.startsWith('/aws-reserved/'))
    return `${name} was made by Identity Center: AWS lets nobody change its policies here. Take access away from the user in Identity Center, and deny running sessions by identitystore:UserId.`;
  if (name.toLowerCase().startsWith(ownRoles)) return `${name} is one of the responder’s own roles.`;
  const [, ownAccount, ownName] = /^arn:[^:]+:sts::(\d{12}):assumed-role\/([^/]+)\//.exec(ownPrincipal ?? '') ?? [];
  if (ownAccount === account && ownName?.toLowerCase() === name.toLowerCase()) return `The responder itself runs as ${name}.`;
  return isTagged ? `${name} is protected by its tag signin-responder=protected.` : undefined;
}
