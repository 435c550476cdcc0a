/** A real bot whose public port is flooded, while genuine messages come. */
import { readFileSync } from 'node:fs';
import { Agent, type IncomingMessage, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { certificatePath } from '../../src/sandbox/sns.ts';
import { Sandbox, topic } from '../support/sandbox.ts';
import type { Line } from './chaos.ts';

const genuine = 500;
const mostMs = 1_000;
const mostMegabytes = 100;

interface Attack {
  /** When all of it has been answered; undefined: it goes on until it is stopped. */
  readonly ended?: Promise<unknown>;
  readonly stop: () => void;
}

const attacks: Record<string, (port: number) => Attack> = {
  'made-up certificate URLs on 160 connections': madeUpCertificates,
  'bodies held half open on 1,000 connections': halfOpenBodies,
  '2,000 × 512 KiB': largeBodies,
  '2,000 × 512 KiB, JSON that breaks off at its end': brokenBodies,
  '2,000 × 512 KiB, with SNS’s certificate and a made-up signature': forgedBodies,
};

export async function* hostile(): AsyncGenerator<Line> {
  for (const [what, attack] of Object.entries(attacks)) {
    const sandbox = await Sandbox.startProcesses();
    const { bot } = await sandbox.state();
    const before = megabytes(bot.pid);
    const { ended, stop } = attack(Number(new URL(bot.url).port));
    const answers = await publish(sandbox);
    await ended;
    const most = peak(bot.pid);
    stop();
    await sandbox.stop();
    const late = answers.filter(({ ms }) => ms > mostMs).length;
    const refused = answers.filter(({ status }) => status !== 200).length;
    const found = { genuine: answers.length, refused, late, 'RSS before, MB': before, 'at most, MB more': most - before };
    yield { section: 'hostile', what, found, isWell: refused === 0 && late === 0 && most - before <= mostMegabytes };
  }
}

/** Eight at a time, as SNS would. */
async function publish(sandbox: Sandbox): Promise<{ status: number; ms: number }[]> {
  const answers: { status: number; ms: number }[] = [];
  let next = 0;
  const one = async (): Promise<void> => {
    while (next < genuine) {
      const message = { message: `Genuine ${next++}` };
      const { status, ms } = (await sandbox.publish(message)) as unknown as { status: number; ms: number };
      answers.push({ status, ms });
    }
  };
  await Promise.all(Array.from({ length: 8 }, one));
  return answers;
}

function status(pid: number, field: string): number {
  return Math.round(Number(new RegExp(`${field}:\\s+(\\d+)`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1_024);
}
const megabytes = (pid: number): number => status(pid, 'VmRSS');
const peak = (pid: number): number => status(pid, 'VmHWM');

const headers = { 'content-type': 'text/plain; charset=UTF-8', 'x-amz-sns-message-type': 'Notification', 'x-amz-sns-topic-arn': topic };

function post(port: number, body: string, agent: Agent): Promise<void> {
  return new Promise((resolve) => {
    const all = { ...headers, 'content-length': Buffer.byteLength(body) };
    const sending = request({ port, host: '127.0.0.1', method: 'POST', path: '/sns', headers: all, agent }, (response: IncomingMessage) => {
      response.resume();
      response.once('close', () => resolve());
    });
    sending.once('error', () => resolve());
    sending.end(body);
  });
}

function flood(port: number, connections: number, bodyOf: (index: number) => string | undefined): Attack {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  let isOver = false;
  let sent = 0;
  const one = async (): Promise<void> => {
    for (let body = bodyOf(sent++); body !== undefined && !isOver; body = bodyOf(sent++)) await post(port, body, agent);
  };
  const ended = Promise.all(Array.from({ length: connections }, one));
  const stop = (): void => {
    isOver = true;
    agent.destroy();
  };
  return { ended, stop };
}

function madeUpCertificates(port: number): Attack {
  const url = (index: number): string => `https://sns.us-east-1.amazonaws.com/SimpleNotificationService-${index.toString(16).padStart(32, '0')}.pem`;
  const message = { Type: 'Notification', MessageId: 'x', TopicArn: topic, Message: 'forged', SignatureVersion: '2', Signature: 'AAAA' };
  const body = (index: number): string => JSON.stringify({ ...message, Timestamp: new Date().toISOString(), SigningCertURL: url(index) });
  return { stop: flood(port, 160, body).stop };
}

const size = 512 * 1024;

function largeBodies(port: number): Attack {
  return manyOf(port, 'x'.repeat(size));
}

function brokenBodies(port: number): Attack {
  return manyOf(port, `{"Type":"Notification","Message":"`.padEnd(size, 'x'));
}

function forgedBodies(port: number): Attack {
  const signature = Buffer.alloc(256, 'forged').toString('base64');
  const names = { MessageId: 'x', SigningCertURL: `https://sns.us-east-1.amazonaws.com${certificatePath}` };
  const message = { Type: 'Notification', TopicArn: topic, SignatureVersion: '2', Signature: signature, ...names };
  return manyOf(port, JSON.stringify({ ...message, Timestamp: new Date().toISOString(), Message: 'x'.repeat(size) }));
}

function manyOf(port: number, body: string): Attack {
  return flood(port, 40, (index) => (index < 2_000 ? body : undefined));
}

function halfOpenBodies(port: number): Attack {
  const sockets: Socket[] = [];
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const text = `POST /sns HTTP/1.1\r\nhost: x\r\n${head.join('')}content-length: 500000\r\n\r\n{"Type":`;
  for (let index = 0; index < 1_000; index++) {
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    socket.on('error', () => undefined);
    sockets.push(socket);
  }
  const stop = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return { stop };
}
