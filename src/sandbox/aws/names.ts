/** Account ids and names of the emulated AWS. */
export const hubAccount = '111122223333';
export const prodAccount = '444455556666';
/** The organisation that the accounts are of. */
export const organization = 'o-sandbox00001';
export const topicArn = `arn:aws:sns:us-east-1:${hubAccount}:signin-alarms`;
/** What the responder publishes to when nobody acknowledges. */
export const pagerArn = `arn:aws:sns:us-east-1:${prodAccount}:pager`;
/** What the responder sets off every hour. */
export const canaryName = 'signin-responder-canary';
export const canaryArn = `arn:aws:cloudwatch:us-east-1:${hubAccount}:alarm:${canaryName}`;
/** The log group that the organisation's trail writes to. */
export const trailGroup = 'CloudTrail/CloudWatchLogGroup';
export const hubKey = 'AKIASANDBOXHUB000000';
/** Of whoever verifies the log: may read the bucket of anchors, and nothing else. */
export const readerKey = 'AKIASANDBOXREADER000';
/** Of an administrator of the account, who may do what S3 lets anybody do. */
export const rootKey = 'AKIASANDBOXROOT00000';
/** Locks what is put into it. */
export const auditBucket = 'signin-responder-audit';

/** An Identity Center user whose name is in the identity store only. */
export const directoryUser = '90676e4a-1111-2222-3333-444455556666';

/** The queue that takes what a rule did not deliver, in each account. */
export const ruleQueueName = 'signin-responder-rule-dead-letters';

/** The queue that takes what a subscription of a topic did not. */
export function deadLetterQueueOf(topicArn: string): string {
  return `${topicArn.replace(':sns:', ':sqs:')}-dead-letters`;
}
