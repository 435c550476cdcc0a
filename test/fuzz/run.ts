/** Cases by the thousand: the pure parts by themselves, and the public port of a running bot, all signed as if AWS and Slack had sent them. */
import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import type { Json } from '../../src/domain/json.ts';
import { signingSecret } from '../../src/sandbox/slack/interact.ts';
import { groups, Sandbox } from '../support/sandbox.ts';
import { faultsOfMessage } from './drawn.ts';
import { hostileText, mutated } from './hostile.ts';
import { alarmMessages, commands, envelopes, eventMessages, payloads, states, submittedWith, targets } from './targets.ts';

export interface Report {
  readonly counts: Map<string, number>;
  /** What went wrong, with the input; the first of each kind. */
  readonly wrong: string[];
  /** Answers of the public port, by status. */
  readonly statuses: Map<string, number>;
}

export function emptyReport(): Report {
  return { counts: new Map(), wrong: [], statuses: new Map() };
}

const mostTold = 20;

export function fuzzParts(cases: number, seed: number, report: Report): void {
  for (const { name, share, run } of targets) {
    const own = Math.ceil((cases * share) / 100);
    run(own, seed, (what, input) => {
      if (report.wrong.length < mostTold) report.wrong.push(`${name}: ${what}\n  ${JSON.stringify(input).slice(0, 2_000)}`);
    });
    report.counts.set(name, own);
  }
}

type Post = () => Promise<number>;
const atOnce = 8;

/** Every answer is one of ours, the process lives, and nothing that rings or breaks was posted. */
export async function fuzzPort(cases: number, seed: number, report: Report): Promise<void> {
  const sandbox = await Sandbox.startProcesses();
  try {
    const { bot } = await sandbox.state();
    const kinds = {
      'posts to /sns': snsPosts(sandbox, seed, cases / 2),
      'posts to /slack/events': slackPosts({ botUrl: bot.url, sandboxUrl: sandbox.url }, seed, cases / 2),
    };
    for (const [name, posts] of Object.entries(kinds)) {
      await inTurn(posts, (status) => count(report.statuses, `${name}: ${status}`));
      report.counts.set(name, posts.length);
    }
    await sandbox.advance(60);
    for (const message of await sandbox.messages())
      report.wrong.push(...faultsOfMessage(message, [groups.responders]).map((fault) => `posted: ${fault}`));
    const { bot: after } = await sandbox.state();
    if (after.pid !== bot.pid || !(await fetch(`${bot.url}/healthz`)).ok) report.wrong.push('the process that began is not the one that answers');
    for (const [answer, times] of report.statuses) if (/ (0|5\d\d)$/.test(answer)) report.wrong.push(`${times} × ${answer}`);
    report.wrong.push(...(await sandbox.log()).filter((line) => /listener failed|Slack request failed/.test(line)).slice(0, mostTold));
  } finally {
    await sandbox.stop();
  }
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

async function inTurn(posts: readonly Post[], answered: (status: number) => void): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let post = posts[next++]; post; post = posts[next++]) answered(await post());
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

/** Signed by the sandbox's key, two thirds; the rest as they come. */
function snsPosts(sandbox: Sandbox, seed: number, cases: number): Post[] {
  const signed = fc.record({
    message: fc.oneof(mutated([...alarmMessages, ...eventMessages]), hostileText),
    subject: fc.option(hostileText, { nil: undefined }),
    type: fc.constantFrom('Notification', 'Notification', 'Notification', 'UnsubscribeConfirmation'),
  });
  const genuine = fc.sample(signed, { numRuns: Math.ceil((cases * 2) / 3), seed }).map(
    (input): Post =>
      async () =>
        (await sandbox.publish(input)).status,
  );
  const forged = fc.sample(mutated(envelopes), { numRuns: Math.floor(cases / 3), seed }).map(
    (envelope): Post =>
      async () => {
        const { bot } = await sandbox.state();
        return posted(`${bot.url}/sns`, JSON.stringify(envelope), { 'content-type': 'text/plain; charset=UTF-8' });
      },
  );
  return [...genuine, ...forged];
}

function slackPosts({ botUrl, sandboxUrl }: { botUrl: string; sandboxUrl: string }, seed: number, cases: number): Post[] {
  // Answers go to the emulated Slack: nothing leaves the machine.
  const inSandbox = (documents: readonly Json[]): Json[] =>
    JSON.parse(JSON.stringify(documents).replaceAll('https://hooks.slack.com', `${sandboxUrl}/slack/response`)) as Json[];
  const body = fc.oneof(
    {
      weight: 6,
      arbitrary: mutated(inSandbox(payloads)).map((payload) => ['form', `payload=${encodeURIComponent(JSON.stringify(payload))}`] as const),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(mutated(states), fc.constantFrom('respond', 'approve', 'choose-user'))
        .map(([state, callback]) => ['form', `payload=${encodeURIComponent(JSON.stringify(submittedWith(state, callback)))}`] as const),
    },
    { weight: 2, arbitrary: mutated(inSandbox(payloads)).map((payload) => ['json', JSON.stringify(payload)] as const) },
    { weight: 2, arbitrary: mutated(inSandbox(commands)).map((command) => ['form', formOf(command)] as const) },
    { weight: 1, arbitrary: fc.tuple(fc.constantFrom('form', 'json'), fc.oneof(fc.constantFrom('null', 'payload=null', '5', '""'), hostileText)) },
  );
  const types = { form: 'application/x-www-form-urlencoded', json: 'application/json' } as const;
  return fc.sample(body, { numRuns: cases, seed }).map(
    ([kind, text]): Post =>
      () => {
        const at = String(Math.floor(Date.now() / 1_000));
        const sent = text.toWellFormed();
        const signature = `v0=${createHmac('sha256', signingSecret).update(`v0:${at}:${sent}`).digest('hex')}`;
        const headers = { 'content-type': types[kind as keyof typeof types], 'x-slack-request-timestamp': at, 'x-slack-signature': signature };
        return posted(`${botUrl}/slack/events`, sent, headers);
      },
  );
}

function formOf(command: Record<string, unknown>): string {
  const fields = Object.entries(command).map(([key, value]) => [key, typeof value === 'string' ? value.toWellFormed() : JSON.stringify(value)]);
  return new URLSearchParams(fields as [string, string][]).toString();
}

/** 0: no answer. */
async function posted(url: string, body: string, headers: Record<string, string>): Promise<number> {
  try {
    const response = await fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(20_000) });
    await response.arrayBuffer();
    return response.status;
  } catch {
    return 0;
  }
}
