import type { AlarmLogs } from '../domain/alarm/alarm-logs.ts';
import type { MetricFilter } from '../domain/alarm/log.ts';
import type { Place } from '../domain/detection/coverage.ts';
import { AppError, asAppError } from '../domain/error.ts';
import type { Accounts } from './accounts.ts';
import { sdk } from './sdk.ts';

/** Filters change seldom, and a storm of alarms asks about the same ones. */
const keptMs = 5 * 60_000;
const keptFilters = 1_000;

/** The AlarmLogs port over CloudWatch Logs. */
export function alarmLogsOf(accounts: Accounts): AlarmLogs {
  const known = new Map<string, { readonly at: number; readonly filters: Promise<MetricFilter[]> }>();
  return {
    filters: (place, metric) => {
      const key = JSON.stringify([place.account, place.region, metric.namespace, metric.name]);
      const before = known.get(key);
      if (before !== undefined && Date.now() - before.at < keptMs) return before.filters;
      if (known.size >= keptFilters) known.clear();
      const filters = filtersOf(accounts, place, metric);
      known.set(key, { at: Date.now(), filters });
      filters.catch(() => known.delete(key));
      return filters;
    },
    page: async ({ account, region, group, pattern, from, until }, token) => {
      const client = await accounts.logs(account, region);
      const command = new sdk.logs.FilterLogEventsCommand({
        logGroupName: group,
        filterPattern: pattern,
        startTime: from,
        endTime: until,
        startFromHead: false,
        ...(token === undefined ? {} : { nextToken: token }),
      });
      const answer = await accounts.called('FilterLogEvents', false, () => client.send(command)).catch(asClass);
      const lines = (answer.events ?? []).map(({ timestamp = 0, ingestionTime = timestamp, message = '' }) => ({
        at: timestamp,
        ingestedAt: ingestionTime,
        message,
      }));
      return { lines, next: answer.nextToken };
    },
  };
}

/** A group of the class Infrequent Access refuses to be searched; CloudWatch Logs says so in its message only. */
function asClass(thrown: unknown): never {
  const error = asAppError(thrown);
  const said = error.cause instanceof Error ? error.cause.message : '';
  if (error.code === 'refused' && /infrequent|log ?group ?class|log class/i.test(said))
    throw new AppError('refused', error.message, { cause: error.cause, reason: 'log-class' });
  throw error;
}

async function filtersOf(accounts: Accounts, { account, region }: Place, metric: { namespace: string; name: string }): Promise<MetricFilter[]> {
  const client = await accounts.logs(account, region);
  return accounts.called('DescribeMetricFilters', false, async () => {
    const found: MetricFilter[] = [];
    for await (const page of sdk.logs.paginateDescribeMetricFilters({ client }, { metricName: metric.name, metricNamespace: metric.namespace })) {
      for (const filter of page.metricFilters ?? []) {
        const transformation = filter.metricTransformations?.find(
          ({ metricName, metricNamespace }) => metricName === metric.name && metricNamespace === metric.namespace,
        );
        if (transformation === undefined) continue;
        found.push({
          account,
          region,
          name: filter.filterName ?? '',
          group: filter.logGroupName ?? '',
          pattern: filter.filterPattern ?? '',
          value: transformation.metricValue ?? '',
          defaultValue: transformation.defaultValue,
          dimensions: transformation.dimensions ?? {},
          isTransformed: filter.applyOnTransformedLogs ?? false,
          isSelective: filter.fieldSelectionCriteria !== undefined,
        });
      }
    }
    return found;
  });
}
