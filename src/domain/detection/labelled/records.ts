/** All labelled records, and for each detection what tells it from everything else. */
import type { Json } from '../../json.ts';
import type { DetectionId } from '../detections.ts';
import { changeRecords } from './changes.ts';
import { consoleRecords } from './console.ts';
import { containmentRecords } from './containment.ts';
import { everydayRecords } from './everyday.ts';
import { identityCenterRecords } from './identity-center.ts';
import { type Labelled, twinOf } from './labelled.ts';
import { rootRecords } from './root.ts';

const byKind = { ...consoleRecords, ...rootRecords, ...identityCenterRecords, ...changeRecords, ...containmentRecords, ...everydayRecords };

export type Kind = keyof typeof byKind;

export interface LabelledKind extends Labelled {
  readonly kind: Kind;
  /** The same kind with other values wherever a value may be anything. */
  readonly twin: Json;
  /** Of somebody who comes to the console, or tries to. */
  readonly isSignIn: boolean;
}

const signInSources: readonly unknown[] = ['signin.amazonaws.com', 'sso.amazonaws.com'];

export const labelledRecords: readonly LabelledKind[] = (Object.entries(byKind) as [Kind, Labelled][]).map(([kind, labelled]) => ({
  ...labelled,
  kind,
  twin: twinOf(labelled.record),
  isSignIn: signInSources.includes(labelled.record.eventSource),
}));

export interface Contrast {
  /** What a filter that is about this detection counts, or some of it. */
  readonly core: readonly Kind[];
  /** What a filter that is about this detection leaves out. */
  readonly opposite: readonly Kind[];
}

const usersGotIn: readonly Kind[] = ['sign-ins of IAM users without MFA', 'sign-ins of IAM users with MFA'];
const rootGotIn: readonly Kind[] = ['sign-ins of root with MFA', 'sign-ins of root without MFA'];
const everyday: readonly Kind[] = ['calls of IAM users', 'calls of roles'];

export const contrasts: Readonly<Record<DetectionId, Contrast>> = {
  'root-sign-in': { core: rootGotIn, opposite: [...usersGotIn, ...everyday] },
  'root-password-recovery': {
    core: ['requests to recover the root password', 'recoveries of the root password', 'changes of the root password'],
    opposite: [...rootGotIn, ...everyday],
  },
  'root-sign-in-failures': { core: ['failed sign-ins of root'], opposite: [...rootGotIn, 'failures with a wrong password', ...everyday] },
  'command-line-sign-in': {
    core: ['command-line sign-ins that root allows', 'command-line sign-ins of root that do not tell the grant'],
    opposite: ['command-line sign-ins of IAM users', ...rootGotIn, ...everyday],
  },
  'instance-role-console-sign-in': {
    core: ['sign-ins with the role of an instance', 'tokens for the role of an instance'],
    opposite: ['sign-ins through Identity Center', 'tokens for role sessions', 'calls with the role of an instance', ...usersGotIn],
  },
  'detection-switched-off': {
    core: ['alarms deleted', 'alarm actions disabled', 'alarms muted', 'trails stopped', 'trails deleted', 'our rules disabled'],
    opposite: ['trails created', 'trails started', 'other changes to IAM', ...everyday],
  },
  'sessions-role-misused': {
    core: ['policies with an Allow by the sessions role', 'policies of another name by the sessions role'],
    opposite: ['denies of sessions written', 'inline policies written', 'other changes to IAM', ...everyday],
  },
  'containment-undone': {
    core: ['quarantines taken off users', 'quarantines taken off roles'],
    opposite: ['other policies detached', 'other changes to IAM', ...everyday],
  },
  'mfa-failure-iam': {
    core: ['failures at the MFA step'],
    opposite: ['failures with a wrong password', ...usersGotIn, ...everyday],
  },
  'mfa-failure-identity-center': {
    core: ['wrong codes of Identity Center users (TOTP)', 'wrong security keys of Identity Center users (WEBAUTHN)'],
    opposite: ['right codes of Identity Center users', ...everyday],
  },
  'console-sign-in-without-mfa': {
    core: ['sign-ins of IAM users without MFA'],
    opposite: ['sign-ins of IAM users with MFA', ...everyday],
  },
  'sign-in-credentials-changed': {
    core: ['new console passwords', 'changed console passwords', 'MFA devices deactivated'],
    opposite: ['other changes to IAM', ...everyday],
  },
  'console-sign-in-failures': { core: ['failures with a wrong password'], opposite: [...usersGotIn, ...rootGotIn, ...everyday] },
  'identity-center-sign-in-failures': {
    core: ['wrong passwords of Identity Center users'],
    opposite: ['right passwords of Identity Center users', ...everyday],
  },
  'federated-sign-in': {
    core: ['sign-ins of federated users'],
    opposite: ['sign-ins through Identity Center', 'sign-ins through an identity provider (SAML)', ...usersGotIn, ...everyday],
  },
};
