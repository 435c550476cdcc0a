/** What a responder sees of a storm: its card, the list behind it, and the card of one that had none. */
import { until } from './play-stage.ts';
import { textOfBlocks } from './slack/as-text.ts';
import type { Block, SlackMessage } from './slack/workspace.ts';
import type { World } from './world.ts';

interface Stage {
  readonly world: World;
  readonly print: (line: string) => void;
  readonly faults: string[];
}

type View = { id: string; blocks: Block[] };

const responder = 'U03DANAFOX';

function isStormCard({ metadata, thread_ts }: SlackMessage): boolean {
  return thread_ts === undefined && /^STORM-\d+\/card$/.test(String(metadata?.event_payload.key));
}

/** @param incidents how many there are in all: each has a card, or is in the list */
export async function playStorm({ world, print, faults }: Stage, incidents: number): Promise<void> {
  print('\n── The storm ──');
  await until(() => world.workspace.messages.some(isStormCard), 'a storm card');
  const storm = world.workspace.messages.find(isStormCard) as SlackMessage;
  print(textOfBlocks(storm.blocks));
  const { ts, channel } = storm;
  const opened = (await world.interactions.click({ user: responder, channel, ts, action_id: 'storm-open' })) as { views: View[] };
  const [list] = opened.views;
  if (list === undefined) return void faults.push('The storm card opened no list.');
  print('\n── Those without a card ──');
  print(textOfBlocks(list.blocks));
  const cards = world.workspace.messages.filter((message) => message.thread_ts === undefined && !isStormCard(message));
  const listed = Number(/(\d+) without a card/.exec(textOfBlocks(list.blocks))?.[1] ?? 0);
  if (cards.length + listed !== incidents) faults.push(`${cards.length} have a card and ${listed} have none: not ${incidents} in all.`);
  const name = /"action_id":"post-card-(\d+)"/.exec(JSON.stringify(list.blocks))?.[1] ?? '';
  await world.interactions.clickView({ user: responder, view_id: list.id, action_id: `post-card-${name}`, value: name });
  await world.clock.advance(5);
  await world.activity.quiet(150, 5_000);
  const own = world.workspace.messages.find(({ metadata }) => metadata?.event_payload.key === `SIN-${name}/card`);
  print(`\n── The card of SIN-${name} ──`);
  if (own === undefined) return void faults.push(`SIN-${name} has no card of its own after it was opened.`);
  print(textOfBlocks(own.blocks));
}
