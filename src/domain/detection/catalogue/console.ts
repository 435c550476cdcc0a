/** Sign-ins to the console by IAM users, federated users and roles. */
import { bySignIn, consoleLogin, type Detection, failed, is, no, succeeded, yes } from '../detection.ts';

export const consoleSignInFailures: Detection = {
  title: 'Console sign-in failures',
  severity: 'MEDIUM',
  alone: 'LOW',
  condition: { all: [bySignIn, consoleLogin, failed] },
  alarm: { seconds: 300, threshold: 5 },
  happensIn: 'sign-in-regions',
  expectedRate: 'A few a week for 100 people: five mistyped passwords in five minutes.',
  means: 'Several sign-ins to the console failed: somebody mistypes, or somebody tries passwords.',
  check: ['Is there a success from the same address?', 'One user many times, or many users a few times each?', 'Does the user know of it?'],
  act: ['After a success: Contain, then call the user.', 'Without one: call the user, and watch.'],
  cannotTell: [
    'AWS hides the user name where it does not exist in the account.',
    'Fewer than the threshold in five minutes go unnoticed: a slow spray does.',
  ],
  references: [
    'seed 000',
    'CIS 4.6',
    'Security Hub CloudWatch.6',
    'MITRE T1110',
    'Sigma aws_console_login_failed_authentication',
    'Splunk: AWS Multiple Users Failing To Authenticate From Ip',
  ],
  names: /(sign-?_?\s?in|login|logon|auth\w*)[-_\s]?fail|fail\w*[-_\s]?(console|sign|login|logon|auth)/i,
};

export const consoleSignInWithoutMfa: Detection = {
  title: 'Console sign-in without MFA',
  severity: 'MEDIUM',
  condition: {
    all: [
      bySignIn,
      consoleLogin,
      succeeded,
      is('userIdentity.type', 'IAMUser', 'Root'),
      { some: [is('additionalEventData.MFAUsed', ...no), { absent: 'additionalEventData.MFAUsed' }] },
    ],
  },
  alarm: { seconds: 300, threshold: 1 },
  happensIn: 'sign-in-regions',
  expectedRate: 'None where every IAM user must have MFA; else once per sign-in of those who have none.',
  means: 'Somebody signed in to the console with a password alone.',
  check: ['Does the user have an MFA device?', 'Is the address known?', 'Were there failures before it?'],
  act: ['Not them: Contain.', 'Them: have them enrol MFA, and deny what is done without it by policy.'],
  cannotTell: [
    'Sign-ins through an identity provider are left out: AWS does not see their MFA.',
    'Spellings of MFAUsed other than Yes and No in three cases.',
  ],
  references: [
    'seed 002',
    'CIS 4.2',
    'Security Hub CloudWatch.3',
    'MITRE T1078.004',
    'Panther AWS.Console.LoginWithoutMFA',
    'Elastic: AWS IAM User Console Login Without MFA',
  ],
  names: /without[-_\s]?mfa|no[-_\s]?mfa|single[-_\s]?factor/i,
};

export const mfaFailureIam: Detection = {
  title: 'Failed MFA of an IAM user',
  severity: 'MEDIUM',
  condition: { all: [bySignIn, consoleLogin, failed, is('additionalEventData.MFAUsed', ...yes)] },
  alarm: { seconds: 300, threshold: 1 },
  happensIn: 'sign-in-regions',
  expectedRate: 'A few a month for 100 people: a code mistyped or too late.',
  means: 'A sign-in failed at or after the MFA step. The password may be known to somebody else.',
  check: ['Did the user just mistype a code?', 'Is the address known?', 'Several in a row, or at night?'],
  act: ['Not them: Contain at once. It may be the password that is known.', 'Them: nothing, or Reset MFA if the device is lost.'],
  cannotTell: ['AWS does not document whether a wrong password of a user with MFA also says MFAUsed Yes.'],
  references: ['seed 003', 'MITRE T1621', 'Panther AWS.Console.Login.Failed.MFA', 'Splunk: AWS Console Login Failed During MFA Challenge'],
  names: /fail\w*[-_\s]?mfa|mfa[-_\s]?(failure|fail|challenge)/i,
};

export const federatedSignIn: Detection = {
  title: 'Federated sign-in',
  severity: 'LOW',
  condition: {
    all: [
      bySignIn,
      is('userIdentity.type', 'FederatedUser'),
      {
        some: [{ all: [is('eventName', 'GetSigninToken'), is('additionalEventData.MFAUsed', ...no)] }, { all: [consoleLogin, succeeded] }],
      },
    ],
  },
  alarm: { seconds: 300, threshold: 1 },
  happensIn: 'sign-in-regions',
  needsReadOnlyEvents: true,
  expectedRate: 'Once per sign-in where a broker hands out federated sessions; else none.',
  means: 'A session of GetFederationToken came to the console. MFA is not visible to AWS: the broker or identity provider judges it.',
  check: ['Is there a broker that does this here?', 'Who called GetFederationToken, with whose keys?', 'Is the address the broker’s?'],
  act: ['Not expected: switch off the access keys that called GetFederationToken, then end the session by policy.'],
  cannotTell: ['MFAUsed reads No even where the identity provider demanded MFA.'],
  references: ['seed 004', 'MITRE T1078.004', 'Elastic: AWS Sign-In Console Login with Federated User', 'Panther AWS.Console.GetSigninToken'],
  names: /federat/i,
};

export const instanceRoleConsoleSignIn: Detection = {
  title: 'Console sign-in with the role of an instance',
  severity: 'HIGH',
  condition: {
    all: [
      bySignIn,
      is('userIdentity.type', 'AssumedRole'),
      is('userIdentity.principalId', '*:i-0*'),
      { some: [{ all: [consoleLogin, succeeded] }, { all: [is('eventName', 'GetSigninToken'), is('responseElements.GetSigninToken', 'Success')] }] },
    ],
  },
  alarm: { seconds: 300, threshold: 1 },
  happensIn: 'sign-in-regions',
  needsReadOnlyEvents: true,
  expectedRate: 'None: no machine needs the console.',
  means: 'Credentials of an EC2 instance were turned into a console session. Somebody has taken them from the machine.',
  check: ['Which instance, and who is on it?', 'Is the address the instance’s own?'],
  act: ['Quarantine the role, or revoke its older sessions in IAM.', 'Isolate the instance; it gave its credentials away.'],
  cannotTell: ['Session names and instance ids are told apart by their form (i-0…): old short ids and other machines’ roles are missed.'],
  references: ['MITRE T1552.005', 'Elastic: AWS EC2 Instance Console Login via Assumed Role'],
  names: /instance[-_\s]?role|ec2.*console/i,
};
