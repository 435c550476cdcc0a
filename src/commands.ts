/** The subcommands that print something and end. */
import { readFileSync } from 'node:fs';
import { readArguments, wrongCall } from './arguments.ts';
import { keepingOf, slackOptionsOf } from './build.ts';
import { buildAws, homeRegionOf } from './build-aws.ts';
import { type Config, variableNames } from './config.ts';
import { openBeside } from './db/beside.ts';
import { openDatabase } from './db/database.ts';
import { notedFact, openToOthersAt, reachDatabase } from './db/reach.ts';
import { openStore } from './db/store.ts';
import { AppError } from './domain/error.ts';
import { misspelt } from './env-file.ts';
import { thaw } from './features/brakes.ts';
import { clockDoubtNow, pruneDetails } from './features/prune.ts';
import { auditKeyFact, lackingKeys, requireAuditKey } from './features/require-audit-key.ts';
import { systemClock } from './ops/clock.ts';
import { isFleeting } from './ops/container.ts';
import { openLog } from './ops/log.ts';
import { openMetrics } from './ops/metrics.ts';
import { rightOfWay } from './ops/right-of-way.ts';
import { termOf, tlsIn, untimelyFault } from './ops/start.ts';
import { diagnose, printedFindings } from './setup/doctor.ts';
import type { Finding } from './setup/finding.ts';
import { isHost, manifestFor, scopesOf } from './setup/manifest.ts';
import { printedTemplate, templates } from './setup/template.ts';
import { socketClientOf, webClientOf } from './slack/app.ts';
import { slackInspectionOf } from './slack/inspection.ts';

/** Prints what is well and what is not; ends with 1 where something is to be fixed. @param environment names of all variables that are set */
export async function doctor(config: Config, environment: readonly string[]): Promise<void> {
  const findings = await examined(config, environment);
  process.stdout.write(printedFindings(findings));
  process.exitCode = findings.some(({ state }) => state === 'fault') ? 1 : 0;
}

/** All that the doctor finds. */
export function examined(config: Config, environment: readonly string[]): Promise<Finding[]> {
  const log = openLog('silent');
  const { inspection } = buildAws(config, openMetrics(), log);
  const slack = slackOptionsOf(config, log, openMetrics());
  return diagnose({
    slack: slackInspectionOf(webClientOf(slack), config.INCIDENT_CHANNEL, { socket: socketClientOf(slack), clock: systemClock }),
    aws: inspection,
    scopes: scopesOf(manifestText()),
    responders: config.RESPONDERS,
    remediators: config.REMEDIATORS,
    owners: config.owners.map(({ person }) => person),
    protectedUsers: config.PROTECTED_USERS,
    topicArns: config.SNS_TOPIC_ARNS,
    requireVersion2: config.SNS_REQUIRE_SIGNATURE_V2,
    escalationTopic: config.ESCALATION_TOPIC_ARN,
    auditBucket: config.AUDIT_BUCKET,
    isLogSigned: config.AUDIT_KEY.length > 0,
    misspelt: misspelt(environment, variableNames),
    canaryAlarm: config.CANARY_ALARM,
    accounts: config.accounts,
    homeRegion: homeRegionOf(config),
    trailAccount: config.TRAIL_ACCOUNT,
    regions: config.AWS_REGIONS,
    tls: () => {
      const tls = tlsIn(config.TLS_CERT_FILE, config.TLS_KEY_FILE);
      return tls && { until: termOf(tls).until, fault: untimelyFault(tls, systemClock.now()) };
    },
    database: async () => {
      const url = config.DATABASE_URL.reveal();
      const where = await reachDatabase(url);
      const lacking = lackingKeys(await notedFact(url, auditKeyFact), config.AUDIT_KEY);
      return { where, isFleeting: isFleeting(url), openToOthers: openToOthersAt(url), lackingKeys: lacking };
    },
  });
}

export function template(args: readonly string[]): void {
  const usage = `npm run -s template -- ${Object.keys(templates).join(' | ')}`;
  const { positionals } = readArguments(args, { options: {}, allowPositionals: true, usage });
  const [name = '', ...more] = positionals;
  const text = more.length > 0 ? wrongCall(`One at a time, not ${positionals.join(' and ')}.`, usage) : printedTemplate(name);
  process.stdout.write(text ?? wrongCall(name === '' ? 'Which template?' : `There is no template ${name}.`, usage));
}

export function manifest(args: readonly string[]): void {
  const usage = 'npm run -s manifest -- --host responder.example.com | --socket-mode';
  const options = { host: { type: 'string' }, 'socket-mode': { type: 'boolean' } } as const;
  const { host, 'socket-mode': bySocket = false } = readArguments(args, { options, usage }).values;
  if (bySocket && host !== undefined) wrongCall('In Socket Mode Slack calls no host: --host or --socket-mode, not both.', usage);
  if (!bySocket && (host === undefined || !isHost(host)))
    wrongCall(host === undefined ? '--host is missing.' : `--host "${host}" is no host name.`, usage);
  process.stdout.write(manifestFor(manifestText(), host));
}

function manifestText(): string {
  return readFileSync(new URL('../manifest.yml', import.meta.url), 'utf8');
}

/** Ends a freeze, for whoever is on the host; the responder may go on meanwhile. */
export async function thawed(config: Config): Promise<void> {
  const database = await openBeside(config.DATABASE_URL.reveal());
  try {
    const store = await openStore(database, 'thaw', { keys: config.AUDIT_KEY });
    await requireAuditKey(store, systemClock, config.AUDIT_KEY);
    await thaw({ clock: systemClock, store });
    process.stdout.write('No freeze holds now. It is written down in the audit log.\n');
  } finally {
    await database.close();
  }
}

/** Brings the schema up to date, for whoever owns the database where the responder itself may not. */
export async function migrated(config: Config): Promise<void> {
  const database = await openDatabase(config.DATABASE_URL.reveal());
  await database.close();
  process.stdout.write('The schema is up to date.\n');
}

/** Takes away what entries say once it is older than KEEP_DETAILS_DAYS, as a database user who may. */
export async function prunedByHand(config: Config): Promise<void> {
  const database = await openBeside(config.DATABASE_URL.reveal());
  try {
    const store = await openStore(database, 'prune', { keys: config.AUDIT_KEY });
    await requireAuditKey(store, systemClock, config.AUDIT_KEY);
    const ports = { store, clock: systemClock, log: openLog('error'), rightOfWay: rightOfWay() };
    const stop = new AbortController().signal;
    const now = systemClock.now();
    const doubt = await clockDoubtNow(store, now);
    if (doubt !== undefined) throw new AppError('refused', doubt);
    const count = await pruneDetails(ports, { keeping: keepingOf(config), stop }, now);
    process.stdout.write(`${count} entries were pruned.${count === 0 ? '' : ' An entry of the log says up to when.'}\n`);
  } finally {
    await database.close();
  }
}
