/** What people wait for: their clicks, the status, and the first card of a lone alarm. */
import type { SlackMessage } from '../../src/sandbox/slack/workspace.ts';
import { newFolder } from '../support/folders.ts';
import type { Figure } from './figures.ts';
import { quantile } from './figures.ts';
import { post } from './load.ts';
import { loadBeside } from './load-beside.ts';
import { alarmRequest } from './messages.ts';
import { start, startBot } from './processes.ts';
import type { BenchWorld } from './world.ts';

const responder = 'U03DANAFOX';
const channel = 'C01INCIDENT';
const detection = 'Root-sign-in';

/** Until there is a first card. */
const longestWaitMs = 20_000;

/** How long clicks on Acknowledge took until they were answered, in milliseconds: on one card after the other. */
export async function clickTimes({ interactions, workspace }: BenchWorld, count: number, everyMs: number): Promise<number[]> {
  const times: number[] = [];
  const findCards = (): SlackMessage[] =>
    workspace.messages.filter((message) => message.thread_ts === undefined && JSON.stringify(message).includes('"acknowledge"'));
  let cards = findCards();
  for (let waited = 0; cards.length === 0 && waited < longestWaitMs; waited += 100) {
    await pause(100);
    cards = findCards();
  }
  for (let index = 0; index < count; index++) {
    const card = cards[index % cards.length];
    if (card === undefined) throw new Error('There is no card to click on.');
    const begun = performance.now();
    await interactions.click({ user: responder, channel, ts: card.ts, action_id: 'acknowledge' });
    times.push(performance.now() - begun);
    await pause(everyMs - (performance.now() - begun));
  }
  return times;
}

/** The same where a bare server answers at once: what the emulated Slack itself takes, and what warms it. */
export async function bareClickTimes(world: BenchWorld, count: number): Promise<number[]> {
  const { botUrl } = world;
  const bare = await start({ file: 'floor.ts', args: ['click'] });
  world.botUrl = bare.listening.url;
  const times = await clickTimes(world, count, 0);
  world.botUrl = botUrl;
  await bare.stop();
  return times;
}

export async function statusTimes({ interactions }: BenchWorld, count: number): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; index < count; index++) {
    const begun = performance.now();
    await interactions.command({ user: responder, channel, command: '/signin-status' });
    times.push(performance.now() - begun);
  }
  return times;
}

export async function clicksUnderLoad(world: BenchWorld, { seconds }: { seconds: number }): Promise<Figure[]> {
  const perSecond = 1_000;
  world.forget();
  const bot = await startBot({ sandboxUrl: world.url, dataDir: newFolder() });
  world.botUrl = bot.listening.url;
  const count = perSecond * (seconds + 3);
  const load = await loadBeside(world.signer, { kind: 'fifty', count });
  const posting = load.post({ url: bot.listening.url, connections: 32, perSecond, from: 0, to: count });
  await pause(2_000);
  const bare = await bareClickTimes(world, 100);
  const times = await clickTimes(world, seconds * 10, 100);
  const { rate } = await posting;
  await load.close();
  await bot.stop();
  return [
    { what: 'clicks: on a bare server meanwhile, 99 of 100 within', value: quantile(bare, 0.99), unit: 'ms' },
    { what: 'clicks: signals of fifty alarms meanwhile', value: rate, unit: '/s' },
    { what: 'clicks: median', value: quantile(times, 0.5), unit: 'ms' },
    { what: 'clicks: 99 of 100 within', value: quantile(times, 0.99), unit: 'ms', most: 30 },
  ];
}

/** From the POST of an alarm that nothing waits for to chat.postMessage at the emulated Slack. */
export async function loneAlarm(world: BenchWorld, { count }: { count: number }): Promise<Figure[]> {
  world.forget();
  const env = { ALARM_DETECTIONS: `${detection}=root-sign-in` };
  const bot = await startBot({ sandboxUrl: world.url, dataDir: newFolder(), env });
  const times: number[] = [];
  const warming = 10;
  for (let index = 0; index < warming + count; index++) {
    // What Slack takes in a minute is there again.
    await world.clock.advance(5);
    await pause(150);
    world.posts.length = 0;
    const account = String(100_000_000_000 + index);
    const alarm = alarmRequest(world.signer, { name: detection, account });
    const sent = performance.now();
    await post({ url: bot.listening.url, requests: [alarm], connections: 1 });
    for (let waited = 0; world.posts.length === 0 && waited < 5_000; waited++) await pause(1);
    if (index >= warming) times.push((world.posts[0] ?? Number.POSITIVE_INFINITY) - sent);
  }
  await bot.stop();
  return [
    { what: 'lone alarm: POST to chat.postMessage, median', value: quantile(times, 0.5), unit: 'ms', most: 5 },
    { what: 'lone alarm: 99 of 100 within', value: quantile(times, 0.99), unit: 'ms', most: 25 },
  ];
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(1, ms)));
}
