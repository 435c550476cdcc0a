/** What becomes of times that were written by a clock which was ahead, and has been set back. Seldom: it may read whole tables. */
import { type Kysely, sql } from 'kysely';
import type { Schema } from './schema.ts';

/** Those that work out by themselves when they are due. */
const ownTimes = ['contained'];
/** What was due again this soon is swept often. */
const oftenMs = 3_600_000;
/** For so long a call that was under way may still come to something, as an attempt has it. */
const settleMs = 25_000;

/**
 * Makes due what was to be due soon by the clock before, has full budgets, and looks for what was under way where Slack's clock has it.
 * @param by how far ahead that clock was, at most, ms
 */
export async function dueAgain(db: Kysely<Schema>, now: number, by: number): Promise<void> {
  const due_at = now;
  const late_since = sql<number | null>`case when late_since > ${now} then ${now} else late_since end`;
  await db.updateTable('incidents').set({ due_at, late_since }).where('due_at', '>', now).execute();
  await db.updateTable('incidents').set({ edited_at: now }).where('edited_at', '>', now).execute();
  await db.updateTable('storms').set({ due_at, late_since }).where('due_at', '>', now).execute();
  await db.updateTable('chores').set({ due_at }).where('due_at', '>', now).where('kind', 'not in', ownTimes).execute();
  await db.updateTable('trail_looks').set({ due_at }).where('due_at', '>', now).execute();
  const often = db.updateTable('sweeps').set({ due_at, through_at: now }).where('through_at', '>', now).where('due_at', '>', now);
  await often.where(sql<boolean>`due_at - through_at < ${oftenMs}`).execute();
  await db
    .updateTable('budgets')
    .set({ ready_at: now })
    .where('ready_at', '>', now)
    .where(sql<boolean>`(name like 'post:%' or name like 'edit:%' or name like 'call:%' or name like 'look:%' or name like 'log:%')`)
    .execute();
  const attempt = { attempt_at: sql<number>`attempt_at - ${by}`, settled_at: now + settleMs };
  for (const table of ['pictures', 'storm_pictures'] as const)
    await db
      .updateTable(table)
      .set(attempt)
      .where('settled_at', '>', now + settleMs)
      .execute();
}
