/** What a doctor asks about: trails, rules, topics. Sources: the API references of CloudTrail, EventBridge and SNS. */
import { AwsError } from './errors.ts';
import type { Operation } from './iam.ts';
import type { Trail } from './shapes.ts';
import type { AwsState } from './state.ts';
import type { JsonOperation } from './trail.ts';

export function setupOperations(state: AwsState): Record<string, JsonOperation> {
  const trailOf = (account: string, name: unknown): Trail => {
    const found = state.accounts[account]?.trails.find((trail) => arnOf(account, trail) === name || trail.name === name);
    if (found === undefined) throw new AwsError('TrailNotFoundException', `Unknown trail: ${String(name)}`);
    return found;
  };
  return {
    DescribeTrails: (account, region) => ({
      trailList: (state.accounts[account]?.trails ?? [])
        .filter((trail) => trail.isMultiRegion || trail.region === region)
        .map((trail) => ({
          Name: trail.name,
          TrailARN: arnOf(account, trail),
          HomeRegion: trail.region,
          IsMultiRegionTrail: trail.isMultiRegion,
          ...(trail.logGroupArn === null ? {} : { CloudWatchLogsLogGroupArn: trail.logGroupArn }),
        })),
    }),
    GetTrailStatus: (account, _region, { Name }) => {
      const { isLogging, deliveryError } = trailOf(account, Name);
      return { IsLogging: isLogging, ...(deliveryError === null ? {} : { LatestCloudWatchLogsDeliveryError: deliveryError }) };
    },
    GetEventSelectors: (account, _region, { TrailName }) => ({
      EventSelectors: [{ ReadWriteType: 'All', IncludeManagementEvents: trailOf(account, TrailName).managementEvents, DataResources: [] }],
    }),
    ListRules: (account, region, { NamePrefix = '', EventBusName }) => {
      const here = (state.accounts[account]?.rules ?? []).filter((rule) => rule.region === region);
      const bus = EventBusName === undefined || EventBusName === 'default' ? null : String(EventBusName);
      if (bus !== null && !here.some((rule) => rule.bus === bus)) throw new AwsError('ResourceNotFoundException', `Event bus ${bus} does not exist.`);
      const found = here.filter((rule) => rule.bus === bus && rule.name.startsWith(String(NamePrefix)));
      return { Rules: found.map(({ name, state: State, pattern }) => ({ Name: name, State, EventPattern: pattern })) };
    },
  };
}

function arnOf(account: string, { region, name }: Trail): string {
  return `arn:aws:cloudtrail:${region}:${account}:trail/${name}`;
}

export function snsOperations(state: AwsState): Record<string, Operation> {
  const topicOf = (account: string, arn: string | undefined) => {
    const found = state.accounts[account]?.topics[arn ?? ''];
    if (found === undefined) throw new AwsError('NotFound', 'Topic does not exist', 404);
    return found;
  };
  return {
    ConfirmSubscription: (_account, input) => ({ SubscriptionArn: `${input.TopicArn}:00000000-0000-0000-0000-000000000000` }),
    GetTopicAttributes: (account, { TopicArn }) => ({
      Attributes: {
        entry: [
          { key: 'TopicArn', value: TopicArn ?? '' },
          { key: 'SignatureVersion', value: topicOf(account, TopicArn).signatureVersion },
        ],
      },
    }),
    GetSubscriptionAttributes: (account, { SubscriptionArn = '' }) => {
      const parts = SubscriptionArn.split(':');
      const found = topicOf(account, parts.slice(0, 6).join(':')).subscriptions[Number(parts.at(-1)?.slice(-1))];
      const entry = [{ key: 'RawMessageDelivery', value: String(found?.raw ?? false) }];
      return { Attributes: { entry: found?.deadLetters ? [...entry, { key: 'RedrivePolicy', value: '{}' }] : entry } };
    },
    ListSubscriptionsByTopic: (account, { TopicArn }) => ({
      Subscriptions: topicOf(account, TopicArn).subscriptions.map(({ protocol, endpoint, confirmed }, index) => ({
        TopicArn: TopicArn ?? '',
        Protocol: protocol,
        Endpoint: endpoint,
        Owner: account,
        SubscriptionArn: confirmed ? `${TopicArn}:00000000-0000-0000-0000-00000000000${index}` : 'PendingConfirmation',
      })),
    }),
  };
}
