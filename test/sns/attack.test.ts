/** Who can hold it up: by count, whoever floods the public port, genuine messages are answered. */
import { X509Certificate } from 'node:crypto';
import { Agent, type IncomingMessage, request, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../src/domain/error.ts';
import type { Ports } from '../../src/domain/ports.ts';
import { largestBody } from '../../src/ops/bodies.ts';
import { publicServer } from '../../src/ops/public-server.ts';
import { envelopeOf, newSigner, type Signer } from '../../src/sandbox/sns.ts';
import { certificateSource } from '../../src/sns/certificates.ts';
import { snsHandler } from '../../src/sns/webhook.ts';
import { openWay, quietLog, settings, silentMetrics } from '../support/ports.ts';

const topic = 'arn:aws:sns:us-east-1:111122223333:signin-alarms';
let signer: Signer;
beforeAll(async () => {
  signer = await newSigner();
});

let server: Server;
let reasons: Map<string, number>;
let taken: number;
let troubles: string[];
const sockets: Socket[] = [];

let isStuck: boolean;

/** Serves the real certificate, and none of the made-up ones, after a turn; while nobody answers for them, not even that. */
async function fetchCertificate(url: string): Promise<X509Certificate> {
  await new Promise((resolve) => setImmediate(resolve));
  if (isStuck) await new Promise(() => undefined);
  if (url === envelopeOf(signer, { message: '' }, topic).SigningCertURL) return new X509Certificate(signer.certificate);
  throw new AppError('unavailable', 'No such certificate.');
}

beforeEach(async () => {
  reasons = new Map();
  taken = 0;
  troubles = [];
  isStuck = false;
  const refused = (reason: string): void => void reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  const transact = async (): Promise<object> => {
    taken++;
    return { decisions: [], first: undefined };
  };
  const clock = { now: Date.now, wait: async () => undefined };
  const wake = (): void => undefined;
  const report = (_about: string, trouble: string): void => void troubles.push(trouble);
  const ports = {
    clock,
    log: quietLog,
    metrics: silentMetrics,
    rightOfWay: openWay,
    store: { transact },
    settings,
    wake,
    report,
  } as unknown as Ports;
  const certificates = certificateSource({ fetch: fetchCertificate, onProven: () => undefined, now: Date.now });
  const rules = { topicArns: [topic], requireVersion2: true, certificates };
  const most = { connections: 300, bytes: 8 * 1024 * 1024 };
  const options = { tls: undefined, keepAliveTimeout: 65_000, refused, most };
  server = publicServer(options, snsHandler(ports, { rules, refused, wallClock: Date.now, largestBody, atOnce: 1 }));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const port = (): number => (server.address() as AddressInfo).port;

/** The status, or 0 when the connection was cut. */
function post(body: string, headers: Record<string, string> = {}, agent?: Agent): Promise<number> {
  return new Promise((resolve) => {
    const all = { 'content-type': 'text/plain; charset=UTF-8', 'x-amz-sns-topic-arn': topic, 'content-length': Buffer.byteLength(body), ...headers };
    const options = { port: port(), host: '127.0.0.1', method: 'POST', path: '/sns', headers: all, ...(agent ? { agent } : {}) };
    const sending = request(options, (response: IncomingMessage) => {
      response.resume();
      response.once('close', () => resolve(response.statusCode ?? 0));
    });
    sending.once('error', () => resolve(0));
    sending.end(body);
  });
}

function genuine(message = 'hello'): string {
  return JSON.stringify(envelopeOf(signer, { message, topicArn: topic }, topic));
}

async function statuses(posts: Iterable<Promise<number>>): Promise<Record<number, number>> {
  const counts: Record<number, number> = {};
  for (const status of await Promise.all(posts)) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

const times = <T>(count: number, one: (index: number) => T): T[] => Array.from({ length: count }, (_, index) => one(index));

/** A connection that says so much and then no more. */
function halfOpen(text: string): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port(), '127.0.0.1', () => socket.write(text, () => resolve()));
    socket.on('error', () => undefined);
    sockets.push(socket);
  });
}

describe('genuine messages are answered', () => {
  it('while 160 connections send made-up certificate URLs, from the first message on', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 160 });
    const url = (index: number): string =>
      `https://sns.us-east-1.amazonaws.com/SimpleNotificationService-${index.toString(16).padStart(32, '0')}.pem`;
    let made = 0;
    const forged = (): Promise<number> => post(JSON.stringify({ ...JSON.parse(genuine()), SigningCertURL: url(made++) }), {}, agent);
    const attack = times(160, async () => {
      for (let i = 0; i < 5; i++) await forged();
    });
    expect(await statuses(times(50, () => post(genuine())))).toEqual({ 200: 50 });
    await Promise.all(attack);
    agent.destroy();
    expect(made).toBe(800);
    expect((reasons.get('certificate-not-fetched') ?? 0) + (reasons.get('certificate-not-asked-for') ?? 0)).toBe(800);
  });

  it('while 1,000 connections hold a body half open', async () => {
    const head = `POST /sns HTTP/1.1\r\nhost: x\r\ncontent-type: text/plain\r\nx-amz-sns-topic-arn: ${topic}\r\ncontent-length: 500000\r\n\r\n{"Type":`;
    await Promise.all(times(1_000, () => halfOpen(head)));
    expect(await statuses(times(50, () => post(genuine())))).toEqual({ 200: 50 });
    expect((reasons.get('made-room') ?? 0) + (reasons.get('connection-cut') ?? 0)).toBeGreaterThan(300);
    expect(reasons.get('own-trouble')).toBeUndefined();
  });

  it('while 1,000 connections say nothing at all', async () => {
    await Promise.all(times(1_000, () => halfOpen('POST /sns HTTP/1.1\r\n')));
    expect(await statuses(times(50, () => post(genuine())))).toEqual({ 200: 50 });
    expect(reasons.get('connection-cut')).toBeGreaterThan(300);
  });

  it('while large bodies come', async () => {
    const large = 'x'.repeat(512 * 1024);
    const agent = new Agent({ maxSockets: 40 });
    const attack = times(200, () => post(large, {}, agent));
    expect(await statuses(times(50, () => post(genuine())))).toEqual({ 200: 50 });
    await Promise.all(attack);
    // None is cut for another, or it would be back at once: as many as have room are read, the others wait for their answer.
    const [read, turnedAway] = [reasons.get('no-envelope') ?? 0, reasons.get('no-room') ?? 0];
    expect({ all: read + turnedAway, reasons: reasons.size }).toEqual({ all: 200, reasons: 2 });
    expect(read).toBeGreaterThanOrEqual(8);
    agent.destroy();
  });
});

describe('while whole requests wait for made-up certificates that nobody serves', () => {
  const attacks: Promise<number>[] = [];
  beforeEach(async () => {
    expect(await post(genuine())).toBe(200);
    isStuck = true;
  });
  afterEach(async () => {
    server.closeAllConnections();
    await Promise.all(attacks.splice(0));
  });

  /** Ends when so many were refused or cut for want of room. */
  const attack = async (count: number, size: number, least: number): Promise<void> => {
    const url = `https://sns.us-east-1.amazonaws.com/SimpleNotificationService-${'0'.repeat(32)}.pem`;
    const body = JSON.stringify({ ...JSON.parse(genuine('x'.repeat(size))), SigningCertURL: url });
    const told = (): number => [...reasons.values()].reduce((sum, one) => sum + one, 0);
    const before = told();
    attacks.push(...times(count, () => post(body)));
    await expect.poll(() => told() - before, { timeout: 5_000 }).toBeGreaterThanOrEqual(least);
  };

  it('genuine messages have room: what is larger is cut for them', async () => {
    // Until not even what is small fits beside it.
    for (const size of [60, 6, 0.1]) await attack(size === 60 ? 160 : 20, size * 1_024, size === 60 ? 5 : 0);
    expect(await statuses(times(50, () => post(genuine('x'.repeat(1_024)))))).toEqual({ 200: 50 });
  });

  it('connections stay below their number', async () => {
    await attack(600, 100, 250);
    expect(await statuses(times(20, () => post(genuine())))).toEqual({ 200: 20 });
    const open = await new Promise<number>((resolve) => server.getConnections((_error, count) => resolve(count)));
    expect(open).toBeLessThanOrEqual(300);
  });
});

describe('a large body', () => {
  it('that is genuine gets its turn while others are held half open', async () => {
    const head = `POST /sns HTTP/1.1\r\nhost: x\r\ncontent-type: text/plain\r\nx-amz-sns-topic-arn: ${topic}\r\ncontent-length: 500000\r\n\r\n{"Type":`;
    await Promise.all(times(5, () => halfOpen(head)));
    expect(await statuses(times(20, () => post(genuine())))).toEqual({ 200: 20 });
    expect(await post(genuine('x'.repeat(200 * 1024)))).toBe(200);
    expect(reasons.get('slow-large-body')).toBeGreaterThanOrEqual(4);
  });
});

it('a connection ends with an answer that waits for no body: the rest of one is not read', async () => {
  const { most, refused } = { most: { connections: 300, bytes: 8 * 1024 * 1024 }, refused: () => undefined };
  const early = publicServer({ tls: undefined, keepAliveTimeout: 65_000, refused, most }, (_request, response) => response.end('early'));
  await new Promise<void>((resolve) => early.listen(0, '127.0.0.1', resolve));
  const { port: at } = early.address() as AddressInfo;
  const said = await new Promise<string>((resolve) => {
    let text = '';
    const socket = connect(at, '127.0.0.1', () =>
      socket.write(`POST /healthz HTTP/1.1\r\nhost: x\r\ncontent-length: 500000\r\n\r\n${'x'.repeat(1_000)}`),
    );
    socket.on('data', (part: Buffer) => {
      text += part.toString('latin1');
    });
    socket.once('close', () => resolve(text));
  });
  expect(said).toContain('early');
  await new Promise((resolve) => early.close(resolve));
});

describe('a request', () => {
  it('that is a legal message is never too large: 256 KiB that each take six characters as JSON', async () => {
    expect(genuine('\u0001'.repeat(256 * 1024)).length).toBeGreaterThan(1.5 * 1024 * 1024);
    expect(await post(genuine('\u0001'.repeat(256 * 1024)))).toBe(200);
    expect(taken).toBe(1);
  });

  it.each([
    ['too-large', 413, { 'content-length': String(largestBody + 1) }],
    ['foreign-topic', 403, { 'x-amz-sns-topic-arn': `${topic}-other`, 'content-length': '1000' }],
    ['raw-delivery', 400, { 'x-amz-sns-rawdelivery': 'true', 'content-length': '1000' }],
    ['content-type', 415, { 'content-type': 'multipart/form-data; boundary=x', 'content-length': '1000' }],
    ['content-type', 415, { 'content-encoding': 'gzip', 'content-length': '1000' }],
  ])('is refused as %s before its body comes', async (reason, status, headers) => {
    const answered = await new Promise<number>((resolve, reject) => {
      const all = { 'content-type': 'text/plain', 'x-amz-sns-topic-arn': topic, ...headers };
      const sending = request({ port: port(), host: '127.0.0.1', method: 'POST', path: '/sns', headers: all }, (response) => {
        resolve(response.statusCode ?? 0);
        sending.destroy();
      });
      sending.once('error', reject);
      sending.flushHeaders();
    });
    expect(answered).toBe(status);
    expect([...reasons]).toEqual([[reason, 1]]);
  });

  it('from the future tells that the clock here is behind, and is asked for again', async () => {
    const timestamp = new Date(Date.now() + 3_630_000).toISOString();
    expect(await post(JSON.stringify(envelopeOf(signer, { message: 'hello', topicArn: topic, timestamp }, topic)))).toBe(503);
    expect(troubles.join()).toMatch(/^The clock of this machine is 6\d min behind the one by which SNS dates its messages, so none is taken\./);
    expect(reasons.get('from-the-future')).toBe(1);
    expect(taken).toBe(0);
  });

  it('that is broken off is counted as that, and is no trouble of ours', async () => {
    await halfOpen(`POST /sns HTTP/1.1\r\nhost: x\r\nx-amz-sns-topic-arn: ${topic}\r\ncontent-length: 500\r\n\r\n{"Type":`);
    expect(await post(genuine())).toBe(200);
    for (const socket of sockets) socket.destroy();
    await expect.poll(() => [...reasons]).toEqual([['aborted', 1]]);
  });
});
