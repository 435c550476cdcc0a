/**
 * One CloudTrail sign-in record, normalised.
 * Source: "AWS Management Console sign-in events" and "CloudTrail userIdentity element" in the CloudTrail user guide.
 */

import { asObject, asText, type Json } from './json.ts';

export type PrincipalKind = 'iam-user' | 'root' | 'role-session' | 'federated-user' | 'identity-center-user' | 'unknown';

interface Principal {
  readonly kind: PrincipalKind;
  /** The name people know; undefined where AWS does not tell it. */
  readonly name: string | undefined;
  readonly arn: string | undefined;
  readonly account: string;
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
}

const signInSources = new Set(['signin.amazonaws.com', 'sso.amazonaws.com']);
const hiddenName = 'HIDDEN_DUE_TO_SECURITY_REASONS';

/** Whether a JSON value looks like a CloudTrail record of a sign-in service. */
export function isSignInRecord(value: unknown): value is Json {
  const record = asObject(value);
  return typeof record.eventName === 'string' && signInSources.has(String(record.eventSource)) && record.userIdentity !== undefined;
}

/**
 * Normalises a CloudTrail record.
 * @param record a record for which `isSignInRecord` holds
 * @param fallback what the envelope around the record knows: account, region and time in milliseconds
 */
export function signInFromRecord(record: Json, fallback: { account: string; region: string; at: number; id: string }): SignIn {
  const identity = asObject(record.userIdentity);
  const principal = principalOf(identity, record, fallback.account);
  const eventTime = Date.parse(String(record.eventTime));
  return {
    kind: 'sign-in',
    eventId: asText(record.eventID)?.slice(0, 200) ?? fallback.id,
    eventName: asText(record.eventName)?.slice(0, 200) ?? 'unknown',
    account: asText(record.recipientAccountId) ?? principal.account,
    region: asText(record.awsRegion) ?? fallback.region,
    at: Number.isNaN(eventTime) ? fallback.at : eventTime,
    principal,
    outcome: outcomeOf(record),
    mfa: mfaOf(record, principal.kind),
    address: asText(record.sourceIPAddress),
    userAgent: asText(record.userAgent),
    errorMessage: asText(record.errorMessage),
  };
}

function principalOf(identity: Json, record: Json, account: string): Principal {
  const arn = asText(identity.arn);
  const named = asText(identity.userName);
  const base = { arn, account: asText(identity.accountId) ?? account };
  switch (String(identity.type)) {
    case 'IAMUser':
      return { ...base, kind: 'iam-user', name: named === hiddenName ? undefined : (named ?? arn?.split('/').at(-1)) };
    case 'Root':
      return { ...base, kind: 'root', name: 'root' };
    case 'AssumedRole': {
      const session = arn?.split('/').at(-1);
      const isIdentityCenter = arn?.includes('/AWSReservedSSO_') ?? false;
      return { ...base, kind: isIdentityCenter ? 'identity-center-user' : 'role-session', name: session };
    }
    case 'FederatedUser':
      return { ...base, kind: 'federated-user', name: arn?.split('/').at(-1) ?? named };
    case 'IdentityCenterUser':
    case 'Unknown': {
      const userId = asText(asObject(identity.onBehalfOf).userId);
      return { ...base, kind: 'identity-center-user', name: named ?? asText(asObject(record.additionalEventData).UserName) ?? userId };
    }
    default:
      return { ...base, kind: 'unknown', name: named === hiddenName ? undefined : named };
  }
}

function outcomeOf(record: Json): SignIn['outcome'] {
  const service = asObject(record.serviceEventDetails);
  const response = asObject(record.responseElements);
  const words = [...Object.values(response), service.CredentialVerification, service.CredentialChallenge, service.UserAuthentication];
  if (words.some((word) => /^failure$/i.test(String(word)))) return 'failure';
  if (words.some((word) => /^success$/i.test(String(word)))) return 'success';
  return record.errorMessage || record.errorCode ? 'failure' : 'unknown';
}

function mfaOf(record: Json, kind: PrincipalKind): MfaSeen {
  if (kind === 'role-session' || kind === 'federated-user') return 'not-visible';
  const extra = asObject(record.additionalEventData);
  if (kind === 'identity-center-user') return /^(TOTP|WEBAUTHN)$/.test(String(extra.CredentialType)) ? 'yes' : 'not-visible';
  if (/^yes$/i.test(String(extra.MFAUsed))) return 'yes';
  return /^no$/i.test(String(extra.MFAUsed)) ? 'no' : 'unknown';
}
