/** What an emulated account holds. Times are milliseconds since the epoch of the sandbox’s clock; null is what JSON has for nothing. */

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
  loginProfile: LoginProfile | null;
  mfaDevices: { serialNumber: string; enableDate: number }[];
  accessKeys: {
    accessKeyId: string;
    status: 'Active' | 'Inactive';
    createDate: number;
    lastUsed?: { date: number; service: string; region: string };
  }[];
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

export interface Alarm {
  name: string;
  arn: string;
  region: string;
  type: 'metric' | 'composite';
  state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';
  since: number;
  reason: string;
  description: string | null;
  metricName: string;
  namespace: string;
  threshold: number;
  alarmRule: string | null;
  actionsEnabled: boolean;
  okActions: string[];
  alarmActions: string[];
  /** While true, the next evaluation puts a metric alarm back to ALARM. */
  breaching: boolean;
}

export interface Account {
  users: Record<string, User>;
  passwordPolicy: PasswordPolicy | null;
  /** Serial numbers of virtual devices that are assigned to nobody. */
  unassignedVirtualDevices: string[];
  alarms: Record<string, Alarm>;
  trail: TrailRecord[];
  /** Metric filters on the trail's log group. */
  filters: MetricFilter[];
  logs: LogGroup[];
  /** Users of the identity store, by id. */
  directory: Record<string, string>;
  trails: Trail[];
  rules: Rule[];
  topics: Record<string, Topic>;
}

export interface TrailRecord {
  region: string;
  /** Event history is late: from when on LookupEvents has it. */
  visibleAt: number;
  record: unknown;
}

interface MetricTransformation {
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
interface Rule {
  name: string;
  region: string;
  /** Null: the default bus. */
  bus: string | null;
  /** The event pattern as JSON. */
  pattern: string;
  state: 'ENABLED' | 'DISABLED';
}

export interface Topic {
  signatureVersion: '1' | '2';
  subscriptions: { protocol: string; endpoint: string; confirmed: boolean; raw: boolean; deadLetters: boolean }[];
}
