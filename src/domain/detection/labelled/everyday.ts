/** What an account is full of: no detection counts it. */
import { call, federatedUser, type LabelledRecords, mallory, session } from './labelled.ts';

export const everydayRecords = {
  'calls of IAM users': {
    of: [],
    group: 'other calls',
    record: call('ec2.amazonaws.com', 'CreateSecurityGroup', { groupName: 'their-group' }),
  },
  'calls of roles': {
    of: [],
    group: 'other calls',
    record: call('ec2.amazonaws.com', 'RunInstances', { instanceType: 'm7g.large' }, { userIdentity: session('analysts', 'carol@example.com') }),
  },
  'calls of federated users': {
    of: [],
    group: 'other calls',
    record: call('ec2.amazonaws.com', 'RunInstances', { instanceType: 'm7g.large' }, { userIdentity: federatedUser }),
  },
  'calls with the role of an instance': {
    of: [],
    group: 'other calls',
    record: call(
      's3.amazonaws.com',
      'GetObject',
      { bucketName: 'their-bucket' },
      { userIdentity: session('web-server', 'i-0123456789abcdef0'), readOnly: true },
    ),
  },
  'calls of stacks': {
    of: [],
    group: 'other calls',
    record: call(
      'ec2.amazonaws.com',
      'CreateSecurityGroup',
      { groupName: 'their-group' },
      { userIdentity: { ...mallory, invokedBy: 'cloudformation.amazonaws.com' } },
    ),
  },
  'calls that AWS refused': {
    of: [],
    group: 'other calls',
    record: call('ec2.amazonaws.com', 'RunInstances', { instanceType: 'm7g.large' }, { errorCode: 'Client.UnauthorizedOperation' }),
  },
  'calls of services': {
    of: [],
    group: 'other calls',
    record: call(
      'sts.amazonaws.com',
      'AssumeRole',
      { roleArn: 'arn:aws:iam::123456789012:role/analysts' },
      {
        userIdentity: { type: 'AWSService', invokedBy: 'ec2.amazonaws.com' },
        sourceIPAddress: 'ec2.amazonaws.com',
        userAgent: 'ec2.amazonaws.com',
        readOnly: true,
      },
    ),
  },
} as const satisfies LabelledRecords;
