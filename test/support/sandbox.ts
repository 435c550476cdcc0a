/** A sandbox of a test's own, as a child process, and its control API in words. */
import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { textOfBlocks } from '../../src/sandbox/slack/as-text.ts';
import type { Block } from '../../src/sandbox/slack/workspace.ts';
import { newFolder } from './folders.ts';

export const channel = 'C01INCIDENT';
export const topic = 'arn:aws:sns:us-east-1:111122223333:signin-alarms';
export const prod = '444455556666';
export const people = {
  bob: 'U01BOBEK00',
  carmen: 'U02CARMEN0',
  dana: 'U03DANAFOX',
  erik: 'U04ERIKBYS',
  gina: 'U05GINAGUE',
  hana: 'U06HANASIS',
  frida: 'U07FRIDAGO',
} as const;
export const groups = { responders: 'S01ONCALL0', remediators: 'S02IAMADMN' } as const;

export interface Message {
  readonly ts: string;
  readonly thread_ts?: string;
  readonly text: string;
  readonly blocks: Block[];
  readonly broadcast?: boolean;
  readonly metadata?: { event_payload: { key: string } };
}

export interface View {
  readonly id: string;
  readonly callback_id: string;
  readonly title: { text: string };
  readonly blocks: Block[];
  readonly user?: string;
}

export interface Interaction {
  readonly status: number;
  readonly views: View[];
  readonly ephemerals: { text: string; blocks: Block[]; user: string; thread_ts?: string }[];
  readonly errors?: Record<string, string>;
  readonly response_action?: string;
  readonly body?: unknown;
}

export interface Published {
  readonly messageId: string;
  readonly status: number;
  readonly body: string;
}

interface Request {
  readonly method: string;
  readonly args: Record<string, unknown>;
  readonly ok: boolean;
}

interface AwsCall {
  readonly service: string;
  readonly operation: string;
  readonly region: string;
  readonly input: Record<string, unknown>;
  readonly sourceIdentity?: string;
  readonly roleSessionName?: string;
  readonly error?: string;
}

/** Timers have tests of their own; what they say would come between in all others. */
export const untimed = { ESCALATE_AFTER: '', ASK_OWNER_AFTER: '', ASK_LEFT_OPEN_AFTER: '' };

export class Sandbox {
  readonly url: string;
  readonly dataDir: string;
  readonly #child: ChildProcess;

  private constructor(url: string, dataDir: string, child: ChildProcess) {
    this.url = url;
    this.dataDir = dataDir;
    this.#child = child;
  }

  /**
   * The bot runs in the sandbox's process.
   * @param env for the bot: DATABASE_URL, LOG_LEVEL
   */
  static start(env: Record<string, string> = {}): Promise<Sandbox> {
    return Sandbox.#of(new URL('./sandbox-server.ts', import.meta.url).pathname, env, []);
  }

  /** As somebody starts it: the bot is a process, which can be killed. */
  static startProcesses(env: Record<string, string> = {}, ...flags: string[]): Promise<Sandbox> {
    return Sandbox.#of(new URL('../../src/sandbox/server.ts', import.meta.url).pathname, env, ['--json', ...flags]);
  }

  static async #of(main: string, env: Record<string, string>, flags: string[]): Promise<Sandbox> {
    const dataDir = newFolder();
    const { PATH = '', HOME = '', NODE_COMPILE_CACHE = '' } = process.env;
    const child = spawn(process.execPath, [main, '--data', dataDir, ...flags], {
      env: { PATH, HOME, NODE_COMPILE_CACHE, SANDBOX_PORT: '0', PORT: '0', OPS_PORT: '0', ...untimed, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const url = await new Promise<string>((resolve, reject) => {
      let said = '';
      child.stdout?.on('data', (part: Buffer) => {
        said += part.toString('utf8');
        const found = /"url":"(http:[^"]+)"/.exec(said);
        if (found?.[1] && said.includes('sandbox ready')) resolve(found[1]);
      });
      child.once('exit', (code) => reject(new Error(`The sandbox ended with ${code}: ${said}`)));
    });
    return new Sandbox(url, dataDir, child);
  }

  async stop(): Promise<void> {
    const exited = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill('SIGTERM');
    await exited;
    rmSync(this.dataDir, { recursive: true, force: true });
  }

  async call<T>(method: string, path: string, body?: object): Promise<T> {
    const response = await fetch(`${this.url}${path}`, { method, ...(body ? { body: JSON.stringify(body) } : {}) });
    const answer = (await response.json()) as T & { error?: string };
    if (!response.ok) throw new Error(`${method} ${path}: ${answer.error}`);
    return answer;
  }

  publish(input: object): Promise<Published> {
    return this.call('POST', '/api/sns/publish', input);
  }

  scenario(name: string): Promise<object> {
    return this.call('POST', `/api/scenarios/${name}`);
  }

  async messages(): Promise<Message[]> {
    return (await this.call<{ messages: Message[] }>('GET', `/api/slack/messages?channel=${channel}`)).messages;
  }

  async cards(): Promise<Message[]> {
    return (await this.messages()).filter((message) => message.thread_ts === undefined && !isOfStorm(message) && !isAnnounced(message));
  }

  async storms(): Promise<Message[]> {
    return (await this.messages()).filter((message) => message.thread_ts === undefined && isOfStorm(message));
  }

  async replies(): Promise<Message[]> {
    return (await this.messages()).filter((message) => message.thread_ts !== undefined);
  }

  async requests(): Promise<Request[]> {
    return (await this.call<{ requests: Request[] }>('GET', '/api/slack/requests')).requests;
  }

  async aws(): Promise<{
    accounts: Record<string, { users: Record<string, AwsUser>; alarms: Record<string, { state: string }> }>;
    calls: AwsCall[];
  }> {
    return this.call('GET', '/api/aws');
  }

  advance(seconds: number): Promise<object> {
    return this.call('POST', '/api/clock', { advanceSeconds: seconds });
  }

  faults(faults: { slack?: object[]; aws?: object[] }): Promise<object> {
    return this.call('POST', '/api/faults', faults);
  }

  click(user: string, ts: string, action_id: string, selected_option?: string): Promise<Interaction> {
    return this.call('POST', '/api/slack/click', { user, channel, ts, action_id, ...(selected_option ? { selected_option } : {}) });
  }

  submit(user: string, view_id: string, values: Record<string, string | string[]>): Promise<Interaction> {
    return this.call('POST', '/api/slack/submit', { user, view_id, values });
  }

  command(user: string, text: string): Promise<Interaction> {
    return this.call('POST', '/api/slack/command', { user, channel, command: '/signin-status', text });
  }

  async log(): Promise<string[]> {
    return (await this.call<{ lines: string[] }>('GET', '/api/bot/log')).lines;
  }

  async state(): Promise<{ bot: { url: string; opsUrl: string; pid: number; ready: boolean } }> {
    return this.call('GET', '/api/state');
  }

  /** Winds the clock forward, a second at a time, until something holds. What takes real time (a call that times out) is waited for. */
  async until<T>(what: string, read: () => Promise<T | undefined | false>, seconds = 120, patienceMs = 45_000): Promise<T> {
    const end = Date.now() + patienceMs;
    for (let step = 0; Date.now() < end; step++) {
      const found = await read();
      if (found) return found;
      if (step < seconds) await this.advance(1);
      await new Promise((resolve) => setTimeout(resolve, step < seconds ? 20 : 100));
    }
    throw new Error(`Not within ${seconds} s of sandbox time: ${what}\n${(await this.log()).slice(-5).join('\n')}`);
  }

  /** The one card, once it is there. */
  async card(): Promise<Message> {
    return this.until('a card', async () => (await this.cards())[0]);
  }

  /** The text of the one card once it says something. */
  async cardSaying(text: string): Promise<string> {
    return this.until(`a card saying “${text}”`, async () => {
      const [card] = await this.cards();
      const said = card && textOfBlocks(card.blocks);
      return said?.includes(text) && said;
    });
  }
}

interface AwsUser {
  readonly loginProfile: { password: string; passwordResetRequired: boolean } | null;
  readonly mfaDevices: { serialNumber: string }[];
}

/** What is said of everything: a freeze, say. */
function isAnnounced({ metadata }: Message): boolean {
  return metadata?.event_payload.key.startsWith('LOG/') ?? false;
}

function isOfStorm({ metadata }: Message): boolean {
  return metadata?.event_payload.key.startsWith('STORM-') ?? false;
}

export function textOf(item: { blocks: Block[] }): string {
  return textOfBlocks(item.blocks);
}

/** The text of an alarm as CloudWatch publishes it. */
export function alarmText(name: string, state: 'ALARM' | 'OK' | 'INSUFFICIENT_DATA', at: number, more: object = {}): object {
  return {
    AlarmName: name,
    AlarmDescription: null,
    AWSAccountId: prod,
    NewStateValue: state,
    NewStateReason: `Threshold Crossed: ${state}`,
    StateChangeTime: new Date(at).toISOString().replace('Z', '+0000'),
    Region: 'US East (N. Virginia)',
    AlarmArn: `arn:aws:cloudwatch:us-east-1:${prod}:alarm:${name}`,
    OldStateValue: state === 'ALARM' ? 'OK' : 'ALARM',
    OKActions: [topic],
    AlarmActions: [topic],
    InsufficientDataActions: [],
    Trigger: {
      MetricName: 'Failures',
      Namespace: 'CloudTrailMetrics',
      Statistic: 'SUM',
      Dimensions: [],
      Period: 300,
      EvaluationPeriods: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      Threshold: 5,
    },
    ...more,
  };
}
