/** The real bot as a child process of the sandbox. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { getCompileCacheDir } from 'node:module';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { canaryArn, hubAccount, hubKey, pagerArn, prodAccount, topicArn } from './aws/names.ts';
import { claimData, emptyData } from './own-data.ts';
import { signingSecret } from './slack/interact.ts';

const packageFile = fileURLToPath(new URL('../../package.json', import.meta.url));

/** What `npm start` gives to Node. */
export function flagsOfStart(): string[] {
  const { scripts } = JSON.parse(readFileSync(packageFile, 'utf8')) as { scripts: { start: string } };
  return scripts.start.split(' ').filter((word) => word.startsWith('--'));
}

const mainFile = fileURLToPath(new URL('../main.ts', import.meta.url));
const startMs = 30_000;
const stopMs = 35_000;
const pollMs = 50;

export interface BotOptions {
  readonly sandboxUrl: string;
  readonly port: number;
  readonly opsPort: number;
  readonly dataDir: string;
  readonly databaseUrl: string | undefined;
  readonly logLevel: string;
  /** Variables of the bot's that are other than here. */
  readonly over?: Readonly<Record<string, string>>;
  /** Called with the log line by line. */
  readonly onLine: (line: string) => unknown;
}

interface Listening {
  readonly url: string;
  readonly opsUrl: string;
}

/** What may be tried in the sandbox with other values, or switched off. */
export const overridable: readonly string[] = [
  'ESCALATE_AFTER',
  'ESCALATION_TOPIC_ARN',
  'ASK_OWNER_AFTER',
  'ASK_LEFT_OPEN_AFTER',
  'CANARY_ALARM',
  'HEARTBEAT_URL',
  'APPROVALS',
  'PEOPLE',
  'BREAK_GLASS',
  'READ_ONLY',
  'AUDIT_BUCKET',
  'AWS_SESSIONS_ROLE',
  'AUDIT_KEY',
];

export function overIn(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(overridable.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
}

/** What the bot's environment holds in the sandbox; printed for `--no-bot`. */
export function botEnvironment(options: BotOptions): Record<string, string> {
  return {
    SANDBOX_URL: options.sandboxUrl,
    SLACK_BOT_TOKEN: 'xoxb-sandbox',
    SLACK_SIGNING_SECRET: signingSecret,
    INCIDENT_CHANNEL: 'C01INCIDENT',
    SNS_TOPIC_ARNS: topicArn,
    PORT: String(options.port),
    OPS_PORT: String(options.opsPort),
    DATABASE_URL: options.databaseUrl ?? `file:${join(options.dataDir, 'responder.db')}`,
    RESPONDERS: 'S01ONCALL0',
    REMEDIATORS: 'S02IAMADMN',
    PEOPLE: 'U04ERIKBYS=alice,U06HANASIS=bella',
    PROTECTED_USERS: '/break-glass/*',
    AWS_ACCOUNTS: `prod=${prodAccount},hub=${hubAccount}`,
    AWS_MEMBER_ROLE: 'arn:aws:iam::{account}:role/signin-responder-read',
    AWS_RESPOND_ROLE: 'arn:aws:iam::{account}:role/signin-responder-respond',
    IDENTITY_CENTER_ROLE: `arn:aws:iam::${hubAccount}:role/signin-responder-identity-center`,
    ROOT_ACCESS_ROLE: `arn:aws:iam::${hubAccount}:role/signin-responder-root-access`,
    AWS_REGIONS: 'us-east-1',
    AWS_ACCESS_KEY_ID: hubKey,
    AWS_SECRET_ACCESS_KEY: 'sandbox',
    ESCALATION_TOPIC_ARN: pagerArn,
    CANARY_ALARM: canaryArn,
    HEARTBEAT_URL: `${options.sandboxUrl}/heartbeat`,
    LOG_LEVEL: options.logLevel,
    ...options.over,
  };
}

export interface Bot {
  readonly pid: number | undefined;
  readonly ready: boolean;
  /** Where it listens, or would if it ran. */
  readonly listening: Listening;
  /** Resolves once it listens; rejects with what it wrote last when it ends before. */
  start(): Promise<void>;
  stop(signal: NodeJS.Signals): Promise<void>;
  /** Starts over on an empty database. A bot that was started by hand is left to whoever did. */
  restartEmpty(): Promise<void>;
}

export function botProcess(options: BotOptions): Bot {
  return new BotProcess(options);
}

class BotProcess implements Bot {
  readonly #options: BotOptions;
  #child: ChildProcess | undefined;
  #listening: Listening | undefined;
  #isOurs = false;

  constructor(options: BotOptions) {
    this.#options = options;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  get ready(): boolean {
    return this.#listening !== undefined;
  }

  get listening(): Listening {
    return this.#listening ?? { url: `http://127.0.0.1:${this.#options.port}`, opsUrl: `http://127.0.0.1:${this.#options.opsPort}` };
  }

  async start(): Promise<void> {
    if (this.#child) return;
    this.#isOurs = true;
    await claimData(this.#options);
    const [port, opsPort] = await Promise.all([freePort(this.#options.port), freePort(this.#options.opsPort)]);
    const { PATH = '', HOME = '' } = process.env;
    const compiled = getCompileCacheDir();
    const env = { PATH, HOME, ...(compiled ? { NODE_COMPILE_CACHE: compiled } : {}), ...botEnvironment({ ...this.#options, port, opsPort }) };
    // In a folder of its own, so that no .env of the checkout is read; with a channel whose end tells it that the sandbox is gone.
    const child = spawn(process.execPath, [...flagsOfStart(), mainFile], {
      cwd: this.#options.dataDir,
      env,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.#child = child;
    child.on('exit', () => {
      if (this.#child !== child) return;
      this.#child = undefined;
      this.#listening = undefined;
    });
    await this.#untilReady(child, { url: `http://127.0.0.1:${port}`, opsUrl: `http://127.0.0.1:${opsPort}` });
  }

  async stop(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill(signal);
    const tooLate = setTimeout(() => child.kill('SIGKILL'), stopMs);
    await exited;
    clearTimeout(tooLate);
  }

  async restartEmpty(): Promise<void> {
    if (!this.#isOurs) return;
    await this.stop('SIGKILL');
    await emptyData(this.#options);
    await this.start();
  }

  /** Whatever it logs: it is ready when it says so over HTTP. */
  async #untilReady(child: ChildProcess, listening: Listening): Promise<void> {
    const lines: string[] = [];
    const onLine = (line: string): void => {
      lines.push(line);
      this.#options.onLine(line);
    };
    for (const stream of [child.stdout, child.stderr]) if (stream) eachLine(stream, onLine);
    const end = Date.now() + startMs;
    while (!(await isReady(listening.opsUrl))) {
      if (child.exitCode !== null || child.signalCode !== null)
        throw new Error(`The bot ended with ${child.exitCode ?? child.signalCode} before it was ready:\n${lines.slice(-5).join('\n')}`);
      if (Date.now() > end) throw new Error(`The bot did not start in ${startMs / 1_000} s.`);
      await new Promise((resolve) => setTimeout(resolve, pollMs));
    }
    this.#listening = listening;
  }
}

async function isReady(opsUrl: string): Promise<boolean> {
  return fetch(`${opsUrl}/readyz`).then(
    ({ ok }) => ok,
    () => false,
  );
}

/** The port itself, or one that nobody has for 0: who asks whether the bot is ready has to know where. */
async function freePort(port: number): Promise<number> {
  if (port !== 0) return port;
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port: free } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return free;
}

function eachLine(stream: NodeJS.ReadableStream, onLine: (line: string) => void): void {
  let rest = '';
  stream.on('data', (part: Buffer) => {
    const parts = (rest + part.toString('utf8')).split('\n');
    rest = parts.pop() ?? '';
    for (const line of parts) onLine(line);
  });
}
