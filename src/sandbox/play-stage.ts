/** What a play stands on: the world, what it printed and what went wrong, and what a person does on a card. */
import { textOfBlocks } from './slack/as-text.ts';
import type { Block, SlackMessage } from './slack/workspace.ts';
import type { World } from './world.ts';

const patienceMs = 20_000;

export type View = { id: string; callback_id: string; title: { text: string }; blocks: Block[]; submit?: unknown };
export type Print = (line: string) => void;

export interface Stage {
  readonly world: World;
  readonly print: Print;
  /** Sentences about what did not go as it should. */
  readonly faults: string[];
  /** Thread replies there should be. */
  replies: number;
}

export function cardOf(world: World): SlackMessage | undefined {
  return world.workspace.messages.find((message) => message.thread_ts === undefined);
}

export async function until(holds: () => boolean, what: string): Promise<void> {
  const end = Date.now() + patienceMs;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`There was no ${what} in ${patienceMs / 1_000} s.`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Winds the clock forward so that pacing does not keep the reader waiting. */
export async function settled(world: World): Promise<void> {
  for (let step = 0; step < 3; step++) {
    await world.clock.advance(2);
    await world.activity.quiet(80, 5_000);
  }
}

/** More rows of buttons than these are not read at three in the morning. */
const mostRows = 2;

export function printCard({ world, print, faults }: Stage, title: string): void {
  const card = cardOf(world);
  print(`\n── ${title} ──`);
  print(card ? textOfBlocks(card.blocks) : '(none)');
  const cards = world.workspace.messages.filter((message) => message.thread_ts === undefined);
  const rows = Math.max(0, ...cards.map(({ blocks }) => blocks.filter(({ type }) => type === 'actions').length));
  if (rows > mostRows) faults.push(`A card has ${rows} rows of buttons.`);
}

export function offers(world: World, action: string): boolean {
  return JSON.stringify(cardOf(world)?.blocks ?? []).includes(`"action_id":"${action}"`);
}

interface Pressed {
  readonly option?: string;
  /** The card, if no other message. */
  readonly on?: SlackMessage | undefined;
}

export async function click(stage: Stage, user: string, action: string, { option, on }: Pressed = {}): Promise<View | undefined> {
  const { channel, ts } = on ?? (cardOf(stage.world) as SlackMessage);
  const input = { user, channel, ts, action_id: action, ...(option ? { selected_option: option } : {}) };
  const result = (await stage.world.interactions.click(input)) as { status: number; views: View[]; warning?: string };
  if (result.status !== 200 || result.warning) stage.faults.push(`${action} was answered ${result.status} ${result.warning ?? ''}`);
  return result.views.at(0);
}

export async function submit(stage: Stage, user: string, view: View, values: Record<string, string | string[]>): Promise<View | undefined> {
  const result = (await stage.world.interactions.submit({ user, view_id: view.id, values })) as { status: number; views: View[]; errors?: object };
  if (result.status !== 200 || result.errors)
    stage.faults.push(`${view.callback_id} was answered ${result.status} ${JSON.stringify(result.errors ?? {})}`);
  await settled(stage.world);
  return result.views.at(0);
}

export function printView({ print }: Stage, view: View | undefined): void {
  if (view === undefined) return;
  print(`  ┌ ${view.title.text}`);
  for (const line of textOfBlocks(view.blocks).split('\n')) print(`  │ ${line}`);
}
