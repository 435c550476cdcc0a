/**
 * What a CloudTrail record tells of: a sign-in, an attempt at a part of one, a step that is neither, or a change. The service decides as well as
 * the event's name: other services have events of the same names.
 * Sources: "AWS Management Console sign-in events" and "IAM Identity Center" in the CloudTrail user guide; "Sign-In with OAuth 2.0" in the AWS
 * Sign-In user guide; the IAM API reference.
 */
import { asObject, type Json, lookUp } from '../json.ts';
import { denyAllPolicy } from '../response/kept-state.ts';
import { signInSources, textOf } from './principal.ts';

/** What a step of Identity Center asked for. */
export type Factor = 'password' | 'totp' | 'security-key' | 'e-mail-code' | 'smart-card' | 'external-provider' | 'unknown';
/** For whom an OAuth sign-in was: `aws login`, another program such as an MCP client, or not told. */
export type Client = 'aws-login' | 'external' | 'console' | 'unknown';
/** How long a console session may last, in seconds. */
export type SessionLength = number | 'default';

type SimpleAct =
  | 'console-sign-in'
  /** Told by somebody's text, not by a record. */
  | 'reported-sign-in'
  | 'identity-center-sign-in'
  | 'workspaces-sign-in'
  | 'external-provider-sign-in'
  | 'portal-sign-in'
  | 'account-opened'
  | 'mfa-check'
  | 'role-switch'
  | 'sign-in-token'
  | 'password-recovery-request'
  | 'password-recovery'
  | 'own-password'
  | 'login-profile-deleted'
  | 'mfa-enabled'
  | 'mfa-deactivated'
  | 'virtual-mfa-created'
  | 'virtual-mfa-deleted'
  /** Anything else: of a sign-in service, or a call to any other. */
  | 'sign-in-event'
  | 'call'
  | 'read-call';

export type Act =
  | { readonly is: SimpleAct }
  | { readonly is: 'credential-challenge' | 'credential-check'; readonly factor: Factor }
  | {
      readonly is: 'command-line-sign-in' | 'command-line-authorization' | 'token-renewal' | 'token-for-credentials';
      readonly client: Client;
    }
  /** CloudTrail leaves passwords out. `likely`: nothing else can have been changed. */
  | {
      readonly is: 'login-profile-created' | 'login-profile-updated';
      readonly password: 'given' | 'likely' | 'not-told';
      readonly session: SessionLength | undefined;
    }
  | { readonly is: 'role-updated'; readonly session: SessionLength | undefined }
  /** Of what this product puts on users and roles. */
  | { readonly is: 'quarantine-removed' }
  | { readonly is: 'key-switched-on'; readonly key: string }
  | { readonly is: 'policy-deleted'; readonly policy: string };

/**
 * `sign-in`: it counts as a failure or as a success. `attempt`: its failure is one, its success only a part of a sign-in. `step`: it counts as
 * neither. `change`: something is another afterwards.
 */
export type Counting = 'sign-in' | 'attempt' | 'step' | 'change';

const simple: Readonly<Record<string, SimpleAct>> = {
  'signin ConsoleLogin': 'console-sign-in',
  'signin UserAuthentication': 'identity-center-sign-in',
  'signin ExternalIdPDirectoryLogin': 'external-provider-sign-in',
  'signin CheckMfa': 'mfa-check',
  'signin SwitchRole': 'role-switch',
  'signin GetSigninToken': 'sign-in-token',
  'signin PasswordRecoveryRequested': 'password-recovery-request',
  'signin PasswordRecoveryCompleted': 'password-recovery',
  'signin PasswordUpdated': 'own-password',
  'sso Authenticate': 'portal-sign-in',
  'sso Federate': 'account-opened',
  'signin Authenticate': 'portal-sign-in',
  'signin Federate': 'account-opened',
  'iam ChangePassword': 'own-password',
  'iam DeleteLoginProfile': 'login-profile-deleted',
  'iam EnableMFADevice': 'mfa-enabled',
  'iam DeactivateMFADevice': 'mfa-deactivated',
  'iam CreateVirtualMFADevice': 'virtual-mfa-created',
  'iam DeleteVirtualMFADevice': 'virtual-mfa-deleted',
};

export function actOf(record: Json): Act {
  const source = textOf(record.eventSource);
  const name = `${source.replace(/\.amazonaws\.com(\.cn)?$/, '')} ${textOf(record.eventName)}`;
  if (isOfWorkSpaces(record)) return { is: 'workspaces-sign-in' };
  return detailed(name, record) ?? { is: simple[name] ?? other(source, record) };
}

/** WorkSpaces sends events of the same names as Identity Center. */
function isOfWorkSpaces({ eventSource, additionalEventData }: Json): boolean {
  return (
    eventSource === 'signin.amazonaws.com' && /^https:\/\/clients\.amazonaws\.com\/workspaces/.test(textOf(asObject(additionalEventData).LoginTo))
  );
}

function other(source: string, { eventName, readOnly }: Json): SimpleAct {
  if (signInSources.has(source)) return 'sign-in-event';
  return readOnly === true || readOnly === 'true' || /^(Get|List|Describe|Lookup|Head)/.test(textOf(eventName)) ? 'read-call' : 'call';
}

const denyAll = `:policy${denyAllPolicy.path}${denyAllPolicy.name}`;
/** Of a key, a policy: what is longer is none of AWS's. */
const longestName = 128;

function detailed(name: string, record: Json): Act | undefined {
  const parameters = asObject(record.requestParameters);
  switch (name) {
    case 'signin CredentialChallenge':
      return { is: 'credential-challenge', factor: factorOf(record) };
    case 'signin CredentialVerification':
      return { is: 'credential-check', factor: factorOf(record) };
    case 'signin AuthorizeOAuth2Access':
      return { is: 'command-line-authorization', client: clientOf(record) };
    case 'signin CreateOAuth2Token':
    case 'signin CreateOAuth2TokenWithIAM':
      return { is: grantOf(record), client: clientOf(record) };
    case 'iam CreateLoginProfile':
      return { is: 'login-profile-created', password: 'given', session: sessionLength(parameters) };
    case 'iam UpdateLoginProfile':
      return { is: 'login-profile-updated', password: passwordIn(record.requestParameters), session: sessionLength(parameters) };
    case 'iam UpdateRole':
      return { is: 'role-updated', session: sessionLength(parameters) };
    case 'iam DetachUserPolicy':
    case 'iam DetachRolePolicy':
      return textOf(parameters.policyArn).endsWith(denyAll) ? { is: 'quarantine-removed' } : undefined;
    case 'iam DeleteUserPolicy':
    case 'iam DeleteRolePolicy':
      return { is: 'policy-deleted', policy: textOf(parameters.policyName).slice(0, longestName) };
    case 'iam UpdateAccessKey':
      return parameters.status === 'Active' ? { is: 'key-switched-on', key: textOf(parameters.accessKeyId).slice(0, longestName) } : undefined;
    default:
      return undefined;
  }
}

const factors: Readonly<Record<string, Factor>> = {
  PASSWORD: 'password',
  TOTP: 'totp',
  RESYNC_TOTP: 'totp',
  WEBAUTHN: 'security-key',
  EMAIL_OTP: 'e-mail-code',
  SMARTCARD: 'smart-card',
  EXTERNAL_IDP: 'external-provider',
};

function factorOf({ additionalEventData }: Json): Factor {
  return lookUp(factors, textOf(asObject(additionalEventData).CredentialType)) ?? 'unknown';
}

/** Where the grant is not told it may be a sign-in, and is taken for one. */
function grantOf({ additionalEventData, requestParameters }: Json): 'command-line-sign-in' | 'token-renewal' | 'token-for-credentials' {
  const [first, second] = [asObject(additionalEventData), asObject(requestParameters)];
  const grant = [first.grant_type, second.grant_type, second.grantType].map(textOf).find((text) => text !== '');
  if (grant === 'refresh_token') return 'token-renewal';
  return grant === 'client_credentials' ? 'token-for-credentials' : 'command-line-sign-in';
}

function clientOf({ requestParameters }: Json): Client {
  const { client_id, clientId } = asObject(requestParameters);
  const id = textOf(client_id) || textOf(clientId);
  if (/:devtools\//.test(id)) return 'aws-login';
  if (/:external-client\//.test(id)) return 'external';
  return /:console\//.test(id) ? 'console' : 'unknown';
}

/** A call that names the user and nothing else can have changed the password only; of any other, CloudTrail does not tell. */
function passwordIn(requestParameters: unknown): 'given' | 'likely' | 'not-told' {
  const keys = Object.keys(asObject(requestParameters));
  if (keys.some((key) => /^password$/i.test(key))) return 'given';
  return keys.length === 1 && keys[0] === 'userName' ? 'likely' : 'not-told';
}

function sessionLength({ maxSigninSessionDuration: seconds, resetMaxSigninSessionDuration: reset }: Json): SessionLength | undefined {
  if (typeof seconds === 'number' && Number.isFinite(seconds)) return seconds;
  if (typeof seconds === 'string' && /^\d{1,9}$/.test(seconds)) return Number(seconds);
  return reset === true || reset === 'true' ? 'default' : undefined;
}

const countings: Readonly<Partial<Record<Act['is'], Counting>>> = {
  'console-sign-in': 'sign-in',
  'identity-center-sign-in': 'sign-in',
  'command-line-sign-in': 'sign-in',
  'external-provider-sign-in': 'attempt',
  'credential-check': 'attempt',
  'password-recovery': 'change',
  'own-password': 'change',
  'login-profile-created': 'change',
  'login-profile-updated': 'change',
  'login-profile-deleted': 'change',
  'mfa-enabled': 'change',
  'mfa-deactivated': 'change',
  'role-updated': 'change',
  'quarantine-removed': 'change',
  'key-switched-on': 'change',
  'policy-deleted': 'change',
};

export function countsAs({ is }: Act): Counting {
  return countings[is] ?? 'step';
}

/**
 * Whether its failure may be a wrong password or MFA code. Of OAuth all comes after that: AWS gives a code for a token to whoever is signed in, also to
 * a console session of before, and takes no password for either. Sources: "Resource-based policies" of AWS Sign-In on signin:AuthorizeOAuth2Access and
 * signin:CreateOAuth2Token; `aws login` in the CLI user guide ("select from your active console sessions").
 */
export function takesCredentials(act: Act): boolean {
  const counting = countsAs(act);
  return counting === 'attempt' || (counting === 'sign-in' && act.is !== 'command-line-sign-in');
}

/** Whether it takes no more than an address that many know: the record names whom it is about, and nobody who did it. */
export function isByAnybody({ is }: Act): boolean {
  return is === 'password-recovery-request';
}

/** A call to any other service is one where the catalogue knows it as such. */
export function isChange(event: { readonly act?: Act; readonly eventName: string; readonly detections: readonly unknown[] }): boolean {
  const act = actIn(event);
  return countsAs(act) === 'change' || (act.is === 'call' && event.detections.length > 0);
}

/** What an event was; of those that older versions stored, by the name alone. */
export function actIn({ act, eventName }: { readonly act?: Act; readonly eventName: string }): Act {
  return act ?? actByName(eventName);
}

function actByName(eventName: string): Act {
  const source = ['signin', 'sso', 'iam'].find((one) => `${one} ${eventName}` in simple) ?? (/OAuth2|^Credential/.test(eventName) ? 'signin' : 'iam');
  return actOf({ eventName, eventSource: `${source}.amazonaws.com`, requestParameters: {} });
}
