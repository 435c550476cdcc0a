/** A responder whose process dies, and what it stands between: the emulated Slack, the emulated AWS, and a database that stays. */
import { sql } from 'kysely';
import { buildPorts, drawOf } from '../../src/build.ts';
import { type Config, readConfig } from '../../src/config.ts';
import type { Database } from '../../src/db/database.ts';
import { openStore } from '../../src/db/store.ts';
import { AppError } from '../../src/domain/error.ts';
import type { FirstCards } from '../../src/domain/incident/first-cards.ts';
import type { Chat, Clock, Ports } from '../../src/domain/ports.ts';
import type { Store } from '../../src/domain/store.ts';
import { closeAbandoned } from '../../src/features/respond.ts';
import { responses } from '../../src/features/responses.ts';
import { runBackground } from '../../src/features/run-background.ts';
import { runProjector } from '../../src/features/run-projector.ts';
import type { AwsCall } from '../../src/sandbox/aws/state.ts';
import { botEnvironment } from '../../src/sandbox/bot.ts';
import { chatOf } from '../../src/slack/chat.ts';
import type { EmulatedAws } from '../support/emulated-aws.ts';
import { openWay, quietLog, silentMetrics } from '../support/ports.ts';
import { channel, untimed } from '../support/sandbox.ts';
import { type Fate, fateOf, type Life, lifeUnder, type Plan } from './life.ts';
import { type EmulatedSlack, emulatedSlack, type SlackFault } from './slack.ts';
import { tablesOf } from './tables.ts';
import { type VirtualTime, virtualTime } from './virtual-time.ts';

/** A safeguard that a trial goes without: then the checker must report something. */
export interface Weakness {
  readonly store?: (store: Store, database: Database) => Store;
  readonly chat?: (chat: Chat) => Chat;
}

/** What goes wrong of AWS and of the database, at the so manieth call. */
export interface PortFault {
  readonly port: 'identities' | 'store';
  readonly call: number;
  readonly when: 'before' | 'after';
}

export interface Trial {
  readonly plan: Plan;
  readonly slack: readonly SlackFault[];
  readonly ports: readonly PortFault[];
  readonly weakness?: Weakness;
}

interface Process {
  readonly life: Life;
  readonly ports: Ports;
}

export interface ChaosWorld {
  readonly time: VirtualTime;
  readonly fate: Fate;
  readonly slack: EmulatedSlack;
  readonly database: Database;
  readonly awsCalls: () => readonly AwsCall[];
  /** The process that runs; another one starts as soon as one is dead. */
  process(): Process;
  /** Lets time pass until something is done, and whatever was stopped has gone on. */
  during<T>(story: Promise<T>): Promise<T>;
  end(): void;
}

const standing = { isOneOfUs: true, roles: ['responder', 'remediator'], unread: {}, remediatorsExist: true } as unknown as ReturnType<
  Ports['people']['standing']
>;
const people: Ports['people'] = { standing: () => standing, withEmail: async () => undefined, nameOf: async (id) => id };
/** What only looks leaves nothing behind: dying there is dying before the step that follows. */
const reads = /^(next|is|has|count|open|alarms|entr|incident|recent|delivery|card|signIns|related|begun|channel)/;
/** What is asked of AWS by the way: time stands still while it is. */
const onlyAsked: ReadonlySet<string> = new Set(['identities', 'containment', 'sessions', 'directory', 'dryRun', 'alarms']);
const longestStepMs = 60_000;
const longestMs = 3_600_000;
const longestLeaseMs = 180_000;
const leaseStepMs = 10_000;
/** Longer than a lease. */
const stoppedMs = 120_000;

function configOf(aws: EmulatedAws): Config {
  const options = { port: 0, opsPort: 0, dataDir: '', databaseUrl: undefined, logLevel: 'info', over: untimed, onLine: () => undefined };
  const env = botEnvironment({ ...options, sandboxUrl: aws.options.endpoint.replace('/aws', '') });
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) process.env[name] = env[name];
  return readConfig(env);
}

/** The faults of a trial, and how many calls there were of each port: over all processes, so that each fault happens once. */
interface Faults {
  readonly faults: readonly PortFault[];
  readonly calls: Record<PortFault['port'], number>;
}

/** Throws at the calls that a fault names; after it, what was asked for is done. */
function failing<T extends object>(name: PortFault['port'], port: T, { faults, calls }: Faults, thrown: () => Error): T {
  return new Proxy(port, {
    get: (target, key) => {
      const found = target[key as keyof T];
      if (typeof found !== 'function' || reads.test(String(key))) return found;
      return async (...args: unknown[]) => {
        const call = calls[name]++;
        const fault = faults.find((one) => one.port === name && one.call === call);
        if (fault?.when === 'before') throw thrown();
        const done = await (found as (...args: unknown[]) => unknown).apply(target, args);
        if (fault) throw thrown();
        return done;
      };
    },
  });
}

/** Leases go by the database's own clock, which does not follow the time of a trial: as if so much of it had gone by. */
async function ageLeases(database: Database, ms: number): Promise<void> {
  for (const { name } of (await tablesOf(database)).filter(({ columns }) => columns.some((column) => column.name === 'lease_until')))
    await sql`update ${sql.table(name)} set lease_until = lease_until - ${ms} where lease_until is not null`.execute(database.db);
}

export async function chaosWorld(database: Database, aws: EmulatedAws, trial: Trial): Promise<ChaosWorld> {
  const time = virtualTime(Date.now());
  const fate = fateOf(trial.plan);
  const slack = emulatedSlack(time, trial.slack);
  const config = configOf(aws);
  const permalink = (ts: string): string => `http://slack.invalid/${ts}`;
  const faults: Faults = { faults: trial.ports, calls: { identities: 0, store: 0 } };
  let serial = 0;

  const start = async (): Promise<Process> => {
    const owner = `process-${++serial}`;
    const life = lifeUnder(fate);
    const clock = time.clock(() => !life.isOver() && !life.isStopped());
    const files = { send: async () => undefined };
    const base = { files, clock, log: quietLog, metrics: silentMetrics, rightOfWay: openWay, people, owner, permalink };
    const kept = await openStore(database, owner);
    const faulty = failing('store', trial.weakness?.store?.(kept, database) ?? kept, faults, () => new AppError('unavailable', 'no database'));
    const store = life.reach('store', faulty, reads);
    const waker: Pick<Ports, 'wake'> & FirstCards = { wake: () => undefined, atOnce: () => undefined, show: () => undefined };
    const firstCards: FirstCards = { atOnce: () => waker.atOnce(), show: (claimed) => waker.show(claimed) };
    const built = buildPorts(config, responses, { ...base, store, report: () => undefined, firstCards, wake: () => waker.wake() });
    const identities = failing('identities', built.identities, faults, () => new AppError('ambiguous', 'no answer'));
    const asked = <T extends object>(some: T): T =>
      Object.fromEntries(Object.entries(some).map(([name, port]) => [name, onlyAsked.has(name) ? life.reach(name, port, /./) : port])) as T;
    const ports: Ports = {
      ...asked(built),
      readAs: (reader) => asked(built.readAs(reader)),
      identities: life.reach('identities', identities),
      alarms: life.reach('alarms', { ...built.alarms, patternsBehind: async () => [] }, /./),
      logs: life.reach('logs', { ...built.logs, filters: async () => [] }, /./),
      trail: life.reach('trail', { page: async () => ({ records: [], next: undefined }) }, /./),
    };
    const chat = chatOf(slack.client, channel);
    const reached = life.reach('chat', trial.weakness?.chat?.(chat) ?? chat);
    const running = Promise.resolve().then(async () => {
      await closeAbandoned({ ports, responses }, database.engine === 'sqlite');
      const draw = drawOf(config, { permalink: (_channel: string, ts: string) => permalink(ts) } as never, { reach: ports.settings, responses });
      const projector = runProjector({ ...base, store, chat: reached, draw }, () => undefined);
      const background = runBackground(ports);
      const wake = (): void => {
        projector.wake();
        background.wake();
      };
      const show: FirstCards['show'] = (claimed) => {
        projector.show(claimed);
        background.wake();
      };
      Object.assign(waker, { wake, show, atOnce: projector.atOnce });
      void everyMinute(clock, () => closeAbandoned({ ports, responses }, false));
    });
    // A start that fails ends the process.
    await Promise.race([running.catch(life.die), life.halted]);
    return { life, ports };
  };

  let current = await start();
  const stopped: { life: Life; until: number }[] = [];
  const idle = async (): Promise<void> => {
    for (let quiet = 0; quiet < 3; quiet = fate.underWay === 0 ? quiet + 1 : 0) await new Promise((resolve) => setImmediate(resolve));
  };
  /** Another process takes over from one that is dead or stopped; what was stopped goes on later. */
  const replace = async (): Promise<void> => {
    if (current.life.isStopped()) stopped.push({ life: current.life, until: time.now() + stoppedMs });
    await ageLeases(database, longestLeaseMs);
    current = await start();
  };
  const during = async <T>(story: Promise<T>): Promise<T> => {
    let isTold = false;
    const told = () => (isTold = true);
    story.then(told, told);
    const end = time.now() + longestMs;
    let agedAt = time.now();
    for (;;) {
      await idle();
      if (time.now() > end) throw new Error('The story never ends.');
      if (isTold && stopped.length === 0) return story;
      if (stopped[0] && stopped[0].until <= time.now()) stopped.shift()?.life.goOn();
      else if (current.life.isOver() || current.life.isStopped()) await replace();
      else {
        time.move(longestStepMs);
        if (time.now() - agedAt < leaseStepMs) continue;
        await ageLeases(database, time.now() - agedAt);
        agedAt = time.now();
      }
    }
  };
  return {
    time,
    fate,
    slack,
    database,
    awsCalls: () => aws.state.calls,
    process: () => current,
    during,
    end: () => current.life.die(),
  };
}

async function everyMinute(clock: Clock, work: () => Promise<void>): Promise<void> {
  for (;;) {
    await clock.wait(60_000);
    await work().catch(() => undefined);
  }
}
