/** A storm of different alarms with three root sign-ins in it: how soon these are shown, how often Slack is called, and what is lost. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { newFolder } from '../support/folders.ts';
import type { Figure } from './figures.ts';
import { post } from './load.ts';
import { alarmRequest, requests, rootRequest } from './messages.ts';
import { pause } from './people.ts';
import { startBot } from './processes.ts';
import type { BenchWorld } from './world.ts';

const seconds = 60;
const responder = 'U03DANAFOX';
const channel = 'C01INCIDENT';
/** Of the storm, when root signs in. */
const rootsAt = [0.2, 0.5, 0.8];
const stepsPerSecond = 4;
const longestMs = 240_000;
const longestCardMs = 20_000;

export async function storm(world: BenchWorld, { alarms }: { alarms: number }): Promise<Figure[]> {
  return [...(await oneStorm(world, alarms, false)), ...(await oneStorm(world, alarms, true))];
}

async function oneStorm(world: BenchWorld, alarms: number, withSteps: boolean): Promise<Figure[]> {
  const pool = requests(world.signer, { kind: 'different', count: alarms, name: withSteps ? 'Again' : 'Storm' });
  world.forget();
  const dataDir = newFolder();
  const bot = await startBot({ sandboxUrl: world.url, dataDir });
  world.botUrl = bot.listening.url;
  await post({
    url: bot.listening.url,
    requests: [alarmRequest(world.signer, { name: 'Before-the-storm', account: '111122223333' })],
    connections: 1,
  });
  const stepped = await cardIn(world);
  const callsBefore = callsOf(world);
  const begun = performance.now();
  const storming = post({ url: bot.listening.url, requests: pool, connections: 32, perSecond: alarms / seconds });
  const shown = rootsAt.map((share, index) => shownAfter(world, bot.listening.url, { at: begun + share * seconds * 1_000, index }));
  const isOver = (): boolean => performance.now() - begun >= seconds * 1_000;
  const steps = withSteps ? recordSteps(world, stepped, isOver) : Promise.resolve(0);
  while (!isOver()) await pause(100);
  const calls = callsOf(world) - callsBefore;
  const { statuses } = await storming;
  const [times, taken] = [await Promise.all(shown), await steps];
  await pause(2_000);
  await bot.stop();
  const kept = keptIn(dataDir);
  const what = withSteps ? `storm of ${alarms}, with ${taken} steps of a responder` : `storm of ${alarms}`;
  return [
    { what: `${what}: the last of three root cards after`, value: Math.max(...times) / 1_000, unit: 's', most: 5 },
    { what: `${what}: posts and updates in the first minute`, value: calls, unit: '', most: 60 },
    { what: `${what}: not answered with 200`, value: alarms - (statuses['200'] ?? 0), unit: '', most: 0 },
    { what: `${what}: without an incident`, value: 1 + alarms + rootsAt.length - kept.incidents, unit: '', most: 0 },
    { what: `${what}: neither with a card, nor waiting for one`, value: kept.forgotten, unit: '', most: 0 },
  ];
}

/** In milliseconds, from its POST until the card is in the channel. */
async function shownAfter(world: BenchWorld, url: string, { at, index }: { at: number; index: number }): Promise<number> {
  const account = String(900_000_000_001 + index);
  await pause(at - performance.now());
  const sent = performance.now();
  await post({ url, requests: [rootRequest(world.signer, account)], connections: 1 });
  const isShown = (): boolean =>
    world.workspace.messages.some(({ thread_ts, text, blocks }) => {
      const said = `${text} ${JSON.stringify(blocks)}`;
      return thread_ts === undefined && said.includes(account.replace(/(\d{4})(\d{4})(\d{4})/, '$1-$2-$3')) && said.includes('"acknowledge"');
    });
  while (!isShown() && performance.now() - sent < longestMs) await pause(20);
  return performance.now() - sent;
}

/** Posts and updates so far. */
function callsOf({ workspace }: BenchWorld): number {
  return workspace.requests.filter(({ method }) => method === 'chat.postMessage' || method === 'chat.update').length;
}

/** The card that is in the channel before the storm, once it is there. */
async function cardIn({ workspace }: BenchWorld): Promise<string> {
  const until = performance.now() + longestCardMs;
  while (performance.now() < until) {
    const card = workspace.messages.find(({ thread_ts, blocks }) => thread_ts === undefined && JSON.stringify(blocks).includes('"acknowledge"'));
    if (card !== undefined) return card.ts;
    await pause(20);
  }
  throw new Error('The alarm before the storm got no card.');
}

/** One responder records what was done by hand, on one card; a step that took long does not put off those after it. @returns how many steps were taken */
async function recordSteps(world: BenchWorld, ts: string, isOver: () => boolean): Promise<number> {
  const begun = performance.now();
  let taken = 0;
  for (let next = 1; !isOver(); next++) {
    if (await recordStep(world, ts, taken + 1)) taken++;
    await pause(begun + (next * 1_000) / stepsPerSecond - performance.now());
  }
  return taken;
}

async function recordStep({ interactions, workspace }: BenchWorld, ts: string, number: number): Promise<boolean> {
  const before = new Set(workspace.views.map(({ id }) => id));
  await interactions.click({ user: responder, channel, ts, action_id: 'more', selected_option: 'record-step' });
  const id = await openedSince(workspace, before);
  if (id === undefined) return false;
  const answered = await interactions.submit({ user: responder, view_id: id, values: { what: `Called user ${number}` } });
  return (answered as { status: number }).status === 200;
}

/** A click is answered before its view is opened. */
async function openedSince(workspace: BenchWorld['workspace'], before: ReadonlySet<string>): Promise<string | undefined> {
  const until = performance.now() + 3_000;
  while (performance.now() < until) {
    const opened = workspace.views.find(({ id }) => !before.has(id));
    if (opened !== undefined) return opened.id;
    await pause(5);
  }
  return undefined;
}

/** Every incident has a card, or is due to be shown, or waits in a storm card. */
function keptIn(dataDir: string): { incidents: number; forgotten: number } {
  const database = new DatabaseSync(join(dataDir, 'responder.db'), { readOnly: true });
  const count = (where: string): number => Number(database.prepare(`select count(*) as n from incidents where ${where}`).get()?.n);
  const shown = `id in (select incident from pictures where name = 'card' and ts is not null)`;
  const kept = { incidents: count('true'), forgotten: count(`not (${shown}) and due_at is null and folded = 0`) };
  database.close();
  return kept;
}
