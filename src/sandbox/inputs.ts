/** What the control API takes; anything else is answered 400 with a sentence. */
import { z } from 'zod';
import type { Account } from './aws/shapes.ts';

const text = z.string().min(1);
const optionValue = z.union([z.string(), z.looseObject({ value: z.string() })]);

export const publish = z.object({
  topicArn: text.optional(),
  subject: z.string().optional(),
  message: z.union([z.string(), z.custom<object>((value) => typeof value === 'object' && value !== null)], 'must be a text or an object'),
  type: z.enum(['Notification', 'SubscriptionConfirmation', 'UnsubscribeConfirmation']).optional(),
  messageId: text.optional(),
  timestamp: text.optional(),
  signatureVersion: z.enum(['1', '2']).optional(),
  raw: z.boolean().optional(),
  tamper: z.enum(['message', 'signature', 'topic', 'certificate-host', 'certificate-path', 'stale']).optional(),
});

const filledIn = z.record(z.string(), z.union([z.string(), z.array(z.string())]));
export const click = z.object({
  user: text,
  channel: text,
  ts: text,
  action_id: text,
  value: z.string().optional(),
  selected_option: optionValue.optional(),
});
export const clickView = z.object({
  user: text,
  view_id: text,
  action_id: text,
  value: z.string().optional(),
  selected_option: optionValue.optional(),
  values: filledIn.optional(),
});
export const submit = z.object({ user: text, view_id: text, values: filledIn.optional() });
export const view = z.object({ user: text, view_id: text });
export const command = z.object({ user: text, channel: text, command: text, text: z.string().optional() });
export const user = z.object({ user: text });
export const channel = z.object({
  id: text,
  archived: z.boolean().optional(),
  member: z.boolean().optional(),
  isPrivate: z.boolean().optional(),
  shared: z.boolean().optional(),
  people: z.number().int().min(0).optional(),
});
export const scopes = z.object({ scopes: z.array(text) });
export const usergroup = z.object({ id: text, users: z.array(text).optional(), disabled: z.boolean().optional() });
export const message = z.object({ channel: text, ts: text });

const times = z.number().int().min(1);
export const faults = z.object({
  slack: z
    .array(
      z.object({
        method: text.optional(),
        mode: z.enum(['429', '500', 'error', 'timeout-before', 'timeout-after', 'late', 'reset-before', 'reset-after', 'slow']),
        times,
        retryAfter: z.number().min(0).optional(),
        ms: z.number().min(0).optional(),
        error: text.optional(),
      }),
    )
    .optional(),
  aws: z
    .array(
      z.object({
        operation: text.optional(),
        mode: z.enum(['throttle', 'denied', '500', 'timeout-before', 'timeout-after', 'reset-after', 'slow']),
        times,
        ms: z.number().min(0).optional(),
      }),
    )
    .optional(),
  sns: z.array(z.object({ mode: z.literal('unreachable'), seconds: z.number().min(0) })).optional(),
});

export const letter = z.object({
  queue: text.regex(/^arn:[^:]+:sqs:[^:]+:\d{12}:[^:]+$/, 'must be the ARN of a queue'),
  body: z.union([text, z.looseObject({})]),
});

export const clock = z.object({
  advanceSeconds: z
    .number()
    .min(0)
    .max(10 * 365 * 86_400),
});
export const stop = z.object({ signal: z.enum(['SIGTERM', 'SIGINT', 'SIGKILL']).optional() });
export const signIn = z.object({ account: text, user: text, password: text });
export const trail = z.object({
  account: text.optional(),
  region: text.optional(),
  records: z.array(z.unknown()),
  delaySeconds: z.number().min(0).optional(),
});
/** A CloudTrail record, whose top-level `timestamp` and `ingestionTime` (ms) are the event's; or the line as it is. */
const logRecord = z.union([text, z.looseObject({ timestamp: z.number().optional(), ingestionTime: z.number().optional() })], {
  error: 'is neither a record nor a line; timestamp and ingestionTime are numbers (ms)',
});
export const log = z.object({
  account: text.optional(),
  region: text.optional(),
  group: text,
  records: z.array(logRecord),
  delaySeconds: z.number().min(0).optional(),
});
export const alarm = z.object({
  name: text,
  region: text.optional(),
  state: z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']),
  reason: z.string().optional(),
  reasonData: z.record(z.string(), z.unknown()).optional(),
  breaching: z.boolean().optional(),
});

const logGroup = z.object({
  group: text,
  region: text,
  class: z.enum(['STANDARD', 'INFREQUENT_ACCESS']).optional(),
  transformed: z.literal(true).optional(),
  masked: z.array(text).optional(),
  events: z.array(z.object({ timestamp: z.number(), ingestionTime: z.number(), message: z.string() })).default([]),
  pageSize: z.number().int().min(1).optional(),
  emptyPages: z.number().int().min(0).optional(),
});

const one = z.number().int().min(1);
const dimensions = z.array(z.object({ Name: text, Value: text }));
const alarmShape = z.looseObject({
  namespace: z.string().default('CloudTrailMetrics'),
  type: z.enum(['metric', 'composite', 'log']).default('metric'),
  reasonData: z.string().optional(),
  dimensions: dimensions.optional(),
  period: one.optional(),
  evaluationPeriods: one.optional(),
  datapointsToAlarm: one.optional(),
  metrics: z.array(z.looseObject({ Id: text })).optional(),
  band: z.object({ lower: z.number(), upper: z.number() }).optional(),
  query: z.object({ text, logGroups: z.array(text), aggregation: text }).optional(),
  contributors: z.array(z.object({ id: text, attributes: z.record(z.string(), z.string()), reason: z.string(), since: z.number() })).optional(),
});
const muteRule = z.looseObject({
  name: text,
  region: text,
  alarmNames: z.array(text),
  status: z.enum(['SCHEDULED', 'ACTIVE', 'EXPIRED']),
});
const filter = z.looseObject({
  filterName: text,
  filterPattern: z.string(),
  logGroupName: text,
  region: text,
  metricTransformations: z.array(z.looseObject({ metricName: text, metricNamespace: text })).optional(),
});

const object = z.record(z.string(), z.unknown());
const list = z.array(z.unknown());

/** As GET gives it; what is left out is empty, and the shapes that the emulator would stumble over are checked. */
const account = z
  .looseObject(
    {
      users: object,
      roles: object.default({}),
      policies: object.default({}),
      alarms: z.record(z.string(), alarmShape),
      alarmHistory: list.default([]),
      muteRules: z.array(muteRule).default([]),
      passwordPolicy: object.nullable().default(null),
      unassignedVirtualDevices: list.default([]),
      trail: list.default([]),
      filters: z.array(filter).default([]),
      logs: z.array(logGroup).default([]),
      directory: object.default({}),
      trails: list.default([]),
      rules: list.default([]),
      topics: object.default({}),
      queues: list.default([]),
      organization: text.optional(),
      deployedRoles: z.record(text, z.object({ trust: object, policies: z.array(object) })).optional(),
    },
    { error: 'is no account as GET /api/aws gives it: users and alarms are objects, by name' },
  )
  .transform((value) => value as unknown as Account);

export const awsState = z.object({ accounts: z.record(z.string().regex(/^\d{12}$/), account) });
