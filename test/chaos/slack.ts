/** The emulated Slack without a network: the real WebClient speaks to it, and each call can end in all ways in which a call ends. */
import { WebClient } from '@slack/web-api';
import type { SandboxClock } from '../../src/sandbox/clock.ts';
import { messageMethods } from '../../src/sandbox/slack/messages.ts';
import type { Answer, Args } from '../../src/sandbox/slack/method.ts';
import { type SlackMessage, Workspace } from '../../src/sandbox/slack/workspace.ts';
import { quietLog } from '../support/ports.ts';
import type { VirtualTime } from './virtual-time.ts';

export const slackModes = ['429', '500', 'fatal_error', 'reset-before', 'reset-after', 'timeout-before', 'timeout-after', 'late'] as const;
export type SlackMode = (typeof slackModes)[number];

/** The so manieth call of a method ends in a mode, and `times` - 1 after it. */
export interface SlackFault {
  readonly method: 'chat.postMessage' | 'chat.update' | 'conversations.history' | 'conversations.replies';
  readonly call: number;
  readonly mode: SlackMode;
  readonly times: number;
}

export interface EmulatedSlack {
  readonly client: WebClient;
  /** What stands in the channel. */
  messages(): SlackMessage[];
  /** How often each method was called. */
  readonly calls: ReadonlyMap<string, number>;
}

/** Slack gives up waiting for itself after this long; what is late comes within it. */
const lateMs = 8_000;

export function emulatedSlack(time: VirtualTime, faults: readonly SlackFault[]): EmulatedSlack {
  const workspace = new Workspace({ now: time.now } as SandboxClock, () => undefined);
  const methods = messageMethods(workspace);
  const calls = new Map<string, number>();
  const outside = time.clock();

  const answer = async (name: string, run: () => Answer): Promise<Response> => {
    const call = calls.get(name) ?? 0;
    calls.set(name, call + 1);
    const fault = faults.find((one) => one.method === name && call >= one.call && call < one.call + one.times);
    switch (fault?.mode) {
      case '429':
        return Response.json({ ok: false, error: 'ratelimited' }, { status: 429, headers: { 'retry-after': '7' } });
      case '500':
        return new Response('oops', { status: 500 });
      case 'fatal_error':
        return Response.json({ ok: false, error: 'fatal_error' });
      case 'reset-after':
      case 'timeout-after':
        run();
        throw new TypeError('fetch failed');
      case 'reset-before':
      case 'timeout-before':
        throw new TypeError('fetch failed');
      case 'late':
        void outside.wait(lateMs).then(run);
        throw new TypeError('fetch failed');
      default:
        return Response.json(run());
    }
  };

  const fetch = (url: URL | string, init?: { body?: unknown }): Promise<Response> => {
    const name = String(url).split('/').at(-1) ?? '';
    const args = argsIn(String(init?.body ?? ''));
    return answer(name, () => methods[name]?.run(args) ?? { ok: false, error: 'unknown_method' });
  };
  const logger = { ...quietLog, setLevel: () => undefined, getLevel: () => 'error', setName: () => undefined };
  const options = { slackApiUrl: 'http://slack.invalid/api/', retryConfig: { retries: 0 }, rejectRateLimitedCalls: true };
  const client = new WebClient('xoxb-sandbox', { ...options, fetch: fetch as never, logger: logger as never });
  return { client, messages: () => workspace.messages.filter(({ deleted }) => !deleted), calls };
}

function argsIn(body: string): Args {
  const args: Args = Object.fromEntries(new URLSearchParams(body));
  for (const key of ['blocks', 'metadata']) if (typeof args[key] === 'string') args[key] = JSON.parse(String(args[key]));
  return args;
}
