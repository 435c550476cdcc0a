/**
 * Statements about many rows, each written once and run as suits its engine: SQLite is in this process, so a prepared statement runs for row
 * after row; Postgres is a round trip away, so one statement takes all rows as arrays.
 */
import { kept } from './kept-statements.ts';
import type { Prepared } from './node-sqlite.ts';
import type { Sender } from './sender.ts';

type Value = string | number | null;
type Type = 'text' | 'bigint';

/** The words for the rows given, in the dialect of an engine. */
interface Words<Column extends string> {
  /** A value of the row. */
  of(column: Column): string;
  /** What an insert takes: expressions over `of`. */
  values(...expressions: readonly string[]): string;
  /** After the tables that a select or an update names: where the rows come from. */
  readonly from: string;
  /** The rows given, as a table that others are joined to. */
  readonly given: string;
}

export interface RowStatement<Column extends string> {
  readonly columns: readonly Column[];
  /** Takes the columns in their order. */
  readonly forOne: string;
  /** Takes an array of each column, in their order. */
  readonly forAll: string;
}

/** @param text written once with the words of each engine; `values`, `from` or `given`, used once */
export function rowStatement<Column extends string>(
  types: Readonly<Record<Column, Type>>,
  text: (row: Words<Column>) => string,
): RowStatement<Column> {
  const columns = Object.keys(types) as Column[];
  const forOne = text({
    of: (column) => `?${columns.indexOf(column) + 1}`,
    values: (...expressions) => `values (${expressions.join(', ')})`,
    from: '',
    given: `(select ${columns.map((column, index) => `?${index + 1} as ${column}`).join(', ')}) as given`,
  });
  const arrays = columns.map((column, index) => `$${index + 1}::${types[column]}[]`).join(', ');
  const given = `unnest(${arrays}) as given (${columns.join(', ')})`;
  const from = `from ${given}`;
  const forAll = text({
    of: (column) => `given.${column}`,
    values: (...expressions) => `select ${expressions.join(', ')} ${from}`,
    from,
    given,
  });
  return { columns, forOne, forAll: kept(forAll) };
}

/** An insert of all columns. @param then what follows the values: `on conflict …`, `returning …` */
export function insertion<Column extends string>(table: string, types: Readonly<Record<Column, Type>>, then = ''): RowStatement<Column> {
  const columns = Object.keys(types) as Column[];
  return rowStatement(types, ({ of, values }) => `insert into ${table} (${columns.join(', ')}) ${values(...columns.map(of))} ${then}`);
}

export type Row<Column extends string> = Readonly<Record<Column, Value>>;

/** Runs statements within one transaction. */
export interface Rows {
  /** SQLite: a statement costs nothing beside its rows. */
  readonly areOneByOne: boolean;
  /** What the statement returns, of all rows. Those that are not waited for are run in the order in which they were given. */
  run<R>(statement: RowStatement<string>, rows: readonly Row<string>[]): Promise<R[]>;
}

export function rowsOver(sender: Sender, prepared: Prepared | undefined): Rows {
  return prepared === undefined ? rowsOfPostgres(sender) : rowsOfSqlite(prepared);
}

function rowsOfSqlite(prepared: Prepared): Rows {
  return {
    areOneByOne: true,
    run: async <R>({ columns, forOne }: RowStatement<string>, rows: readonly Row<string>[]) =>
      prepared.forEach<R>(
        forOne,
        rows.map((row) => columns.map((column) => row[column] as Value)),
      ),
  };
}

function rowsOfPostgres(sender: Sender): Rows {
  return {
    areOneByOne: false,
    run: async <R>({ columns, forAll }: RowStatement<string>, rows: readonly Row<string>[]) =>
      rows.length === 0
        ? []
        : sender.send<R>(
            forAll,
            columns.map((column) => rows.map((row) => row[column])),
          ),
  };
}
