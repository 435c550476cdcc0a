/** What the sweep stands on: the emulated AWS, a store, and a clock that goes on while somebody waits. */
import { X509Certificate } from 'node:crypto';
import { vi } from 'vitest';
import { accountsOf } from '../../src/aws/accounts.ts';
import { alarmsOf } from '../../src/aws/alarms.ts';
import { inspectionOf } from '../../src/aws/inspection.ts';
import { lettersOf } from '../../src/aws/letters.ts';
import { alarmLogsOf } from '../../src/aws/logs.ts';
import { subscriptionsOf } from '../../src/aws/subscriptions.ts';
import { trailOf } from '../../src/aws/trail.ts';
import { openStore } from '../../src/db/store.ts';
import type { Incident } from '../../src/domain/incident/incident.ts';
import { understand } from '../../src/domain/signal/signal.ts';
import { receiveSignals } from '../../src/features/receive-signals.ts';
import { aliveKeeper, planSweeping, type SweepPorts, sweep } from '../../src/features/run-sweep.ts';
import { hubAccount, hubKey, prodAccount, topicArn } from '../../src/sandbox/aws/names.ts';
import type { Queue } from '../../src/sandbox/aws/queue.ts';
import type { Alarm } from '../../src/sandbox/aws/shapes.ts';
import { putLetter, queueNamed } from '../../src/sandbox/aws/sqs.ts';
import { envelopeOf, newSigner } from '../../src/sandbox/sns.ts';
import { letterReader } from '../../src/sns/letters.ts';
import { emulatedAws } from './emulated-aws.ts';
import { openWay, quietLog, settings, silentMetrics } from './ports.ts';
import { freshDatabase } from './stores.ts';

export type Sweeping = Awaited<ReturnType<typeof sweeping>>;

export async function sweeping() {
  vi.stubEnv('AWS_ACCESS_KEY_ID', hubKey);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'sandbox');
  const aws = await emulatedAws();
  const database = await freshDatabase('sqlite', '');
  const store = await openStore(database, 'test');
  const signer = await newSigner();
  const known = new Map([
    [prodAccount, 'prod'],
    [hubAccount, 'hub'],
  ]);
  const memberRole = 'arn:aws:iam::{account}:role/signin-responder-read';
  const endpoint = aws.options.endpoint;
  const accounts = accountsOf({ memberRole, respondRole: undefined, known, endpoint, homeRegion: 'us-east-1', metrics: silentMetrics });
  const places = [...known.keys()].map((account) => ({ account, region: 'us-east-1' }));
  const alarms = alarmsOf({ accounts, places, topicArns: [topicArn], canary: undefined, filters: alarmLogsOf(accounts).filters });
  const certificates = { at: async () => new X509Certificate(signer.certificate), prove: () => undefined };
  let waited = 0;
  const wait = async (ms: number): Promise<void> => {
    await aws.clock.advance(ms / 1_000);
    waited += ms;
    // The responder is there meanwhile.
    if (waited >= 60_000) await alive();
  };
  const clock = { now: () => aws.clock.now(), wait };
  const told = new Map<string, string>();
  const ports = {
    clock,
    store,
    alarms,
    log: quietLog,
    metrics: silentMetrics,
    trail: trailOf(accounts, quietLog),
    inspection: inspectionOf({ accounts, alarms, ids: [...known.keys()], regions: ['us-east-1'], needed: [], bucket: undefined }),
    subscriptions: subscriptionsOf(accounts),
    letters: lettersOf(accounts),
    readLetter: letterReader({ topicArns: [topicArn], requireVersion2: true, certificates }, () => clock.now() - Date.now()),
    settings: { ...settings, topicArns: [topicArn], accounts: known },
    rightOfWay: openWay,
    randomInt: () => 0,
    wake: () => undefined,
  } as unknown as SweepPorts;

  const keepAlive = aliveKeeper(ports, () => aws.clock.now());
  const alive = async (): Promise<void> => {
    waited = 0;
    await keepAlive();
  };
  const queuesOf = (arn: string): Queue[] => aws.state.accounts[queueNamed(arn).account]?.queues ?? [];

  const sweepDue = async (): Promise<void> => {
    for (;;) {
      const claimed = await store.claimSweep(clock.now());
      if (claimed === undefined) return;
      await sweep(ports, claimed, (about, trouble) => void (trouble === undefined ? told.delete(about) : told.set(about, trouble)));
    }
  };
  const passMinutes = async (minutes: number, step = 1): Promise<void> => {
    for (let minute = 0; minute < minutes; minute += step) {
      for (let left = step; left > 0; left--) {
        await aws.clock.advance(60 * Math.min(1, left));
        await alive();
      }
      await sweepDue();
    }
  };
  return {
    aws,
    ports,
    store,
    told,
    sweepDue,
    /** The responder runs, and time passes. */
    passMinutes,
    /** It did not run, and starts. */
    start: async () => {
      await planSweeping(ports);
      await aws.clock.advance(10);
      await sweepDue();
      await alive();
    },
    alarm: (name: string): Alarm => aws.state.accounts[prodAccount]?.alarms[name] as Alarm,
    change: (name: string, to: 'ALARM' | 'OK'): void => {
      const alarm = aws.state.accounts[prodAccount]?.alarms[name] as Alarm;
      aws.alarms.change(prodAccount, alarm, { to });
    },
    /** SNS brings what was published to the topic, from the oldest on. */
    deliver: async (count = Number.POSITIVE_INFINITY): Promise<void> => {
      const ours = aws.published.filter(({ target }) => target === topicArn).slice(0, count);
      for (const one of ours) {
        aws.published.splice(aws.published.indexOf(one), 1);
        const envelope = envelopeOf(signer, { message: one.message }, topicArn);
        const message = {
          topicArn,
          messageId: String(envelope.MessageId),
          subject: one.subject,
          message: String(envelope.Message),
          publishedAt: clock.now(),
        };
        await receiveSignals(ports, [{ message, signals: understand(message) }]);
      }
    },
    queue: (arn: string): Queue => queuesOf(arn).find(({ name }) => arn.endsWith(`:${name}`)) as Queue,
    addQueue: (arn: string, policy: string): void => {
      const { name, region } = queueNamed(arn);
      const queues = queuesOf(arn);
      queues.splice(0, queues.length, ...queues.filter((one) => one.name !== name || one.region !== region), { name, region, policy, letters: [] });
    },
    putLetter: (arn: string, body: object): void => void putLetter(aws.state, queueNamed(arn), JSON.stringify(body)),
    envelope: (message: object) => envelopeOf(signer, { message }, topicArn),
    incidents: async (): Promise<Incident[]> => (await store.openIncidents(50)).map(({ incident }) => incident).toSorted((a, b) => a.id - b.id),
    stop: async () => {
      aws.stop();
      await database.close();
      vi.unstubAllEnvs();
    },
  };
}
