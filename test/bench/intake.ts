/** What taking signals in batches is worth: single transactions against one, in the same run, on a file as in production. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../../src/db/database.ts';
import { openStore } from '../../src/db/store.ts';
import type { Ports } from '../../src/domain/ports.ts';
import { understand } from '../../src/domain/signal/signal.ts';
import { type Arrival, receiveSignals } from '../../src/features/receive-signals.ts';
import { quietLog, settings, silentMetrics } from '../support/ports.ts';
import { alarmText, topic } from '../support/sandbox.ts';

const messages = 400;
const rounds = 5;

function arrivals(round: string): Arrival[] {
  return Array.from({ length: messages }, (_, index) => {
    const message = {
      topicArn: topic,
      messageId: `${round}-${index}`,
      subject: undefined,
      publishedAt: index,
      message: JSON.stringify(alarmText(`Alarm-${index % 50}`, 'ALARM', index)),
    };
    return { message, signals: understand(message) };
  });
}

async function measure(work: () => Promise<void>): Promise<number> {
  const start = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - start) / 1e6;
}

const database = await openDatabase(`file:${join(mkdtempSync(join(tmpdir(), 'signin-responder-bench-')), 'db')}`);
const store = await openStore(database, 'bench');
const ports = {
  store,
  clock: { now: () => Date.now(), wait: async () => undefined },
  log: quietLog,
  metrics: silentMetrics,
  settings,
  wake: () => undefined,
} as unknown as Ports;
const ratios: number[] = [];
for (let round = 0; round < rounds; round++) {
  const single = await measure(async () => {
    for (const arrival of arrivals(`single-${round}`)) await receiveSignals(ports, [arrival]);
  });
  const batch = await measure(() => receiveSignals(ports, arrivals(`batch-${round}`)));
  ratios.push(single / batch);
}
await database.close();
const sorted = ratios.toSorted((a, b) => a - b);
process.stdout.write(
  `${messages} signals one by one cost ${sorted[Math.floor(rounds / 2)]?.toFixed(1)} times a batch of ${messages} (median of ${rounds}; ${sorted[0]?.toFixed(1)} to ${sorted.at(-1)?.toFixed(1)})\n`,
);
