/**
 * The role that denies sessions, off by default: it writes policies in users and roles and deletes none. IAM bounds on whom it may write and in whose
 * name, but neither what an inline policy says nor how it is named: a detection and a mail tell of anything but our denies. Source: the service
 * authorization reference of IAM, PutUserPolicy and PutRolePolicy.
 */
import { sessionDenies } from '../domain/response/session-denies.ts';
import { iamHere, neverItself, neverProtected, neverRolesOfAws, type Statement } from './policies.ts';
import { slackUsers } from './trust.ts';

export const sessionsRoleName = sessionDenies.role;

const ofPerson = { StringLike: { 'aws:SourceIdentity': slackUsers } };
const puts = [
  { action: 'iam:PutUserPolicy', on: 'user' },
  { action: 'iam:PutRolePolicy', on: 'role' },
] as const;

export const sessionsStatements: readonly Statement[] = [
  { Sid: 'DenySessionsOfUsers', Effect: 'Allow', Action: ['iam:PutUserPolicy'], Resource: iamHere('user/*'), Condition: ofPerson },
  { Sid: 'DenySessionsOfRoles', Effect: 'Allow', Action: ['iam:PutRolePolicy'], Resource: iamHere('role/*'), Condition: ofPerson },
  ...neverProtected(puts, 'user', 'NeverProtectedUsers'),
  ...neverProtected(puts, 'role', 'NeverProtectedRoles'),
  neverRolesOfAws('iam:PutRolePolicy'),
  neverItself,
];

/** What the role that reads may besides: those policies, by their names, and what the role may. */
export const sessionsReadStatements: readonly Statement[] = [
  { Sid: 'ReadDeniesOfUsers', Effect: 'Allow', Action: ['iam:GetUserPolicy'], Resource: iamHere('user/*') },
  { Sid: 'ReadDeniesOfRoles', Effect: 'Allow', Action: ['iam:GetRolePolicy', 'iam:GetRole'], Resource: iamHere('role/*') },
  {
    Sid: 'SimulateTheRoleForSessions',
    Effect: 'Allow',
    Action: ['iam:SimulatePrincipalPolicy'],
    Resource: iamHere(`role/${sessionsRoleName}`),
  },
];
