/**
 * One CloudTrail record of a sign-in, or of a change to what sign-ins rest on, normalised.
 * Source: "AWS Management Console sign-in events" and "CloudTrail userIdentity element" in the CloudTrail user guide.
 */

import { type DetectionId, detectionsIn, isSentBesides } from '../detection/detections.ts';
import { asList, asObject, asText, type Json } from '../json.ts';
import { isAccount, isRegion } from '../place.ts';
import { type Act, actOf } from './act.ts';
import { refusedFor, whyFailed } from './failure.ts';
import { addressThrough } from './network.ts';
import { errorOf, type Outcome, outcomeOf } from './outcome.ts';
import { isHiddenText, type Principal, type PrincipalKind, principalOf, signInSources, textOf } from './principal.ts';

/** What is said to be further ahead than any two clocks differ is not believed. */
const aheadMs = 48 * 3_600_000;

/** IAM allows less; of what is longer the rest says nothing. */
const longestName = 128;

/** `not-visible`: AWS does not record what the identity provider asked for, so nothing may be concluded. */
export type MfaSeen = 'yes' | 'no' | 'not-visible' | 'unknown';

export interface SignIn {
  readonly kind: 'sign-in';
  readonly eventId: string;
  /** The id in its record, where another event came under it with another content before. */
  readonly sharesId?: string;
  readonly eventName: string;
  /** Not in what older versions stored: `actIn` tells it then. */
  readonly act?: Act;
  readonly account: string;
  readonly region: string;
  /** Milliseconds since the epoch, from CloudTrail's eventTime. */
  readonly at: number;
  readonly principal: Principal;
  readonly outcome: Outcome;
  readonly mfa: MfaSeen;
  readonly address: string | undefined;
  readonly userAgent: string | undefined;
  /** AWS's own words for what went wrong. */
  readonly errorCode?: string | undefined;
  readonly errorMessage: string | undefined;
  /** What it matches in the catalogue, the one it belongs to first; none: nothing worth an incident by itself. */
  readonly detections: readonly DetectionId[];
  /** What was changed, for a record that is no sign-in: a user, an alarm, a rule. */
  readonly target: string | undefined;
  /** Set: whom it is about is not in the record, or AWS hides it. Without it a call that names nobody is about its caller. */
  readonly targetIs?: 'not-told';
  /** Joins the steps of one Identity Center sign-in. */
  readonly workflow: string | undefined;
  /** The sign-in session that it began or belongs to, where CloudTrail tells: it joins a sign-in to what was called in it. */
  readonly session?: string | undefined;
  /** Who the session says it acts for (STS SourceIdentity). */
  readonly sourceIdentity: string | undefined;
  /** Whose credentials a session of GetFederationToken was made with: `IAM user broker`, `root`. */
  readonly issuedBy?: string;
}

/** Whether a JSON value is a CloudTrail record that the responder reads: of a sign-in service, or of a change that the catalogue knows or its rules send. */
export function isSignInRecord(value: unknown): value is Json {
  const record = asObject(value);
  if (typeof record.eventName !== 'string' || record.userIdentity === undefined) return false;
  return signInSources.has(textOf(record.eventSource)) || detectionsIn(record).length > 0 || isSentBesides(record);
}

/**
 * Normalises a CloudTrail record.
 * @param record a record for which `isSignInRecord` holds
 * @param fallback what the envelope around the record knows: account, region and time in milliseconds
 */
export function signInFromRecord(record: Json, fallback: { account: string; region: string; at: number; id: string }): SignIn {
  const identity = asObject(record.userIdentity);
  const principal = principalOf(record, fallback.account);
  const error = errorOf(record);
  const outcome = outcomeOf(record);
  const why = whyFailed({ outcome, errorCode: error.code, errorMessage: error.message });
  const eventTime = Date.parse(textOf(record.eventTime));
  return {
    kind: 'sign-in',
    eventId: asText(record.eventID)?.slice(0, 200).toWellFormed() ?? fallback.id,
    eventName: asText(record.eventName)?.slice(0, 200).toWellFormed() ?? 'unknown',
    act: actOf(record),
    account: isAccount(record.recipientAccountId) ? record.recipientAccountId : principal.account,
    region: isRegion(record.awsRegion) ? record.awsRegion : fallback.region,
    // What is said to be in the future is not: its order among the others would be the writer's choice.
    at: Number.isNaN(eventTime) || eventTime > fallback.at + aheadMs ? fallback.at : eventTime,
    principal,
    outcome,
    // A policy may refuse before any step or after all: what MFAUsed says of that is not documented.
    mfa: why === 'policy' ? 'unknown' : mfaOf(record, principal.kind),
    address: addressThrough(asText(record.sourceIPAddress), endpointOf(record)),
    userAgent: asText(record.userAgent),
    errorCode: error.code,
    errorMessage: error.message,
    detections: detectionsIn(record),
    ...targetIn(asObject(record.requestParameters), {
      isRefused: why === 'policy' && !signInSources.has(textOf(record.eventSource)),
      message: error.message,
    }),
    workflow: asText(asObject(record.additionalEventData).AuthWorkflowID)?.slice(0, 100),
    session: sessionOf(record),
    sourceIdentity: asText(asObject(identity.sessionContext).sourceIdentity),
    ...issuedBy(identity),
  };
}

function endpointOf({ vpcEndpointId, additionalEventData }: Json): string | undefined {
  return asText(vpcEndpointId) ?? asText(asObject(additionalEventData)['x-amzn-vpce-id']);
}

function issuedBy({ type, sessionContext }: Json): Pick<SignIn, 'issuedBy'> {
  if (type !== 'FederatedUser') return {};
  const { type: issuer, userName, arn } = asObject(asObject(sessionContext).sessionIssuer);
  const name = asText(userName) ?? asText(arn)?.split('/').at(-1);
  if (issuer === 'Root') return { issuedBy: 'root' };
  return issuer === 'IAMUser' && name !== undefined ? { issuedBy: `IAM user ${name.slice(0, longestName).toWellFormed()}` } : {};
}

/** The ARN of the sign-in session that a record belongs to. */
export function sessionOf(record: Json): string | undefined {
  const identity = asObject(record.userIdentity);
  const places = [asObject(record.additionalEventData), asObject(identity.sessionContext), identity];
  return places
    .map(({ signInSessionArn }) => asText(signInSessionArn))
    .find((arn) => arn !== undefined)
    ?.slice(0, 300);
}

const targetKeys = [
  'userName',
  'roleName',
  'serialNumber',
  'alarmName',
  'filterName',
  'name',
  'rule',
  'subscriptionArn',
  'topicArn',
  'trailName',
  'logGroupName',
  'policyArn',
];

/** Of a call that AWS refused CloudTrail leaves the parameters out. */
function targetIn(parameters: Json, refusal: { isRefused: boolean; message: string | undefined }): Pick<SignIn, 'target' | 'targetIs'> {
  const named = targetKeys.map((key) => asText(parameters[key])).find((text) => text !== undefined);
  const isLeftOut = refusal.isRefused && Object.keys(parameters).length === 0;
  const target = named ?? (isLeftOut ? refusedFor(refusal.message) : asList(parameters.alarmNames).map(asText).join(', ') || undefined);
  if (isHiddenText(target) || (isLeftOut && target === undefined)) return { target: undefined, targetIs: 'not-told' };
  return { target: target?.slice(0, 300) };
}

function mfaOf(record: Json, kind: PrincipalKind): MfaSeen {
  if (kind === 'role-session' || kind === 'federated-user') return 'not-visible';
  const extra = asObject(record.additionalEventData);
  if (kind === 'identity-center-user') return /^(TOTP|WEBAUTHN)$/.test(textOf(extra.CredentialType)) ? 'yes' : 'not-visible';
  const used = textOf(extra.MFAUsed);
  if (/^yes$/i.test(used)) return 'yes';
  // A session of `aws login` says yes where MFA was used; what its no means for a sign-in just made is not documented.
  const { mfaAuthenticated } = asObject(asObject(asObject(record.userIdentity).sessionContext).attributes);
  const isOfMfa = mfaAuthenticated === 'true' && record.eventSource === 'signin.amazonaws.com';
  // Where the record says both, neither is told.
  if (/^no$/i.test(used)) return isOfMfa ? 'unknown' : 'no';
  return isOfMfa ? 'yes' : 'unknown';
}
