/** Words of /signin-status that something proves. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { AlarmFacts } from '../../src/domain/ports.ts';
import { understand } from '../../src/domain/signal/signal.ts';
import { beginCanary, keepCanary } from '../../src/features/keep-canary.ts';
import { receiveSignals } from '../../src/features/receive-signals.ts';
import { reportStatus } from '../../src/features/report-status.ts';
import { textOfBlocks } from '../../src/sandbox/slack/as-text.ts';
import type { Block } from '../../src/sandbox/slack/workspace.ts';
import { drawStatus } from '../../src/slack/status.ts';
import { type Replica, replica } from '../support/replica.ts';
import { alarmText, prod, topic } from '../support/sandbox.ts';
import { type FreshDatabase, freshDatabase } from '../support/stores.ts';

const t0 = Date.parse('2026-11-22T18:00:00Z');
let database: FreshDatabase;
let one: Replica;
beforeEach(async () => {
  database = await freshDatabase('sqlite', '');
  one = await replica(database, t0);
});
afterEach(() => database.close());

async function said(alarms: readonly AlarmFacts[]): Promise<string> {
  const options = { accounts: new Map(), permalink: () => 'https://x', refusals: new Map() };
  const { text, blocks } = drawStatus(await reportStatus(one.ports), { alarms, faults: [] }, options);
  return `${text}\n${textOfBlocks(blocks as readonly unknown[] as Block[])}`;
}

function facts(name: string, state: AlarmFacts['state']): AlarmFacts {
  const place = { arn: `arn:${name}`, name, account: prod, region: 'us-east-1' };
  return { ...place, state, since: t0, actionsEnabled: true, mutedBy: [], suppressedBy: undefined } as unknown as AlarmFacts;
}

it('of many alarms those are listed that are in ALARM, and how many are not', async () => {
  const quiet = Array.from({ length: 15 }, (_, n) => facts(`quiet-${n}`, 'OK'));
  const words = await said([...quiet, facts('root-used', 'ALARM')]);
  expect(words).toContain('root-used');
  expect(words).toContain('and 1 more');
  expect(await said(quiet)).not.toContain('more');
});

it('a canary that came back is a message from SNS', async () => {
  const arn = `arn:aws:cloudwatch:us-east-1:${prod}:alarm:signin-responder-canary`;
  const reasons: string[] = [];
  const ports = { ...one.ports, report: () => undefined, canary: { arn, setOff: async (reason: string) => void reasons.push(reason) } };
  expect(await said([])).toContain('No message from SNS yet.');
  await beginCanary(ports);
  one.now += 3_600_000;
  await keepCanary(ports);
  const message = JSON.stringify(alarmText('signin-responder-canary', 'ALARM', one.now, { NewStateReason: reasons[0] }));
  const received = { topicArn: topic, messageId: 'c', subject: undefined, publishedAt: one.now, message };
  await receiveSignals(ports, [{ message: received, signals: understand(received) }]);
  expect(await said([])).not.toContain('No message from SNS yet.');
});
