/** What is about containment itself: somebody takes off what the responder put on, or writes more than denies with the role for that. */
import { denyAllPolicy } from '../../response/kept-state.ts';
import { sessionDenies } from '../../response/session-denies.ts';
import type { Condition } from '../condition.ts';
import { type Detection, is } from '../detection.ts';

const byIam = is('eventSource', 'iam.amazonaws.com');
const done: Condition = { absent: 'errorCode' };
const denyAll = is('requestParameters.policyArn', `*:policy${denyAllPolicy.path}${denyAllPolicy.name}`);
const issuer = 'userIdentity.sessionContext.sessionIssuer.userName';

/** Taken off somebody, or made to say something else for everybody who has it. */
const takesOff = is('eventName', 'DetachUserPolicy', 'DetachRolePolicy', 'CreatePolicyVersion', 'SetDefaultPolicyVersion');

export const containmentUndone: Detection = {
  title: 'Quarantine taken off',
  severity: 'HIGH',
  condition: {
    all: [
      byIam,
      takesOff,
      denyAll,
      done,
      // What the responder detaches is an undo from Slack; whether it was, is judged where its log is.
      { some: [{ absent: issuer }, { other: issuer, than: ['signin-responder-respond'] }] },
    ],
  },
  ruleSends: {
    all: [
      byIam,
      done,
      {
        some: [
          { all: [takesOff, denyAll] },
          { all: [is('eventName', 'UpdateAccessKey'), is('requestParameters.status', 'Active')] },
          { all: [is('eventName', 'DeleteUserPolicy', 'DeleteRolePolicy'), is('requestParameters.policyName', sessionDenies.any)] },
        ],
      },
    ],
  },
  alarm: { seconds: 300, threshold: 1 },
  happensIn: 'iam-region',
  expectedRate: 'None: an undo from Slack is not counted. Once where a stack changes what the policy says.',
  means: 'Somebody other than the responder took the policy signin-responder/deny-all off a user or role, or changed what it says.',
  check: ['Who did it, from where?', 'Whom was it on, and why?', 'Was there a deployment of the member-roles stack?'],
  act: ['Not agreed: contain again, then contain whoever did it.'],
  cannotTell: [
    'Keys that are switched on and denies of sessions that are deleted: the rule sends them, and they are an incident where the responder had taken them.',
    'What is taken off with the role signin-responder-respond, outside Slack: EventBridge sends it, and the responder knows its own; the alarm on the log group leaves it out.',
  ],
  references: ['MITRE T1098', 'MITRE T1562.001'],
  names: /(quarantine|containment)[-_\s]?(undone|taken|removed|detached|off)/i,
};

/** A JSON text spells a letter by its number too: each of these is a letter of Allow. */
const allows = ['*Allow*', '*u0041*', '*u006*', '*u0077*'];

export const sessionsRoleMisused: Detection = {
  title: 'Sessions role writes more than denies',
  severity: 'CRITICAL',
  mails: true,
  isNeverOurs: true,
  condition: {
    all: [
      byIam,
      is('eventName', 'PutUserPolicy', 'PutRolePolicy'),
      is(issuer, sessionDenies.role),
      {
        some: [
          is('requestParameters.policyDocument', ...allows),
          { absent: 'requestParameters.policyDocument' },
          { other: 'requestParameters.policyName', than: [sessionDenies.any] },
        ],
      },
    ],
  },
  alarm: { seconds: 60, threshold: 1 },
  happensIn: 'iam-region',
  expectedRate: 'None.',
  means:
    'The role signin-responder-sessions wrote, or tried to write, a policy that allows something or is not named as the responder names them. Whoever did it is making themselves administrator.',
  check: ['Whom is the policy on, and what does it allow?', 'Where did the session come from: is it the responder’s address?'],
  act: [
    'Delete the policy, deny all sessions of signin-responder-sessions, signin-responder-respond and signin-responder, and stop the responder.',
    'Deploy member-roles with DenySessions=no. Change the responder’s credentials, Slack token and signing secret.',
    'Look in CloudTrail for all that whom the policy is on did since.',
  ],
  cannotTell: ['A role of another name that was given to AWS_SESSIONS_ROLE: the pattern knows the name of the template alone.'],
  references: ['MITRE T1098.003', 'IAM user guide: no condition key bounds what an inline policy says'],
  names: /sessions[-_\s]?role/i,
};
