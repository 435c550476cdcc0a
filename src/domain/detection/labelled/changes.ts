/** Changes to what sign-ins rest on, and what looks like them. */
import { call, type LabelledRecords, mallory, root } from './labelled.ts';

const passwords = 'changes of console passwords';
const devices = 'changes of MFA devices';
const sessions = 'changes of how long console sessions last';
const virtual = 'virtual MFA devices made or deleted';
const alarms = 'alarms deleted, disabled or silenced';
const trails = 'trails stopped, deleted or changed';
const ours = 'our filters, rules, subscriptions and topics removed';
const others = 'changes that switch nothing off';

const iam = (eventName: string, requestParameters: object, more: object = {}) =>
  call('iam.amazonaws.com', eventName, { ...requestParameters }, { ...more });
const alarm = (eventName: string, requestParameters: object, more: object = {}) =>
  call('monitoring.amazonaws.com', eventName, { ...requestParameters }, { ...more });
const serial = 'arn:aws:iam::123456789012:mfa/alice';
const topic = 'arn:aws:sns:us-east-1:123456789012:signin-responder';

const credentials = {
  'new console passwords': {
    of: ['sign-in-credentials-changed'],
    group: passwords,
    record: iam('CreateLoginProfile', { userName: 'alice', passwordResetRequired: true }),
  },
  'changed console passwords': {
    of: ['sign-in-credentials-changed'],
    group: passwords,
    record: iam('UpdateLoginProfile', { userName: 'alice', passwordResetRequired: true }),
  },
  'deleted console passwords': {
    of: ['sign-in-credentials-changed'],
    group: passwords,
    record: iam('DeleteLoginProfile', { userName: 'alice' }),
  },
  'MFA devices enabled': {
    of: ['sign-in-credentials-changed'],
    group: devices,
    record: iam('EnableMFADevice', { userName: 'alice', serialNumber: serial }),
  },
  'MFA devices enabled by root': {
    of: ['sign-in-credentials-changed'],
    group: devices,
    record: iam('EnableMFADevice', { userName: 'AWS ROOT USER', serialNumber: serial }, { userIdentity: root }),
  },
  'MFA devices deactivated': {
    of: ['sign-in-credentials-changed'],
    group: devices,
    record: iam('DeactivateMFADevice', { userName: 'alice', serialNumber: serial }),
  },
  'longer console sessions of users': {
    of: ['sign-in-credentials-changed'],
    group: sessions,
    record: iam('UpdateLoginProfile', { userName: 'alice', maxSigninSessionDuration: 7_776_000 }),
  },
  'longer console sessions of roles': {
    of: ['sign-in-credentials-changed'],
    group: sessions,
    record: iam('UpdateRole', { roleName: 'analysts', maxSigninSessionDuration: 7_776_000 }),
  },
  'other changes of roles': {
    of: [],
    group: 'other changes to IAM',
    record: iam('UpdateRole', { roleName: 'analysts', maxSessionDuration: 43_200 }),
  },
  'virtual MFA devices made': {
    of: [],
    group: virtual,
    record: iam('CreateVirtualMFADevice', { virtualMFADeviceName: 'alice' }),
  },
  'virtual MFA devices deleted': {
    of: [],
    group: virtual,
    record: iam('DeleteVirtualMFADevice', { serialNumber: serial }),
  },
  'changes of passwords that AWS refused': {
    of: [],
    group: 'changes of credentials that AWS refused',
    record: iam('UpdateLoginProfile', { userName: 'alice' }, { errorCode: 'AccessDenied', errorMessage: 'User is not authorized' }),
  },
  'changes of MFA devices that AWS refused': {
    of: [],
    group: 'changes of credentials that AWS refused',
    record: iam('DeactivateMFADevice', { userName: 'alice', serialNumber: serial }, { errorCode: 'NoSuchEntityException' }),
  },
  'other changes to IAM': {
    of: [],
    group: 'other changes to IAM',
    record: iam('AttachUserPolicy', { userName: 'alice', policyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' }),
  },
} as const satisfies LabelledRecords;

const switchedOff = {
  'alarms deleted': {
    of: ['detection-switched-off'],
    group: alarms,
    record: alarm('DeleteAlarms', { alarmNames: ['SigninFailures'] }),
  },
  'alarms deleted with their stack': {
    of: ['detection-switched-off'],
    group: alarms,
    record: alarm('DeleteAlarms', { alarmNames: ['SigninFailures'] }, { userIdentity: { ...mallory, invokedBy: 'cloudformation.amazonaws.com' } }),
  },
  'alarms set to OK': {
    of: ['detection-switched-off'],
    group: alarms,
    record: alarm('SetAlarmState', { alarmName: 'SigninFailures', stateValue: 'OK', stateReason: 'x' }),
  },
  'alarm actions disabled': {
    of: ['detection-switched-off'],
    group: alarms,
    record: alarm('DisableAlarmActions', { alarmNames: ['SigninFailures'] }),
  },
  'alarms muted': {
    of: ['detection-switched-off'],
    group: alarms,
    record: alarm('PutAlarmMuteRule', { name: 'their-mute' }),
  },
  'trails stopped': {
    of: ['detection-switched-off'],
    group: trails,
    record: call('cloudtrail.amazonaws.com', 'StopLogging', { name: 'organisation-trail' }),
  },
  'trails deleted': {
    of: ['detection-switched-off'],
    group: trails,
    record: call('cloudtrail.amazonaws.com', 'DeleteTrail', { name: 'organisation-trail' }),
  },
  'trails changed': {
    of: ['detection-switched-off'],
    group: trails,
    record: call('cloudtrail.amazonaws.com', 'UpdateTrail', { name: 'organisation-trail' }),
  },
  'our metric filters deleted': {
    of: ['detection-switched-off'],
    group: ours,
    record: call('logs.amazonaws.com', 'DeleteMetricFilter', { filterName: 'signin-responder-SigninFailures', logGroupName: 'organisation-trail' }),
  },
  'our rules deleted': {
    of: ['detection-switched-off'],
    group: ours,
    record: call('events.amazonaws.com', 'DeleteRule', { name: 'signin-responder-SigninFailures' }),
  },
  'our rules disabled': {
    of: ['detection-switched-off'],
    group: ours,
    record: call('events.amazonaws.com', 'DisableRule', { name: 'signin-responder-SigninFailures' }),
  },
  'targets of our rules removed': {
    of: ['detection-switched-off'],
    group: ours,
    record: call('events.amazonaws.com', 'RemoveTargets', { rule: 'signin-responder-SigninFailures', ids: ['topic'] }),
  },
  'our subscriptions removed': {
    of: ['detection-switched-off'],
    group: ours,
    record: call('sns.amazonaws.com', 'Unsubscribe', { subscriptionArn: `${topic}:11111111-2222-4333-8444-555555555555` }),
  },
  'our subscriptions changed': {
    of: ['detection-switched-off'],
    group: ours,
    record: call('sns.amazonaws.com', 'SetSubscriptionAttributes', { subscriptionArn: `${topic}:11111111-2222-4333-8444-555555555555` }),
  },
  'our topics deleted': {
    of: ['detection-switched-off'],
    group: ours,
    record: call('sns.amazonaws.com', 'DeleteTopic', { topicArn: topic }),
  },
  'alarms that a service deleted': {
    of: [],
    group: others,
    record: alarm('DeleteAlarms', { alarmNames: ['their-scaling'] }, { userIdentity: { ...mallory, invokedBy: 'autoscaling.amazonaws.com' } }),
  },
  'alarms set to ALARM': {
    of: [],
    group: others,
    record: alarm('SetAlarmState', { alarmName: 'SigninFailures', stateValue: 'ALARM', stateReason: 'x' }),
  },
  'trails created': {
    of: [],
    group: others,
    record: call('cloudtrail.amazonaws.com', 'CreateTrail', { name: 'organisation-trail' }),
  },
  'trails started': {
    of: [],
    group: others,
    record: call('cloudtrail.amazonaws.com', 'StartLogging', { name: 'organisation-trail' }),
  },
  'trails whose deletion AWS refused': {
    of: [],
    group: others,
    record: call('cloudtrail.amazonaws.com', 'DeleteTrail', { name: 'organisation-trail' }, { errorCode: 'AccessDenied' }),
  },
  'filters and rules of others deleted': {
    of: [],
    group: others,
    record: call('events.amazonaws.com', 'DeleteRule', { name: 'their-rule' }),
  },
} as const satisfies LabelledRecords;

export const changeRecords = { ...credentials, ...switchedOff };
