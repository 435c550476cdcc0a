/** Changes to what sign-ins rest on: credentials, and the detections themselves. */
import { type Detection, is } from '../detection.ts';

export const signInCredentialsChanged: Detection = {
  title: 'Sign-in credentials changed',
  severity: 'MEDIUM',
  condition: {
    all: [
      is('eventSource', 'iam.amazonaws.com'),
      {
        some: [
          is('eventName', 'CreateLoginProfile', 'UpdateLoginProfile', 'DeleteLoginProfile', 'EnableMFADevice', 'DeactivateMFADevice'),
          { all: [is('eventName', 'UpdateRole'), { atLeast: 'requestParameters.maxSigninSessionDuration', number: 1 }] },
        ],
      },
      { absent: 'errorCode' },
    ],
  },
  alarm: { seconds: 300, threshold: 1 },
  happensIn: 'iam-region',
  expectedRate: 'Once per joiner, leaver and new phone.',
  means: 'A console password, an MFA device or the longest console session was changed, not by this bot from Slack.',
  check: ['Who did it, and for whom?', 'Did the user ask for it?', 'Is there a sign-in from a new address after it?'],
  act: ['Not asked for: undo it (Reset password, Reset MFA), and look at whoever did it.'],
  cannotTell: [
    'Whether the user asked for it.',
    'Whether UpdateLoginProfile changed the password: CloudTrail leaves passwords out.',
    'Whether a session length was raised: the length before is not in the record.',
    'A metric alarm also fires for what this bot did; the card says so once CloudTrail has it.',
  ],
  references: [
    'MITRE T1098.001',
    'MITRE T1556.006',
    'Sigma aws_update_login_profile',
    'Elastic: AWS IAM Deactivation of MFA Device',
    'Panther AWS.IAM.LoginProfile',
  ],
  names: /login[-_\s]?profile|mfa[-_\s]?(deactivat|disabl|chang|delet)|credential[-_\s]?chang/i,
};

/** Names that the templates give to filters, rules and topics. */
const ours = 'signin-responder*';
const oursByArn = '*:signin-responder*';

/** AWS services delete alarms of their own all day; a stack is deleted by somebody. */
const alarmsOff = is('eventName', 'DeleteAlarms');

export const detectionSwitchedOff: Detection = {
  title: 'Detection switched off',
  severity: 'HIGH',
  condition: {
    all: [
      { absent: 'errorCode' },
      {
        some: [
          { all: [alarmsOff, { absent: 'userIdentity.invokedBy' }] },
          { all: [alarmsOff, is('userIdentity.invokedBy', 'cloudformation.amazonaws.com')] },
          { all: [is('eventName', 'SetAlarmState'), is('requestParameters.stateValue', 'OK')] },
          is('eventName', 'DisableAlarmActions', 'PutAlarmMuteRule', 'StopLogging', 'DeleteTrail', 'UpdateTrail'),
          { all: [is('eventName', 'DeleteMetricFilter'), is('requestParameters.filterName', ours)] },
          { all: [is('eventName', 'DeleteRule', 'DisableRule'), is('requestParameters.name', ours)] },
          { all: [is('eventName', 'RemoveTargets'), is('requestParameters.rule', ours)] },
          { all: [is('eventName', 'Unsubscribe', 'SetSubscriptionAttributes'), is('requestParameters.subscriptionArn', oursByArn)] },
          { all: [is('eventName', 'DeleteTopic'), is('requestParameters.topicArn', oursByArn)] },
        ],
      },
    ],
  },
  alarm: { seconds: 300, threshold: 1 },
  happensIn: 'used-regions',
  expectedRate: 'None, except while somebody deploys: alarms of any name count.',
  means: 'Somebody deleted, disabled or silenced an alarm, a filter, a rule, a subscription or the trail that sign-ins are watched with.',
  check: ['Was there a deployment?', 'Who did it, from where?', 'Run npm run doctor: what is missing now?'],
  act: ['Not planned: put it back, then look at whoever did it. Sign-ins since then were not watched.'],
  cannotTell: [
    'What is done to alarms and trails counts for all of them: most of these events hold the names in a list, which a filter cannot search.',
    'A changed pattern, threshold, rule or selector, a deleted bus or log group: npm run doctor finds those, but not a changed threshold.',
  ],
  references: ['MITRE T1562.008', 'Elastic: AWS CloudWatch Alarm Deletion', 'Elastic: AWS EventBridge Rule Disabled or Deleted'],
  names: /(detection|alarm|trail|logging)[-_\s]?(switched[-_\s]?off|disabl|delet|stop)/i,
};
