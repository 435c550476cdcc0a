/** Kysely on Postgres, directly or through a pooler that gives each transaction another connection (PgBouncer, RDS Proxy). */
import { Kysely, PostgresDialect, type PostgresPoolClient } from 'kysely';
import pg from 'pg';
import type { Schema } from './schema.ts';

const int8 = 20;
const clientTimeouts = { connectionTimeoutMillis: 5_000, query_timeout: 8_000, keepAlive: true };

/**
 * The server gives up first, so that a transaction never goes on after we took it for failed; the client's timeout is for a server that is gone.
 * Said with each transaction: poolers refuse these as parameters of the connection, and what is set for a session is another's with the next.
 */
const begin = 'begin; set local statement_timeout = 4000; set local lock_timeout = 4000; set local idle_in_transaction_session_timeout = 10000';

export function postgresOf(connectionString: string): Kysely<Schema> {
  return kyselyOn(new pg.Pool({ connectionString, max: 10, types, ...clientTimeouts }), begin);
}

/** One connection on which a statement may take as long as it takes: building an index over millions of rows. */
export function patientPostgresOf(connectionString: string): Kysely<Schema> {
  const { query_timeout: _none, ...timeouts } = clientTimeouts;
  return kyselyOn(new pg.Pool({ connectionString, max: 1, types, ...timeouts }), 'begin');
}

const types = {
  getTypeParser: ((id: number, format: never) => (id === int8 ? Number : pg.types.getTypeParser(id, format))) as typeof pg.types.getTypeParser,
};

function kyselyOn(pool: pg.Pool, beginning: string): Kysely<Schema> {
  // A connection that breaks fails its query; without a listener it would end the process as well.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return new Kysely<Schema>({ dialect: new PostgresDialect({ pool: { connect: () => connect(pool, beginning), end: () => pool.end() } }) });
}

/** A connection whose state is in doubt is not used again: what is left of its transaction must not be committed by the next. */
async function connect(pool: pg.Pool, beginning: string): Promise<PostgresPoolClient> {
  const client = await pool.connect();
  let isDoubtful = false;
  const query = async (text: string, values: readonly unknown[]) => {
    try {
      if (text !== 'begin') return await client.query(text, [...values]);
      await client.query(beginning);
      return { command: 'BEGIN', rowCount: 0, rows: [] };
    } catch (thrown) {
      // Errors that the server itself tells have a code of five characters, and leave the connection as it should be.
      isDoubtful ||= !/^[0-9A-Z]{5}$/.test(String((thrown as { code?: unknown }).code)) || /^rollback/i.test(text);
      throw thrown;
    }
  };
  return { query, release: () => client.release(isDoubtful) } as unknown as PostgresPoolClient;
}
