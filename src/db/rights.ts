/** What the user of a Postgres may do there, before anything is done: asked in one statement, and the same by the start and by the doctor. */
import { type Kysely, sql } from 'kysely';
import { AppError } from '../domain/error.ts';
import { appliedIn, type Migrations, pendingOf } from './migrate.ts';
import type { Schema } from './schema.ts';

const all = ['select', 'insert', 'update', 'delete'];
const adding = ['select', 'insert'];

/** As docs/running.md grants them. */
const needed: Readonly<Record<keyof Schema | 'kysely_migration', readonly string[]>> = {
  kysely_migration: ['select'],
  alarms: all,
  anchors: adding,
  budgets: all,
  chains: all,
  chores: all,
  entries: adding,
  events: all,
  facts: all,
  inbox: all,
  incident_keys: all,
  incident_sign_ins: all,
  incident_traces: all,
  incidents: all,
  look_waits: all,
  outages: all,
  pictures: all,
  refused: all,
  requests: all,
  responses: all,
  sign_ins: all,
  storm_pictures: all,
  storms: all,
  sweeps: all,
  trail_looks: all,
  transitions: all,
};
const pairs = sql.join(Object.entries(needed).flatMap(([table, rights]) => rights.map((right) => sql`(${sql.lit(table)}, ${sql.lit(right)})`)));

interface Rights {
  readonly is_read_only: string;
  readonly has_schema: boolean;
  readonly may_create: boolean;
  /** Whether all tables that are there are the user's own, or of a role that it is in. */
  readonly is_owner: boolean;
  /** `right table`, of the tables that are there. */
  readonly missing: readonly string[];
}

async function rightsOn(db: Kysely<Schema>): Promise<Rights> {
  const { rows } = await sql<Rights>`
    with needed as (
      select name, priv, to_regclass(quote_ident(name)) as found from (values ${pairs}) as pairs (name, priv)
    )
    select current_setting('transaction_read_only') as is_read_only,
      current_schema() is not null as has_schema,
      coalesce(has_schema_privilege(current_schema(), 'create'), false) as may_create,
      not exists (select 1 from needed join pg_class on pg_class.oid = found where not pg_has_role(relowner, 'usage')) as is_owner,
      array(select priv || ' ' || name from needed where found is not null and not has_table_privilege(found, priv)) as missing`.execute(db);
  return rows[0] as Rights;
}

/**
 * The names of the migrations that a database still needs.
 * @throws AppError, or what Postgres itself would throw later, where the user may not do what the responder has to
 */
export async function pendingWithRights(db: Kysely<Schema>, migrations: Migrations): Promise<string[]> {
  const rights = await rightsOn(db);
  if (rights.is_read_only === 'on') throw refusedWith('25006');
  if (rights.missing.some((one) => one.endsWith(' kysely_migration'))) throw notGranted(rights.missing);
  const pending = pendingOf(await appliedIn(db), migrations);
  if (pending.length === 0 && rights.missing.length > 0) throw notGranted(rights.missing);
  if (pending.length === 0) return pending;
  if (!rights.has_schema) throw refusedWith('3F000');
  if (!rights.may_create) throw new AppError('unavailable', mayNotCreate);
  if (!rights.is_owner) throw new AppError('unavailable', notItsOwner);
  return pending;
}

/** As Postgres would refuse it. */
function refusedWith(code: string): Error {
  return Object.assign(new Error(code), { code });
}

const byOwner = 'let the owner of the tables bring the schema up to date: DATABASE_URL=postgres://OWNER… npm run migrate.';
const mayNotCreate = `DATABASE_URL: Postgres: the user may not create tables. Grant CREATE on the schema: GRANT CREATE, USAGE ON SCHEMA public TO the user. Or ${byOwner}`;
const notItsOwner = `DATABASE_URL: Postgres: the schema is to be brought up to date, and its tables are another user’s. Start as that one, or ${byOwner}`;

function notGranted(missing: readonly string[]): AppError {
  const tables = new Map<string, string[]>();
  for (const one of missing) {
    const [right = '', table = ''] = one.split(' ');
    tables.set(table, [...(tables.get(table) ?? []), right]);
  }
  const byRights = new Map<string, string[]>();
  for (const [table, rights] of tables) byRights.set(rights.join(', '), [...(byRights.get(rights.join(', ')) ?? []), table]);
  const named = [...byRights].map(([rights, names]) => `${rights} on ${names.join(', ')}`).join('; ');
  const fix = 'Grant it as the owner, once and again after each upgrade: docs/running.md, “Append only”, step 2.';
  return new AppError('unavailable', `DATABASE_URL: Postgres: the user was not granted ${named}. ${fix}`);
}
