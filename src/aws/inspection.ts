/** What the doctor and the coverage report read from AWS. */
import { DescribeTrailsCommand, GetEventSelectorsCommand, type GetEventSelectorsResponse, GetTrailStatusCommand } from '@aws-sdk/client-cloudtrail';
import { paginateDescribeMetricFilters } from '@aws-sdk/client-cloudwatch-logs';
import { ListRulesCommand } from '@aws-sdk/client-eventbridge';
import { GetTopicAttributesCommand, paginateListSubscriptionsByTopic } from '@aws-sdk/client-sns';
import type { FilterFacts, RuleFacts } from '../domain/coverage.ts';
import { asAppError } from '../domain/error.ts';
import type { AwsInspection, TopicFacts, TrailFacts } from '../domain/inspection.ts';
import type { Alarms } from '../domain/ports.ts';
import type { Accounts } from './accounts.ts';
import { permissionsOf } from './permissions.ts';

interface Place {
  readonly account: string;
  readonly region: string;
}

export interface InspectionOptions {
  readonly accounts: Accounts;
  readonly alarms: Alarms;
  readonly places: readonly Place[];
}

const rulePrefix = 'signin-responder-';

export function inspectionOf({ accounts, alarms, places }: InspectionOptions): AwsInspection {
  return {
    caller: () => accounts.caller(),
    permissions: (account, region) => permissionsOf(accounts, account, region),
    trails: (account, region) => trailsOf(accounts, account, region),
    topic: (arn) => topicOf(accounts, arn),
    awsSide: async () => {
      const all = await alarms.all();
      const faults = [...all.faults];
      const everywhere = <T>(read: (place: Place) => Promise<T[]>): Promise<T[][]> =>
        Promise.all(
          places.map((place) =>
            read(place).catch((thrown: unknown) => {
              faults.push(`${place.account} ${place.region}: ${asAppError(thrown).message}`);
              return [];
            }),
          ),
        );
      const filters = await everywhere((place) => filtersOf(accounts, place));
      const rules = await everywhere((place) => rulesOf(accounts, place));
      return { filters: filters.flat(), alarms: all.alarms, rules: rules.flat(), faults: [...new Set(faults)] };
    },
  };
}

async function filtersOf(accounts: Accounts, { account, region }: Place): Promise<FilterFacts[]> {
  const client = await accounts.logs(account, region);
  return accounts.called('DescribeMetricFilters', false, async () => {
    const found: FilterFacts[] = [];
    for await (const page of paginateDescribeMetricFilters({ client }, {})) {
      for (const { filterName, filterPattern, metricTransformations = [] } of page.metricFilters ?? []) {
        const metrics = metricTransformations.map((one) => ({ name: one.metricName ?? '', namespace: one.metricNamespace ?? '' }));
        found.push({ account, region, name: filterName ?? '', pattern: filterPattern ?? '', metrics });
      }
    }
    return found;
  });
}

async function rulesOf(accounts: Accounts, { account, region }: Place): Promise<RuleFacts[]> {
  const client = await accounts.events(account, region);
  return accounts.called('ListRules', false, async () => {
    const found: RuleFacts[] = [];
    let NextToken: string | undefined;
    do {
      const page = await client.send(new ListRulesCommand({ NamePrefix: rulePrefix, ...(NextToken ? { NextToken } : {}) }));
      for (const { Name = '', State } of page.Rules ?? []) found.push({ account, region, name: Name, enabled: State !== 'DISABLED' });
      NextToken = page.NextToken;
    } while (NextToken);
    return found;
  });
}

async function trailsOf(accounts: Accounts, account: string, region: string): Promise<TrailFacts[]> {
  const client = await accounts.cloudTrail(account, region);
  const { trailList = [] } = await accounts.called('DescribeTrails', false, () => client.send(new DescribeTrailsCommand({})));
  return Promise.all(
    trailList.map(async (trail) => {
      const Name = trail.TrailARN ?? trail.Name;
      const status = await accounts.called('GetTrailStatus', false, () => client.send(new GetTrailStatusCommand({ Name })));
      const selectors = await accounts.called('GetEventSelectors', false, () => client.send(new GetEventSelectorsCommand({ TrailName: Name })));
      return {
        name: trail.Name ?? '',
        isMultiRegion: trail.IsMultiRegionTrail ?? false,
        isLogging: status.IsLogging ?? false,
        logGroupArn: trail.CloudWatchLogsLogGroupArn,
        deliveryError: status.LatestCloudWatchLogsDeliveryError || undefined,
        hasManagementEvents: hasManagementEvents(selectors),
      };
    }),
  );
}

/** Of either kind of selector: reads and writes of management events. */
function hasManagementEvents({ EventSelectors = [], AdvancedEventSelectors = [] }: GetEventSelectorsResponse): boolean {
  if (EventSelectors.some((one) => one.IncludeManagementEvents && (one.ReadWriteType ?? 'All') === 'All')) return true;
  return AdvancedEventSelectors.some(({ FieldSelectors = [] }) => {
    const isManagement = FieldSelectors.some(({ Field, Equals }) => Field === 'eventCategory' && Equals?.includes('Management'));
    return isManagement && !FieldSelectors.some(({ Field }) => Field === 'readOnly');
  });
}

async function topicOf(accounts: Accounts, arn: string): Promise<TopicFacts> {
  const client = accounts.sns(arn.split(':')[3] ?? '');
  const { Attributes = {} } = await accounts.called('GetTopicAttributes', false, () => client.send(new GetTopicAttributesCommand({ TopicArn: arn })));
  const subscriptions = await accounts.called('ListSubscriptionsByTopic', false, async () => {
    const found: TopicFacts['subscriptions'][number][] = [];
    for await (const page of paginateListSubscriptionsByTopic({ client }, { TopicArn: arn })) {
      for (const { Protocol, Endpoint = '', SubscriptionArn = '' } of page.Subscriptions ?? []) {
        if (Protocol === 'https' || Protocol === 'http') found.push({ endpoint: Endpoint, isConfirmed: SubscriptionArn.startsWith('arn:') });
      }
    }
    return found;
  });
  return { signatureVersion: Attributes.SignatureVersion ?? '1', subscriptions };
}
