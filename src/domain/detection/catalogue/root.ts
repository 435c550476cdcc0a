/** The root user. */
import type { Condition } from '../condition.ts';
import { bySignIn, consoleLogin, type Detection, failed, is, succeeded } from '../detection.ts';

const isRoot = is('userIdentity.type', 'Root');
const recoveries = ['PasswordRecoveryRequested', 'PasswordRecoveryCompleted', 'PasswordUpdated'];

export const rootSignIn: Detection = {
  title: 'Root sign-in',
  severity: 'HIGH',
  condition: { all: [bySignIn, consoleLogin, isRoot, succeeded] },
  alarm: { seconds: 300, threshold: 1 },
  happensIn: 'iam-region',
  expectedRate: 'A few a year, all announced.',
  means: 'Somebody signed in as root, who may do everything in the account.',
  check: ['Was it announced?', 'Was MFA used?', 'What was done since?'],
  act: [
    'Not announced, in a member account: Delete root credentials.',
    'In the management account: reach whoever holds the root e-mail, change password and MFA, open a case with AWS Support.',
  ],
  cannotTell: ['Root’s use of access keys: this is about the console.'],
  references: ['CIS 1.7', 'CIS 4.3', 'MITRE T1078.004', 'Elastic: AWS Management Console Root Login', 'Panther AWS.Console.RootLogin'],
  names: /\broot[-_\s]?(user|account)?[-_\s]?(sign|log|usage|use|activity|console)(?!.*fail)/i,
};

export const rootSignInFailures: Detection = {
  title: 'Root sign-in failures',
  severity: 'MEDIUM',
  condition: {
    all: [bySignIn, isRoot, { some: [{ all: [consoleLogin, failed] }, ...recoveries.map((name) => is(`responseElements.${name}`, 'Failure'))] }],
  },
  alarm: { seconds: 900, threshold: 3 },
  happensIn: 'iam-region',
  expectedRate: 'None; the root e-mail address is known to few.',
  means: 'Somebody tries to sign in as root, or to recover or change its password.',
  check: ['Does its owner know of it?', 'Is there a success?'],
  act: ['Call the owner; make sure root has MFA.'],
  cannotTell: ['Whether the password was right and MFA failed.'],
  references: ['MITRE T1110', 'Elastic: AWS Management Console Brute Force of Root User Identity', 'Panther AWS.Console.RootLoginFailed'],
  names: /\broot[-_\s]?(user|account)?[-_\s]?(sign|log|console|auth).*fail|fail\w*[-_\s]?root[-_\s]?(sign|log)/i,
};

export const rootPasswordRecovery: Detection = {
  title: 'Root password recovery',
  severity: 'HIGH',
  condition: {
    all: [
      bySignIn,
      isRoot,
      {
        some: [
          ...recoveries.map((name) => ({ all: [is('eventName', name), is(`responseElements.${name}`, 'Success')] })),
          { all: [is('eventName', ...recoveries), ...recoveries.map((name) => ({ absent: `responseElements.${name}` }))] },
        ],
      },
    ],
  },
  alarm: { seconds: 300, threshold: 1 },
  happensIn: 'iam-region',
  expectedRate: 'None, or once a year with an announcement.',
  means: 'The root password was asked to be reset, or was changed.',
  check: ['Does its owner know of it?', 'Is the mailbox of the root address under control?'],
  act: ['Not announced: secure the mailbox first, then root’s password and MFA.'],
  cannotTell: ['Who asked: anybody who knows the address may.', 'What failed: that counts as a root sign-in failure.'],
  references: ['MITRE T1098', 'Elastic: AWS IAM Password Recovery Requested', 'Panther AWS.Root.PasswordChanged'],
  names: /password[-_\s]?(recover|updat|chang|reset)/i,
};

/** `aws login` and other clients of OAuth: the browser's part and the client's. Renewals of a session are no new sign-in. */
const isClientSignIn: Condition = {
  all: [
    bySignIn,
    is('eventName', 'AuthorizeOAuth2Access', 'CreateOAuth2Token'),
    { some: [is('additionalEventData.grant_type', 'authorization_code'), { absent: 'additionalEventData.grant_type' }] },
  ],
};

export const commandLineSignIn: Detection = {
  title: 'Root sign-in from the command line',
  severity: 'HIGH',
  condition: { all: [isClientSignIn, isRoot, is('additionalEventData.success', 'true')] },
  ruleSends: isClientSignIn,
  needsReadOnlyEvents: true,
  alarm: { seconds: 300, threshold: 1 },
  happensIn: 'used-regions',
  expectedRate: 'None: nobody needs root on the command line.',
  means: 'Root signed in for the command line (aws login) or another client. Root needs no permission for that, and no console sign-in is recorded.',
  check: ['Was it announced?', 'Which client was it for, from where?', 'What was called as root since?'],
  act: [
    'Not announced: End sessions; the credentials that they gave out live on for minutes.',
    'In a member account: Delete root credentials. In the management account: reach whoever holds the root e-mail, change password and MFA.',
  ],
  cannotTell: [
    'Whether MFA was used.',
    'Of users other than root: their sign-ins from the command line are remembered, and open an incident only after failures.',
    'Sign-ins in regions that are not used: AWS records them where the user signs in.',
  ],
  references: ['MITRE T1078.004', 'AWS Sign-In user guide: Sign-In with OAuth 2.0'],
  names: /command[-_\s]?line[-_\s]?(sign|log)|aws[-_\s]?login/i,
};
