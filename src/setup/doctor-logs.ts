/** Whether the log groups can be read that alarms count in: without them no card says who set an alarm off. */
import type { AwsSide, FilterFacts } from '../domain/detection/coverage.ts';
import type { DoctorOptions, Finding } from './finding.ts';

const about = 'Logs of alarms';
const mostGroups = 20;
const fix = 'Deploy the member-roles template in the account of the log group, with the group in LogGroupArns.';

export async function checkLogs({ aws, accounts, topicArns }: DoctorOptions): Promise<Finding[]> {
  if (accounts.size === 0) return [];
  const groups = groupsBehindAlarms(await aws.awsSide(), topicArns);
  if (groups.length === 0) return [{ about, state: 'note', says: 'No alarm that notifies the topic counts in a log group: there is none to read.' }];
  const read = await Promise.all(
    groups.slice(0, mostGroups).map(async ({ account, region, logGroup }) => ({
      where: `${account} ${region} ${logGroup}`,
      fault: await aws.logFault({ account, region }, logGroup),
    })),
  );
  const faults = read.flatMap(({ where, fault }): Finding[] =>
    fault === undefined ? [] : [{ about, state: 'fault', says: `${where}: ${fault}`, fix }],
  );
  return faults.length > 0 ? faults : [{ about, state: 'ok', says: `${read.length} log group${read.length === 1 ? '' : 's'} can be read` }];
}

/** The groups of the filters whose alarms notify the responder, each once. */
function groupsBehindAlarms({ filters, alarms }: AwsSide, topicArns: readonly string[]): FilterFacts[] {
  const notifying = alarms.filter(({ alarmActions }) => alarmActions.some((arn) => topicArns.includes(arn)));
  const feeding = filters.filter((filter) =>
    notifying.some(
      ({ account, region, metric }) =>
        account === filter.account &&
        region === filter.region &&
        filter.metrics.some((one) => one.name === metric?.name && one.namespace === metric.namespace),
    ),
  );
  return [...new Map(feeding.map((filter) => [`${filter.account} ${filter.region} ${filter.logGroup}`, filter])).values()];
}
