/** Sign-ins that the sweep finds, as EventBridge and CloudTrail have them. */

const root = { type: 'Root', principalId: '444455556666', arn: 'arn:aws:iam::444455556666:root' };

function event(detail: object): { detail: object } {
  return {
    version: '0',
    source: 'aws.signin',
    account: '444455556666',
    region: 'us-east-1',
    'detail-type': 'AWS Console Sign In via CloudTrail',
    detail,
  } as { detail: object };
}

function record(eventID: string, at: number, userIdentity: object, result: 'Success' | 'Failure'): object {
  return {
    eventVersion: '1.09',
    eventID,
    eventSource: 'signin.amazonaws.com',
    eventName: 'ConsoleLogin',
    eventType: 'AwsConsoleSignIn',
    eventTime: new Date(at).toISOString(),
    awsRegion: 'us-east-1',
    recipientAccountId: '444455556666',
    sourceIPAddress: '203.0.113.7',
    userIdentity: { accountId: '444455556666', ...userIdentity },
    responseElements: { ConsoleLogin: result },
    additionalEventData: { MFAUsed: 'Yes' },
    ...(result === 'Failure' ? { errorMessage: 'Failed authentication' } : {}),
  };
}

export function rootSignIn(id: string, at: number): { detail: object } {
  return event(record(id, at, root, 'Success'));
}

export function failure(id: string, at: number): object {
  return record(id, at, { type: 'IAMUser', userName: 'carl' }, 'Failure');
}

export function rootFailure(id: string, at: number): { detail: object } {
  return event(record(id, at, root, 'Failure'));
}
