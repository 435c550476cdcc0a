/** A responder without Slack and HTTP: signals go in, background work is done when asked for, and what rang is counted. */

import { openDatabase } from '../../src/db/database.ts';
import { openStore } from '../../src/db/store.ts';
import { AppError } from '../../src/domain/error.ts';
import type { Incident } from '../../src/domain/incident/incident.ts';
import type { Json } from '../../src/domain/json.ts';
import type { Ports } from '../../src/domain/ports.ts';
import { read } from '../../src/domain/response/iam-user.ts';
import { isWorse } from '../../src/domain/severity.ts';
import type { Look } from '../../src/domain/sign-in/looks.ts';
import { understand } from '../../src/domain/signal/signal.ts';
import type { Store } from '../../src/domain/store.ts';
import type { ChoreKind } from '../../src/domain/work.ts';
import { assessAgain } from '../../src/features/assess-again.ts';
import { askWhoSetIt, beginLooking, lookThrough } from '../../src/features/enrich-incident.ts';
import { fireTimer } from '../../src/features/fire-timer.ts';
import { keepCanary } from '../../src/features/keep-canary.ts';
import { keepContained } from '../../src/features/keep-contained.ts';
import { linkIncidents } from '../../src/features/link-incidents.ts';
import { readLog } from '../../src/features/read-log.ts';
import { readUsers } from '../../src/features/read-users.ts';
import { receiveSignals } from '../../src/features/receive-signals.ts';
import { ring } from '../../src/features/ring.ts';
import { openWay, quietLog, settings, silentMetrics } from './ports.ts';
import { topic } from './sandbox.ts';
import type { FreshDatabase } from './stores.ts';

const chores: Record<ChoreKind, (ports: Ports, id: number) => Promise<unknown>> = {
  log: readLog,
  look: beginLooking,
  'set-by': askWhoSetIt,
  users: readUsers,
  link: linkIncidents,
  assess: assessAgain,
  ring: (ports, id) => ring(ports, id, 99),
  timer: fireTimer,
  contained: keepContained,
  canary: keepCanary,
};
const kinds = Object.keys(chores) as ChoreKind[];
/** Whose work is asked for again where others were faster. */
const isRepeated: readonly ChoreKind[] = ['link', 'ring'];

export interface Replica {
  readonly ports: Ports;
  readonly store: Store;
  /** CloudTrail's event history; undefined: it may not be read. */
  history: readonly Json[] | undefined;
  now: number;
  /** One batch: as if these messages came in one event-loop turn. */
  receive(...messages: readonly object[]): Promise<void>;
  /** Does all that is due, or only chores of some kinds. */
  work(only?: readonly ChoreKind[]): Promise<void>;
  incidents(): Promise<Incident[]>;
  /** What rang, as a sentence each: first pictures of grave incidents, and loud replies. */
  rings(): Promise<string[]>;
  close(): Promise<void>;
}

let serial = 0;

/** @param database of which a second replica opens connections of its own */
export async function replica(database: FreshDatabase, now: number, isSecond = false): Promise<Replica> {
  const own = isSecond ? await openDatabase(database.url) : database;
  const name = `replica-${++serial}`;
  const firstPictures = new Map<number, string>();
  const store = seeing(await openStore(own, name, database.audit), (id, { severity, tells }) => {
    const rings = !isWorse('HIGH', severity) && tells === 'itself';
    firstPictures.set(id, rings ? `SIN-${id} opens ${severity}` : '');
  });
  const it: Replica = {
    ports: undefined as unknown as Ports,
    store,
    history: [],
    now,
    receive: async (...messages) => {
      const arrivals = messages.map((message) => {
        const received = { topicArn: topic, messageId: `m${++serial}`, subject: undefined, publishedAt: it.now, message: JSON.stringify(message) };
        return { message: received, signals: understand(received) };
      });
      await receiveSignals(it.ports, arrivals);
    },
    work: async (only) => {
      for (let round = 0; round < 1_000; round++) {
        const chore = await store.claimChore(it.now, only ?? kinds);
        if (chore) {
          const again = await chores[chore.kind](it.ports, chore.incident);
          await store.endChore(chore, typeof again === 'number' && isRepeated.includes(chore.kind) ? again : undefined);
          continue;
        }
        const look = only ? undefined : await store.claimLook(it.now);
        if (look === undefined) return;
        await lookThrough(it.ports, look);
      }
      throw new Error('The work never ends.');
    },
    incidents: () => all(store),
    rings: async () => {
      const entries = await Promise.all((await all(store)).map(({ id }) => store.entries(id, { from: 0, count: 1_000 })));
      const loud = entries.flatMap((one) => one.entries.toReversed()).flatMap(({ reply, body }) => (reply === 'loud' ? [body.text] : []));
      return [...firstPictures.values(), ...loud].filter((text) => text !== '');
    },
    close: () => (isSecond ? own.close() : Promise.resolve()),
  };
  return Object.assign(it, { ports: portsOf(it, name) });
}

/** The store, which tells how each incident was opened. */
function seeing(store: Store, saw: (id: number, incident: Incident) => void): Store {
  const transact: Store['transact'] = (work) =>
    store.transact((tx) =>
      work({
        ...tx,
        insert: async (opened) => {
          const ids = await tx.insert(opened);
          for (const [index, id] of ids.entries()) saw(id, opened[index]?.incident as Incident);
          return ids;
        },
      }),
    );
  return { ...store, transact };
}

async function all(store: Store): Promise<Incident[]> {
  const found: Incident[] = [];
  for (let id = 1; ; id++) {
    const incident = await store.incident(id);
    if (incident === undefined) return found;
    found.push(incident);
  }
}

function portsOf(it: Replica, owner: string): Ports {
  return {
    store: it.store,
    owner,
    clock: {
      now: () => it.now,
      wait: async (ms: number) => {
        it.now += ms;
      },
    },
    log: quietLog,
    metrics: silentMetrics,
    rightOfWay: openWay,
    settings,
    people: {
      standing: () => ({ isOneOfUs: true, roles: ['responder', 'remediator'], unread: {}, remediatorsExist: true }),
      withEmail: async () => undefined,
      nameOf: async (id: string) => id,
    },
    wake: () => undefined,
    alarms: { patternsBehind: async () => [] },
    logs: { filters: async () => [], page: async () => ({ lines: [], next: undefined }) },
    readAs: () => ({}),
    sessions: { active: async () => ({ sessions: [], faults: {} }) },
    identities: { facts: async (ref: object) => ({ ref, devices: read([]), keys: read([]), password: read(undefined) }) },
    trail: {
      page: async (look: Look, until: number) => {
        if (it.history === undefined) throw new AppError('denied', 'AWS does not let the responder call LookupEvents.');
        const isAsked = ({ awsRegion, recipientAccountId, eventName, eventTime }: Json): boolean =>
          awsRegion === look.region &&
          recipientAccountId === look.account &&
          eventName === look.value &&
          Date.parse(String(eventTime)) >= look.from &&
          Date.parse(String(eventTime)) <= until;
        return { records: it.history.filter(isAsked), next: undefined };
      },
    },
  } as unknown as Ports;
}
