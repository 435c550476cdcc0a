/** `npm run audit -- verify` and `export`: they read the log and write nothing. */
import type { Kysely } from 'kysely';
import { z } from 'zod';
import { readArguments, wrongCall } from './arguments.ts';
import { readBucket } from './aws/anchor-reader.ts';
import { calling } from './aws/errors.ts';
import { slackOptionsOf } from './build.ts';
import { bucketOf } from './build-aws.ts';
import type { Config } from './config.ts';
import { auditLogOf } from './db/audit-log.ts';
import { asOfNow, openReadOnly } from './db/read-only.ts';
import type { Schema } from './db/schema.ts';
import { logNamed } from './domain/audit/anchor-object.ts';
import type { WrittenAnchor } from './domain/audit/anchors-read.ts';
import { exportFormats } from './domain/audit/export.ts';
import type { AuditLog } from './domain/audit/log.ts';
import { otherLogText, printedVerification } from './domain/audit/report.ts';
import type { Finding } from './domain/audit/verify.ts';
import { lookUp } from './domain/json.ts';
import { timeText } from './domain/utc.ts';
import { believedAnchors, doubtText } from './features/believed-anchors.ts';
import { compareSlack } from './features/compare-slack.ts';
import { exportLog } from './features/export-log.ts';
import { lackingText } from './features/lacking-anchors.ts';
import { verifyLog } from './features/verify-log.ts';
import { systemClock } from './ops/clock.ts';
import { openLog } from './ops/log.ts';
import { openMetrics } from './ops/metrics.ts';
import { webClientOf } from './slack/app.ts';
import { toldMessages } from './slack/told-messages.ts';

const usage = {
  verify: 'npm run -s audit -- verify [--anchor NUMBER:ROOT]… [--with-bucket] [--with-slack]',
  export: `npm run -s audit -- export --from 2026-11-01 --to 2026-12-01 [--format ${exportFormats.join('|')}]`,
};

/** Ends with 1 where something is not what was written, with 2 where it is called wrongly. @param configured reads the configuration */
export async function audit([what = '', ...args]: readonly string[], configured: () => Config): Promise<void> {
  const tasks = { verify: verifying, export: exporting };
  const taskOf = lookUp(tasks, what) ?? wrongCall(`verify or export, not "${what}".`, Object.values(usage).join('\n       '));
  const task = taskOf(args);
  const config = configured();
  const db = await openReadOnly(config.DATABASE_URL.reveal());
  await task(db, config).finally(() => db.destroy());
}

type Task = (db: Kysely<Schema>, config: Config) => Promise<void>;

/** What was looked at beside the database. */
interface Outside {
  readonly written: readonly WrittenAnchor[];
  readonly findings: readonly Finding[];
  /** What was compared, and what was not, in words. */
  readonly says: readonly string[];
}

function verifying(args: readonly string[]): Task {
  const options = { anchor: { type: 'string', multiple: true }, 'with-bucket': { type: 'boolean' }, 'with-slack': { type: 'boolean' } } as const;
  const { values } = readArguments(args, { options, usage: usage.verify });
  const anchors = (values.anchor ?? []).map(writtenAnchor);
  return async (db, config) => {
    if (values['with-bucket'] && config.AUDIT_BUCKET === undefined) wrongCall('--with-bucket needs AUDIT_BUCKET, which is not set.', usage.verify);
    const log = auditLogOf(db);
    const bucket = await ofBucket(config, log, values['with-bucket'] === true);
    const written = [...anchors, ...bucket.written];
    // The bucket before it, Slack after it: an anchor and a message are of what the database had by then.
    const found = await asOfNow(db, (then) => verifyLog({ log: auditLogOf(then), keys: config.AUDIT_KEY, written }));
    const slack = values['with-slack'] ? await compareSlack(log, slackMessages(config)) : { findings: [], says: notCompared };
    const findings = [...bucket.findings, ...found.findings, ...slack.findings];
    process.stdout.write(printedVerification({ ...found, findings }, { isKeyed: config.AUDIT_KEY.length > 0, says: [...bucket.says, slack.says] }));
    process.exitCode = findings.length > 0 ? 1 : 0;
  };
}

const notCompared = 'Slack was not compared (--with-slack).';

/** As the log of the process has it: its number and its hash. */
function writtenAnchor(text: string): WrittenAnchor {
  const [, id, root] = /^(\d{1,9}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (id === undefined || root === undefined) return wrongCall(`--anchor "${text}" is not NUMBER:ROOT.`, usage.verify);
  return { id: Number(id), root, in: 'anchor' };
}

async function ofBucket(config: Config, log: AuditLog, isAsked: boolean): Promise<Outside> {
  const options = bucketOf(config);
  if (options === undefined) return { written: [], findings: [], says: [] };
  const { bucket } = options;
  if (!isAsked) return { written: [], findings: [], says: [`The bucket ${bucket} was not read: --with-bucket, with credentials that may read it.`] };
  const [first] = await log.anchors(0, 1);
  const { anchors: put, touched, others } = await readBucket(options, calling(openMetrics()), first && logNamed(first.root));
  const { believed: anchors, doubted } = await believedAnchors(log, put, config.AUDIT_KEY);
  const written = anchors.map(({ id, root, heads }): WrittenAnchor => ({ id, root, heads, in: 'bucket' }));
  const isForeign = anchors.length === 0 && others.size > 0;
  const findings: Finding[] = isForeign ? [{ incident: undefined, seq: first?.id ?? 0, fault: 'another-log', foundBy: 'bucket' }] : [];
  const [oldest, newest] = [anchors.at(0), anchors.at(-1)].map((one) => one && timeText(one.at));
  const reach =
    oldest === undefined
      ? `The bucket ${bucket} has no anchor of this log.`
      : `The bucket ${bucket} has ${anchors.length} anchors of this log, from ${oldest} to ${newest}.`;
  const lacking = await lackingText(log, new Set(anchors.map(({ id }) => id)));
  const rest = [...others].map(([name, other]) => otherLogText(name, other, first?.at));
  const over = touched.map((key) => `${key} was written over or deleted since; its oldest version counts.`);
  return { written, findings, says: [reach, ...[lacking, doubtText(doubted)].filter((one) => one !== undefined), ...rest, ...over] };
}

function slackMessages(config: Config) {
  return toldMessages(webClientOf(slackOptionsOf(config, openLog('silent'), openMetrics())), config.INCIDENT_CHANNEL, systemClock);
}

function exporting(args: readonly string[]): Task {
  const options = { from: { type: 'string' }, to: { type: 'string' }, format: { type: 'string', default: 'jsonl' } } as const;
  const { values } = readArguments(args, { options, usage: usage.export });
  const [from, until] = [timeOf('from', values.from), timeOf('to', values.to)];
  const format = exportFormats.find((one) => one === values.format) ?? wrongCall(`--format "${values.format}" is not known.`, usage.export);
  if (from >= until) wrongCall(`--from ${values.from} is not before --to ${values.to}.`, usage.export);
  return async (db, { AUDIT_KEY: keys }) => {
    for await (const text of exportLog({ log: auditLogOf(db), keys }, { from, until, format })) process.stdout.write(text);
  };
}

/** Of a time without its zone, nobody knows which is meant. */
const dayOrTime = z.union([z.iso.date(), z.iso.datetime({ offset: true })]);

/** In milliseconds since the epoch; a day begins at midnight UTC. */
function timeOf(name: string, text: string | undefined): number {
  if (text === undefined) return wrongCall(`--${name} is missing.`, usage.export);
  if (!dayOrTime.safeParse(text).success)
    return wrongCall(`--${name} "${text}" is neither a day (2026-11-01) nor a time with its zone (2026-11-01T10:00:00Z).`, usage.export);
  return Date.parse(text);
}
