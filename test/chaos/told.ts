/** A random story under way: the sandbox that it is told in, its random choices, and what was found. */
import { DatabaseSync } from 'node:sqlite';
import type { World } from '../../src/sandbox/world.ts';
import { seeded } from './cases.ts';

export interface Random {
  int(below: number): number;
  any<T>(list: readonly T[]): T;
  is(probability: number): boolean;
}

export interface Told {
  readonly world: World;
  readonly random: Random;
  /** The bot's database. */
  readonly file: string;
  readonly problems: string[];
  /** What SNS brings later, by the sandbox's clock. */
  readonly later: { readonly at: number; readonly run: () => Promise<unknown> }[];
  serial: number;
  /** How many pages there were, and what was acknowledged, when it was looked at last. */
  pages: number;
  taken: ReadonlySet<number>;
}

export function randomOf(seed: number): Random {
  const next = seeded(seed);
  const int = (below: number): number => Math.floor(next() * below);
  return { int, any: (list) => list[int(list.length)] as (typeof list)[number], is: (probability) => next() < probability };
}

export function rows<T>(file: string, sql: string): T[] {
  const db = new DatabaseSync(file, { readOnly: true });
  try {
    return db.prepare(sql).all() as T[];
  } finally {
    db.close();
  }
}

/** Lets time pass, in steps of so many seconds. */
export async function pass(told: Told, seconds: number, step: number): Promise<void> {
  const { world, later } = told;
  for (let left = seconds; left > 0; left -= step) {
    await world.clock.advance(Math.min(step, left));
    await world.activity.quiet(40, 4_000);
    watchPages(told);
    for (const one of later.filter(({ at }) => at <= world.clock.now())) {
      later.splice(later.indexOf(one), 1);
      await one.run();
    }
  }
}

/** Nobody is paged for what somebody has in hand, before and after. */
function watchPages(told: Told): void {
  const { world, file, problems } = told;
  const taken = new Set(rows<{ id: number }>(file, "select id from incidents where status = 'acknowledged'").map(({ id }) => id));
  for (const { subject, message } of world.aws.pages.slice(told.pages)) {
    const id = Number(/SIN-(\d+)/.exec(`${subject} ${message}`)?.[1]);
    if (taken.has(id) && told.taken.has(id)) problems.push(`a page for SIN-${id}, which is acknowledged: ${subject}`);
  }
  told.pages = world.aws.pages.length;
  told.taken = taken;
}
