/** `npm run audit -- verify` and `export`: they read the log and write nothing. */
import { parseArgs } from 'node:util';
import type { Kysely } from 'kysely';
import { readBucket } from './aws/anchor-reader.ts';
import { calling } from './aws/errors.ts';
import { bucketOf, slackOptionsOf } from './build.ts';
import type { Config } from './config.ts';
import { auditLogOf } from './db/audit-log.ts';
import { openReadOnly } from './db/read-only.ts';
import type { Schema } from './db/schema.ts';
import { logNamed } from './domain/audit/anchor-object.ts';
import type { WrittenAnchor } from './domain/audit/anchors-read.ts';
import { type ExportFormat, exportFormats } from './domain/audit/export.ts';
import type { AuditLog } from './domain/audit/log.ts';
import { printedVerification } from './domain/audit/report.ts';
import type { Finding } from './domain/audit/verify.ts';
import { compareSlack } from './features/compare-slack.ts';
import { exportLog } from './features/export-log.ts';
import { verifyLog } from './features/verify-log.ts';
import { systemClock } from './ops/clock.ts';
import { openLog } from './ops/log.ts';
import { openMetrics } from './ops/metrics.ts';
import { webClientOf } from './slack/app.ts';
import { toldMessages } from './slack/told-messages.ts';

const usage = `npm run -s audit -- verify [--anchor NUMBER:ROOT]… [--with-bucket] [--with-slack]
             npm run -s audit -- export --from 2026-11-01 --to 2026-12-01 --format ${exportFormats.join('|')}`;

/** Ends with 1 where something is not what was written, with 2 where it is called wrongly. */
export async function audit(config: Config, [what, ...args]: readonly string[]): Promise<void> {
  const task = what === 'verify' ? verifying(config, args) : what === 'export' ? exporting(config, args) : undefined;
  if (task === undefined) {
    process.stderr.write(`Call it so: ${usage}\n`);
    process.exitCode = 2;
    return;
  }
  const db = await openReadOnly(config.DATABASE_URL.reveal());
  await task(db).finally(() => db.destroy());
}

type Task = (db: Kysely<Schema>) => Promise<void>;

/** What was looked at beside the database. */
interface Outside {
  readonly written: readonly WrittenAnchor[];
  readonly findings: readonly Finding[];
  /** What was compared, and what was not, in words. */
  readonly says: readonly string[];
}

function verifying(config: Config, args: readonly string[]): Task | undefined {
  const options = { anchor: { type: 'string', multiple: true }, 'with-bucket': { type: 'boolean' }, 'with-slack': { type: 'boolean' } } as const;
  const { values } = parseArgs({ args: [...args], options, strict: false });
  const anchors = (values.anchor ?? []).map((text) => writtenAnchor(String(text)));
  if (anchors.includes(undefined) || (values['with-bucket'] && config.AUDIT_BUCKET === undefined)) return undefined;
  return async (db) => {
    const log = auditLogOf(db);
    const bucket = await ofBucket(config, log, values['with-bucket'] === true);
    const written = [...(anchors as WrittenAnchor[]), ...bucket.written];
    const found = await verifyLog({ log, keys: config.AUDIT_KEY, written });
    const slack = values['with-slack'] ? await compareSlack(log, slackMessages(config)) : { findings: [], says: notCompared };
    const findings = [...bucket.findings, ...found.findings, ...slack.findings];
    process.stdout.write(printedVerification({ ...found, findings }, { isKeyed: config.AUDIT_KEY.length > 0, says: [...bucket.says, slack.says] }));
    process.exitCode = findings.length > 0 ? 1 : 0;
  };
}

const notCompared = 'Slack was not compared (--with-slack).';

/** As the log of the process has it: its number and its hash. */
function writtenAnchor(text: string): WrittenAnchor | undefined {
  const [, id, root] = /^(\d{1,9}):([0-9a-f]{64})$/.exec(text) ?? [];
  return id === undefined || root === undefined ? undefined : { id: Number(id), root, in: 'anchor' };
}

async function ofBucket(config: Config, log: AuditLog, isAsked: boolean): Promise<Outside> {
  const options = bucketOf(config);
  if (options === undefined) return { written: [], findings: [], says: [] };
  const { bucket } = options;
  if (!isAsked) return { written: [], findings: [], says: [`The bucket ${bucket} was not read: --with-bucket, with credentials that may read it.`] };
  const [first] = await log.anchors(0, 1);
  const { anchors, touched, others } = await readBucket(options, calling(openMetrics()), first && logNamed(first.root));
  const written = anchors.map(({ id, root, heads }): WrittenAnchor => ({ id, root, heads, in: 'bucket' }));
  const isForeign = anchors.length === 0 && others.size > 0;
  const findings: Finding[] = isForeign ? [{ incident: undefined, seq: first?.id ?? 0, fault: 'another-log', foundBy: 'bucket' }] : [];
  const [oldest, newest] = [anchors.at(0), anchors.at(-1)].map((one) => one && new Date(one.at).toISOString());
  const reach =
    oldest === undefined
      ? `The bucket ${bucket} has no anchor of this log.`
      : `The bucket ${bucket} has ${anchors.length} anchors of this log, from ${oldest} to ${newest}.`;
  const rest = [...others].map(([name, count]) => `It has ${count} of another log, ${name}.`);
  const over = touched.map((key) => `${key} was written over or deleted since; its oldest version counts.`);
  return { written, findings, says: [reach, ...rest, ...over] };
}

function slackMessages(config: Config) {
  return toldMessages(webClientOf(slackOptionsOf(config, openLog('silent'), openMetrics())), config.INCIDENT_CHANNEL, systemClock);
}

function exporting({ AUDIT_KEY: keys }: Config, args: readonly string[]): Task | undefined {
  const options = { from: { type: 'string' }, to: { type: 'string' }, format: { type: 'string' } } as const;
  const { values } = parseArgs({ args: [...args], options, strict: false });
  const from = Date.parse(String(values.from));
  const until = Date.parse(String(values.to));
  const format = String(values.format ?? 'jsonl') as ExportFormat;
  if (Number.isNaN(from) || Number.isNaN(until) || !exportFormats.includes(format)) return undefined;
  return async (db) => {
    for await (const text of exportLog({ log: auditLogOf(db), keys }, { from, until, format })) process.stdout.write(text);
  };
}
