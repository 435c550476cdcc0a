/** The verbs: what each act is called when it was done, when it failed, and what a change changed. */
import { shortened } from '../response/iam-user.ts';
import type { Act, Client, Factor, SessionLength } from './act.ts';
import type { SignIn } from './sign-in.ts';

export interface Phrase {
  /** `signed in to the console`. */
  readonly did: string;
  /** `failed to sign in to the console`. */
  readonly failed: string;
  /** What the record leaves open of what was done. */
  readonly note?: string;
}

type Detailed =
  | { readonly factor: Factor }
  | { readonly client: Client }
  | { readonly session: unknown }
  | { readonly key: string }
  | { readonly policy: string }
  | { readonly is: 'quarantine-removed' };
type Simple = Exclude<Act, Detailed>['is'];

function phrase(did: string, base: string): Phrase {
  return { did, failed: `failed to ${base}` };
}

type Of = Pick<SignIn, 'eventName' | 'target' | 'targetIs'>;

export function phraseOf(act: Act, of: Of): Phrase {
  const { eventName, target } = of;
  const whom = whomOf(of);
  switch (act.is) {
    case 'credential-challenge':
      return { did: `was asked for ${factorNouns[act.factor]}`, failed: `was to be asked for ${factorNouns[act.factor]}, which failed` };
    case 'credential-check':
      return checkPhrase(act.factor);
    case 'command-line-sign-in':
      return phrase(`signed in ${forClient[act.client]}`, `sign in ${forClient[act.client]}`);
    case 'command-line-authorization':
      return phrase(`allowed a sign-in ${forClient[act.client]}`, `allow a sign-in ${forClient[act.client]}`);
    case 'token-renewal':
      return phrase(`renewed a session ${forClient[act.client]}`, `renew a session ${forClient[act.client]}`);
    case 'token-for-credentials':
      return phrase('exchanged credentials for a token', 'exchange credentials for a token');
    case 'login-profile-created':
      return phrase(`gave ${whom} a console password${lasting(act.session)}`, `give ${whom} a console password`);
    case 'login-profile-updated':
      return updatePhrase(act, whom);
    case 'role-updated':
      return act.session === undefined
        ? called(`UpdateRole${target === undefined ? '' : ` of ${target}`}`)
        : sessionPhrase(act.session, `role ${whom}`);
    case 'quarantine-removed':
      return phrase(`took the quarantine off ${whom}`, `take the quarantine off ${whom}`);
    case 'key-switched-on':
      return phrase(`switched on access key ${shortened(act.key)} of ${whom}`, `switch on access key ${shortened(act.key)} of ${whom}`);
    case 'policy-deleted':
      return policyPhrase(act.policy, whom);
    default:
      return simplePhrase(act.is, whom, `${eventName}${target === undefined ? '' : ` of ${target}`}`);
  }
}

/** How CloudTrail writes root in the place of a user. */
const rootAsUser = 'AWS ROOT USER';

/** IAM takes the caller where no user is named. */
function whomOf({ target, targetIs }: Omit<Of, 'eventName'>): string {
  if (target === rootAsUser) return 'root';
  if (targetIs === 'not-told') return 'somebody whom the record does not name';
  return target === undefined || target.startsWith('arn:') ? 'themselves' : target;
}

export function isRootTarget(target: string | undefined): boolean {
  return target === rootAsUser;
}

function called(what: string): Phrase {
  return { did: `called ${what}`, failed: `tried ${what} and failed` };
}

function simplePhrase(is: Simple, whom: string, what: string): Phrase {
  const phrases: Record<Simple, Phrase> = {
    'console-sign-in': phrase('signed in to the console', 'sign in to the console'),
    'reported-sign-in': phrase('signed in (says a message)', 'sign in (says a message)'),
    'identity-center-sign-in': phrase('signed in to Identity Center', 'sign in to Identity Center'),
    'workspaces-sign-in': phrase('signed in to WorkSpaces', 'sign in to WorkSpaces'),
    'external-provider-sign-in': phrase('came through the external identity provider', 'come through the external identity provider'),
    'portal-sign-in': phrase('signed in to the access portal', 'sign in to the access portal'),
    'account-opened': phrase('opened an account or application from the access portal', 'open an account or application from the access portal'),
    'mfa-check': phrase('was checked for MFA while signing in', 'be checked for MFA while signing in'),
    'role-switch': phrase('switched role in the console', 'switch role in the console'),
    'sign-in-token': phrase('got a console sign-in token', 'get a console sign-in token'),
    'password-recovery-request': phrase(`asked for a password recovery of ${whom}`, `ask for a password recovery of ${whom}`),
    'password-recovery': phrase('completed a password recovery', 'complete a password recovery'),
    'own-password': phrase('changed their own password', 'change their own password'),
    'login-profile-deleted': phrase(`took the console password of ${whom} away`, `take the console password of ${whom} away`),
    'mfa-enabled': phrase(`enrolled an MFA device for ${whom}`, `enrol an MFA device for ${whom}`),
    'mfa-deactivated': phrase(`took an MFA device away from ${whom}`, `take an MFA device away from ${whom}`),
    'virtual-mfa-created': phrase('made a virtual MFA device, not enrolled yet', 'make a virtual MFA device'),
    // IAM deletes only what is assigned to nobody.
    'virtual-mfa-deleted': phrase('deleted a virtual MFA device that was not in use', 'delete a virtual MFA device'),
    'sign-in-event': { did: `did ${what}`, failed: `failed at ${what}` },
    call: called(what),
    'read-call': called(what),
  };
  return phrases[is];
}

function policyPhrase(policy: string, whom: string): Phrase {
  const what = `${policy === '' ? 'an' : 'the'} ${inlinePolicy(policy)} of ${whom}`;
  return phrase(`deleted ${what}`, `delete ${what}`);
}

/** A record of a refusal leaves out which. */
function inlinePolicy(policy: string): string {
  return `inline policy${policy === '' ? '' : ` ${policy}`}`;
}

const factorNouns: Record<Factor, string> = {
  password: 'a password',
  totp: 'a one-time code (MFA)',
  'security-key': 'a security key (MFA)',
  'e-mail-code': 'a code sent by e-mail',
  'smart-card': 'a smart card',
  'external-provider': 'a sign-in at the external identity provider',
  unknown: 'a credential',
};

function checkPhrase(factor: Factor): Phrase {
  if (factor === 'password') return { did: 'gave the right password', failed: 'gave a wrong password' };
  if (factor === 'totp') return { did: 'passed the MFA step (one-time code)', failed: 'failed at the MFA step (one-time code)' };
  if (factor === 'security-key') return { did: 'passed the MFA step (security key)', failed: 'failed at the MFA step (security key)' };
  return { did: `passed the check of ${factorNouns[factor]}`, failed: `failed at the check of ${factorNouns[factor]}` };
}

const forClient: Record<Client, string> = {
  'aws-login': 'from the command line (aws login)',
  external: 'for an external client (such as MCP)',
  console: 'to the console',
  unknown: 'from the command line',
};

const isNotTold = 'whether the password is not in the record';
const isLikely = 'most likely the password';

function updatePhrase({ password, session }: Extract<Act, { password: unknown }>, whom: string): Phrase {
  if (password === 'given') return phrase(`changed the console password of ${whom}${lasting(session)}`, `change the console password of ${whom}`);
  const failed = `failed to change the login profile of ${whom}`;
  const note = password === 'likely' ? isLikely : isNotTold;
  return { did: session === undefined ? `changed the login profile of ${whom}` : sessionPhrase(session, whom).did, failed, note };
}

function sessionPhrase(session: SessionLength, whom: string): Phrase {
  const length = session === 'default' ? 'the default time' : `up to ${long(session)}`;
  return phrase(`let console sessions of ${whom} last ${length}`, `change how long console sessions of ${whom} last`);
}

function lasting(session: SessionLength | undefined): string {
  return session === undefined || session === 'default' ? '' : `, and console sessions of up to ${long(session)}`;
}

/** `90 days`, `12 h`, `90 min`. @param seconds */
function long(seconds: number): string {
  if (seconds >= 172_800 && seconds % 86_400 === 0) return `${seconds / 86_400} days`;
  return seconds % 3_600 === 0 ? `${seconds / 3_600} h` : `${Math.round(seconds / 60)} min`;
}

/** What a change changed, as a thing: `login profile of bella, most likely the password`. @param whom undefined: it is known from around it */
export function changedThing(act: Act, told: Of, isVictim = false): string {
  const { eventName, target } = told;
  const of = isVictim ? '' : ` of ${whomOf(told)}`;
  switch (act.is) {
    case 'login-profile-created':
      return `console password${of} (new)${lasting(act.session)}`;
    case 'login-profile-updated':
      return updatedThing(act, of);
    case 'login-profile-deleted':
      return `console password${of} (taken away)`;
    case 'mfa-enabled':
      return `MFA device${of} (enrolled)`;
    case 'mfa-deactivated':
      return `MFA device${of} (taken away)`;
    case 'own-password':
      return 'own password';
    case 'password-recovery':
      return 'own password (by recovery)';
    case 'quarantine-removed':
      return `quarantine${of} (taken off)`;
    case 'key-switched-on':
      return `access key ${shortened(act.key)}${of} (switched on)`;
    case 'policy-deleted':
      return `${inlinePolicy(act.policy)}${of} (deleted)`;
    case 'role-updated':
      return act.session === undefined
        ? `UpdateRole${isVictim || target === undefined ? '' : ` of ${target}`}`
        : sessionThing(act.session, isVictim ? '' : ` of role ${whomOf(told)}`);
    default:
      return `${eventName}${target === undefined || isVictim ? '' : ` of ${target}`}`;
  }
}

function updatedThing({ password, session }: Extract<Act, { password: unknown }>, of: string): string {
  if (password === 'given') return `console password${of}`;
  if (session !== undefined) return `${sessionThing(session, of)}; ${isNotTold}`;
  return `login profile${of}${password === 'likely' ? `, ${isLikely}` : ` (${isNotTold})`}`;
}

function sessionThing(session: SessionLength, of: string): string {
  return `longest console session${of} (${session === 'default' ? 'back to the default' : long(session)})`;
}
