/** The rows of storms. What opens on SQLite while a storm lasts is taken into it at once: there whoever writes is alone. */
import type { Kysely } from 'kysely';
import type { Incident } from '../domain/incident/incident.ts';
import { readBody, type Shape, storedBody } from '../domain/stored-body.ts';
import { type Storm, withIncidents } from '../domain/storm/storm.ts';
import type { ClaimedStorm } from '../domain/storm/storm-store.ts';
import { prolong, type StormRow } from './claim.ts';
import type { Engine } from './database.ts';
import { type Rows, rowStatement } from './rows.ts';
import type { Schema } from './schema.ts';

const shape: Shape<Omit<Storm, 'id' | 'openedAt' | 'endedAt'>> = { of: 'storm', upgrades: [(older) => older], needs: ['first', 'networks'] };

export function stormOf({ id, opened_at, ended_at, body }: StormRow): Storm {
  return { ...readBody(shape, body), id, openedAt: opened_at, endedAt: ended_at ?? undefined };
}

export function stormBody({ id: _id, openedAt: _openedAt, endedAt: _endedAt, ...body }: Storm): string {
  return storedBody(shape, body);
}

const open = rowStatement({}, () => 'select * from storms where ended_at is null limit 1');
const count = rowStatement({ id: 'bigint', body: 'text' }, ({ of, from }) => `update storms set body = ${of('body')} ${from} where id = ${of('id')}`);

/** The storm that takes in what opens. On Postgres it could end meanwhile, by whom we do not see; there incidents are taken in when it is shown. */
export async function stormThatTakesIn(rows: Rows): Promise<Storm | undefined> {
  if (!rows.areOneByOne) return undefined;
  const [row] = await rows.run<StormRow>(open, [{}]);
  return row && stormOf(row);
}

/** Counts ordinary incidents that open into a storm. */
export async function countIn(rows: Rows, storm: Storm, incidents: readonly Incident[]): Promise<void> {
  const now = Math.max(...incidents.map(({ openedAt }) => openedAt));
  await rows.run(count, [{ id: storm.id, body: stormBody(withIncidents(storm, incidents, { now, isPosted: true })) }]);
}

/** Prolongs the lease of a storm and reads what came to it; undefined when the lease was lost. */
export async function heldStorm(db: Kysely<Schema>, engine: Engine, claimed: ClaimedStorm): Promise<ClaimedStorm | undefined> {
  if (!(await prolong(db, engine, claimed))) return undefined;
  return { ...claimed, storm: (await stormNow(db, claimed.id)) ?? claimed.storm };
}

export async function stormNow(db: Kysely<Schema>, id: number): Promise<Storm | undefined> {
  const row = await db.selectFrom('storms').selectAll().where('id', '=', id).executeTakeFirst();
  return row && stormOf(row);
}
