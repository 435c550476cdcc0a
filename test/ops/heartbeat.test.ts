import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { MetricName } from '../../src/domain/metric-names.ts';
import { Secret } from '../../src/domain/secret.ts';
import { heartbeatOf, unwellOf, type Vitals } from '../../src/ops/heartbeat.ts';
import { quietLog } from '../support/ports.ts';

let server: Server;
let status = 200;
const asked: string[] = [];
beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.writeHead(status, status === 302 ? { location: 'http://127.0.0.1:1/elsewhere' } : {}).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => server.close());

it('calls while all is well, says why it does not or that it failed, sampled, and never whom', async () => {
  const logged: string[] = [];
  const counted: string[] = [];
  let now = 0;
  let reason: string | undefined;
  const base = {
    clock: { now: () => now, wait: async () => undefined },
    log: { ...quietLog, warn: (fields: object, text: string) => void logged.push(`${text} ${JSON.stringify(fields)}`) },
    metrics: { count: (_: MetricName, label: string) => void counted.push(label), counted: () => new Map() },
    unwell: async () => reason,
  };
  const beat = heartbeatOf({ ...base, url: new Secret(`http://127.0.0.1:${(server.address() as AddressInfo).port}/secret-path`) });
  await beat();
  reason = 'Slack';
  await beat();
  await beat();
  reason = undefined;
  now += 600_000;
  for (status of [500, 302]) await beat();
  now += 600_000;
  await heartbeatOf({ ...base, url: new Secret('http://127.0.0.1:1/secret-path') })();
  expect(asked).toEqual(Array(3).fill('GET /secret-path'));
  expect(counted).toEqual(['sent', 'held back', 'held back', 'failed', 'failed', 'failed']);
  expect(logged).toEqual([
    'heartbeat held back {"reason":"Slack"}',
    'heartbeat failed {"code":"status 500"}',
    'heartbeat failed {"code":"ECONNREFUSED"}',
  ]);
});

it.each<[what: string, reason: string | undefined, over: Partial<Vitals>]>([
  ['nothing is wrong', undefined, {}],
  ['the database does not commit', 'database', { commit: () => Promise.reject(new Error('disk full')) }],
  ['Slack does not answer', 'Slack', { isSlackAnswering: () => false }],
  ['Slack takes no messages', 'Slack', { isBroken: (what) => what === 'delivery' }],
  ['Slack knows the token no more', 'Slack', { isBroken: (what) => what === 'token' }],
  ['the clock is behind, so no signal is taken', 'intake', { isBroken: (what) => what === 'clock' }],
  ['the canary did not come back', 'intake', { isChainCut: async () => true }],
])('when %s: %s', async (_what, reason, over) => {
  const well: Vitals = { commit: async () => undefined, isSlackAnswering: () => true, isBroken: () => false, isChainCut: async () => false };
  expect(await unwellOf({ ...well, ...over })).toBe(reason);
});
