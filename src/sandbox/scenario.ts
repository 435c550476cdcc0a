/** What a story is: its title, its signals, and what a play has to expect of it. */
import { prodAccount } from './aws/names.ts';
import { eventBridge, inTrail, type Json } from './records.ts';
import type { Published } from './sns.ts';
import type { World } from './world.ts';

export interface Resolution {
  readonly verdict: string;
  readonly note: string;
  /** What becomes of what is contained then, where something is. */
  readonly contained?: 'for-now' | 'for-good';
}

/** A response that the play gives, as its remediator confirms it. */
export interface PlayedStep {
  readonly title: string;
  /** The button's id. */
  readonly action: string;
  /** It has no button on the card: it is in the list behind “More responses”. */
  readonly isListed?: true;
  readonly answers: Readonly<Record<string, string | string[]>>;
}

export interface Scenario {
  readonly title: string;
  readonly signals: (world: World) => Promise<Published[]>;
  /** How late CloudTrail is in this story: the play winds the clock forward by it. */
  readonly trailDelaySeconds?: number;
  /** How long nobody responds: the play winds the clock forward by it. */
  readonly unansweredSeconds?: number;
  /** How often the pager should have been notified before anybody responds. */
  readonly pages?: number;
  /** What the channel should show, where it is not one card and no reply before anybody responds. */
  readonly cards?: number;
  readonly replies?: number;
  /** How many incidents there are, where most of them wait in a storm card. */
  readonly storm?: number;
  /** Responses that are given besides those of every play. */
  readonly steps?: readonly PlayedStep[];
  /** The bot's settings that the story needs, beside those of every sandbox. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Operations of AWS that are refused in this story. */
  readonly refused?: readonly string[];
  /** How the play resolves it: by default as an attack. */
  readonly resolution?: Resolution;
}

export async function publishAll(world: World, messages: readonly Json[]): Promise<Published[]> {
  const published: Published[] = [];
  for (const message of messages) published.push(await world.publish({ message }));
  return published;
}

/** Changes the emulated alarm, whose actions publish by themselves, and waits until they have. */
export async function alarm(world: World, name: string, state: 'OK' | 'ALARM', breaching: boolean): Promise<Published[]> {
  const found = world.aws.accounts[prodAccount]?.alarms[name];
  if (found === undefined) throw new Error(`There is no alarm ${name}.`);
  found.breaching = breaching;
  world.alarms.change(prodAccount, found, { to: state });
  await world.activity.quiet(100, 20_000);
  return [];
}

/** One record by the direct path, as EventBridge brings it within a minute, and minutes later in the event history. */
export function direct(world: World, detail: Json, detailType?: string): Promise<Published[]> {
  inTrail(world, [detail], 300);
  return publishAll(world, [eventBridge(detail, detailType)]);
}
