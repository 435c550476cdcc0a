/** IAM Identity Center. WorkSpaces and Transfer web apps send events of the same names; what tells them apart is in each condition. */
import { bySignIn, type Detection, is } from '../detection.ts';

const verification = is('eventName', 'CredentialVerification');
/** CloudTrail documents the first key; the second is what was written about it elsewhere. Either is taken. */
const notVerified = { some: [is('serviceEventDetails.CredentialVerification', 'Failure'), is('serviceEventDetails.CredentialChallenge', 'Failure')] };

/** A name that does not exist; AWS hides it, wherever it stands. */
const hiddenName = ['userIdentity.userName', 'additionalEventData.UserName'].map((path) => is(path, 'HIDDEN_DUE_TO_SECURITY_REASONS'));

export const mfaFailureIdentityCenter: Detection = {
  title: 'Failed MFA of an Identity Center user',
  severity: 'MEDIUM',
  condition: { all: [bySignIn, verification, is('additionalEventData.CredentialType', 'TOTP', 'WEBAUTHN'), notVerified] },
  alarm: { seconds: 300, threshold: 1 },
  happensIn: 'used-regions',
  expectedRate: 'A few a month for 100 people: a code mistyped or too late.',
  means: 'An Identity Center user passed the step before and failed at MFA: the password may be known to somebody else.',
  check: ['Did the user just mistype a code?', 'Is the address known?', 'Is there a success after it?'],
  act: ['Not them: Remove access; reset the password and delete active sessions in Identity Center.'],
  cannotTell: ['Events since 2025 name the user by id only; the name is looked up in the identity store.'],
  references: ['seed 003', 'MITRE T1621'],
  names: /(identity[-_\s]?center|idc|sso).*mfa|mfa.*(identity[-_\s]?center|idc|sso)/i,
};

export const identityCenterSignInFailures: Detection = {
  title: 'Identity Center sign-in failures',
  severity: 'MEDIUM',
  alone: 'LOW',
  condition: {
    all: [
      bySignIn,
      verification,
      is('additionalEventData.CredentialType', 'PASSWORD'),
      {
        some: [
          ...notVerified.some.map((failed) => ({ all: [{ exists: 'userIdentity.onBehalfOf.userId' }, failed] })),
          ...hiddenName.map((hidden) => ({ all: [hidden, is('serviceEventDetails.CredentialVerification', 'Failure')] })),
        ],
      },
    ],
  },
  alarm: { seconds: 300, threshold: 5 },
  happensIn: 'used-regions',
  expectedRate: 'A few a week for 100 people: mistyped passwords.',
  means: 'Several Identity Center passwords were wrong: somebody mistypes, or somebody tries passwords.',
  check: ['Is there a success from the same address?', 'One user many times, or many users a few times each?'],
  act: ['After a success: Remove access; reset the password and delete active sessions in Identity Center.'],
  cannotTell: [
    'User names that do not exist, where AWS leaves them out of the record as it does for WorkSpaces; names that it hides count.',
    'Failures at an external identity provider: AWS does not see them.',
  ],
  references: ['MITRE T1110.003'],
  names: /(identity[-_\s]?center|idc|sso).*(fail|brute|spray)/i,
};
