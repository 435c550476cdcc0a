/** Sign-ins to the console: IAM users, identity providers, federated users, roles. */
import { clientSignIn, consoleLogin, federatedUser, iamUser, type LabelledRecords, session, signIn, triedUser } from './labelled.ts';

const failures = 'failed sign-ins without MFA';
const ofUsers = 'successful sign-ins of IAM users';
const throughProvider = 'sign-ins through an identity provider or Identity Center';
const ofFederated = 'sign-ins of federated users (GetFederationToken)';
const ofInstances = 'console sessions made from an instance’s role';
const onCommandLine = 'command-line sign-ins of users';
const other = 'other events of the sign-in service';

const hidden = { type: 'IAMUser', accountId: '123456789012', accessKeyId: '', userName: 'HIDDEN_DUE_TO_SECURITY_REASONS' };
const throughCenter = session('AWSReservedSSO_Admin_0123456789abcdef', 'dora@example.com');
const throughSaml = session('analysts', 'carol@example.com');
const instance = session('web-server', 'i-0123456789abcdef0');
const wrong = { errorMessage: 'Failed authentication' };
const noMfa = { MFAUsed: 'No' };

export const consoleRecords = {
  'failures with a wrong password': {
    of: ['console-sign-in-failures'],
    group: failures,
    record: consoleLogin(triedUser('alice'), 'Failure', noMfa, wrong),
  },
  'failures with an unknown user name': {
    of: ['console-sign-in-failures'],
    group: failures,
    record: consoleLogin(hidden, 'Failure', noMfa, { errorMessage: 'No username found in supplied account' }),
  },
  'failures without an error message': {
    of: ['console-sign-in-failures'],
    group: failures,
    record: consoleLogin(triedUser('alice'), 'Failure', noMfa),
  },
  'failures at the MFA step': {
    of: ['mfa-failure-iam', 'console-sign-in-failures'],
    group: 'failures at the MFA step',
    record: consoleLogin(triedUser('alice'), 'Failure', { MFAUsed: 'Yes' }, wrong),
  },
  'sign-ins of IAM users without MFA': {
    of: ['console-sign-in-without-mfa'],
    group: ofUsers,
    record: consoleLogin(iamUser('alice'), 'Success', noMfa),
  },
  'sign-ins of IAM users without the field MFAUsed': {
    of: ['console-sign-in-without-mfa'],
    group: ofUsers,
    record: consoleLogin(iamUser('alice'), 'Success', {}),
  },
  'sign-ins without MFA that AWS spells NO': {
    of: ['console-sign-in-without-mfa'],
    group: ofUsers,
    record: consoleLogin(iamUser('alice'), 'Success', { MFAUsed: 'NO' }),
  },
  'sign-ins of IAM users with MFA': {
    of: [],
    group: ofUsers,
    record: consoleLogin(iamUser('alice'), 'Success', { MFAUsed: 'Yes', MFAIdentifier: 'arn:aws:iam::123456789012:mfa/alice' }),
  },
  'sign-ins with MFA that AWS spells YES': {
    of: [],
    group: ofUsers,
    record: consoleLogin(iamUser('alice'), 'Success', { MFAUsed: 'YES' }),
  },
  'sign-ins through an identity provider (SAML)': {
    of: [],
    group: throughProvider,
    record: consoleLogin(throughSaml, 'Success', { ...noMfa, SamlProviderArn: 'arn:aws:iam::123456789012:saml-provider/partner-sso' }),
  },
  'sign-ins through Identity Center': {
    of: [],
    group: throughProvider,
    record: consoleLogin(throughCenter, 'Success', noMfa),
  },
  'sign-ins of federated users': {
    of: ['federated-sign-in'],
    group: ofFederated,
    record: consoleLogin(federatedUser, 'Success', noMfa),
  },
  'tokens for federated users': {
    of: ['federated-sign-in'],
    group: ofFederated,
    record: signIn('GetSigninToken', federatedUser, {
      responseElements: { GetSigninToken: 'Success' },
      additionalEventData: { MobileVersion: 'No', ...noMfa },
    }),
  },
  'sign-ins with the role of an instance': {
    of: ['instance-role-console-sign-in'],
    group: ofInstances,
    record: consoleLogin(instance, 'Success', noMfa),
  },
  'tokens for the role of an instance': {
    of: ['instance-role-console-sign-in'],
    group: ofInstances,
    record: signIn('GetSigninToken', instance, {
      responseElements: { GetSigninToken: 'Success' },
      additionalEventData: { MobileVersion: 'No', ...noMfa },
    }),
  },
  'tokens for role sessions': {
    of: [],
    group: other,
    record: signIn('GetSigninToken', throughCenter, {
      responseElements: { GetSigninToken: 'Success' },
      additionalEventData: { MobileVersion: 'No', ...noMfa },
      userAgent: 'Jersey/2.35 (HttpUrlConnection 17.0.9)',
    }),
  },
  'command-line sign-ins that IAM users allow': {
    of: [],
    group: onCommandLine,
    record: clientSignIn('AuthorizeOAuth2Access', iamUser('alice'), { success: 'true' }),
  },
  'command-line sign-ins of IAM users': {
    of: [],
    group: onCommandLine,
    record: clientSignIn('CreateOAuth2Token', iamUser('alice'), { success: 'true', grant_type: 'authorization_code' }),
  },
  'command-line sign-ins through Identity Center': {
    of: [],
    group: onCommandLine,
    record: clientSignIn('CreateOAuth2Token', throughCenter, { success: 'true' }),
  },
  'checks for MFA': {
    of: [],
    group: other,
    record: signIn('CheckMfa', iamUser('alice'), {
      responseElements: { CheckMfa: 'Success' },
      additionalEventData: { MfaType: 'Virtual MFA' },
      readOnly: true,
    }),
  },
  'changes of role in the console': {
    of: [],
    group: other,
    record: signIn('SwitchRole', iamUser('alice'), {
      responseElements: { SwitchRole: 'Success' },
      additionalEventData: { SwitchFrom: 'arn:aws:iam::123456789012:user/alice', RedirectTo: 'https://console.aws.amazon.com/console/home' },
    }),
  },
} as const satisfies LabelledRecords;
