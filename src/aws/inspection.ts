/** What the doctor and the coverage report read from AWS. */
import type { CloudTrailClient, GetEventSelectorsResponse, Trail } from '@aws-sdk/client-cloudtrail';
import type { Subscription } from '@aws-sdk/client-sns';
import type { FilterFacts, Place, RuleFacts } from '../domain/detection/coverage.ts';
import { asAppError } from '../domain/error.ts';
import type { AwsInspection, TopicFacts, TrailFacts, UserName } from '../domain/inspection.ts';
import { oneAtATime } from '../domain/one-at-a-time.ts';
import { partitionAt, placeOf } from '../domain/place.ts';
import type { Alarms } from '../domain/ports.ts';
import type { Accounts } from './accounts.ts';
import { type BucketOptions, putFaultOf } from './anchor-bucket.ts';
import { setStateFaultOf } from './canary.ts';
import { heldAndTagged } from './held-policies.ts';
import { publishFaultOf } from './pager.ts';
import { type Needed, permissionsOf, queueFaultOf } from './permissions.ts';
import { sdk } from './sdk.ts';
import { deadLettersOf } from './subscriptions.ts';

export interface InspectionOptions {
  readonly accounts: Accounts;
  /** With the role that denies sessions for changes; undefined: none is configured. */
  readonly denying?: Accounts | undefined;
  readonly alarms: Alarms;
  /** Ids of the configured accounts. */
  readonly ids: readonly string[];
  readonly regions: readonly string[];
  /** What the responses need. */
  readonly needed: readonly Needed[];
  /** Undefined: no role in the management account is configured. */
  readonly management?: AwsInspection['management'];
  readonly bucket?: BucketOptions | undefined;
}

const rulePrefix = 'signin-responder-';
const busName = 'signin-responder';
const readOnlyState = 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS';

export function inspectionOf(options: InspectionOptions): AwsInspection {
  const { accounts, denying, alarms, ids, regions, needed, bucket, management = async () => [] } = options;
  const places = ids.flatMap((account) => regions.map((region) => ({ account, region })));
  const [home = ''] = regions;
  return {
    caller: () => accounts.caller(),
    permissions: (account, region) => permissionsOf({ accounts, denying, account, region, needed }),
    management,
    users: (account) => usersOf(accounts, account),
    held: (user) => heldAndTagged(accounts, user),
    trails: (account, region) => trailsOf(accounts, { account, region }),
    topic: (arn) => topicOf(accounts, arn),
    publishFault: (arn) => publishFaultOf(accounts, arn),
    anchorFault: async () => bucket && putFaultOf(bucket, accounts.called),
    canary: async (arn) => {
      const alarm = await alarms.describe(arn);
      return { notifies: alarm?.actionsEnabled ? alarm.alarmActions : alarm && [], fault: await setStateFaultOf(accounts, arn) };
    },
    queueFault: (queue) => queueFaultOf(accounts, queue),
    logFault: (place, group) => logFaultOf(accounts, place, group),
    testFilter: (place, pattern, lines) => testFilter(accounts, place, { pattern, lines }),
    rules: (place) => rulesOf(accounts, place),
    awsSide: oneAtATime(async () => {
      const all = await alarms.all();
      const faults = [...all.faults];
      const everywhere = async <T>(where: readonly Place[], read: (place: Place) => Promise<T[]>): Promise<T[]> => {
        const lists = await Promise.all(
          where.map((place) =>
            read(place).catch((thrown: unknown): undefined => {
              faults.push(`${place.account} ${place.region}: ${asAppError(thrown).message}`);
            }),
          ),
        );
        return lists.flatMap((list) => list ?? []);
      };
      const rulePlaces = ids.flatMap((account) =>
        [...new Set([...partitionAt(home).signIn.regions, ...regions])].map((region) => ({ account, region })),
      );
      const homes = ids.map((account) => ({ account, region: home }));
      const [filters, rules, trails] = await Promise.all([
        everywhere(places, (place) => filtersOf(accounts, place)),
        everywhere(rulePlaces, (place) => rulesOf(accounts, place)),
        everywhere(homes, (place) => trailsOf(accounts, place)),
      ]);
      const logging = trails.flatMap(({ isLogging, logGroupArn }) => (isLogging && logGroupArn ? [logGroupOf(logGroupArn)] : []));
      return { filters, alarms: all.alarms, rules, trailLogGroups: trails.length > 0 ? logging : undefined, faults: [...new Set(faults)] };
    }),
  };
}

async function usersOf(accounts: Accounts, account: string): Promise<UserName[]> {
  const client = await accounts.iam(account);
  return accounts.called('ListUsers', false, async () => {
    const found: UserName[] = [];
    for await (const { Users = [] } of sdk.iam.paginateListUsers({ client }, {}))
      found.push(...Users.map(({ UserName: name = '', Path: path = '/' }) => ({ account, name, path })));
    return found;
  });
}

async function testFilter(
  accounts: Accounts,
  { account, region }: Place,
  { pattern, lines }: { pattern: string; lines: readonly string[] },
): Promise<boolean[]> {
  const client = await accounts.logs(account, region);
  const command = new sdk.logs.TestMetricFilterCommand({ filterPattern: pattern, logEventMessages: [...lines] });
  const { matches = [] } = await accounts.called('TestMetricFilter', false, () => client.send(command));
  const matched = new Set(matches.map(({ eventNumber }) => eventNumber));
  return lines.map((_, index) => matched.has(index + 1));
}

/** `arn:aws:logs:REGION:ACCOUNT:log-group:NAME:*` → `ACCOUNT REGION NAME`. */
function logGroupOf(arn: string): string {
  const [, , , region = '', account = '', , ...name] = arn.split(':');
  return `${account} ${region} ${name.join(':').replace(/:\*$/, '')}`;
}

/** One line of no time at all. */
async function logFaultOf(accounts: Accounts, { account, region }: Place, logGroupName: string): Promise<string | undefined> {
  try {
    const client = await accounts.logs(account, region);
    const input = { logGroupName, startTime: 1, endTime: 1, limit: 1 };
    await accounts.called('FilterLogEvents', false, () => client.send(new sdk.logs.FilterLogEventsCommand(input)));
    return undefined;
  } catch (thrown) {
    return asAppError(thrown).message;
  }
}

async function filtersOf(accounts: Accounts, { account, region }: Place): Promise<FilterFacts[]> {
  const client = await accounts.logs(account, region);
  return accounts.called('DescribeMetricFilters', false, async () => {
    const found: FilterFacts[] = [];
    for await (const page of sdk.logs.paginateDescribeMetricFilters({ client }, {})) {
      for (const { filterName, filterPattern, logGroupName = '', metricTransformations = [] } of page.metricFilters ?? []) {
        const metrics = metricTransformations.map((one) => ({ name: one.metricName ?? '', namespace: one.metricNamespace ?? '' }));
        found.push({ account, region, name: filterName ?? '', pattern: filterPattern ?? '', logGroup: logGroupName, metrics });
      }
    }
    return found;
  });
}

/** Of the default bus, where AWS's events come, and of our own, where they come together. */
async function rulesOf(accounts: Accounts, place: Place): Promise<RuleFacts[]> {
  const own = await rulesOnBus(accounts, place, undefined);
  const central = await rulesOnBus(accounts, place, busName).catch((thrown: unknown) => {
    if (asAppError(thrown).code === 'not-found') return [];
    throw thrown;
  });
  return [...own, ...central];
}

async function rulesOnBus(accounts: Accounts, { account, region }: Place, EventBusName: string | undefined): Promise<RuleFacts[]> {
  const client = await accounts.events(account, region);
  return accounts.called('ListRules', false, async () => {
    const found: RuleFacts[] = [];
    let NextToken: string | undefined;
    do {
      const input = { NamePrefix: rulePrefix, ...(EventBusName ? { EventBusName } : {}), ...(NextToken ? { NextToken } : {}) };
      const page = await client.send(new sdk.events.ListRulesCommand(input));
      for (const { Name = '', State, EventPattern = '' } of page.Rules ?? [])
        found.push({ account, region, name: Name, enabled: State !== 'DISABLED', readOnlyEvents: State === readOnlyState, pattern: EventPattern });
      NextToken = page.NextToken;
    } while (NextToken);
    return found;
  });
}

async function trailsOf(accounts: Accounts, place: Place): Promise<TrailFacts[]> {
  const client = await accounts.cloudTrail(place.account, place.region);
  const { trailList = [] } = await accounts.called('DescribeTrails', false, () => client.send(new sdk.cloudTrail.DescribeTrailsCommand({})));
  return Promise.all(trailList.map((trail) => trailOf(accounts, client, trail, place)));
}

/** An account sees the organisation's trail too, of which AWS tells it no more than the description. */
async function trailOf(accounts: Accounts, client: CloudTrailClient, trail: Trail, { account, region }: Place): Promise<TrailFacts> {
  const Name = trail.TrailARN ?? trail.Name;
  const owner = trail.TrailARN?.split(':')[4] ?? account;
  const told = {
    name: trail.Name ?? '',
    homeRegion: trail.HomeRegion ?? region,
    owner,
    isOrganization: trail.IsOrganizationTrail ?? false,
    isMultiRegion: trail.IsMultiRegionTrail ?? false,
    logGroupArn: trail.CloudWatchLogsLogGroupArn,
  };
  if (owner !== account) return { ...told, isLogging: true, deliveryError: undefined, hasManagementEvents: true };
  const status = await accounts.called('GetTrailStatus', false, () => client.send(new sdk.cloudTrail.GetTrailStatusCommand({ Name })));
  const selectors = await accounts.called('GetEventSelectors', false, () =>
    client.send(new sdk.cloudTrail.GetEventSelectorsCommand({ TrailName: Name })),
  );
  return {
    ...told,
    isLogging: status.IsLogging ?? false,
    deliveryError: status.LatestCloudWatchLogsDeliveryError || undefined,
    hasManagementEvents: hasManagementEvents(selectors),
  };
}

/** Of either kind of selector, and of several together: reads and writes of management events. */
function hasManagementEvents({ EventSelectors = [], AdvancedEventSelectors = [] }: GetEventSelectorsResponse): boolean {
  const kinds = new Set<string>();
  for (const { IncludeManagementEvents, ReadWriteType = 'All' } of EventSelectors) if (IncludeManagementEvents) kinds.add(ReadWriteType);
  for (const { FieldSelectors = [] } of AdvancedEventSelectors) {
    if (!FieldSelectors.some(({ Field, Equals }) => Field === 'eventCategory' && Equals?.includes('Management'))) continue;
    const readOnly = FieldSelectors.find(({ Field }) => Field === 'readOnly')?.Equals?.[0];
    kinds.add(readOnly === undefined ? 'All' : readOnly === 'true' ? 'ReadOnly' : 'WriteOnly');
  }
  return kinds.has('All') || (kinds.has('ReadOnly') && kinds.has('WriteOnly'));
}

async function topicOf(accounts: Accounts, arn: string): Promise<TopicFacts> {
  const client = accounts.sns(placeOf(arn).region);
  const { Attributes = {} } = await accounts.called('GetTopicAttributes', false, () =>
    client.send(new sdk.sns.GetTopicAttributesCommand({ TopicArn: arn })),
  );
  const listed = await accounts.called('ListSubscriptionsByTopic', false, async () => {
    const found: Subscription[] = [];
    for await (const page of sdk.sns.paginateListSubscriptionsByTopic({ client }, { TopicArn: arn })) found.push(...(page.Subscriptions ?? []));
    return found;
  });
  const subscriptions = await Promise.all(
    listed
      .filter(({ Protocol }) => Protocol === 'https')
      .map(async ({ Endpoint = '', SubscriptionArn = '' }) => {
        const isConfirmed = SubscriptionArn.startsWith('arn:');
        if (!isConfirmed) return { endpoint: Endpoint, isConfirmed, isRaw: false, deadLetters: undefined };
        const read = () => client.send(new sdk.sns.GetSubscriptionAttributesCommand({ SubscriptionArn }));
        const { Attributes: own = {} } = await accounts.called('GetSubscriptionAttributes', false, read);
        return { endpoint: Endpoint, isConfirmed, isRaw: own.RawMessageDelivery === 'true', deadLetters: deadLettersOf(own.RedrivePolicy) };
      }),
  );
  return { signatureVersion: Attributes.SignatureVersion ?? '1', subscriptions };
}
