/** What the environment says. All faults are told at once, each with its fix. */
import { z } from 'zod';
import { auditVariables } from './config-audit.ts';
import { accountPairs, after, days, flag, list, listOf, optional, people, port, secret, signingSecret, token, twiceIn } from './config-forms.ts';
import { mixedPartitions } from './config-partitions.ts';
import { roleFaults } from './config-roles.ts';
import { type DetectionId, detectionIds } from './domain/detection/detections.ts';
import { isAlarmArn, isRegion, isTopicArn, partitions } from './domain/place.ts';
import { type Owner, ownerFrom, strangeAccountOf } from './domain/response/approval.ts';
import { protectedUsersFrom } from './domain/response/protected.ts';
import { Secret } from './domain/secret.ts';
import { approvable, responses } from './features/responses.ts';
import { databaseUrlFault, secretFileNames, withSecretFiles } from './secrets.ts';

/** Of the responses that APPROVALS names: those that nobody could approve, and those that are named twice. */
function approvalFaults(ids: readonly string[]): string[] {
  const known = approvable(responses);
  const unknown = ids.filter((id) => !known.includes(id));
  const twice = twiceIn(ids);
  return [
    ...(unknown.length > 0 ? [`names ${unknown.join(', ')}, which nobody approves: give ${known.join(', ')}`] : []),
    ...(twice.length > 0 ? [`names ${twice.join(', ')} twice: leave one out`] : []),
  ];
}

const roleArn = (form: RegExp, error: string) => optional.refine((arn) => arn === undefined || form.test(arn), { error });
const memberRole = roleArn(/^arn:aws[a-z-]*:iam::\{account\}:role\/.+$/, 'must be arn:aws:iam::{account}:role/NAME, with {account} as it stands');
const managementRole = roleArn(/^arn:aws[a-z-]*:iam::\d{12}:role\/.+$/, 'must be the ARN of a role in the management account, or absent');

const variables = {
  SLACK_BOT_TOKEN: token('xoxb-', {
    missing: 'is missing: copy the Bot User OAuth Token (xoxb-…) from the Slack app, OAuth & Permissions',
    start: 'must begin with xoxb-: copy the Bot User OAuth Token',
  }),
  SLACK_SIGNING_SECRET: signingSecret,
  SLACK_APP_TOKEN: token('xapp-', { start: 'must begin with xapp-; leave it out to receive Slack over HTTPS' }).optional(),
  INCIDENT_CHANNEL: z
    .string({ error: 'is missing: the id of the channel for the cards (C…), from “View channel details”' })
    .regex(/^[CG][A-Z0-9]{5,}$/, { error: 'must be a channel id such as C0123456789, not a name' }),
  SNS_TOPIC_ARNS: z
    .string({ error: 'is missing: the ARNs of the topics to listen to, separated by commas' })
    .transform(list)
    .refine((arns) => arns.length > 0 && arns.every(isTopicArn), {
      error: 'must be topic ARNs such as arn:aws:sns:us-east-1:123456789012:signin-alarms, separated by commas',
    })
    // Source: SNS developer guide, "Message delivery for FIFO topics".
    .refine((arns) => !arns.some((arn) => arn.endsWith('.fifo')), {
      error: 'names a FIFO topic, which cannot deliver over HTTPS: give a standard topic',
    }),
  SNS_REQUIRE_SIGNATURE_V2: flag.default(false),
  PORT: port.default(3000),
  KEEP_ALIVE_SECONDS: z.coerce
    .number({ error: 'must be a number of seconds, from 1 to 3600' })
    .int()
    .min(1)
    .max(3_600, { error: 'must be a number of seconds, from 1 to 3600' })
    .default(65),
  TLS_CERT_FILE: optional,
  TLS_KEY_FILE: optional,
  OPS_HOST: z.string().default('127.0.0.1'),
  OPS_PORT: port.default(9464),
  DATABASE_URL: z
    .string()
    .default('file:./data/responder.db')
    .superRefine((url, context) => {
      const message = databaseUrlFault(url);
      if (message !== undefined) context.addIssue({ code: 'custom', message });
    })
    .transform(secret),
  KEEP_DETAILS_DAYS: days(31, 'CloudWatch itself keeps an alarm’s history for 30').default(400),
  KEEP_SIGN_INS_DAYS: days(2, 'what came within a day is judged together').default(7),
  RESPONDERS: people('who may acknowledge, resolve, look up and reset alarms').refine((ids) => ids.length > 0, {
    error: 'is missing: without it nobody may respond. Give Slack user ids (U…) or user-group ids (S…)',
  }),
  REMEDIATORS: people('who may also change IAM'),
  PROTECTED_USERS: z
    .string()
    .default('')
    .transform(list)
    .transform((entries, context) =>
      entries.flatMap((written) => {
        const understood = protectedUsersFrom(written);
        if (understood.ok) return [understood.users];
        context.addIssue({ code: 'custom', message: `would protect nobody: ${understood.fault}` });
        return [];
      }),
    ),
  APPROVALS: listOf(
    /^[a-z-]+:[0-2]$/,
    'must be response:number pairs, separated by commas, with 0, 1 or 2 others, such as hand-over:1,lock-out:0',
  ).superRefine((pairs, context) => {
    for (const message of approvalFaults(pairs.map((pair) => pair.split(':')[0] ?? ''))) context.addIssue({ code: 'custom', message });
  }),
  PEOPLE: listOf(
    /^[UW][A-Z0-9]{5,}=([^=/]+\/)?[\w+=,.@-]{1,64}$/,
    'must be person=user pairs, separated by commas: a Slack user id and an IAM user, with ACCOUNT/ before it where it is of one only',
  ),
  BREAK_GLASS: flag.default(true),
  READ_ONLY: flag.default(false),
  AWS_ACCOUNTS: accountPairs,
  AWS_MEMBER_ROLE: memberRole,
  AWS_RESPOND_ROLE: memberRole,
  AWS_SESSIONS_ROLE: memberRole,
  IDENTITY_CENTER_ROLE: managementRole,
  ROOT_ACCESS_ROLE: managementRole,
  IDENTITY_CENTER_PROVISIONED: flag.optional(),
  AWS_REGIONS: z
    .string()
    .default(partitions.aws.iamRegion)
    .transform(list)
    .refine((regions) => regions.length > 0 && regions.every((region) => region !== 'global' && isRegion(region)), {
      error: `must be region codes such as us-east-1, separated by commas, of ${Object.values(partitions)
        .map(({ name }) => name)
        .join(', ')}`,
    }),
  TRAIL_ACCOUNT: optional.refine((id) => id === undefined || /^\d{12}$/.test(id), {
    error: 'must be the 12 digits of the account whose trail and alarms watch all others, or absent',
  }),
  ALARM_DETECTIONS: z
    .string()
    .default('')
    .transform(list)
    .refine((pairs) => pairs.map(splitLast).every(([alarm, id]) => alarm !== '' && (detectionIds as string[]).includes(id)), {
      error: `must be alarm=detection pairs, separated by commas; the alarm by name or ARN, the detection one of ${detectionIds.join(', ')}`,
    })
    .superRefine((pairs, context) => {
      const twice = twiceIn(pairs.map((pair) => splitLast(pair)[0]));
      if (twice.length > 0) context.addIssue({ code: 'custom', message: `names ${twice.join(', ')} twice: leave one out` });
    }),
  ESCALATE_AFTER: after('5m'),
  ESCALATION_TOPIC_ARN: optional.refine((arn) => arn === undefined || (isTopicArn(arn) && !arn.endsWith('.fifo')), {
    error: 'must be the ARN of a standard topic such as arn:aws:sns:us-east-1:123456789012:pager, or absent',
  }),
  CANARY_ALARM: optional.refine((arn) => arn === undefined || isAlarmArn(arn), {
    error: 'must be the ARN of an alarm, output CanaryAlarmArn of the central stack, or absent',
  }),
  HEARTBEAT_URL: optional
    .refine((url) => url === undefined || /^(https:\/\/|http:\/\/(127\.0\.0\.1|localhost|\[::1\])[:/])\S+$/.test(url), {
      error: 'must be an https:// address that counts each GET as a sign of life, or absent',
    })
    .transform((url) => (url === undefined ? undefined : new Secret(url))),
  ASK_OWNER_AFTER: after('2h'),
  ASK_LEFT_OPEN_AFTER: after('1d'),
  ...auditVariables,
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], { error: 'must be trace, debug, info, warn, error, fatal or silent' })
    .default('info'),
  SANDBOX_URL: optional.refine((url) => url === undefined || /^http:\/\/(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(url), {
    error: 'must be a loopback address such as http://127.0.0.1:4000, or absent',
  }),
  NODE_ENV: optional,
} as const;

const environment = z
  .object(variables)
  .refine((env) => (env.TLS_CERT_FILE === undefined) === (env.TLS_KEY_FILE === undefined), {
    path: ['TLS_KEY_FILE'],
    error: 'and TLS_CERT_FILE go together: set both, or neither behind a TLS proxy',
  })
  .refine((env) => env.PORT !== env.OPS_PORT || env.PORT === 0, {
    path: ['OPS_PORT'],
    error: 'is PORT too: give each a port of its own, and let nobody from outside reach OPS_PORT',
  })
  .refine((env) => env.SANDBOX_URL === undefined || env.NODE_ENV !== 'production', {
    path: ['SANDBOX_URL'],
    error: 'is refused with NODE_ENV=production: it would send everything to a sandbox',
  })
  .superRefine((env, context) => {
    for (const [name, message] of [...mixedPartitions(env), ...roleFaults(env)]) context.addIssue({ code: 'custom', path: [name], message });
  })
  .refine((env) => env.ESCALATION_TOPIC_ARN === undefined || !env.SNS_TOPIC_ARNS.includes(env.ESCALATION_TOPIC_ARN), {
    path: ['ESCALATION_TOPIC_ARN'],
    error: 'is one of SNS_TOPIC_ARNS: each page would come back as an incident. Give the topic of the pager alone',
  })
  .superRefine(({ PEOPLE, AWS_ACCOUNTS }, context) => {
    const strange = PEOPLE.flatMap((pair) => strangeAccountOf(pair, accountsOf(AWS_ACCOUNTS)) ?? []);
    if (strange.length > 0)
      context.addIssue({
        code: 'custom',
        path: ['PEOPLE'],
        message: `names the account ${strange.join(', ')}, which AWS_ACCOUNTS does not: write a name or an id of it`,
      });
  })
  .refine((env) => env.SLACK_APP_TOKEN === undefined || env.TLS_KEY_FILE === undefined, {
    path: ['TLS_KEY_FILE'],
    error: 'does not work with SLACK_APP_TOKEN: in Socket Mode put a TLS proxy in front for SNS',
  });

export type Config = Readonly<z.infer<typeof environment>> & {
  readonly accounts: ReadonlyMap<string, string>;
  /** By alarm name or ARN. */
  readonly alarmDetections: ReadonlyMap<string, DetectionId>;
  /** How many others approve, by response. */
  readonly approvals: ReadonlyMap<string, number>;
  readonly owners: readonly Owner[];
};

/** The names of all variables, for the test that .env.example tells them all. */
export const variableNames: readonly string[] = [...Object.keys(variables), ...secretFileNames];

/** Lists every fault as `NAME: what is wrong and the fix`. */
export class ConfigError extends Error {
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(`The configuration has ${faults.length} fault${faults.length === 1 ? '' : 's'}.`);
    this.faults = faults;
  }
}

/** Variables of which an empty value says something. */
const offWhenEmpty: readonly string[] = ['ESCALATE_AFTER', 'ASK_OWNER_AFTER', 'ASK_LEFT_OPEN_AFTER'];

/**
 * @param env the environment; spaces around a value are none of it, empty variables count as absent, but for those that are off when empty
 * @param known faults that were found before
 * @throws ConfigError with all faults
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>, known: readonly string[] = []): Config {
  const present = Object.fromEntries(
    Object.entries(env)
      .map(([name, value]) => [name, value?.trim()] as const)
      .filter(([name, value]) => value !== undefined && (value !== '' || offWhenEmpty.includes(name))),
  );
  const read = withSecretFiles(present as Record<string, string>);
  const result = environment.safeParse(read.env);
  const issues = (result.error?.issues ?? []).filter(({ path: [name] }) => !read.faults.has(String(name)));
  const faults = [
    ...known,
    ...[...read.faults].map((fault) => fault.join(' ')),
    ...issues.map(({ path, message }) => `${path.join('.')} ${message}`),
  ];
  if (!result.success || faults.length > 0) throw new ConfigError(faults);
  const accounts = accountsOf(result.data.AWS_ACCOUNTS);
  const alarmDetections = new Map(result.data.ALARM_DETECTIONS.map((pair) => splitLast(pair) as [string, DetectionId]));
  const approvals = new Map(result.data.APPROVALS.map((pair) => [pair.split(':')[0] as string, Number(pair.split(':')[1])]));
  const owners = result.data.PEOPLE.map((pair) => ownerFrom(pair, accounts));
  return Object.freeze({ ...result.data, accounts, alarmDetections, approvals, owners });
}

/** Names by id. */
function accountsOf(pairs: readonly string[]): Map<string, string> {
  return new Map(pairs.map((pair) => [pair.split('=')[1] as string, pair.split('=')[0] as string]));
}

/** At the last `=`: alarm names may hold one. */
function splitLast(pair: string): [string, string] {
  const at = pair.lastIndexOf('=');
  return [pair.slice(0, at).trim(), pair.slice(at + 1)];
}
