/** The root user. */
import { bySignIn, consoleLogin, type Detection, failed, is, succeeded } from '../detection.ts';

const isRoot = is('userIdentity.type', 'Root');

export const rootSignIn: Detection = {
  title: 'Root sign-in',
  severity: 'HIGH',
  condition: { all: [bySignIn, consoleLogin, isRoot, succeeded] },
  alarm: { seconds: 300, threshold: 1 },
  happensIn: 'iam-region',
  expectedRate: 'A few a year, all announced.',
  means: 'Somebody signed in as root, who may do everything in the account.',
  check: ['Was it announced?', 'Was MFA used?', 'What was done since?'],
  act: ['Not announced: reach whoever holds the root e-mail, change password and MFA, open a case with AWS Support.'],
  cannotTell: ['Root’s use of access keys: this is about the console.'],
  references: ['CIS 1.7', 'CIS 4.3', 'MITRE T1078.004', 'Elastic: AWS Management Console Root Login', 'Panther AWS.Console.RootLogin'],
  names: /\broot[-_\s]?(user|account)?[-_\s]?(sign|log|usage|use|activity|console)(?!.*fail)/i,
};

export const rootSignInFailures: Detection = {
  title: 'Root sign-in failures',
  severity: 'MEDIUM',
  condition: { all: [bySignIn, consoleLogin, isRoot, failed] },
  alarm: { seconds: 900, threshold: 3 },
  happensIn: 'iam-region',
  expectedRate: 'None; the root e-mail address is known to few.',
  means: 'Somebody tries to sign in as root.',
  check: ['Does its owner know of it?', 'Is there a success?'],
  act: ['Tell the owner; make sure root has MFA.'],
  cannotTell: ['Whether the password was right and MFA failed.'],
  references: ['MITRE T1110', 'Elastic: AWS Management Console Brute Force of Root User Identity', 'Panther AWS.Console.RootLoginFailed'],
  names: /\broot[-_\s]?(user|account)?[-_\s]?(sign|log|console|auth).*fail|fail\w*[-_\s]?root[-_\s]?(sign|log)/i,
};

export const rootPasswordRecovery: Detection = {
  title: 'Root password recovery',
  severity: 'HIGH',
  condition: { all: [bySignIn, isRoot, is('eventName', 'PasswordRecoveryRequested', 'PasswordRecoveryCompleted', 'PasswordUpdated')] },
  alarm: { seconds: 300, threshold: 1 },
  happensIn: 'iam-region',
  expectedRate: 'None, or once a year with an announcement.',
  means: 'The root password was asked to be reset, or was changed.',
  check: ['Does its owner know of it?', 'Is the mailbox of the root address under control?'],
  act: ['Not announced: secure the mailbox first, then root’s password and MFA.'],
  cannotTell: ['Who asked: anybody who knows the address may.'],
  references: ['MITRE T1098', 'Elastic: AWS IAM Password Recovery Requested', 'Panther AWS.Root.PasswordChanged'],
  names: /password[-_\s]?(recover|updat|chang|reset)/i,
};
