/** What somebody does to a quarantine, and policies that the role for sessions writes. */
import { call, type LabelledRecords, session } from './labelled.ts';

const takenOff = 'quarantines taken off';
const misused = 'policies that the sessions role should not write';
const others = 'other changes to policies and keys';
const policyArn = 'arn:aws:iam::123456789012:policy/signin-responder/deny-all';

const iam = (eventName: string, requestParameters: object, more: object = {}) =>
  call('iam.amazonaws.com', eventName, { ...requestParameters }, { ...more });

const bySessionsRole = { userIdentity: session('signin-responder-sessions', 'U01BOBEK00.SIN-42.deny-older-sessions') };
const ours = { roleName: 'analysts', policyName: 'signin-responder-older-sessions' };
const statement = (effect: string): string =>
  `{"Version":"2012-10-17","Statement":[{"Effect":"${effect}","Action":"*","Resource":"*","Condition":{"DateLessThan":{"aws:TokenIssueTime":"2026-11-22T03:00:00.000Z"}}}]}`;

export const containmentRecords = {
  'quarantines taken off users': {
    of: ['containment-undone'],
    group: takenOff,
    record: iam('DetachUserPolicy', { userName: 'alice', policyArn }),
  },
  'quarantines taken off roles': {
    of: ['containment-undone'],
    group: takenOff,
    record: iam('DetachRolePolicy', { roleName: 'analysts', policyArn }, { userIdentity: session('web-server', 'i-0123456789abcdef0') }),
  },
  'quarantines that say something else': {
    of: ['containment-undone'],
    group: takenOff,
    record: iam('CreatePolicyVersion', { policyArn, policyDocument: '{}', setAsDefault: true }),
  },
  'quarantines set to another version': {
    of: ['containment-undone'],
    group: takenOff,
    record: iam('SetDefaultPolicyVersion', { policyArn, versionId: 'v2' }),
  },
  'quarantines taken off by the responder': {
    of: [],
    group: others,
    record: iam(
      'DetachUserPolicy',
      { userName: 'alice', policyArn },
      { userIdentity: session('signin-responder-respond', 'U01BOBEK00.SIN-42.undo') },
    ),
  },
  'quarantines that AWS let nobody take off': {
    of: [],
    group: others,
    record: iam('DetachUserPolicy', { userName: 'alice', policyArn }, { errorCode: 'AccessDenied', errorMessage: 'User is not authorized' }),
  },
  'other policies detached': {
    of: [],
    group: others,
    record: iam('DetachUserPolicy', { userName: 'alice', policyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' }),
  },
  'access keys switched on': {
    of: [],
    group: others,
    record: iam('UpdateAccessKey', { userName: 'alice', accessKeyId: 'AKIAEXAMPLE1', status: 'Active' }),
  },
  'denies of sessions deleted': {
    of: [],
    group: others,
    record: iam('DeleteRolePolicy', ours),
  },
  'policies with an Allow by the sessions role': {
    of: ['sessions-role-misused'],
    group: misused,
    record: iam('PutRolePolicy', { ...ours, policyDocument: statement('Allow') }, bySessionsRole),
  },
  'policies with an Allow that is spelt by numbers': {
    of: ['sessions-role-misused'],
    group: misused,
    record: iam('PutRolePolicy', { ...ours, policyDocument: statement('\\u0041\\u006c\\u006c\\u006f\\u0077') }, bySessionsRole),
  },
  'policies of another name by the sessions role': {
    of: ['sessions-role-misused'],
    group: misused,
    record: iam('PutUserPolicy', { userName: 'alice', policyName: 'their-policy', policyDocument: statement('Deny') }, bySessionsRole),
  },
  'policies by the sessions role whose text is not told': {
    of: ['sessions-role-misused'],
    group: misused,
    record: iam('PutRolePolicy', ours, bySessionsRole),
  },
  'policies with an Allow that AWS refused the sessions role': {
    of: ['sessions-role-misused'],
    group: misused,
    record: iam('PutRolePolicy', { ...ours, policyDocument: statement('Allow') }, { ...bySessionsRole, errorCode: 'AccessDenied' }),
  },
  'denies of sessions written': {
    of: [],
    group: others,
    record: iam('PutRolePolicy', { ...ours, policyDocument: statement('Deny') }, bySessionsRole),
  },
  'inline policies written': {
    of: [],
    group: others,
    record: iam('PutUserPolicy', { userName: 'alice', policyName: 'their-policy', policyDocument: statement('Allow') }),
  },
} as const satisfies LabelledRecords;
