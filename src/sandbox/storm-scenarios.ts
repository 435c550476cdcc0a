/** Many alarms at once, of many accounts, and what is grave among them. */
import { consoleLogin, eventBridge, type Json, root } from './records.ts';
import type { Scenario } from './scenario.ts';
import type { World } from './world.ts';

const alarms = 40;
const accounts = ['444455556666', '210987654321', '135792468013'];
const names = ['security-groups', 'route-tables', 'bucket-policies', 'network-acls'];

function alarmOf(world: World, index: number): Json {
  const account = accounts[index % accounts.length];
  const name = `${names[index % names.length]}-${index}`;
  return {
    AlarmName: name,
    AlarmDescription: null,
    AWSAccountId: account,
    NewStateValue: 'ALARM',
    NewStateReason: 'Threshold Crossed: 1 datapoint [3.0] was greater than or equal to the threshold (1.0).',
    StateChangeTime: new Date(world.clock.now()).toISOString().replace('Z', '+0000'),
    Region: 'US East (N. Virginia)',
    AlarmArn: `arn:aws:cloudwatch:us-east-1:${account}:alarm:${name}`,
    OldStateValue: 'OK',
    OKActions: [],
    AlarmActions: [],
    InsufficientDataActions: [],
    Trigger: {
      MetricName: name,
      Namespace: 'Baseline',
      Statistic: 'SUM',
      Dimensions: [],
      Period: 300,
      EvaluationPeriods: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      Threshold: 1,
    },
  };
}

export const stormScenarios: Readonly<Record<string, Scenario>> = {
  'storm-of-alarms': {
    title: `Root signs in, and ${alarms} alarms of three accounts fire at once`,
    storm: alarms + 1,
    signals: async (world) => {
      const first = await world.publish({ message: eventBridge(consoleLogin(world, root, 'Success', 'No')) });
      const others = Array.from({ length: alarms }, (_, index) => world.publish({ message: alarmOf(world, index) }));
      return [first, ...(await Promise.all(others))];
    },
  },
};
