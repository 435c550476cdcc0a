/** Processes on the cores that they are measured on. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { botEnvironment, flagsOfStart } from '../../src/sandbox/bot.ts';

const startMs = 60_000;
const stopMs = 35_000;
/** Of Linux, on every architecture that Node runs on. */
const ticksPerSecond = 100;

/** Whether what is measured can have a core of its own, apart from the load generator and what it emulates. */
export const arePinned = availableParallelism() > 1 && spawnSync('taskset', ['-V']).status === 0;
/** Where the load generator runs, and where what is measured does. */
export const cores = { load: 0, measured: 1 } as const;

/** Puts a process with all its threads on one core. */
export function pin(pid: number, core: number): void {
  if (arePinned) spawnSync('taskset', ['-a', '-c', '-p', String(core), String(pid)]);
}

export interface Running {
  readonly pid: number;
  /** What its first line of JSON with a `url` says. */
  readonly listening: { readonly url: string; readonly opsUrl?: string };
  /** How long it took until it listened, in milliseconds. */
  readonly startedMs: number;
  stop(): Promise<void>;
}

interface Started {
  readonly file: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly core?: number;
}

/** Nothing outlives a bench that fails: first the processes end, then what they write into goes. */
const children = new Set<ChildProcess>();
process.prependListener('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

/** Starts a file with this Node; resolves once it says where it listens. BENCH_PROFILE names a folder that takes CPU profiles. */
export async function start({ file, args = [], env = {}, cwd, core = cores.measured }: Started): Promise<Running> {
  const profile = process.env.BENCH_PROFILE;
  const profiling = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`];
  const command = [process.execPath, ...flagsOfStart(), ...profiling, fileURLToPath(new URL(file, import.meta.url)), ...args];
  const [program = '', ...rest] = arePinned ? ['taskset', '-c', String(core), ...command] : command;
  const { PATH = '', HOME = '' } = process.env;
  // As src/node.js has it.
  const NODE_COMPILE_CACHE = fileURLToPath(new URL('../../node_modules/.cache/compiled', import.meta.url));
  const begun = performance.now();
  const child = spawn(program, rest, { cwd, env: { PATH, HOME, NODE_COMPILE_CACHE, ...env }, stdio: ['ignore', 'pipe', 'inherit'] });
  children.add(child);
  child.once('exit', () => children.delete(child));
  const listening = await untilListening(child);
  return { pid: child.pid as number, listening, startedMs: performance.now() - begun, stop: () => stop(child) };
}

function untilListening(child: ChildProcess): Promise<Running['listening']> {
  return new Promise((resolve, reject) => {
    let said = '';
    const tooLate = setTimeout(() => reject(new Error(`It did not start: ${said.slice(-2_000)}`)), startMs);
    child.stdout?.on('data', (part: Buffer) => {
      if (said.length < 100_000) said += part.toString('utf8');
      const line = said.split('\n').find((one) => one.startsWith('{') && one.endsWith('}') && one.includes('"url":"'));
      if (line === undefined) return;
      clearTimeout(tooLate);
      resolve(JSON.parse(line) as Running['listening']);
    });
    child.once('exit', (code) => reject(new Error(`It ended with ${code}: ${said.slice(-2_000)}`)));
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const exited = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const tooLate = setTimeout(() => child.kill('SIGKILL'), stopMs);
  await exited;
  clearTimeout(tooLate);
}

export interface BotSettings {
  readonly sandboxUrl: string;
  readonly dataDir: string;
  readonly databaseUrl?: string | undefined;
  readonly core?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** The real responder, as `npm start` runs it. */
export function startBot({ sandboxUrl, dataDir, databaseUrl, core = cores.measured, env = {} }: BotSettings): Promise<Running> {
  const options = { sandboxUrl, port: 0, opsPort: 0, dataDir, databaseUrl, logLevel: 'info', onLine: () => undefined };
  return start({ file: '../../src/main.ts', cwd: dataDir, env: { ...botEnvironment(options), ...env }, core });
}

/** Resident memory in megabytes; undefined where the system does not say. */
export function memoryOf(pid: number): number | undefined {
  try {
    const kilobytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) / 1_024;
  } catch {
    return undefined;
  }
}

/** Processor time that a process has used, in milliseconds; undefined where the system does not say. */
export function processorOf(pid: number): number | undefined {
  return ticksOf(pid, 11, 12);
}

/** The same of a process and all that it started, those that have ended too. */
export function processorOfAll(pid: number): number {
  const running = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
  return [ticksOf(pid, 11, 12, 13, 14), ...running.map((child) => ticksOf(child, 11, 12))].reduce<number>((sum, one) => sum + (one ?? 0), 0);
}

/** In milliseconds. @param fields of proc(5), counted from the state on */
function ticksOf(pid: number, ...fields: readonly number[]): number | undefined {
  try {
    const all = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    return fields.reduce((sum, field) => sum + Number(all[field]), 0) * (1_000 / ticksPerSecond);
  } catch {
    return undefined;
  }
}
