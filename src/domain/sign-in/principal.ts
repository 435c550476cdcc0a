/**
 * Who a CloudTrail record says that it was: of any record, not only of sign-ins.
 * Source: "CloudTrail userIdentity element" in the CloudTrail user guide.
 */
import { asObject, asText, type Json } from '../json.ts';
import { isAccount, isRegion } from '../place.ts';

/** `service`: AWS itself, nobody behind it is told. `account`: another account, whose people CloudTrail does not name here. */
export type PrincipalKind = 'iam-user' | 'root' | 'role-session' | 'federated-user' | 'identity-center-user' | 'service' | 'account' | 'unknown';

/**
 * `hidden`: AWS wrote a placeholder, for what was typed may be a password. `not-in-record`: CloudTrail leaves the name out, as it does for
 * Identity Center since 2025.
 */
export type NameIs = 'told' | 'hidden' | 'not-in-record';

export interface Principal {
  readonly kind: PrincipalKind;
  /** The name people know; undefined where AWS does not tell it, and then `nameIs` says why. */
  readonly name: string | undefined;
  readonly nameIs: NameIs;
  readonly arn: string | undefined;
  readonly account: string;
  /** An Identity Center user's id and the store that knows its name. Since 2025 CloudTrail tells the id only. */
  readonly directory: { readonly userId: string; readonly storeArn: string | undefined; readonly region: string | undefined } | undefined;
}

const placeholder = 'HIDDEN_DUE_TO_SECURITY_REASONS';
/** The services whose own events are about people that sign in. */
export const signInSources: ReadonlySet<string> = new Set(['signin.amazonaws.com', 'sso.amazonaws.com']);

/** Whether AWS wrote its placeholder where a name would stand. */
export function isHiddenText(text: string | undefined): boolean {
  return text?.includes(placeholder) ?? false;
}

/** @param fallbackAccount the account where the record tells none */
export function principalOf(record: Json, fallbackAccount: string): Principal {
  const identity = asObject(record.userIdentity);
  const account = isAccount(identity.accountId) ? identity.accountId : fallbackAccount;
  const { name, ...rest } = identified(identity, record, account);
  const isHidden = isHiddenText(name) || (name === undefined && namesIn(identity, record).some(isHiddenText));
  const told = isHiddenText(name) ? undefined : name;
  return {
    arn: asText(identity.arn),
    account,
    directory: directoryOf(identity, record),
    ...rest,
    name: told,
    nameIs: told !== undefined ? 'told' : isHidden ? 'hidden' : 'not-in-record',
  };
}

/** Wherever AWS may write a name, or its placeholder for one. */
function namesIn(identity: Json, record: Json): (string | undefined)[] {
  return [
    identity.userName,
    identity.principalId,
    identity.arn,
    asObject(record.additionalEventData).UserName,
    asObject(identity.onBehalfOf).userId,
  ].map(asText);
}

type Identified = Pick<Principal, 'kind' | 'name'>;

function identified(identity: Json, record: Json, account: string): Identified {
  const arn = asText(identity.arn);
  const userName = asText(identity.userName);
  if (isService(identity, record)) return { kind: 'service', name: serviceOf(identity, record) };
  if (isDirectoryUser(identity, record))
    return { kind: 'identity-center-user', name: userName ?? asText(asObject(record.additionalEventData).UserName) ?? permissionSetUser(arn) };
  switch (textOf(identity.type)) {
    case 'IAMUser':
      return { kind: 'iam-user', name: userName ?? lastPart(arn) };
    case 'Root':
      return { kind: 'root', name: isAssumedRoot(identity) ? assumedRoot : 'root' };
    case 'AssumedRole':
    case 'Role':
      return { kind: 'role-session', name: arn?.split(/:assumed-role\/|:role\//).at(-1) };
    case 'FederatedUser':
    case 'SAMLUser':
    case 'WebIdentityUser':
      return { kind: 'federated-user', name: lastPart(arn) ?? userName };
    case 'AWSAccount':
      return isAccount(identity.accountId) ? { kind: 'account', name: account } : { kind: 'unknown', name: undefined };
    default:
      return { kind: 'unknown', name: userName };
  }
}

/** A session of AssumeRoot: the management account acts on a member's root, and nobody signed in. */
export const assumedRoot = 'root (AssumeRoot, no sign-in)';

function isAssumedRoot(identity: Json): boolean {
  return asObject(identity.sessionContext).assumedRoot === 'true' || asObject(identity.sessionContext).assumedRoot === true;
}

/** Types of identity that are nobody: AWS says no more than that a service, or it itself, did it. */
const nobody: ReadonlySet<string> = new Set(['', 'Unknown']);

/**
 * A service: by its type, by a role that only the service may assume, or by acting itself. The events of the sign-in services are AWS's own as
 * well, and are about people.
 */
function isService(identity: Json, record: Json): boolean {
  const type = textOf(identity.type);
  if (type === 'AWSService') return true;
  const issuer = textOf(asObject(asObject(identity.sessionContext).sessionIssuer).arn);
  if (issuer.includes(':role/aws-service-role/')) return true;
  const isNobody = nobody.has(type) && identity.userName === undefined && identity.onBehalfOf === undefined;
  if (!isNobody || signInSources.has(textOf(record.eventSource))) return false;
  return identity.invokedBy !== undefined || isServiceEvent(record);
}

/** AWS spells it in two ways. */
function isServiceEvent({ eventType }: Json): boolean {
  return /^AwsServiceEvent$/i.test(textOf(eventType));
}

/** `AWS Internal` names no service: the one whose event it is does. */
function serviceOf(identity: Json, record: Json): string | undefined {
  const { arn } = asObject(asObject(identity.sessionContext).sessionIssuer);
  return [identity.invokedBy, record.sourceIPAddress, lastPart(asText(arn)), record.eventSource].map(asText).find(isServiceName);
}

/** `ec2.amazonaws.com`, `AWSServiceRoleForAutoScaling`. */
export function isServiceName(text: string | undefined): boolean {
  return text !== undefined && /^([a-z0-9.-]+\.amazonaws\.com(\.cn)?|AWSServiceRole\w+)$/.test(text);
}

function isDirectoryUser(identity: Json, record: Json): boolean {
  const isStep = isServiceEvent(record) && record.eventSource === 'sso.amazonaws.com';
  const isWorkflow = asObject(record.additionalEventData).AuthWorkflowID !== undefined;
  const type = textOf(identity.type);
  const isOfPermissionSet = type === 'AssumedRole' && isOfIdentityCenter(identity) && permissionSetUser(asText(identity.arn)) !== undefined;
  return type === 'IdentityCenterUser' || identity.onBehalfOf !== undefined || isOfPermissionSet || (nobody.has(type) && (isStep || isWorkflow));
}

/** A role of such a name may be anybody's, and an assumed role's ARN has no path: that of its issuer has. AWS keeps `/aws-reserved/` to itself. */
function isOfIdentityCenter({ sessionContext }: Json): boolean {
  const issuer = asText(asObject(asObject(sessionContext).sessionIssuer).arn);
  return issuer === undefined || issuer.includes(':role/aws-reserved/sso.amazonaws.com/');
}

/** The session of a permission set's role is named after the user, by AWS. Any other session is named by whoever assumes the role. */
function permissionSetUser(arn: string | undefined): string | undefined {
  return /:assumed-role\/AWSReservedSSO_[^/]+\/(.+)$/.exec(arn ?? '')?.[1];
}

function directoryOf(identity: Json, record: Json): Principal['directory'] {
  const { userId, identityStoreArn } = asObject(identity.onBehalfOf);
  const id = asText(userId);
  if (id === undefined || isHiddenText(id)) return undefined;
  return { userId: id, storeArn: asText(identityStoreArn), region: isRegion(record.awsRegion) ? record.awsRegion : undefined };
}

/** `arn:aws:iam::123456789012:user/team/alice` → `alice`. */
function lastPart(arn: string | undefined): string | undefined {
  return arn?.split('/').at(-1);
}

/** Whatever somebody wrote instead of a text reads as empty; String() would run what he wrote. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Who it was, where the name is not told: for a principal or whoever was made of one, also as older versions stored it. */
export function namelessWords({ nameIs, directory, kind }: Pick<Principal, 'directory' | 'kind'> & { readonly nameIs?: NameIs }): string {
  if (directory) return `Identity Center user ${directory.userId} (name not known)`;
  if (kind === 'service') return 'an AWS service';
  if (nameIs === 'not-in-record')
    return kind === 'identity-center-user' ? 'an Identity Center user (name not in the record)' : 'a user whose name is not in the record';
  return 'a user whose name AWS hides';
}
