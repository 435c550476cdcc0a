/** CloudTrail records as AWS writes them, for the stories. Accounts, names and addresses are made up (documentation ranges). */
import { randomUUID } from 'node:crypto';
import { logEvents, putLogEvents } from './aws/log-groups.ts';
import { directoryUser, prodAccount, trailGroup } from './aws/names.ts';
import type { World } from './world.ts';

export type Json = Record<string, unknown>;

const browser = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36';

export function record(world: World, more: Json): Json {
  return {
    eventVersion: '1.08',
    eventTime: new Date(world.clock.now() - 60_000).toISOString().replace(/\.\d+Z$/, 'Z'),
    eventSource: 'signin.amazonaws.com',
    eventName: 'ConsoleLogin',
    awsRegion: 'us-east-1',
    sourceIPAddress: '203.0.113.7',
    userAgent: browser,
    requestParameters: null,
    eventID: randomUUID(),
    readOnly: false,
    eventType: 'AwsConsoleSignIn',
    managementEvent: true,
    recipientAccountId: prodAccount,
    ...more,
  };
}

export function consoleLogin(world: World, userIdentity: Json, outcome: 'Success' | 'Failure', mfaUsed: 'Yes' | 'No', more: Json = {}): Json {
  return record(world, {
    userIdentity: { accountId: prodAccount, ...userIdentity },
    ...(outcome === 'Failure' ? { errorMessage: 'Failed authentication' } : {}),
    responseElements: { ConsoleLogin: outcome },
    additionalEventData: { LoginTo: 'https://console.aws.amazon.com/console/home', MobileVersion: 'No', MFAUsed: mfaUsed },
    ...more,
  });
}

/** A record as EventBridge hands it to SNS. */
export function eventBridge(detail: Json, detailType = 'AWS Console Sign In via CloudTrail'): Json {
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': detailType,
    source: String(detail.eventSource).replace(/^([^.]+)\..*/, 'aws.$1'),
    account: prodAccount,
    time: detail.eventTime,
    region: detail.awsRegion,
    resources: [],
    detail,
  };
}

export const root: Json = { type: 'Root', arn: `arn:aws:iam::${prodAccount}:root` };
export const hidden: Json = { type: 'IAMUser', userName: 'HIDDEN_DUE_TO_SECURITY_REASONS', accessKeyId: '' };

export function iamUser(userName: string): Json {
  return { type: 'IAMUser', arn: `arn:aws:iam::${prodAccount}:user/${userName}`, userName };
}

/** As a failure has it: without ARN. */
export function failing(userName: string): Json {
  return { type: 'IAMUser', userName, accessKeyId: '' };
}

const identityCenter: Json = {
  type: 'IdentityCenterUser',
  accountId: prodAccount,
  onBehalfOf: { userId: directoryUser, identityStoreArn: `arn:aws:identitystore::${prodAccount}:identitystore/d-9067642ac7` },
  credentialId: 'VKL...',
};

export const instanceRole: Json = {
  type: 'AssumedRole',
  principalId: 'AROASANDBOXWEB:i-0123456789abcdef0',
  arn: `arn:aws:sts::${prodAccount}:assumed-role/web/i-0123456789abcdef0`,
  sessionContext: { sessionIssuer: { type: 'Role', userName: 'web' } },
};

export function verification(world: World, type: 'TOTP' | 'PASSWORD', outcome: 'Success' | 'Failure'): Json {
  return record(world, {
    eventName: 'CredentialVerification',
    eventType: 'AwsServiceEvent',
    userIdentity: identityCenter,
    additionalEventData: { AuthWorkflowID: randomUUID(), CredentialType: type },
    serviceEventDetails: { CredentialVerification: outcome },
  });
}

/** An API call by somebody else than the bot. */
export function change(world: World, eventSource: string, eventName: string, requestParameters: Json): Json {
  return record(world, {
    eventSource,
    eventName,
    eventType: 'AwsApiCall',
    requestParameters,
    userIdentity: { accountId: prodAccount, ...iamUser('carl') },
  });
}

/** Puts records into CloudTrail's event history, which has them only after a while. */
export function inTrail(world: World, records: readonly Json[], delaySeconds: number): void {
  const visibleAt = world.clock.now() + delaySeconds * 1_000;
  for (const one of records) world.aws.accounts[prodAccount]?.trail.push({ region: String(one.awsRegion), visibleAt, record: one });
}

/** Puts records into the log group of the trail, where they can be read at once. */
export function inLog(world: World, records: readonly Json[]): void {
  putLogEvents(world.aws, { account: prodAccount, region: 'us-east-1', group: trailGroup }, logEvents(records, world.clock.now(), 0));
}

/** Seconds before now, as CloudTrail writes times. */
export function ago(world: World, seconds: number): Json {
  return { eventTime: new Date(world.clock.now() - seconds * 1_000).toISOString().replace(/\.\d+Z$/, 'Z') };
}
