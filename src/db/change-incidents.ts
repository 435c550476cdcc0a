/** What a transaction changes of incidents that there are. */
import { type Kysely, sql } from 'kysely';
import type { StateRow } from '../domain/audit/seal.ts';
import type { Incident } from '../domain/incident/incident.ts';
import { laneOfChange, laneOfTurn, lanes, turnMs } from '../domain/incident/lane.ts';
import { storedIncident } from '../domain/incident/stored.ts';
import { isWorse, severities } from '../domain/severity.ts';
import type { Due } from '../domain/store.ts';
import type { Read } from './incidents.ts';
import { type Row, type RowStatement, type Rows, rowStatement } from './rows.ts';
import type { Schema } from './schema.ts';

/** A turn further ahead was written by a clock that was wrong, or by somebody else. */
const furthestTurnMs = 3_600_000;

/** How far a person's turn is ahead of now, ms. */
async function takeTurn(db: Kysely<Schema>, person: string, now: number): Promise<number> {
  const { ready_at } = await db
    .insertInto('budgets')
    .values({ name: `turn:${person}`, ready_at: now + turnMs })
    .onConflict((conflict) =>
      conflict.column('name').doUpdateSet({
        ready_at: sql`(case when budgets.ready_at between ${now} and ${now + furthestTurnMs} then budgets.ready_at else ${now} end) + ${turnMs}`,
      }),
    )
    .returning('ready_at')
    .executeTakeFirstOrThrow();
  return ready_at - turnMs - now;
}

const changedColumns = {
  id: 'bigint',
  key: 'text',
  status: 'text',
  severity: 'bigint',
  body: 'text',
  lane: 'bigint',
  now: 'bigint',
  is_paced: 'bigint',
  is_planned: 'bigint',
  is_grave: 'bigint',
  is_by_person: 'bigint',
  is_loud: 'bigint',
  is_over: 'bigint',
} as const;

type Change = Row<keyof typeof changedColumns>;

const high = severities.indexOf('HIGH');

/** What becomes of the columns of a changed row, beside its body. */
function nextColumns(of: (column: keyof typeof changedColumns) => string): Record<string, string> {
  const wanted = `case when ${of('is_paced')} = 1 and edited_at + gap > ${of('now')} then edited_at + gap else ${of('now')} end`;
  const isKept = `due_at is not null and (${of('is_planned')} = 1 or due_at < ${wanted})`;
  const dueAt = `case when ${isKept} then due_at else ${wanted} end`;
  const lane = `case when ${of('is_grave')} = 1 and incidents.lane = ${lanes.card} then ${lanes.grave} else incidents.lane end`;
  const becomesGrave = `(${of('is_grave')} = 1 and incidents.severity < ${high})`;
  // The storm has rung for what was grave already: then its card does not, what it has to notify of does.
  const hasNews = `(${of('is_grave')} = 1 and (${of('severity')} > incidents.severity or ${of('is_loud')} = 1))`;
  // What waits in a storm goes on waiting, unless somebody does something about it, or it is grave and becomes so or has something to notify of; what
  // is over before gets no card at all.
  const stays = `folded = 1 and ${of('is_by_person')} = 0 and not ${becomesGrave} and not ${hasNews}`;
  return {
    key: of('key'),
    status: of('status'),
    severity: of('severity'),
    due_at: `case when ${stays} then null else ${dueAt} end`,
    late_since: `case when ${stays} then null when late_since < ${dueAt} then late_since else ${dueAt} end`,
    lane: `case when (due_at is not null or folded = 1) and ${lane} < ${of('lane')} then ${lane} else ${of('lane')} end`,
    folded: `case when ${stays} and ${of('is_over')} = 0 then 1 else 0 end`,
    storm: `case when folded = 1 and ${of('is_by_person')} = 0 and ${becomesGrave} then null else storm end`,
    urgent: `case when ${of('is_paced')} = 1 then urgent else 1 end`,
    waits_for: `case when ${of('is_paced')} = 1 then waits_for else null end`,
  };
}

/** @param isSame the columns given are as they are to become already: an update that does not name them leaves their indexes alone */
function changeOf(isSame: boolean): RowStatement<keyof typeof changedColumns> {
  return rowStatement(changedColumns, ({ of, from }) => {
    const next = Object.entries(nextColumns(of));
    const others = isSame ? '' : next.map(([column, value]) => `, ${column} = ${value}`).join('');
    const same = isSame ? next.map(([column, value]) => ` and incidents.${column} is not distinct from (${value})`).join('') : '';
    return `update incidents set body = ${of('body')}, revision = revision + 1${others}
      ${from} where incidents.id = ${of('id')}${same} returning incidents.id as id, incidents.revision as revision`;
  });
}

const changeBody = changeOf(true);
const changeIncident = changeOf(false);

export async function saveIncidents(
  { db, rows, sealing }: Read & { db: Kysely<Schema> },
  changes: readonly { incident: Incident; due: Due }[],
  now: number,
): Promise<void> {
  const changed: Change[] = [];
  for (const { incident, due } of changes) {
    const isPaced = due === 'paced' || due === 'planned';
    changed.push({
      id: incident.id,
      key: incident.key,
      status: incident.status,
      severity: severities.indexOf(incident.severity),
      body: storedIncident(incident),
      lane: typeof due === 'object' ? laneOfTurn(await takeTurn(db, due.person, now)) : laneOfChange(incident.severity, !isPaced),
      now,
      is_paced: isPaced ? 1 : 0,
      is_planned: due === 'planned' ? 1 : 0,
      is_grave: isWorse(incident.severity, 'MEDIUM') ? 1 : 0,
      is_by_person: typeof due === 'object' ? 1 : 0,
      is_loud: due === 'loud' ? 1 : 0,
      is_over: incident.status === 'merged' || incident.status === 'resolved' ? 1 : 0,
    });
  }
  // Closed first: one key has one unresolved incident.
  const isUnresolved = ({ status }: Change): boolean => status === 'open' || status === 'acknowledged';
  const closed = changed.filter((row) => !isUnresolved(row));
  const given = new Map(changed.map((row) => [row.id, row]));
  for (const some of [closed, changed.filter(isUnresolved)]) {
    const saved = await changeRows(rows, some);
    sealing.changed(
      saved.map(({ id, revision }) => ({ ...(given.get(id) as StateRow & Change), id, revision })),
      now,
    );
  }
}

/** While signals of an alarm come quickly, most change nothing of its incident but the body: Postgres sees by itself that no index is concerned. */
async function changeRows(rows: Rows, changes: readonly Change[]): Promise<{ id: number; revision: number }[]> {
  const saved = await rows.run<{ id: number; revision: number }>(
    changeBody,
    rows.areOneByOne ? changes.filter(({ is_paced }) => is_paced === 1) : [],
  );
  const done = new Set(saved.map(({ id }) => id));
  const others = await rows.run<{ id: number; revision: number }>(
    changeIncident,
    changes.filter(({ id }) => !done.has(id as number)),
  );
  return [...saved, ...others];
}
