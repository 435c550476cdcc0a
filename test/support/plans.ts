/** What an engine says of how it would run statements, and what of that grows with what is stored. */
import { CompiledQuery, type Kysely, type KyselyPlugin, sql } from 'kysely';
import pg from 'pg';
import { vi } from 'vitest';
import type { Database } from '../../src/db/database.ts';
import type { Prepared } from '../../src/db/node-sqlite.ts';
import type { Schema } from '../../src/db/schema.ts';

export interface Plan {
  readonly text: string;
  readonly plan: string;
}

interface Query {
  readonly text: string;
  readonly values: readonly unknown[];
  /** On Postgres: its plan is made once, for whatever it is given. */
  readonly isKept: boolean;
}

/** The plans of all statements of some work, through the query builder it is given or through the database around it. */
export async function plansOf(database: Database, work: (db: Kysely<Schema>, database: Database) => Promise<unknown>): Promise<Plan[]> {
  const { db, engine } = database;
  if (engine === 'sqlite') return explained(database, await sentToSqlite(database, work));
  return explained(database, await sentToPostgres(() => work(db, database)));
}

async function sentToSqlite(database: Database, work: (db: Kysely<Schema>, database: Database) => Promise<unknown>): Promise<Query[]> {
  const { db, prepared } = database;
  const queries: Query[] = [];
  const spy: KyselyPlugin = {
    transformQuery: ({ node, queryId }) => {
      const { sql: text, parameters } = db.getExecutor().compileQuery(node, queryId);
      queries.push({ text, values: parameters, isKept: false });
      return node;
    },
    transformResult: async ({ result }) => result,
  };
  const seeing = prepared && {
    forEach: <R>(...[text, rows]: Parameters<Prepared['forEach']>): R[] => {
      if (rows.length > 0) queries.push({ text, values: [], isKept: false });
      return prepared.forEach<R>(text, rows);
    },
  };
  const spied = db.withPlugin(spy);
  await work(spied, { ...database, db: spied, unsynced: undefined, prepared: seeing });
  return queries;
}

/** What is sent, by whatever way. */
async function sentToPostgres(work: () => Promise<unknown>): Promise<Query[]> {
  const queries: Query[] = [];
  const spy = vi.spyOn(pg.Client.prototype, 'query');
  await work().finally(() => {
    for (const [query] of spy.mock.calls as unknown as [string | pg.QueryConfig][]) {
      // A text alone begins a transaction, or prepares a connection.
      if (typeof query !== 'string' && !/^(commit|rollback)$/.test(query.text))
        queries.push({ text: query.text, values: query.values ?? [], isKept: query.name !== undefined });
    }
    spy.mockRestore();
  });
  return queries;
}

async function explained({ db, engine }: Database, queries: readonly Query[]): Promise<Plan[]> {
  const plans: Plan[] = [];
  for (const { text, values, isKept } of queries) {
    const explain = engine === 'sqlite' ? 'explain query plan ' : isKept ? 'explain (generic_plan) ' : 'explain ';
    const { rows } = await db.executeQuery<Record<string, unknown>>(CompiledQuery.raw(explain + text, isKept ? [] : [...values]));
    plans.push({ text, plan: rows.map((row) => String(row.detail ?? row['QUERY PLAN'])).join('\n') });
  }
  return plans;
}

/** Has Postgres count what is in the tables, as it does by itself after a while. */
export async function analyze({ db, engine }: Database): Promise<void> {
  if (engine === 'postgres') await sql`analyze`.execute(db);
}

const ofNumbers = /^select [^()]* from "\w+" order by "id"(?: desc)? limit \S+$/;

/**
 * The lines of a plan that read a whole table, or sort. An index that is read in its order from one end is no scan where the statement takes the
 * first few only, nor is a whole table in the order of its numbers; a row that a statement made itself is none that is stored.
 */
export function costly({ text, plan }: Plan, tables: readonly string[]): string[] {
  const lines = plan.split('\n');
  // Of what was given there is no more when more is stored: it is sorted to leave out what was given twice, or once its rows are found.
  const isOfGiven = (index: number): boolean => lines.slice(index).some((line) => /Function Scan on (?:unnest )?given/.test(line));
  return lines.filter((line, index) => {
    if (/TEMP B-TREE|AUTOMATIC|\bSort\b/.test(line)) return !isOfGiven(index);
    const table = /\b(?:SCAN|Seq Scan on) (\w+)/.exec(line)?.[1];
    const isFromEnd = (/USING (?:COVERING )?INDEX/.test(line) && /\blimit\b/i.test(text)) || ofNumbers.test(text);
    return table !== undefined && tables.includes(table) && !isFromEnd;
  });
}
