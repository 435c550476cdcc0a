/** What an emulated account holds. Times are milliseconds since the epoch of the sandbox’s clock; null is what JSON has for nothing. */
import type { PeopleOfAccount } from './person-shapes.ts';
import type { AccessKey, Attached, Inline, RolesOfAccount } from './principal-shapes.ts';
import type { Queue } from './queue.ts';

/** A role of the responder's own: its trust, and what it may. */
export interface DeployedRole {
  readonly trust: Record<string, unknown>;
  readonly policies: readonly Record<string, unknown>[];
}

export interface LoginProfile {
  password: string;
  createDate: number;
  passwordResetRequired: boolean;
}

export interface User {
  userName: string;
  path: string;
  userId: string;
  createDate: number;
  tags?: Record<string, string>;
  loginProfile: LoginProfile | null;
  mfaDevices: { serialNumber: string; enableDate: number }[];
  accessKeys: AccessKey[];
  attachedPolicies?: Attached[];
  inlinePolicies?: Inline[];
}

export interface PasswordPolicy {
  minimumPasswordLength: number;
  requireSymbols: boolean;
  requireNumbers: boolean;
  requireUppercaseCharacters: boolean;
  requireLowercaseCharacters: boolean;
  allowUsersToChangePassword: boolean;
  expirePasswords?: boolean;
  hardExpiry?: boolean;
}

/** A query of metric math, as DescribeAlarms has it. */
export interface MetricQuery {
  Id: string;
  MetricStat?: {
    Metric: { Namespace: string; MetricName: string; Dimensions?: { Name: string; Value: string }[] };
    Period: number;
    Stat: string;
    Unit?: string;
  };
  Expression?: string;
  Label?: string;
  ReturnData?: boolean;
  Period?: number;
  /** Where the metric is another account's. */
  AccountId?: string;
}

/** What is left out has CloudWatch's default, or that of the seeds: Sum over one period of 300 s, >= threshold, missing data not breaching. */
export interface Alarm {
  name: string;
  arn: string;
  region: string;
  type: 'metric' | 'composite' | 'log';
  state: AlarmState;
  since: number;
  reason: string;
  /** StateReasonData as JSON text. */
  reasonData?: string;
  description: string | null;
  metricName: string;
  namespace: string;
  threshold: number;
  alarmRule: string | null;
  actionsEnabled: boolean;
  okActions: string[];
  alarmActions: string[];
  insufficientDataActions?: string[];
  /** While true, the next evaluation puts a metric alarm back to ALARM, as it does where the log groups say so. */
  breaching: boolean;
  statistic?: 'Sum' | 'Average' | 'Maximum' | 'Minimum' | 'SampleCount';
  extendedStatistic?: string;
  dimensions?: { Name: string; Value: string }[];
  /** Seconds. */
  period?: number;
  evaluationPeriods?: number;
  datapointsToAlarm?: number;
  comparisonOperator?: string;
  treatMissingData?: 'missing' | 'ignore' | 'breaching' | 'notBreaching';
  unit?: string;
  /** Instead of metricName and namespace. */
  metrics?: MetricQuery[];
  /** Of an anomaly detection band, whose values are `band`. */
  thresholdMetricId?: string;
  band?: { lower: number; upper: number };
  evaluationState?: 'PARTIAL_DATA' | 'EVALUATION_ERROR' | 'EVALUATION_FAILURE';
  /** Of a composite alarm whose actions wait for another. */
  actionsSuppressor?: string;
  actionsSuppressedBy?: 'WaitPeriod' | 'ExtensionPeriod' | 'Alarm';
  actionsSuppressedReason?: string;
  /** Of a log alarm. */
  query?: { text: string; logGroups: string[]; aggregation: string };
  contributors?: { id: string; attributes: Record<string, string>; reason: string; since: number }[];
}

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

/** One side of a state change, as the alarm's history has it. */
export interface StateTold {
  value: AlarmState;
  reason: string;
  data?: string;
}

export interface AlarmChange {
  alarmName: string;
  alarmType: Alarm['type'];
  region: string;
  at: number;
  from: StateTold;
  to: StateTold;
}

export interface MuteRule {
  name: string;
  region: string;
  alarmNames: string[];
  status: 'SCHEDULED' | 'ACTIVE' | 'EXPIRED';
  muteType?: 'ONE_TIME' | 'RECURRING';
  description?: string;
  /** `at(2026-01-01T10:00)` or `cron(…)`, and an ISO 8601 duration. */
  expression?: string;
  duration?: string;
  timezone?: string;
  /** Of the mute window that is open or comes next. */
  windowStart?: number;
  windowEnd?: number;
  expireDate?: number;
}

export interface Account extends PeopleOfAccount, RolesOfAccount {
  users: Record<string, User>;
  passwordPolicy: PasswordPolicy | null;
  /** Serial numbers of virtual devices that are assigned to nobody. */
  unassignedVirtualDevices: string[];
  alarms: Record<string, Alarm>;
  /** State changes of alarms, oldest first; they outlive the alarm. */
  alarmHistory: AlarmChange[];
  muteRules: MuteRule[];
  trail: TrailRecord[];
  /** Metric filters on the trail's log group. */
  filters: MetricFilter[];
  logs: LogGroup[];
  /** Users of the identity store, by id. */
  directory: Record<string, string>;
  trails: Trail[];
  rules: Rule[];
  topics: Record<string, Topic>;
  queues: Queue[];
  /** Of which it is a member, where it is another than the sandbox's own. */
  organization?: string;
  /** Roles of the responder's, by name, that are other than the templates have them: of an older stack, say. */
  deployedRoles?: Record<string, DeployedRole>;
}

export interface TrailRecord {
  region: string;
  /** Event history is late: from when on LookupEvents has it. */
  visibleAt: number;
  record: unknown;
}

export interface MetricTransformation {
  metricName: string;
  metricNamespace: string;
  /** '1' by default: what one matching line adds. */
  metricValue?: string;
  defaultValue?: number;
  unit?: string;
  dimensions?: Record<string, string>;
}

export interface MetricFilter extends MetricTransformation {
  filterName: string;
  filterPattern: string;
  logGroupName: string;
  region: string;
  /** Instead of the one that the filter's own fields describe. */
  metricTransformations?: MetricTransformation[];
  applyOnTransformedLogs?: boolean;
  fieldSelectionCriteria?: string;
  emitSystemFieldDimensions?: string[];
}

export interface LogEvent {
  timestamp: number;
  /** From when on it can be read. */
  ingestionTime: number;
  message: string;
}

export interface LogGroup {
  group: string;
  region: string;
  class?: 'STANDARD' | 'INFREQUENT_ACCESS';
  /** Has a log transformer; FilterLogEvents sees the original lines all the same. */
  transformed?: true;
  /** Fields that a data protection policy covers: `userIdentity.userName`. */
  masked?: string[];
  events: LogEvent[];
  /** Events a page, where a test wants less than AWS's 10,000. */
  pageSize?: number;
  /** Empty pages before each page with events. */
  emptyPages?: number;
}

export interface Trail {
  name: string;
  region: string;
  isMultiRegion: boolean;
  isLogging: boolean;
  logGroupArn: string | null;
  deliveryError: string | null;
  managementEvents: boolean;
}

/** Of EventBridge. */
export interface Rule {
  name: string;
  region: string;
  /** Null: the default bus. */
  bus: string | null;
  /** The event pattern as JSON. */
  pattern: string;
  state: 'ENABLED' | 'DISABLED' | 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS';
  /** ARNs of topics. Of what the sandbox's services emit, only alarm events go through rules. */
  targets?: string[];
  /** ARN of the queue that takes what a target does not. */
  deadLetters?: string;
}

/** A subscription with dead letters has them in the queue `NAME-dead-letters` beside the topic. */
export interface Topic {
  /** Publishing is refused to EventBridge, as by a topic policy without it. */
  refusesEvents?: true;
  signatureVersion: '1' | '2';
  subscriptions: { protocol: string; endpoint: string; confirmed: boolean; raw: boolean; deadLetters: boolean }[];
}
