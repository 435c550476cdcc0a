/**
 * Records by hand from CloudTrail's documentation, each with the kind of thing it is a record of: what a detection must match, and near misses.
 * A filter pattern is judged by running it over them. Account 123456789012, documentation addresses, made-up names.
 */
import type { Json } from '../../json.ts';
import type { DetectionId } from '../detections.ts';

export interface Labelled {
  /** The detections that must match it, the one it belongs to first. */
  readonly of: readonly DetectionId[];
  /** What several kinds are called together: sentences name the group where they mean all of it. */
  readonly group: string;
  readonly record: Json;
}

/** By kind: a plain plural, as sentences name it ("also counts: sign-ins through Identity Center"). */
export type LabelledRecords = Readonly<Record<string, Labelled>>;

const account = '123456789012';

function record(more: Json): Json {
  return {
    eventVersion: '1.08',
    eventTime: '2026-11-22T03:00:00Z',
    awsRegion: 'us-east-1',
    sourceIPAddress: '203.0.113.7',
    userAgent: 'Mozilla/5.0 (X11; Linux x86_64)',
    requestParameters: null,
    responseElements: null,
    eventID: '11111111-2222-4333-8444-555555555555',
    readOnly: false,
    managementEvent: true,
    recipientAccountId: account,
    eventCategory: 'Management',
    ...more,
  };
}

const tlsDetails = { tlsVersion: 'TLSv1.3', cipherSuite: 'TLS_AES_128_GCM_SHA256', clientProvidedHostHeader: 'us-east-1.signin.aws.amazon.com' };

/** A record of the sign-in service, on people who come to the console. */
export function signIn(eventName: string, userIdentity: Json, more: Json): Json {
  const identity = { accountId: account, ...userIdentity };
  return record({ eventSource: 'signin.amazonaws.com', eventName, eventType: 'AwsConsoleSignIn', userIdentity: identity, tlsDetails, ...more });
}

/** @param data what stands beside LoginTo in additionalEventData */
export function consoleLogin(userIdentity: Json, outcome: 'Success' | 'Failure', data: Json, more: Json = {}): Json {
  return signIn('ConsoleLogin', userIdentity, {
    responseElements: { ConsoleLogin: outcome },
    additionalEventData: { LoginTo: 'https://console.aws.amazon.com/console/home', MobileVersion: 'No', ...data },
    ...more,
  });
}

/** A step of `aws login`, or of another client of OAuth: a call that only reads, as AWS counts it. */
export function clientSignIn(
  eventName: 'AuthorizeOAuth2Access' | 'CreateOAuth2Token',
  userIdentity: Json,
  additionalEventData: Json,
  more: Json = {},
): Json {
  return signIn(eventName, userIdentity, {
    eventType: 'AwsApiCall',
    readOnly: true,
    requestID: '22222222-2222-4333-8444-555555555555',
    requestParameters: { client_id: 'arn:aws:signin:::devtools/same-device' },
    additionalEventData,
    ...more,
  });
}

/** One step of a sign-in to Identity Center, or to what uses its directory. */
export function step(eventName: string, additionalEventData: Json, serviceEventDetails: Json, more: Json = {}): Json {
  return signIn(eventName, directoryUser, {
    eventType: 'AwsServiceEvent',
    requestID: '22222222-2222-4333-8444-555555555555',
    additionalEventData: { AuthWorkflowID: '33333333-2222-4333-8444-555555555555', ...additionalEventData },
    serviceEventDetails,
    ...more,
  });
}

/** A call of an API. */
export function call(eventSource: string, eventName: string, requestParameters: Json | null, more: Json = {}): Json {
  return record({
    eventSource,
    eventName,
    eventType: 'AwsApiCall',
    userIdentity: mallory,
    userAgent: 'aws-cli/2.31.0',
    requestID: '22222222-2222-4333-8444-555555555555',
    requestParameters,
    sessionCredentialFromConsole: 'true',
    ...more,
  });
}

export function iamUser(userName: string): Json {
  return { type: 'IAMUser', principalId: 'AIDAEXAMPLE1', arn: `arn:aws:iam::${account}:user/${userName}`, accountId: account, userName };
}

/** As failures name an IAM user: without an ARN. */
export function triedUser(userName: string): Json {
  return { type: 'IAMUser', principalId: 'AIDAEXAMPLE1', accountId: account, accessKeyId: '', userName };
}

export const mallory = iamUser('mallory');
export const root: Json = { type: 'Root', principalId: account, arn: `arn:aws:iam::${account}:root`, accountId: account, accessKeyId: '' };
export const federatedUser: Json = {
  type: 'FederatedUser',
  principalId: `${account}:frank`,
  arn: `arn:aws:sts::${account}:federated-user/frank`,
  sessionContext: { attributes: { creationDate: '2026-11-22T02:59:00Z', mfaAuthenticated: 'false' }, sessionIssuer: mallory },
};
const directoryUser: Json = {
  type: 'IdentityCenterUser',
  onBehalfOf: { userId: 'f12bb510-aaaa-4bbb-8ccc-000000000001', identityStoreArn: `arn:aws:identitystore::${account}:identitystore/d-1234567890` },
  credentialId: '44444444-2222-4333-8444-555555555555',
};

/** A session of a role. */
export function session(role: string, name: string): Json {
  return {
    type: 'AssumedRole',
    principalId: `AROAEXAMPLE1:${name}`,
    arn: `arn:aws:sts::${account}:assumed-role/${role}/${name}`,
    accountId: account,
    sessionContext: {
      attributes: { creationDate: '2026-11-22T02:59:00Z', mfaAuthenticated: 'false' },
      sessionIssuer: { type: 'Role', principalId: 'AROAEXAMPLE1', arn: `arn:aws:iam::${account}:role/${role}`, accountId: account, userName: role },
    },
  };
}

/** What may be anything: on another day, of somebody else, from elsewhere. */
const elsewhere: readonly (readonly [string, string])[] = [
  ['1.08', '1.11'],
  ['2026-11-22T0', '2027-04-05T1'],
  ['us-east-1', 'eu-north-1'],
  ['203.0.113.7', '198.51.100.23'],
  ['Mozilla/5.0 (X11; Linux x86_64)', 'Opera/9.80 (Macintosh)'],
  ['aws-cli/2.31.0', 'Boto3/1.40.2'],
  ['-2222-4333-8444-555555555555', '-7777-4888-9999-000000000000'],
  [account, '210987654321'],
  ['TLSv1.3', 'TLSv1.2'],
  ['TLS_AES_128_GCM_SHA256', 'ECDHE-RSA-AES128-GCM'],
  ['AIDAEXAMPLE1', 'AIDAEXAMPLE2'],
  ['AROAEXAMPLE1', 'AROAEXAMPLE2'],
  ['i-0123456789abcdef0', 'i-0fedcba9876543210'],
  ['_Admin_0123456789abcdef', '_Reader_fedcba9876543210'],
  ['f12bb510-aaaa', 'a0b1c2d3-eeee'],
  ['d-1234567890', 'd-0987654321'],
  ['mallory', 'quentin'],
  ['alice', 'zoe'],
  ['frank', 'hanna'],
  ['dora@example.com', 'dan@example.org'],
  ['carol@example.com', 'chris@example.org'],
  ['partner-sso', 'office-idp'],
  ['analysts', 'builders'],
  ['web-server', 'batch-job'],
  ['organisation-trail', 'other-trail'],
  ['their-', 'some-'],
  ['SigninFailures', 'RootUsage'],
];

/** The same kind of record with other values wherever a value may be anything: what a pattern says of both, it says of the kind. */
export function twinOf(labelled: Json): Json {
  return JSON.parse(elsewhere.reduce((text, [here, there]) => text.replaceAll(here, there), JSON.stringify(labelled))) as Json;
}
