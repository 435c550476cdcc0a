/** `npm run audit -- verify` and `export`: they read the log and write nothing. */
import { parseArgs } from 'node:util';
import type { Config } from './config.ts';
import { auditLogOf } from './db/audit-log.ts';
import { openReadOnly } from './db/read-only.ts';
import { type ExportFormat, exportFormats } from './domain/audit/export.ts';
import { findingText } from './domain/audit/report.ts';
import { exportLog } from './features/export-log.ts';
import { type Verification, verifyLog, type WrittenAnchor } from './features/verify-log.ts';

const usage = `npm run -s audit -- verify [--anchor NUMBER:ROOT]…
             npm run -s audit -- export --from 2026-11-01 --to 2026-12-01 --format ${exportFormats.join('|')}`;

/** Ends with 1 where something is not what was written, with 2 where it is called wrongly. */
export async function audit(config: Config, [what, ...args]: readonly string[]): Promise<void> {
  const task = what === 'verify' ? verifying(config, args) : what === 'export' ? exporting(args) : undefined;
  if (task === undefined) {
    process.stderr.write(`Call it so: ${usage}\n`);
    process.exitCode = 2;
    return;
  }
  const db = await openReadOnly(config.DATABASE_URL.reveal());
  await task(auditLogOf(db)).finally(() => db.destroy());
}

type Task = (log: ReturnType<typeof auditLogOf>) => Promise<void>;

function verifying({ AUDIT_KEY: keys }: Config, args: readonly string[]): Task | undefined {
  const { values } = parseArgs({ args: [...args], options: { anchor: { type: 'string', multiple: true } }, strict: false });
  const anchors = (values.anchor ?? []).map((text) => writtenAnchor(String(text)));
  if (anchors.includes(undefined)) return undefined;
  return async (log) => {
    const found = await verifyLog({ log, keys, written: anchors as WrittenAnchor[] });
    process.stdout.write(printed(found, keys.length > 0));
    process.exitCode = found.findings.length > 0 ? 1 : 0;
  };
}

/** As the log of the process has it: its number and its hash. */
function writtenAnchor(text: string): WrittenAnchor | undefined {
  const [, id, root] = /^(\d{1,9}):([0-9a-f]{64})$/.exec(text) ?? [];
  return id === undefined || root === undefined ? undefined : { id: Number(id), root };
}

function printed({ findings, incidents, entries, anchors, anchoredAt, provenAt }: Verification, isKeyed: boolean): string {
  const read = `Read ${entries} entries of ${incidents} chains and ${anchors} anchors.`;
  const key = isKeyed ? [] : ['AUDIT_KEY is not set: whoever writes to the database can link the whole log anew without showing.'];
  const reach = anchoredAt === undefined ? 'Nothing is anchored yet.' : `The newest anchor is of ${new Date(anchoredAt).toISOString()}.`;
  const proof =
    provenAt === undefined
      ? 'No anchor from outside the database was given (--anchor): one that was replaced as a whole by an older copy does not show.'
      : `What was before ${new Date(provenAt).toISOString()} is as it was anchored outside the database.`;
  const result = findings.length === 0 ? 'Everything is what was written.' : `${findings.length} faults:`;
  return `${[read, reach, proof, ...key, result, ...findings.map((finding) => `  ${findingText(finding)}`)].join('\n')}\n`;
}

function exporting(args: readonly string[]): Task | undefined {
  const options = { from: { type: 'string' }, to: { type: 'string' }, format: { type: 'string' } } as const;
  const { values } = parseArgs({ args: [...args], options, strict: false });
  const from = Date.parse(String(values.from));
  const until = Date.parse(String(values.to));
  const format = String(values.format ?? 'jsonl') as ExportFormat;
  if (Number.isNaN(from) || Number.isNaN(until) || !exportFormats.includes(format)) return undefined;
  return async (log) => {
    for await (const text of exportLog(log, { from, until, format })) process.stdout.write(text);
  };
}
