/** One trial: a fresh database, a fate, the story, and what the checker says of its end. */
import { sql } from 'kysely';
import type { Database } from '../../src/db/database.ts';
import type { EmulatedAws } from '../support/emulated-aws.ts';
import { type Problem, problemsOf } from './checker.ts';
import { settled, story } from './story.ts';
import { tablesOf } from './tables.ts';
import { chaosWorld, type Trial } from './world.ts';

export interface Stage {
  readonly database: Database;
  readonly aws: EmulatedAws;
}

export interface Ended {
  readonly trial: Trial;
  readonly problems: readonly Problem[];
  /** The steps that were made, in order. */
  readonly steps: readonly string[];
  /** How often each method of Slack was called. */
  readonly slackCalls: ReadonlyMap<string, number>;
}

export const calm: Trial = { plan: { deaths: [] }, slack: [], ports: [] };

export async function tried({ database, aws }: Stage, trial: Trial): Promise<Ended> {
  await emptied(database);
  aws.state.reset();
  const world = await chaosWorld(database, aws, trial);
  let problems: readonly Problem[];
  try {
    await world.during(story(world));
    // What was stopped and went on may have left something to do.
    await world.during(settled(world));
    problems = await problemsOf(world);
  } catch (thrown) {
    problems = [{ is: 'lost', what: thrown instanceof Error ? thrown.message : String(thrown) }];
  }
  world.end();
  return { trial, problems, steps: world.fate.names, slackCalls: world.slack.calls };
}

async function emptied(database: Database): Promise<void> {
  const { db, engine } = database;
  const names = (await tablesOf(database)).map(({ name }) => name);
  if (engine === 'postgres') {
    await sql`truncate ${sql.join(names.map((name) => sql.table(name)))} restart identity`.execute(db);
    return;
  }
  await sql`pragma foreign_keys = off`.execute(db);
  await db.transaction().execute(async (trx) => {
    for (const name of [...names, 'sqlite_sequence']) await sql`delete from ${sql.table(name)}`.execute(trx);
  });
  await sql`pragma foreign_keys = on`.execute(db);
}
