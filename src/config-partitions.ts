/** Faults of the environment: variables that name places of partitions that have nothing to do with each other. */
import { isTopicArn, type PartitionId, partitionOf, partitions, placeOf } from './domain/place.ts';
import type { ProtectedUsers } from './domain/response/protected.ts';

/** The variables that name places and roles. */
interface Placed {
  readonly AWS_REGIONS: readonly string[];
  readonly SNS_TOPIC_ARNS: readonly string[];
  readonly ESCALATION_TOPIC_ARN?: string | undefined;
  readonly CANARY_ALARM?: string | undefined;
  readonly AWS_MEMBER_ROLE?: string | undefined;
  readonly AWS_RESPOND_ROLE?: string | undefined;
  readonly AWS_SESSIONS_ROLE?: string | undefined;
  readonly IDENTITY_CENTER_ROLE?: string | undefined;
  readonly ROOT_ACCESS_ROLE?: string | undefined;
  readonly PROTECTED_USERS: readonly ProtectedUsers[];
}

/** Credentials of one partition are nothing in another: what names several of them cannot work. */
export function mixedPartitions({ AWS_REGIONS, SNS_TOPIC_ARNS, PROTECTED_USERS, ...arns }: Placed): [variable: string, fault: string][] {
  const named = (ids: readonly (PartitionId | undefined)[]): string =>
    [...new Set(ids)].map((id) => (id === undefined ? 'an unknown partition' : partitions[id].name)).join(' and ');
  const separate = 'whose accounts and credentials are separate: run one responder for each';
  const [home = 'aws', ...others] = new Set(AWS_REGIONS.map(partitionOf));
  if (others.length > 0) return [['AWS_REGIONS', `names regions of ${named([home, ...others])}, ${separate}`]];
  const faults: [string, string][] = [];
  const topics = SNS_TOPIC_ARNS.filter(isTopicArn)
    .map((arn) => partitionOf(placeOf(arn).region))
    .filter((id) => id !== home);
  if (topics.length > 0)
    faults.push([
      'SNS_TOPIC_ARNS',
      `names topics of ${named(topics)} and AWS_REGIONS regions of ${named([home])}, ${separate}, with regions and topics of its own`,
    ]);
  const { ESCALATION_TOPIC_ARN, CANARY_ALARM, AWS_MEMBER_ROLE, AWS_RESPOND_ROLE, AWS_SESSIONS_ROLE, IDENTITY_CENTER_ROLE, ROOT_ACCESS_ROLE } = arns;
  const inAccounts = { AWS_MEMBER_ROLE, AWS_RESPOND_ROLE, AWS_SESSIONS_ROLE };
  for (const [name, arn] of Object.entries({ ESCALATION_TOPIC_ARN, CANARY_ALARM, ...inAccounts, IDENTITY_CENTER_ROLE, ROOT_ACCESS_ROLE }))
    if (arn !== undefined && !arn.startsWith(`arn:${home}:`))
      faults.push([name, `must begin with arn:${home}: because AWS_REGIONS names regions of ${named([home])}`]);
  for (const { written, partition } of PROTECTED_USERS)
    if (partition !== '*' && partition !== home)
      faults.push([
        'PROTECTED_USERS',
        `would protect nobody: “${written}” must begin with arn:${home}: because AWS_REGIONS names regions of ${named([home])}`,
      ]);
  return faults;
}
