/**
 * How long an untouched log takes to verify, by its length: linear, or a log of years is never verified. Measured is the processor's time, which
 * others on the machine do not lengthen.
 */
import { join } from 'node:path';
import { auditLogOf } from '../../src/db/audit-log.ts';
import { openDatabase } from '../../src/db/database.ts';
import { openStore } from '../../src/db/store.ts';
import { auditKeysOf } from '../../src/domain/audit/keys.ts';
import type { NewEntry } from '../../src/domain/incident/timeline.ts';
import type { Ports } from '../../src/domain/ports.ts';
import { Secret } from '../../src/domain/secret.ts';
import { understand } from '../../src/domain/signal/signal.ts';
import { anchorLog } from '../../src/features/anchor-log.ts';
import { receiveSignals } from '../../src/features/receive-signals.ts';
import { verifyLog } from '../../src/features/verify-log.ts';
import { newFolder } from '../support/folders.ts';
import { openWay, quietLog, settings, silentMetrics } from '../support/ports.ts';
import { alarmText, topic } from '../support/sandbox.ts';
import { type Figure, median } from './figures.ts';

const perIncident = 20;
const atOnce = 25;
const keys = auditKeysOf([new Secret('a key that is long enough to be one')]);
const start = Date.parse('2026-11-22T03:00:00Z');

export async function audit({ rounds, entries }: { rounds: number; entries: readonly number[] }): Promise<Figure[]> {
  const logs = [];
  for (const count of entries) logs.push({ count, log: await logOf(count), times: [] as number[] });
  for (let round = 0; round < rounds; round++) for (const one of logs) one.times.push(await timed(one));
  for (const { log } of logs) await log.close();
  const [first] = logs.map(({ count, times }) => ({ count, ms: median(times) }));
  return logs.flatMap(({ count, times }): Figure[] => {
    const ms = median(times);
    const own: Figure = { what: `audit: verifying ${count.toLocaleString('en-US')} entries`, value: ms, unit: 'ms CPU' };
    if (first === undefined || count === first.count) return [own];
    const share = ms / count / (first.ms / first.count);
    return [own, { what: 'audit: time for each, beside that of the shortest', value: share, unit: '×', most: 1.5 }];
  });
}

type BenchLog = Awaited<ReturnType<typeof logOf>>;

async function timed({ log, count }: { log: BenchLog; count: number }): Promise<number> {
  const begun = process.cpuUsage();
  const found = await verifyLog({ log: auditLogOf(log.db), keys, written: [] });
  const { user, system } = process.cpuUsage(begun);
  const ms = (user + system) / 1_000;
  if (found.findings.length > 0 || found.entries !== count)
    throw new Error(`Verified ${found.entries} of ${count}, ${found.findings.length} faults.`);
  return ms;
}

/** Twenty entries an incident, as the responder itself writes them. */
async function logOf(count: number) {
  const database = await openDatabase(`file:${join(newFolder(), 'responder.db')}`);
  const store = await openStore(database, 'bench', { keys });
  let now = start;
  const clock = { now: () => now, wait: async () => undefined };
  const ports = { store, clock, log: quietLog, metrics: silentMetrics, rightOfWay: openWay, settings, wake: () => undefined } as unknown as Ports;
  for (let from = 0; from < count / perIncident; from += atOnce) {
    now += 60_000;
    const names = Array.from({ length: Math.min(atOnce, count / perIncident - from) }, (_, index) => `alarm-${from + index}`);
    await receiveSignals(
      ports,
      names.map((name) => arrival(name, now)),
    );
    await store.transact((tx) => tx.append(names.flatMap((_, index) => steps(from + index + 1, now))));
    await anchorLog(ports);
  }
  return { db: database.db, close: () => database.close() };
}

function arrival(name: string, at: number) {
  const message = { topicArn: topic, messageId: name, subject: undefined, publishedAt: at, message: JSON.stringify(alarmText(name, 'ALARM', at)) };
  return { message, signals: understand(message) };
}

function steps(incident: number, at: number): NewEntry[] {
  const by = { id: 'U01BOBEK00', name: 'bob.ek' };
  return Array.from({ length: perIncident - 1 }, (_, index) => ({
    incident,
    at: at + index,
    kind: 'response',
    reply: 'quiet',
    body: { what: 'record-step', by, text: `bob.ek recorded step ${index}: called alice, who does not know of it.` },
  }));
}
