/**
 * One CloudTrail record of a sign-in, or of a change to what sign-ins rest on, normalised.
 * Source: "AWS Management Console sign-in events" and "CloudTrail userIdentity element" in the CloudTrail user guide.
 */

import { type DetectionId, detectionsIn } from '../detection/detections.ts';
import { asList, asObject, asText, type Json } from '../json.ts';
import { isAccount, isRegion } from '../place.ts';

/** What is said to be further ahead than any two clocks differ is not believed. */
const aheadMs = 48 * 3_600_000;

export type PrincipalKind = 'iam-user' | 'root' | 'role-session' | 'federated-user' | 'identity-center-user' | 'unknown';

interface Principal {
  readonly kind: PrincipalKind;
  /** The name people know; undefined where AWS does not tell it. */
  readonly name: string | undefined;
  readonly arn: string | undefined;
  readonly account: string;
  /** An Identity Center user's id and the store that knows its name. Since 2025 CloudTrail tells the id only. */
  readonly directory: { readonly userId: string; readonly storeArn: string | undefined; readonly region: string | undefined } | undefined;
}

/** `not-visible`: AWS does not record what the identity provider asked for, so nothing may be concluded. */
export type MfaSeen = 'yes' | 'no' | 'not-visible' | 'unknown';

export interface SignIn {
  readonly kind: 'sign-in';
  readonly eventId: string;
  readonly eventName: string;
  readonly account: string;
  readonly region: string;
  /** Milliseconds since the epoch, from CloudTrail's eventTime. */
  readonly at: number;
  readonly principal: Principal;
  readonly outcome: 'success' | 'failure' | 'unknown';
  readonly mfa: MfaSeen;
  readonly address: string | undefined;
  readonly userAgent: string | undefined;
  readonly errorMessage: string | undefined;
  /** What it matches in the catalogue, the one it belongs to first; none: nothing worth an incident by itself. */
  readonly detections: readonly DetectionId[];
  /** What was changed, for a record that is no sign-in: a user, an alarm, a rule. */
  readonly target: string | undefined;
  /** Joins the steps of one Identity Center sign-in. */
  readonly workflow: string | undefined;
  /** Who the session says it acts for (STS SourceIdentity). */
  readonly sourceIdentity: string | undefined;
}

/** Whatever somebody wrote instead of a text reads as empty; String() would run what he wrote. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

const signInSources = new Set(['signin.amazonaws.com', 'sso.amazonaws.com']);
const hiddenName = 'HIDDEN_DUE_TO_SECURITY_REASONS';

/** Whether a JSON value is a CloudTrail record that the responder reads: of a sign-in service, or of a change that the catalogue knows. */
export function isSignInRecord(value: unknown): value is Json {
  const record = asObject(value);
  if (typeof record.eventName !== 'string' || record.userIdentity === undefined) return false;
  return signInSources.has(textOf(record.eventSource)) || detectionsIn(record).length > 0;
}

/**
 * Normalises a CloudTrail record.
 * @param record a record for which `isSignInRecord` holds
 * @param fallback what the envelope around the record knows: account, region and time in milliseconds
 */
export function signInFromRecord(record: Json, fallback: { account: string; region: string; at: number; id: string }): SignIn {
  const identity = asObject(record.userIdentity);
  const principal = principalOf(identity, record, fallback.account);
  const eventTime = Date.parse(textOf(record.eventTime));
  return {
    kind: 'sign-in',
    eventId: asText(record.eventID)?.slice(0, 200).toWellFormed() ?? fallback.id,
    eventName: asText(record.eventName)?.slice(0, 200).toWellFormed() ?? 'unknown',
    account: isAccount(record.recipientAccountId) ? record.recipientAccountId : principal.account,
    region: isRegion(record.awsRegion) ? record.awsRegion : fallback.region,
    // What is said to be in the future is not: its order among the others would be the writer's choice.
    at: Number.isNaN(eventTime) || eventTime > fallback.at + aheadMs ? fallback.at : eventTime,
    principal,
    outcome: outcomeOf(record),
    mfa: mfaOf(record, principal.kind),
    address: asText(record.sourceIPAddress),
    userAgent: asText(record.userAgent),
    errorMessage: asText(record.errorMessage),
    detections: detectionsIn(record),
    target: targetOf(asObject(record.requestParameters)),
    workflow: asText(asObject(record.additionalEventData).AuthWorkflowID)?.slice(0, 100),
    sourceIdentity: asText(asObject(identity.sessionContext).sourceIdentity),
  };
}

const targetKeys = [
  'userName',
  'serialNumber',
  'alarmName',
  'filterName',
  'name',
  'rule',
  'subscriptionArn',
  'topicArn',
  'trailName',
  'logGroupName',
];

function targetOf(parameters: Json): string | undefined {
  const named = targetKeys.map((key) => asText(parameters[key])).find((text) => text !== undefined);
  return (named ?? (asList(parameters.alarmNames).map(asText).join(', ') || undefined))?.slice(0, 300);
}

function principalOf(identity: Json, record: Json, account: string): Principal {
  const arn = asText(identity.arn);
  const named = asText(identity.userName) === hiddenName ? undefined : asText(identity.userName);
  const base = { arn, account: isAccount(identity.accountId) ? identity.accountId : account, directory: undefined };
  const isDirectoryUser = identity.type === 'IdentityCenterUser' || identity.onBehalfOf !== undefined || isIdentityCenterStep(record);
  if (isDirectoryUser) return { ...base, ...identityCenterUser(identity, record, named) };
  switch (textOf(identity.type)) {
    case 'IAMUser':
      return { ...base, kind: 'iam-user', name: named ?? lastPart(arn) };
    case 'Root':
      return { ...base, kind: 'root', name: 'root' };
    case 'AssumedRole':
      // The session name is the user's own choice; the role is not.
      return /:assumed-role\/AWSReservedSSO_/.test(arn ?? '')
        ? { ...base, kind: 'identity-center-user', name: lastPart(arn) }
        : { ...base, kind: 'role-session', name: arn?.split(':assumed-role/').at(-1) };
    case 'FederatedUser':
    case 'SAMLUser':
    case 'WebIdentityUser':
      return { ...base, kind: 'federated-user', name: lastPart(arn) ?? named };
    default:
      return { ...base, kind: 'unknown', name: named };
  }
}

/** `arn:aws:iam::123456789012:user/team/alice` → `alice`. */
function lastPart(arn: string | undefined): string | undefined {
  return arn?.split('/').at(-1);
}

function isIdentityCenterStep(record: Json): boolean {
  return record.eventSource === 'sso.amazonaws.com' || asObject(record.additionalEventData).AuthWorkflowID !== undefined;
}

function identityCenterUser(identity: Json, record: Json, named: string | undefined): Pick<Principal, 'kind' | 'name' | 'directory'> {
  const { userId, identityStoreArn } = asObject(identity.onBehalfOf);
  const id = asText(userId);
  return {
    kind: 'identity-center-user',
    name: named ?? asText(asObject(record.additionalEventData).UserName),
    directory:
      id === undefined
        ? undefined
        : { userId: id, storeArn: asText(identityStoreArn), region: isRegion(record.awsRegion) ? record.awsRegion : undefined },
  };
}

function outcomeOf(record: Json): SignIn['outcome'] {
  const service = asObject(record.serviceEventDetails);
  const response = asObject(record.responseElements);
  const words = [
    ...Object.values(response).filter((value) => typeof value === 'string'),
    service.CredentialVerification,
    service.CredentialChallenge,
    service.UserAuthentication,
  ];
  if (words.some((word) => /^failure$/i.test(textOf(word)))) return 'failure';
  if (words.some((word) => /^success$/i.test(textOf(word)))) return 'success';
  if (record.errorMessage || record.errorCode) return 'failure';
  return signInSources.has(textOf(record.eventSource)) ? 'unknown' : 'success';
}

function mfaOf(record: Json, kind: PrincipalKind): MfaSeen {
  if (kind === 'role-session' || kind === 'federated-user') return 'not-visible';
  const extra = asObject(record.additionalEventData);
  if (kind === 'identity-center-user') return /^(TOTP|WEBAUTHN)$/.test(textOf(extra.CredentialType)) ? 'yes' : 'not-visible';
  if (/^yes$/i.test(textOf(extra.MFAUsed))) return 'yes';
  return /^no$/i.test(textOf(extra.MFAUsed)) ? 'no' : 'unknown';
}
