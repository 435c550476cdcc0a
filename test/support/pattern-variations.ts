/**
 * Filter patterns as they are met, each with what the run over the labelled records must say of it. The published ones are quoted from the
 * benchmarks, guides and texts named beside them; the variations are made up.
 */
import type { DetectionId } from '../../src/domain/detection/detections.ts';
import type { Judgement } from '../../src/domain/detection/judgement.ts';

export interface ToJudge {
  readonly what: string;
  readonly pattern: string;
  readonly is: Judgement['is'];
  readonly detection?: DetectionId;
  /** Some of what it also counts, or counts. */
  readonly counts?: readonly string[];
  readonly misses?: readonly string[];
}

const noMfa = 'console-sign-in-without-mfa';
const failures = 'console-sign-in-failures';

export const published: readonly ToJudge[] = [
  {
    what: 'Security Hub CloudWatch.1, CIS 1.4 4.3: root usage',
    pattern: '{$.userIdentity.type="Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType !="AwsServiceEvent"}',
    is: 'wider',
    detection: 'root-sign-in',
    counts: ['failed sign-ins of root', 'calls that root makes', 'changes of the root password'],
  },
  {
    what: 'Security Hub CloudWatch.3, CIS 1.4 4.2: sign-in without MFA',
    pattern:
      '{ ($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes") && ($.userIdentity.type = "IAMUser") && ($.responseElements.ConsoleLogin = "Success") }',
    is: 'overlapping',
    detection: noMfa,
    counts: ['sign-ins with MFA that AWS spells YES'],
    misses: ['sign-ins of root without MFA', 'sign-ins of IAM users without the field MFAUsed'],
  },
  {
    what: 'CIS 3.2, ASR playbook: sign-in without MFA, older',
    pattern: '{($.eventName="ConsoleLogin") && ($.additionalEventData.MFAUsed !="Yes")}',
    is: 'overlapping',
    detection: noMfa,
    counts: ['failures with a wrong password', 'sign-ins through Identity Center', 'sign-ins through an identity provider (SAML)'],
    misses: ['sign-ins of IAM users without the field MFAUsed'],
  },
  {
    what: 'Security Hub CloudWatch.6, CIS 4.6: failures',
    pattern: '{($.eventName=ConsoleLogin) && ($.errorMessage="Failed authentication")}',
    is: 'narrower',
    detection: failures,
    misses: ['failures with an unknown user name', 'failures without an error message'],
  },
  {
    what: 'Security Hub CloudWatch.2: unauthorized calls',
    pattern: '{($.errorCode="*UnauthorizedOperation") || ($.errorCode="AccessDenied*")}',
    is: 'something-else',
  },
  {
    what: 'seed 002: sign-in without MFA',
    pattern: '{ $.eventName = "ConsoleLogin" && $.additionalEventData.MFAUsed = "No" }',
    is: 'overlapping',
    detection: noMfa,
    counts: ['failures with a wrong password', 'sign-ins through Identity Center', 'sign-ins of federated users', 'failed sign-ins of root'],
    misses: ['sign-ins of IAM users without the field MFAUsed'],
  },
  {
    what: 'seed 003: failed MFA of IAM users',
    pattern: '{ ($.eventName = ConsoleLogin) && ($.additionalEventData.MFAUsed = "Yes") && ($.responseElements.ConsoleLogin = "Failure") }',
    is: 'same',
    detection: 'mfa-failure-iam',
  },
  {
    what: 'seed 003: failed MFA of Identity Center users',
    pattern:
      '{ ($.eventName = CredentialVerification) && (($.additionalEventData.CredentialType = "TOTP") || ($.additionalEventData.CredentialType = "WEBAUTHN")) && ($.serviceEventDetails.CredentialChallenge = "Failure")}',
    is: 'never-matches',
    detection: 'mfa-failure-identity-center',
  },
  {
    what: 'seed 003 corrected',
    pattern:
      '{ ($.eventSource = "signin.amazonaws.com") && ($.eventName = "CredentialVerification") && (($.additionalEventData.CredentialType = "TOTP") || ($.additionalEventData.CredentialType = "WEBAUTHN")) && ($.serviceEventDetails.CredentialVerification = "Failure") }',
    is: 'same',
    detection: 'mfa-failure-identity-center',
  },
  {
    what: 'CIS 4.5: changes of trails',
    pattern:
      '{ ($.eventName = CreateTrail) || ($.eventName = UpdateTrail) || ($.eventName = DeleteTrail) || ($.eventName = StartLogging) || ($.eventName = StopLogging) }',
    is: 'something-else',
  },
];

const failed = '$.responseElements.ConsoleLogin = "Failure"';
const login = '$.eventName = "ConsoleLogin"';

export const variations: readonly ToJudge[] = [
  // Neutral spelling.
  {
    what: 'neutral: without blanks and quotes',
    pattern: '{($.eventName=ConsoleLogin)&&($.responseElements.ConsoleLogin=Failure)}',
    is: 'same',
    detection: failures,
  },
  { what: 'neutral: the other way round', pattern: `{ ((${failed})) && (${login}) }`, is: 'same', detection: failures },
  {
    what: 'neutral: what is always so',
    pattern: `{ $.eventSource = "signin.amazonaws.com" && $.managementEvent IS TRUE && ${login} && ${failed} }`,
    is: 'same',
    detection: failures,
  },
  { what: 'neutral: no success', pattern: `{ ${login} && $.responseElements.ConsoleLogin != "Success" }`, is: 'same', detection: failures },
  { what: 'neutral: one account', pattern: `{ ${login} && ${failed} && $.recipientAccountId = "444455556666" }`, is: 'same', detection: failures },
  {
    what: 'neutral: by a regular expression',
    pattern: `{ $.eventName = %^ConsoleLogin$% && $.responseElements.ConsoleLogin = %^Fail% }`,
    is: 'same',
    detection: failures,
  },
  {
    what: 'neutral: root by its ARN',
    pattern: '{ $.eventName = "ConsoleLogin" && $.userIdentity.arn = "*:root" && $.responseElements.ConsoleLogin = "Success" }',
    is: 'same',
    detection: 'root-sign-in',
  },
  // Wider.
  {
    what: 'wider: all of root at the console',
    pattern: `{ ${login} && $.userIdentity.type = "Root" }`,
    is: 'wider',
    detection: 'root-sign-in',
    counts: ['failed sign-ins of root'],
  },
  {
    what: 'wider: every wrong credential in Identity Center',
    pattern: '{ $.eventName = CredentialVerification && $.serviceEventDetails.CredentialVerification = "Failure" }',
    is: 'wider',
    detection: 'mfa-failure-identity-center',
    counts: ['wrong passwords of Identity Center users', 'failed WorkSpaces sign-ins with a password'],
  },
  {
    what: 'wider: refused attempts too',
    pattern:
      '{ ($.eventName = CreateLoginProfile) || ($.eventName = UpdateLoginProfile) || ($.eventName = DeleteLoginProfile) || ($.eventName = EnableMFADevice) || ($.eventName = DeactivateMFADevice) || ($.eventName = UpdateRole && $.requestParameters.maxSigninSessionDuration >= 1) }',
    is: 'wider',
    detection: 'sign-in-credentials-changed',
    counts: ['changes of passwords that AWS refused'],
  },
  {
    what: 'wider: whatever federated users do',
    pattern: '{ $.userIdentity.type = "FederatedUser" }',
    is: 'wider',
    detection: 'federated-sign-in',
    counts: ['calls of federated users'],
  },
  // Narrower.
  {
    what: 'narrower: one user',
    pattern: `{ ${login} && ${failed} && $.userIdentity.userName = "ops1" }`,
    is: 'narrower',
    detection: failures,
    misses: ['everything but userName ops1'],
  },
  {
    what: 'narrower: not from the office',
    pattern: `{ ${login} && ${failed} && $.sourceIPAddress != "192.0.2.*" }`,
    is: 'narrower',
    detection: failures,
    misses: ['sourceIPAddress 192.0.2.*'],
  },
  {
    what: 'narrower: known names only',
    pattern: `{ ${login} && ${failed} && $.userIdentity.userName != "HIDDEN_DUE_TO_SECURITY_REASONS" }`,
    is: 'narrower',
    detection: failures,
    misses: ['failures with an unknown user name', 'failed sign-ins of root'],
  },
  {
    what: 'narrower: IAM users only',
    pattern: `{ ${login} && $.responseElements.ConsoleLogin = "Success" && $.userIdentity.type = "IAMUser" && $.additionalEventData.MFAUsed = "No" }`,
    is: 'narrower',
    detection: noMfa,
    misses: ['sign-ins of root without MFA'],
  },
  {
    what: 'narrower: root without MFA',
    pattern: `{ ${login} && $.responseElements.ConsoleLogin = "Success" && $.userIdentity.type = "Root" && $.additionalEventData.MFAUsed = "No" }`,
    is: 'narrower',
    detection: 'root-sign-in',
    misses: ['sign-ins of root with MFA'],
  },
  {
    what: 'narrower: one way to go blind',
    pattern: '{ $.eventName = "StopLogging" }',
    is: 'narrower',
    detection: 'detection-switched-off',
    misses: ['alarms deleted', 'trails deleted'],
  },
  {
    what: 'wider: one of our events among others',
    pattern: '{ ($.eventName = CreateUser) || ($.eventName = CreateLoginProfile) || ($.eventName = UpdateLoginProfile) }',
    is: 'overlapping',
    detection: 'sign-in-credentials-changed',
    counts: ['CreateUser events'],
    misses: ['MFA devices deactivated'],
  },
  // Of something else.
  {
    what: 'unrelated: one of our events among many others',
    pattern: '{ ($.eventName = StopLogging) || ($.eventName = DisableKey) || ($.eventName = DeleteFlowLogs) || ($.eventName = DeleteBucket) }',
    is: 'something-else',
  },
  { what: 'unrelated: whatever is deleted', pattern: '{ $.eventName = "Delete*" && $.errorCode NOT EXISTS }', is: 'something-else' },
  { what: 'unrelated: an application', pattern: '{ $.message = "user login failed" }', is: 'something-else' },
  { what: 'unrelated: an application with a field of ours', pattern: '{ $.level = "ERROR" && $.userIdentity.type = "Root" }', is: 'something-else' },
  { what: 'unrelated: buckets', pattern: '{ $.eventName = "PutBucketVersioning" }', is: 'something-else' },
  { what: 'unrelated: IAM policies', pattern: '{ ($.eventName = AttachUserPolicy) || ($.eventName = PutUserPolicy) }', is: 'something-else' },
  { what: 'unrelated: what stacks do', pattern: '{ $.userIdentity.invokedBy = "cloudformation.amazonaws.com" }', is: 'something-else' },
  {
    what: 'unrelated: successes of one user',
    pattern: `{ ${login} && $.userIdentity.userName = "ops1" && $.responseElements.ConsoleLogin = "Success" }`,
    is: 'something-else',
    counts: ['sign-ins of IAM users with MFA', 'sign-ins of IAM users without MFA'],
  },
  {
    what: 'unrelated: every sign-in',
    pattern: `{ ${login} }`,
    is: 'something-else',
    counts: ['failures with a wrong password', 'sign-ins through Identity Center'],
  },
  // Never matching.
  {
    what: 'never: an outcome that there is not',
    pattern: `{ ${login} && $.responseElements.ConsoleLogin = "Failed" }`,
    is: 'never-matches',
    detection: failures,
  },
  { what: 'never: a type in small letters', pattern: `{ ${login} && $.userIdentity.type = "root" }`, is: 'never-matches', detection: 'root-sign-in' },
  { what: 'never: an event in small letters', pattern: `{ $.eventName = "consolelogin" && ${failed} }`, is: 'never-matches', detection: failures },
  {
    what: 'never: a * in the middle',
    pattern: `{ ${login} && $.userIdentity.arn = "arn:aws:iam::*:root" }`,
    is: 'never-matches',
    detection: 'root-sign-in',
  },
  // Unreadable, or nothing to be judged by.
  { what: 'unreadable: EXISTS', pattern: `{ ${login} && $.errorMessage EXISTS }`, is: 'not-judged' },
  { what: 'unreadable: words', pattern: 'ConsoleLogin "Failed authentication"', is: 'not-judged' },
  { what: 'unreadable: an expression with groups', pattern: '{ $.eventName = %Console(Login|Logout)% }', is: 'not-judged' },
  { what: 'not judged: in the envelope of EventBridge', pattern: '{ $.detail.eventName = "ConsoleLogin" }', is: 'not-judged' },
  { what: 'not judged: what no sign-in has', pattern: `{ ${login} && $.errorMessage IS NULL }`, is: 'not-judged' },
  { what: 'not judged: compared with false', pattern: `{ ${login} && ${failed} && $.readOnly = false }`, is: 'not-judged' },
];
