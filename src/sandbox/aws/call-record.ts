/** The CloudTrail record of a call that the emulated AWS took. Source: "CloudTrail record contents". */
import { randomUUID } from 'node:crypto';
import type { Caller, Json } from './operation.ts';

export interface Called {
  readonly eventSource: string;
  readonly eventName: string;
  readonly requestParameters: Json;
  /** Milliseconds. */
  readonly at: number;
}

export function callRecord(caller: Caller, { at, ...event }: Called): Json {
  return {
    eventVersion: '1.11',
    userIdentity: identityOf(caller),
    eventTime: new Date(at).toISOString().replace(/\.\d+Z$/, 'Z'),
    awsRegion: caller.region,
    sourceIPAddress: '192.0.2.10',
    userAgent: 'aws-sdk-js/3',
    ...event,
    responseElements: null,
    requestID: randomUUID(),
    eventID: randomUUID(),
    readOnly: false,
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: caller.account,
    eventCategory: 'Management',
  };
}

function identityOf({ account, roleArn, roleSessionName, sourceIdentity }: Caller): Json {
  if (roleArn === '') return { type: 'IAMUser', arn: `arn:aws:iam::${account}:user/responder`, accountId: account, userName: 'responder' };
  const role = roleArn.split('/').at(-1) ?? '';
  return {
    type: 'AssumedRole',
    principalId: `AROASANDBOX:${roleSessionName}`,
    arn: roleArn.replace(/:iam::(\d+):role\/.*$/, `:sts::$1:assumed-role/${role}/${roleSessionName}`),
    accountId: account,
    sessionContext: {
      sessionIssuer: { type: 'Role', arn: roleArn, accountId: account, userName: role },
      ...(sourceIdentity === undefined ? {} : { sourceIdentity }),
    },
  };
}
