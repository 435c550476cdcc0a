/**
 * The one table of places: what differs between the partitions of AWS. Accounts and regions in events are what somebody wrote, and they become
 * addresses, so only those of AWS's own form are taken. Sources: the SDK's partitions (suffix, form of a region); "AWS Management Console
 * endpoints" and the partitions' own user guides (console); IAM user guide, "Resilience in IAM" (where IAM is controlled from); "AWS
 * Management Console sign-in events" (CloudTrail user guide; of the partition aws only); AWS's own SNS verifier (hosts and certificate names).
 */

export type PartitionId = 'aws' | 'aws-cn' | 'aws-us-gov' | 'aws-eusc';

interface Partition {
  /** For people. */
  readonly name: string;
  readonly dnsSuffix: string;
  /** Of services that have no other endpoints than those that speak IPv4 and IPv6. */
  readonly dualStackSuffix: string;
  readonly region: RegExp;
  /** Where IAM is controlled from, and so where CloudTrail records what is done to it. */
  readonly iamRegion: string;
  /** Where sign-ins of IAM users may be recorded. Not documented: every region that the partition is known to have. */
  readonly signIn: { readonly regions: readonly string[]; readonly isDocumented: boolean };
  /** The console's host for a region. */
  readonly console: (region: string) => string;
  /** Whether a root user exists who can sign in to this console. */
  readonly hasRootConsole: boolean;
  /** The name in the certificate that SNS signs with, where it is not that of SNS under the suffix. */
  readonly signingNames: Readonly<Record<string, string>>;
}

/** Regions opened since 2019 sign with a certificate of their own. */
const ownSigningName = [
  ...['af-south-1', 'ap-east-1', 'ap-east-2', 'ap-south-2', 'ap-southeast-3', 'ap-southeast-4', 'ap-southeast-5', 'ap-southeast-6', 'ap-southeast-7'],
  ...['ca-west-1', 'eu-central-2', 'eu-south-1', 'eu-south-2', 'il-central-1', 'me-central-1', 'me-south-1', 'mx-central-1'],
];

export const partitions: Readonly<Record<PartitionId, Partition>> = {
  aws: {
    name: 'AWS',
    dnsSuffix: 'amazonaws.com',
    dualStackSuffix: 'api.aws',
    region: /^(?!cn-)[a-z]{2}-[a-z]+-\d{1,2}$/,
    iamRegion: 'us-east-1',
    signIn: { regions: ['us-east-1', 'us-east-2', 'eu-north-1', 'ap-southeast-2'], isDocumented: true },
    console: () => 'console.aws.amazon.com',
    hasRootConsole: true,
    signingNames: Object.fromEntries(ownSigningName.map((region) => [region, `sns-signing.${region}.amazonaws.com`])),
  },
  'aws-cn': {
    name: 'AWS China',
    dnsSuffix: 'amazonaws.com.cn',
    dualStackSuffix: 'api.amazonwebservices.com.cn',
    region: /^cn-[a-z]+-\d{1,2}$/,
    iamRegion: 'cn-north-1',
    signIn: { regions: ['cn-north-1', 'cn-northwest-1'], isDocumented: false },
    console: () => 'console.amazonaws.cn',
    hasRootConsole: false,
    signingNames: { 'cn-north-1': 'sns-cn-north-1.amazonaws.com.cn', 'cn-northwest-1': 'sns-cn-northwest-1.amazonaws.com.cn' },
  },
  'aws-us-gov': {
    name: 'AWS GovCloud (US)',
    dnsSuffix: 'amazonaws.com',
    dualStackSuffix: 'api.aws',
    region: /^us-gov-[a-z]+-\d{1,2}$/,
    iamRegion: 'us-gov-west-1',
    signIn: { regions: ['us-gov-west-1', 'us-gov-east-1'], isDocumented: false },
    console: () => 'console.amazonaws-us-gov.com',
    hasRootConsole: false,
    signingNames: { 'us-gov-west-1': 'sns-us-gov-west-1.amazonaws.com', 'us-gov-east-1': 'sns-us-gov-west-1.amazonaws.com' },
  },
  'aws-eusc': {
    name: 'AWS European Sovereign Cloud',
    dnsSuffix: 'amazonaws.eu',
    dualStackSuffix: 'api.amazonwebservices.eu',
    region: /^eusc-[a-z]{2}-[a-z]+-\d{1,2}$/,
    iamRegion: 'eusc-de-east-1',
    signIn: { regions: ['eusc-de-east-1'], isDocumented: false },
    console: (region) => `${region}.console.amazonaws-eusc.eu`,
    hasRootConsole: true,
    signingNames: { 'eusc-de-east-1': 'sns-signing.eusc-de-east-1.amazonaws.eu' },
  },
};

const ids = Object.keys(partitions) as PartitionId[];

export function isAccount(value: unknown): value is string {
  return typeof value === 'string' && /^\d{12}$/.test(value);
}

/** `us-east-1`, `us-gov-west-1`; old records say `global`. */
export function isRegion(value: unknown): value is string {
  return typeof value === 'string' && (value === 'global' || partitionOf(value) !== undefined);
}

/** The partition that a region is in; undefined for one of a partition that is not in the table. Only `aws` ever said `global`. */
export function partitionOf(region: string): PartitionId | undefined {
  return region === 'global' ? 'aws' : ids.find((id) => partitions[id].region.test(region));
}

/** The partition of a place whose region may not be told. */
export function partitionAt(region: string): Partition {
  return partitions[partitionOf(region) ?? 'aws'];
}

/** Those of the regions that one set of credentials reaches from a place. */
export function regionsWith(region: string, regions: readonly string[]): string[] {
  const partition = partitionOf(region) ?? 'aws';
  return regions.filter((one) => partitionOf(one) === partition);
}

/** Region and account as the ARN of a topic or an alarm carries them: `arn:aws:sns:us-east-1:123456789012:name`. */
export function placeOf(arn: string): { region: string; account: string } {
  const parts = arn.split(':');
  return { region: parts[3] ?? '', account: parts[4] ?? '' };
}

export function isAlarmArn(text: string): boolean {
  return /^arn:[a-z-]+:cloudwatch:[a-z0-9-]+:\d{12}:alarm:./.test(text);
}

/** The name of an alarm, which may hold colons, from its ARN. */
export function alarmNameIn(arn: string): string {
  return arn.split(':').slice(6).join(':');
}

/** The name of a topic or of a queue, from its ARN. */
export function nameIn(arn: string): string {
  return arn.split(':').at(-1) ?? '';
}

/** The ARN of an alarm by its name, for messages that carry none. */
export function alarmArn({ region, account }: { region: string; account: string }, name: string): string {
  return `arn:${partitionOf(region) ?? 'aws'}:cloudwatch:${region}:${account}:alarm:${name}`;
}

/** An ARN in IAM: `user/alice`, `mfa/alice`. @param region any of the account's partition */
export function iamArn(region: string, account: string, resource: string): string {
  return `arn:${partitionOf(region) ?? 'aws'}:iam::${account}:${resource}`;
}

const topicForm = /^arn:([a-z-]+):sns:([a-z0-9-]+):\d{12}:[\w-]{1,256}(\.fifo)?$/;

/** Whether it is the ARN of an SNS topic whose region is of the partition that it names. */
export function isTopicArn(text: string): boolean {
  const [, partition, region = ''] = topicForm.exec(text) ?? [];
  return partition !== undefined && region !== 'global' && partitionOf(region) === partition;
}

/** The address by which SQS knows a queue, from its ARN. */
export function queueUrlOf(arn: string): string {
  const { region, account } = placeOf(arn);
  return `https://sqs.${region}.${partitionAt(region).dnsSuffix}/${account}/${nameIn(arn)}`;
}

/** Where AWS Sign-In tells of sessions. Source: the endpoint rules of service `signin`, whose session calls are control plane. */
export function signInApiOf(region: string): string {
  return `https://signin.${region}.${partitionAt(region).dualStackSuffix}`;
}

/** Where SNS of a region is, and the name that its signing certificate carries; undefined for a region of no known partition. */
export function snsOf(region: string): { host: string; certificateName: string } | undefined {
  const partition = partitionOf(region);
  if (partition === undefined || region === 'global') return undefined;
  const { dnsSuffix, signingNames } = partitions[partition];
  return { host: `sns.${region}.${dnsSuffix}`, certificateName: signingNames[region] ?? `sns.${dnsSuffix}` };
}

/** `prod 1111-2222-3333`. @param accounts names by id */
export function accountWords(account: string, accounts: ReadonlyMap<string, string>): string {
  const digits = /^\d{12}$/.test(account) ? account.replace(/^(\d{4})(\d{4})(\d{4})$/, '$1-$2-$3') : account;
  const name = accounts.get(account);
  return name === undefined ? `account ${digits}` : `${name} ${digits}`;
}
