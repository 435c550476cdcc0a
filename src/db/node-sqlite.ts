/** Kysely on Node's own SQLite. One connection: a statement or a transaction holds it alone, so writers queue here instead of failing. */
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type Kysely,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import { type Checkpoints, checkpointsOf, longestLog } from './checkpoints.ts';
import { type Turn, turnsOnOne } from './turns.ts';

const cachedStatements = 200;
const inMemory = ':memory:';

/** Runs statements at once, for whoever holds the connection in a transaction. */
export interface Prepared {
  /** Runs one statement for each of several rows, and gives what all of them return. */
  forEach<R>(text: string, rows: readonly (readonly SQLInputValue[])[]): R[];
}

interface Manner {
  /** Whether a commit is on the disk when it ends; otherwise it gets there with the next one that is, and before what comes after it. */
  readonly isSynced: boolean;
  readonly turn: Turn;
}

interface NodeSqlite {
  /** Waits for the disk, and goes before background work. */
  readonly synced: Dialect;
  /** Waits for the disk. */
  readonly behind: Dialect;
  /** Of background work, which is done again when the power fails. */
  readonly unsynced: Dialect;
  readonly prepared: Prepared;
}

/**
 * One file with one connection, under several dialects that take turns on it.
 * @param path a file, or `:memory:`
 */
export function nodeSqlite(path: string, { readOnly = false } = {}): NodeSqlite {
  const connection = new NodeSqliteConnection(path, readOnly);
  const dialectOf = (manner: Manner): Dialect => ({
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new NodeSqliteDriver(connection, manner),
    createIntrospector: (db: Kysely<never>) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  });
  return {
    synced: dialectOf({ isSynced: true, turn: 'first' }),
    behind: dialectOf({ isSynced: true, turn: 'behind' }),
    unsynced: dialectOf({ isSynced: false, turn: 'behind' }),
    prepared: connection,
  };
}

interface PreparedStatement {
  readonly statement: StatementSync;
  /** Whether it returns rows. */
  readonly isReading: boolean;
}

class NodeSqliteDriver implements Driver {
  readonly #connection: NodeSqliteConnection;
  readonly #manner: Manner;

  constructor(connection: NodeSqliteConnection, manner: Manner) {
    this.#connection = connection;
    this.#manner = manner;
  }

  async init(): Promise<void> {
    // It is open already.
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    await this.#connection.turns.take(this.#manner.turn);
    if (!this.#manner.isSynced) this.#connection.run('pragma synchronous = normal');
    return this.#connection;
  }

  /** IMMEDIATE takes the write lock now: a deferred transaction that reads first cannot be retried by waiting. */
  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    (connection as NodeSqliteConnection).run('begin immediate');
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    (connection as NodeSqliteConnection).run('commit');
  }

  /** After some errors, such as a full disk, SQLite has done so by itself. */
  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    if ((connection as NodeSqliteConnection).isInTransaction()) (connection as NodeSqliteConnection).run('rollback');
  }

  async releaseConnection(): Promise<void> {
    if (!this.#manner.isSynced) this.#connection.run('pragma synchronous = full');
    this.#connection.checkpoints?.committed();
    this.#connection.turns.end();
  }

  async destroy(): Promise<void> {
    await this.#connection.close();
  }
}

class NodeSqliteConnection implements DatabaseConnection, Prepared {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, PreparedStatement>();
  readonly turns = turnsOnOne();
  readonly checkpoints: Checkpoints | undefined;

  constructor(path: string, readOnly: boolean) {
    this.#database = new DatabaseSync(path, { readOnly });
    this.#database.exec('pragma busy_timeout = 5000; pragma foreign_keys = on');
    if (readOnly) return;
    this.#database.exec('pragma journal_mode = wal; pragma synchronous = full');
    if (path === inMemory) return;
    this.#database.exec(`pragma wal_autocheckpoint = ${longestLog}`);
    const changes = this.#database.prepare('select total_changes() as count');
    this.checkpoints = checkpointsOf(path, () => Number(changes.get()?.count));
  }

  forEach<R>(text: string, rows: readonly (readonly SQLInputValue[])[]): R[] {
    const { statement, isReading } = this.#prepare(text);
    if (isReading) return rows.flatMap((row) => statement.all(...row) as R[]);
    for (const row of rows) statement.run(...row);
    return [];
  }

  isInTransaction(): boolean {
    return this.#database.isTransaction;
  }

  run(statement: string): void {
    this.#database.exec(statement);
  }

  async close(): Promise<void> {
    await this.checkpoints?.stop();
    this.#database.close();
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const { statement, isReading } = this.#prepare(query.sql);
    const parameters = query.parameters as SQLInputValue[];
    if (isReading) return { rows: rowsOf(statement, query.sql, parameters) as R[] };
    const { changes } = statement.run(...parameters);
    return { rows: [], numAffectedRows: BigInt(changes) };
  }

  streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('Streaming is not used.');
  }

  #prepare(text: string): PreparedStatement {
    const cached = this.#statements.get(text);
    if (cached) return cached;
    if (this.#statements.size >= cachedStatements) this.#statements.clear();
    const statement = this.#database.prepare(text);
    const prepared = { statement, isReading: statement.columns().length > 0 };
    this.#statements.set(text, prepared);
    return prepared;
  }
}

/** A number too large for JavaScript, which none of ours is, is read as the nearest: that a row holds it must not hide the others. */
function rowsOf(statement: StatementSync, text: string, parameters: SQLInputValue[]): unknown[] {
  try {
    return statement.all(...parameters);
  } catch (thrown) {
    if ((thrown as { code?: unknown }).code !== 'ERR_OUT_OF_RANGE' || !/^\s*(?:select|with)\b/i.test(text)) throw thrown;
    return asBigInts(statement, parameters).map((row) =>
      Object.fromEntries(Object.entries(row).map(([name, value]) => [name, typeof value === 'bigint' ? Number(value) : value])),
    );
  }
}

function asBigInts(statement: StatementSync, parameters: SQLInputValue[]): Record<string, unknown>[] {
  statement.setReadBigInts(true);
  try {
    return statement.all(...parameters);
  } finally {
    statement.setReadBigInts(false);
  }
}
