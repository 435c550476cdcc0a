/** The port to the log groups that alarms count in. */
import type { LogLine, MetricFilter } from './log.ts';

/** Which lines of a log group a pattern matches in a time; both ends are within it. */
export interface LogQuestion {
  readonly account: string;
  readonly region: string;
  readonly group: string;
  readonly pattern: string;
  readonly from: number;
  readonly until: number;
}

/** Throws `throttled`, `denied`, `unavailable`, `not-found`, `refused` (reason `log-class`: the group's class cannot be searched). */
export interface AlarmLogs {
  /** The metric filters that feed a metric; kept for a few minutes. */
  filters(place: { account: string; region: string }, metric: { namespace: string; name: string }): Promise<MetricFilter[]>;
  /** One page, newest first; it may be empty and yet have a next one. */
  page(question: LogQuestion, token: string | undefined): Promise<{ lines: LogLine[]; next: string | undefined }>;
}
