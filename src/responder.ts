/** The running responder: built, started in order, stopped in reverse. */
import { randomUUID } from 'node:crypto';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readAhead } from './aws/sdk.ts';
import { buildPorts, drawOf, keepingOf, onStore, slackOptionsOf } from './build.ts';
import type { Config } from './config.ts';
import { openDatabase } from './db/database.ts';
import { type Audit, openStores } from './db/store.ts';
import { ocsfLine } from './domain/audit/ocsf.ts';
import { asAppError } from './domain/error.ts';
import type { FirstCards } from './domain/incident/first-cards.ts';
import type { Clock, Log, Ports } from './domain/ports.ts';
import { followEveryMs } from './domain/response/following.ts';
import type { Response } from './domain/response/response.ts';
import { anchorLog } from './features/anchor-log.ts';
import { carryOut } from './features/carry-out.ts';
import { followResponses } from './features/follow-responses.ts';
import { beginCanary, isChainCut } from './features/keep-canary.ts';
import { clockKeeper, compareClocks } from './features/keep-clock.ts';
import { prune } from './features/prune.ts';
import { writeRefusals } from './features/record-refusal.ts';
import { noteRemediators } from './features/remediators.ts';
import { settleRequests } from './features/requests.ts';
import { requireAuditKey } from './features/require-audit-key.ts';
import { closeAbandoned } from './features/respond.ts';
import { runBackground } from './features/run-background.ts';
import { runProjector } from './features/run-projector.ts';
import { aliveKeeper, planSweeping, runSweep, stillAlive } from './features/run-sweep.ts';
import { storeAnchors } from './features/store-anchors.ts';
import { largestBody } from './ops/bodies.ts';
import { followClock, systemClock } from './ops/clock.ts';
import { healthOf, healthz, opsServer } from './ops/health.ts';
import { heartbeatOf, unwellOf } from './ops/heartbeat.ts';
import { openMetrics } from './ops/metrics.ts';
import { publicServer } from './ops/public-server.ts';
import { refusalsTo } from './ops/refusals.ts';
import { rightOfWay } from './ops/right-of-way.ts';
import { notListening, tlsIn, untimelyFault } from './ops/start.ts';
import { type SlackServer, slackServer, webClientOf } from './slack/app.ts';
import { chatOf } from './slack/chat.ts';
import { filesOf } from './slack/files.ts';
import { peopleOf } from './slack/people.ts';
import { workspaceOf } from './slack/workspace.ts';
import { letterReader } from './sns/letters.ts';
import { provenCertificates } from './sns/proven-certificates.ts';
import type { SignatureRules } from './sns/signature.ts';
import { snsHandler } from './sns/webhook.ts';

/** What hurts nobody when it comes a minute late. */
const upkeepEveryMs = 60_000;
/** Requests lapse and are carried out so soon after their time. */
const settleEveryMs = 5_000;

type Core = Awaited<ReturnType<typeof openCore>>;

/** Clock, database, Slack client and ports: everything that the servers and the projector stand on. */
async function openCore(config: Config, log: Log, responses: readonly Response[]) {
  const sandbox = config.SANDBOX_URL;
  const following = sandbox === undefined ? undefined : await followClock(`${sandbox}/clock`);
  const clock: Clock = following?.clock ?? systemClock;
  const database = await openDatabase(config.DATABASE_URL.reveal());
  if (database.copiedTo !== undefined) log.info({ copy: database.copiedTo }, 'the database was copied, then brought up to date');
  for (const file of database.openToOthers ?? []) log.warn({ file }, 'other users of this machine may open it: chmod go-rwx');
  const owner = randomUUID();
  const { store, behind } = await openStores(database, owner, auditOf(config));
  await requireAuditKey(store, clock, config.AUDIT_KEY);
  const metrics = openMetrics();
  const slack = slackOptionsOf(config, log, metrics);
  const client = webClientOf(slack);
  const health = healthOf({ log, store, clock }, database.engine === 'sqlite' ? 'the only one' : owner);
  const told = { client, clock, log, report: health.report };
  const workspace = await workspaceOf(told);
  const people = peopleOf({ ...told, workspace, responders: config.RESPONDERS, remediators: config.REMEDIATORS });
  const waker: Pick<Ports, 'wake'> & FirstCards = { wake: () => undefined, atOnce: () => undefined, show: () => undefined };
  const permalink = (ts: string): string => workspace.permalink(config.INCIDENT_CHANNEL, ts);
  const files = filesOf(client, sandbox);
  const firstCards: FirstCards = { atOnce: () => waker.atOnce(), show: (claimed) => waker.show(claimed) };
  const base = { ...told, files, metrics, store, people, owner, rightOfWay: rightOfWay(), permalink, wake: () => waker.wake(), firstCards };
  const ports = buildPorts(config, responses, base);
  const chat = chatOf(client, config.INCIDENT_CHANNEL);
  return { responses, clock, following, database, store, behind, metrics, slack, chat, workspace, people, ports, waker, health };
}

function auditOf({ AUDIT_KEY: keys, AUDIT_STREAM: stream }: Config): Audit {
  if (stream === undefined) return { keys };
  return { keys, written: (entries) => void process.stdout.write(entries.map((entry) => `${ocsfLine(entry)}\n`).join('')) };
}

async function signatureRules(config: Config, { ports, store }: Core): Promise<SignatureRules> {
  const { SNS_TOPIC_ARNS: topicArns, SANDBOX_URL: sandbox } = config;
  // Only where the certificate is fetched from differs in the sandbox; every rule about its address holds unchanged.
  const placeOf = (url: string): string => (sandbox === undefined ? url : `${sandbox}/certificate${new URL(url).pathname}`);
  const certificates = await provenCertificates({ store, log: ports.log, topicArns, placeOf });
  return { topicArns, requireVersion2: config.SNS_REQUIRE_SIGNATURE_V2, certificates };
}

/** The public server: Slack, SNS and the health check on one port. */
function publicSide(config: Config, { ports, responses, slack, workspace, health, clock, chat, database }: Core, rules: SignatureRules): SlackServer {
  const { SANDBOX_URL: sandbox } = config;
  const refused = refusalsTo(ports, clock.now);
  // SQLite runs one transaction at a time, in this process.
  const atOnce = database.engine === 'postgres' ? 2 : 1;
  const routes = [
    { path: '/sns', method: ['POST'], handler: snsHandler(ports, { rules, refused, wallClock: Date.now, largestBody, atOnce }) },
    { path: '/healthz', method: ['GET', 'HEAD'], handler: healthz },
  ];
  const tls = tlsIn(config.TLS_CERT_FILE, config.TLS_KEY_FILE);
  const untimely = tls && untimelyFault(tls, clock.now());
  if (untimely !== undefined) ports.log.warn({ file: config.TLS_CERT_FILE }, untimely);
  const keepAliveTimeout = config.KEEP_ALIVE_SECONDS * 1_000;
  const host = sandbox === undefined ? undefined : '127.0.0.1';
  const context = { ports, responses, accounts: config.accounts, permalink: ports.permalink, report: health.report, chat };
  const serverOf = (listener: RequestListener): Server => publicServer({ tls, keepAliveTimeout, refused }, listener);
  return slackServer(slack, routes, context, { port: config.PORT, host, serverOf, refused, app: workspace.app });
}

export interface Responder {
  readonly url: string;
  readonly opsUrl: string;
  /** Ends after what is under way. */
  stop(): Promise<void>;
}

/** Resolves once it listens. */
export async function startResponder(config: Config, log: Log, responses: readonly Response[]): Promise<Responder> {
  const core = await openCore(config, log, responses);
  const { people, workspace } = core;
  const ports = onStore(core.ports, core.behind);
  await closeAbandoned({ ports, responses }, core.database.engine === 'sqlite');
  await beginCanary(ports);
  const rules = await signatureRules(config, core);
  const server = publicSide(config, core, rules);
  const port = await server.start().catch(notListening('PORT', config.PORT));
  if (workspace.home() !== undefined) await people.refresh();
  await noteRemediators(ports, people.remediators());
  const ops = await opsSide(config, core);
  const aliveAt = await planSweeping(ports);
  // What waits since the last stop is taken up when signals and clicks are.
  const stopWork = startWork(config, core, { ports, rules });
  const stopping = new AbortController();
  const background = [
    readAhead(stopping.signal),
    people.keepFresh(stopping.signal),
    workspace.keepAsking(stopping.signal, people.refresh),
    ...upkeep(config, core, { ports, aliveAt, stop: stopping.signal }),
  ];
  const stop = async (): Promise<void> => {
    stopping.abort();
    await server.stop();
    await Promise.all([stopWork(), ...background]);
    await stillAlive(ports).catch(() => undefined);
    ops.close();
    core.following?.stop();
    await core.database.close();
  };
  const scheme = config.TLS_CERT_FILE === undefined ? 'http' : 'https';
  const opsHost = config.OPS_HOST.includes(':') ? `[${config.OPS_HOST}]` : config.OPS_HOST;
  return { url: `${scheme}://127.0.0.1:${port}`, opsUrl: `http://${opsHost}:${(ops.address() as AddressInfo).port}`, stop };
}

/** Metrics and readiness, on a port of their own. Resolves once it listens. */
async function opsSide({ OPS_PORT, OPS_HOST }: Config, { store, metrics, clock, health }: Core): Promise<Server> {
  const ops = opsServer({ store, metrics, clock, troubles: health.troubles });
  await new Promise<void>((resolve, reject) => ops.once('error', reject).listen(OPS_PORT, OPS_HOST, resolve)).catch(
    notListening('OPS_PORT', OPS_PORT, OPS_HOST),
  );
  return ops;
}

/** Takes up what is due in the database: cards and replies, chores and looks, sweeps. Returns how to stop it. */
function startWork(config: Config, core: Core, { ports, rules }: { ports: Ports; rules: SignatureRules }): () => Promise<unknown> {
  const { clock, chat, workspace, responses, health } = core;
  const projector = runProjector({ ...ports, chat, draw: drawOf(config, workspace, { reach: ports.settings, responses }) }, health.report);
  const enricher = runBackground(ports);
  const wake = (): void => {
    projector.wake();
    enricher.wake();
  };
  const show: FirstCards['show'] = (claimed) => {
    projector.show(claimed);
    enricher.wake();
  };
  Object.assign(core.waker, { wake, show, atOnce: projector.atOnce });
  const sweeping = runSweep({ ...ports, readLetter: letterReader(rules, () => clock.now() - Date.now()) }, health.report);
  return () => Promise.all([projector.stop(), enricher.stop(), sweeping.stop()]);
}

interface Upkeep {
  readonly ports: Ports;
  /** When a replica was there last, before this one started; undefined: never. */
  readonly aliveAt: number | undefined;
  readonly stop: AbortSignal;
}

/** What is done at intervals, whether or not anything is due, until `stop`. */
function upkeep(config: Config, core: Core, { ports, aliveAt, stop }: Upkeep): Promise<void>[] {
  const { clock, people, responses, health } = core;
  const world = { ports, responses };
  const again = (ms: number, work: () => Promise<void>): Promise<void> => every(ms, { clock, log: ports.log, stop }, work);
  return [
    again(upkeepEveryMs, () => closeAbandoned(world, false)),
    again(upkeepEveryMs, () => noteRemediators(ports, people.remediators())),
    again(settleEveryMs, () => settleRequests(world, (request) => carryOut(world, request))),
    again(followEveryMs, () => followResponses(world)),
    again(settleEveryMs, () => writeRefusals(ports)),
    again(settleEveryMs, clockKeeper(ports, aliveAt)),
    again(upkeepEveryMs, () => compareClocks(ports, Date.now)),
    again(upkeepEveryMs, health.refresh),
    again(upkeepEveryMs, async () => {
      await anchorLog(ports);
      await storeAnchors(ports);
    }),
    ...heartbeats(config, core).map((beat) => again(upkeepEveryMs, beat)),
    again(upkeepEveryMs, async () => void (await prune(ports, { keeping: keepingOf(config), stop }))),
    again(upkeepEveryMs, aliveKeeper(ports, Date.now)),
  ];
}

/** None where no address is set. */
function heartbeats({ HEARTBEAT_URL: url }: Config, { ports, store, clock, workspace, health }: Core): (() => Promise<void>)[] {
  const unwell = () =>
    unwellOf({
      commit: () => store.check(clock.now()),
      isSlackAnswering: workspace.isAnswering,
      isBroken: health.isBroken,
      isChainCut: () => isChainCut(ports),
    });
  return url === undefined ? [] : [heartbeatOf({ ...ports, url, unwell })];
}

interface Loop {
  readonly clock: Clock;
  readonly log: Log;
  readonly stop: AbortSignal;
}

async function every(ms: number, { clock, log, stop }: Loop, work: () => Promise<void>): Promise<void> {
  while (!stop.aborted) {
    await clock.wait(ms, stop);
    if (!stop.aborted) await work().catch((thrown) => log.error({ err: asAppError(thrown) }, 'background work failed'));
  }
}
