/** Kysely on Postgres, directly or through a pooler that gives each transaction another connection (PgBouncer, RDS Proxy). */
import { Kysely, PostgresDialect, type PostgresPoolClient } from 'kysely';
import pg from 'pg';
import { AppError } from '../domain/error.ts';
import { commitUnanswered } from '../domain/store.ts';
import { isMissing, isOfKept, nameOf } from './kept-statements.ts';
import type { Schema } from './schema.ts';

const int8 = 20;
/** Statements go out without waiting for the answers to those before. */
const ofClients = { pipeline: true, connectionTimeoutMillis: 5_000, keepAlive: true };
const patienceMs = 8_000;

/**
 * The server gives up first, so that a transaction never goes on after we took it for failed; the client's timeout is for a server that is gone.
 * Said with each transaction: poolers refuse these as parameters of the connection, and what is set for a session is another's with the next.
 */
const begin = 'begin; set local statement_timeout = 4000; set local lock_timeout = 4000; set local idle_in_transaction_session_timeout = 10000';

/**
 * A plan that is kept was made when the tables were small, or for few rows, and has to be right when they are not: what seeks is never wrong by
 * much. Forbidden plans have an enormous cost, for which older servers would compile them.
 */
const planning = ['enable_seqscan', 'enable_hashjoin', 'enable_mergejoin', 'enable_material', 'jit'].map((name) => `set ${name} = off`);
const keeping = [...planning, 'set plan_cache_mode = force_generic_plan'].join('; ');

export function postgresOf(connectionString: string): Kysely<Schema> {
  const pool = new pg.Pool({ connectionString, max: 10, types, query_timeout: patienceMs, ...ofClients });
  return kyselyOn(pool, { beginning: begin, keeps: true });
}

/** One connection on which a statement may take as long as it takes: building an index over millions of rows. */
export function patientPostgresOf(connectionString: string): Kysely<Schema> {
  return kyselyOn(new pg.Pool({ connectionString, max: 1, types, ...ofClients }), { beginning: 'begin', keeps: false });
}

const types = {
  getTypeParser: ((id: number, format: never) => (id === int8 ? Number : pg.types.getTypeParser(id, format))) as typeof pg.types.getTypeParser,
};

interface Manner {
  readonly beginning: string;
  /** Whether connections may keep statements. */
  keeps: boolean;
}

function kyselyOn(pool: pg.Pool, manner: Manner): Kysely<Schema> {
  // A connection that breaks fails its query; without a listener it would end the process as well.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return new Kysely<Schema>({ dialect: new PostgresDialect({ pool: { connect: () => connect(pool, manner), end: () => pool.end() } }) });
}

const direct = new WeakMap<pg.PoolClient, boolean>();

/** Whether a connection keeps statements: a pooler's is another one with each transaction. Those give a client a process id of their own. */
async function keepsStatements(client: pg.PoolClient): Promise<boolean> {
  const known = direct.get(client);
  if (known !== undefined) return known;
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  const isDirect = rows[0]?.pid === Reflect.get(client, 'processID');
  if (isDirect) await client.query(keeping);
  direct.set(client, isDirect);
  return isDirect;
}

/** Errors that the server itself tells have a code of five characters, and leave the connection as it should be. */
const ofServer = /^[0-9A-Z]{5}$/;

/** A connection whose state is in doubt is not used again: what is left of its transaction must not be committed by the next. */
async function connect(pool: pg.Pool, manner: Manner): Promise<PostgresPoolClient> {
  const client = await pool.connect();
  let isDoubtful = false;
  let hasFailed = false;
  const keeps = manner.keeps && (await keepsStatements(client).catch(closing(client)));
  const failed = (text: string, code: string): void => {
    isDoubtful ||= !ofServer.test(code) || /^rollback/i.test(text) || isOfKept(code);
    // Something in between was not seen, and gave us another connection. After another error a statement is missing because it was never taken.
    if (isMissing(code) && !hasFailed) manner.keeps = false;
    hasFailed = true;
  };
  const query = async (text: string, values: readonly unknown[]) => {
    try {
      if (text !== 'begin') return await client.query({ text, values: [...values], name: keeps ? nameOf(text) : undefined });
      hasFailed = false;
      await client.query(manner.beginning);
      return { command: 'BEGIN', rowCount: 0, rows: [] };
    } catch (thrown) {
      const code = String((thrown as { code?: unknown }).code);
      failed(text, code);
      // The connection is closed, which takes the transaction back; what it failed for is what is told.
      if (text === 'rollback') return { command: 'ROLLBACK', rowCount: 0, rows: [] };
      throw text === 'commit' && !ofServer.test(code) ? notAnswered(thrown) : thrown;
    }
  };
  return { query, release: () => client.release(isDoubtful) } as unknown as PostgresPoolClient;
}

/** What was sent to be committed may have been. */
function notAnswered(cause: unknown): AppError {
  return new AppError('ambiguous', 'The database gave no answer: the card shows whether this was done.', { cause, reason: commitUnanswered });
}

function closing(client: pg.PoolClient): (thrown: unknown) => never {
  return (thrown) => {
    client.release(true);
    throw thrown;
  };
}
