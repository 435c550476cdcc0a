/** Rows of years, copied within the database from a few real ones: what they say does not matter, only that they are stored and indexed. */
import { type RawBuilder, sql } from 'kysely';
import { patientPostgresOf } from '../../src/db/postgres.ts';
import type { FreshDatabase } from '../support/stores.ts';

export interface Amounts {
  readonly incidents: number;
  readonly entries: number;
  readonly signIns: number;
}

interface Filling extends Amounts {
  /** In an address of its own, so many sign-ins within the last day. */
  readonly busyAddress: string;
  readonly now: number;
}

const busySignIns = 8_000;
const day = 86_400_000;
/** Beyond what the real ones use. */
const from = 1_000_000;
const perPerson = 100;

export async function fillUp({ db: own, engine, url }: FreshDatabase, filling: Filling): Promise<void> {
  // A statement over a million rows takes longer than any of the responder's may.
  const db = engine === 'postgres' ? patientPostgresOf(url) : own;
  const { incidents, entries, signIns, busyAddress, now } = filling;
  const isPostgres = engine === 'postgres';
  const upTo = (count: number): RawBuilder<unknown> =>
    isPostgres
      ? sql`(select value as n from generate_series(1, ${sql.lit(count)}) as value)`
      : sql`(with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < ${sql.lit(count)}) select n from numbers)`;
  const perIncident = Math.ceil(entries / incidents);
  const network = '203.0.113.0';
  const { lit } = sql;
  const statements = [
    sql`insert into incidents (id, key, status, severity, revision, body, opened_at, due_at, late_since, lane, urgent, waits_for, edited_at, gap)
      select ${lit(from)} + n, 'filling ' || n, case when n % 2 = 0 then 'open' else 'resolved' end, n % 4, 1,
        (select body from incidents where id = 1), ${lit(now - 30 * day)} + n, case when n % 2 = 0 then ${lit(now + day)} + n end,
        case when n % 2 = 0 then ${lit(now - day)} + n end, n % 3, 0, case when n % 2 = 0 then 'post' end, 0, 1000 from ${upTo(incidents)} as numbers`,
    sql`insert into chains (incident, seq, hash) select ${lit(from)} + n, ${lit(perIncident)}, 'h' || n from ${upTo(incidents)} as numbers`,
    sql`insert into entries (incident, seq, at, kind, reply, in_thread, salt, digest, previous, hash, body)
      select ${lit(from)} + 1 + (n - 1) / ${lit(perIncident)}, 1 + (n - 1) % ${lit(perIncident)}, ${lit(now - 30 * day)} + n, 'note', 'none', 0, 's' || n, 'd' || n, 'p' || n,
        'h' || n, (select body from entries where incident = 1 and seq = 1) from ${upTo(entries)} as numbers`,
    sql`insert into sign_ins (event_id, subject, network, account, at, kind, outcome, did, mfa, body)
      select 'filling ' || n, 'iam-user:123456789012:person' || (n / ${lit(perPerson)}),
        case when n <= ${lit(busySignIns)} then ${busyAddress} else ${network} || (n / ${lit(perPerson)}) end, '123456789012',
        case when n <= ${lit(busySignIns)} then ${lit(now - day)} + n * ${lit(Math.floor(day / busySignIns))} else ${lit(now - 7 * day)} + n end,
        'sign-in', 'failure', 'failed', 'no', '{}' from ${upTo(signIns)} as numbers`,
    sql`insert into inbox (topic_arn, message_id, at) select 'filling', 'filling ' || n, ${lit(now - day)} + n from ${upTo(signIns)} as numbers`,
    sql`insert into events (event_id, at) select 'filling ' || n, ${lit(now - day)} + n from ${upTo(signIns)} as numbers`,
    sql`insert into transitions (incident, alarm_id, state, at, told_by, received_at, decision, message_id)
      select ${lit(from)} + n, 'filling ' || n, 'ALARM', ${lit(now - day)} + n, 'sns', ${lit(now - day)} + n, 'opened', 'filling ' || n from ${upTo(entries)} as numbers`,
  ];
  for (const statement of statements) await statement.execute(db);
  if (!isPostgres) return;
  await sql`vacuum analyze`.execute(db);
  await db.destroy();
}
