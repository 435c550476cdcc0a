/** Brings what the templates say into the emulated account, as CloudFormation would. */
import type { Account, Alarm } from '../../src/sandbox/aws/shapes.ts';
import { printedTemplate } from '../../src/setup/template.ts';
import { prod, type Sandbox, topic } from './sandbox.ts';

export type Accounts = Record<string, Account>;
interface Resource {
  readonly Type: string;
  readonly Properties: Record<string, unknown>;
}

function resourcesOf(name: string, type: string): Record<string, unknown>[] {
  const { Resources } = JSON.parse(printedTemplate(name) ?? '{}') as { Resources: Record<string, Resource> };
  return Object.values(Resources)
    .filter((resource) => resource.Type === type)
    .map(({ Properties }) => Properties);
}

/** Changes the accounts as they stand, and gives them back to the sandbox. */
export async function changeAws(sandbox: Sandbox, change: (accounts: Accounts) => void): Promise<void> {
  const { accounts } = await sandbox.call<{ accounts: Accounts }>('GET', '/api/aws');
  change(accounts);
  await sandbox.call('PUT', '/api/aws', { accounts });
}

export async function deploy(sandbox: Sandbox): Promise<void> {
  await changeAws(sandbox, (accounts) => {
    const account = accounts[prod] as Account;
    const region = 'us-east-1';
    account.filters = resourcesOf('central', 'AWS::Logs::MetricFilter').map(({ FilterName, FilterPattern, MetricTransformations }) => {
      const [{ MetricName, MetricNamespace }] = MetricTransformations as [Record<string, string>];
      return {
        filterName: String(FilterName),
        filterPattern: String(FilterPattern),
        logGroupName: 'CloudTrail/CloudWatchLogGroup',
        region,
        metricName: String(MetricName),
        metricNamespace: String(MetricNamespace),
      };
    });
    const watching = resourcesOf('central', 'AWS::CloudWatch::Alarm').filter(({ Namespace }) => Namespace === 'SigninResponder');
    account.alarms = Object.fromEntries(watching.map((one) => [String(one.AlarmName), alarmOf(one)]));
    const rule = ({ Name, EventPattern, EventBusName, State }: Record<string, unknown>, where: string) => ({
      name: String(Name),
      region: where,
      bus: EventBusName === undefined ? null : 'signin-responder',
      pattern: JSON.stringify(EventPattern),
      state: State as 'ENABLED' | 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS',
    });
    for (const one of Object.values(accounts)) {
      one.rules = ['us-east-1', 'us-east-2', 'eu-north-1', 'ap-southeast-2'].flatMap((where) =>
        resourcesOf('regional-rules', 'AWS::Events::Rule').map((found) => rule(found, where)),
      );
    }
    account.rules.push(...resourcesOf('central', 'AWS::Events::Rule').map((found) => rule(found, region)));
  });
}

function alarmOf({ AlarmName, AlarmDescription, MetricName, Namespace }: Record<string, unknown>): Alarm {
  return {
    name: String(AlarmName),
    arn: `arn:aws:cloudwatch:us-east-1:${prod}:alarm:${String(AlarmName)}`,
    region: 'us-east-1',
    type: 'metric',
    state: 'OK',
    since: Date.now(),
    reason: 'deployed',
    description: String(AlarmDescription),
    metricName: String(MetricName),
    namespace: String(Namespace),
    threshold: 1,
    alarmRule: null,
    actionsEnabled: true,
    okActions: [topic],
    alarmActions: [topic],
    breaching: false,
  };
}
