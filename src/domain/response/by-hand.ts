/** What AWS lets nobody do by API for a kind of principal, and where a person does it. */
import { eventHistoryLink, iamRolesLink, iamUsersLink, identityCenterLink, type Link, rootCredentialsLink } from '../links.ts';
import { partitionAt } from '../place.ts';
import type { PrincipalKind } from '../sign-in/principal.ts';

export interface ByHand {
  readonly who: string;
  readonly why: string;
  readonly steps: readonly string[];
  /** Where, in the console of the region's partition. */
  readonly link: (region: string) => Link;
}

const iamUserRest = ['Switch off access keys that may be known to others.', 'End running sessions: attach the inline policy AWSRevokeOlderSessions.'];

export const byHand: Record<PrincipalKind, ByHand> = {
  'iam-user': {
    who: 'IAM user',
    why: 'Contain on the card takes password, keys and sessions away, as far as the stack of this account allows (ContainUsers). The rest is done in IAM.',
    steps: ['Call the user on a number you know.', ...iamUserRest],
    link: iamUsersLink,
  },
  root: {
    who: 'root user',
    why: 'AWS has no API for the management account’s root user: only its owner changes its password or MFA. Of a member account, the management account can delete all credentials of root.',
    steps: [
      'Of a member account: Delete root credentials on the card, where ROOT_ACCESS_ROLE is set; else Root access management in IAM of the management account.',
      'Reach whoever holds the root e-mail address.',
      'Sign in as root, change the password, check the MFA devices and delete root access keys.',
      'If nobody can sign in: AWS Support, “Sign in to your account” page.',
    ],
    link: rootCredentialsLink,
  },
  'role-session': {
    who: 'role session',
    why: 'A role has no password and no MFA device; whoever may assume it signs in elsewhere.',
    steps: [
      'Find who assumed the role: CloudTrail, AssumeRole, same access key id.',
      'Quarantine on the card denies the role everything (ContainRoles), for everybody who uses it. To end older sessions only: Revoke sessions, in IAM.',
      'Block the user at the identity provider.',
    ],
    link: iamRolesLink,
  },
  'federated-user': {
    who: 'federated user',
    why: 'The identity provider holds password and MFA; AWS does not see whether MFA was asked for.',
    steps: [
      'Ask the identity provider whether MFA was used.',
      'End the session and reset the user there.',
      'Check who called GetFederationToken or GetSigninToken.',
    ],
    link: (region) => eventHistoryLink(region),
  },
  'identity-center-user': {
    who: 'Identity Center user',
    why: 'AWS has no API for an Identity Center user’s password, MFA devices or portal sessions. Assignments and groups can be removed from here, where IDENTITY_CENTER_ROLE is set.',
    steps: [
      'Open the user in the Identity Center console.',
      'Disable access, delete active sessions, reset the password, remove MFA devices.',
      'With an external identity provider: disable the user there.',
    ],
    link: identityCenterLink,
  },
  service: {
    who: 'AWS service',
    why: 'AWS did it, on its own or for somebody whom this record does not name.',
    steps: ['Look in CloudTrail for what somebody asked of that service shortly before.'],
    link: (region) => eventHistoryLink(region),
  },
  account: {
    who: 'other account',
    why: 'Somebody of another account did it. CloudTrail names the person there, not here.',
    steps: ['Look in the CloudTrail of that account, or ask its owner.', 'Not known to you: take it out of the policy that lets it in.'],
    link: (region) => eventHistoryLink(region),
  },
  unknown: {
    who: 'unknown user',
    why: 'AWS hides a name that does not exist in the account, for it may be a password typed into the wrong field; others it leaves out of the record.',
    steps: ['Look at the address and the user agent in CloudTrail.', 'Look for a success from the same address.'],
    link: (region) => eventHistoryLink(region),
  },
};

/** Where the bot changes nothing, all of it is done by hand. */
export const iamUserOutOfReach: ByHand = {
  ...byHand['iam-user'],
  why: 'The bot changes nothing in this account: all of it is done in IAM there.',
  steps: ['Call the user on a number you know.', 'Replace the console password, and remove MFA devices that are not the user’s.', ...iamUserRest],
};

/** For an incident that names nobody. @param isReached whether the bot can do anything in that account */
export function byHandWithoutSubject(region: string, isReached: boolean): ByHand {
  return {
    who: 'Nobody is named',
    why: 'A metric alarm and a plain message say that something happened, not who did it.',
    steps: [
      `In CloudTrail, filter by event name ConsoleLogin around the time on the card. ${signInRegionWords(region)}`,
      'Look for a success after failures, and for one address with many names.',
      ...(isReached ? ['Then come back: MFA devices, Reset password and Reset MFA ask for the name.'] : []),
    ],
    link: (at) => eventHistoryLink(at, 'ConsoleLogin'),
  };
}

function signInRegionWords(region: string): string {
  const { name, signIn } = partitionAt(region);
  const regions = signIn.regions.join(', ').replace(/, (?=[^,]*$)/, ' or ');
  if (signIn.isDocumented) return `IAM users may be in ${regions}.`;
  return `Where ${name} records sign-ins of IAM users is not documented: look in ${regions}.`;
}
