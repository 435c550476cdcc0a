/** Databases of earlier versions, with what was in them, on both engines; and those of later ones. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Kysely, Migrator, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
import { beforeEach, describe, expect, inject, it } from 'vitest';
import { auditLogOf } from '../../src/db/audit-log.ts';
import { type Engine, migrations, openDatabase } from '../../src/db/database.ts';
import { migrateSqlite } from '../../src/db/migrate.ts';
import { nodeSqlite } from '../../src/db/node-sqlite.ts';
import type { Schema } from '../../src/db/schema.ts';
import { openStore } from '../../src/db/store.ts';
import { brokenAt, chain, type Link } from '../../src/domain/audit/chain.ts';
import { signInFromRecord } from '../../src/domain/sign-in/sign-in.ts';
import { newFolder } from '../support/folders.ts';
import { newDatabase } from '../support/postgres.ts';
import { consoleLogin, iamUser } from '../support/records.ts';
import { topic } from '../support/sandbox.ts';
import { engines } from '../support/stores.ts';

const t0 = Date.parse('2026-11-22T03:00:00Z');
const account = '123456789012';
const arn = `arn:aws:cloudwatch:us-east-1:${account}:alarm:Logins`;
const page = { from: 0, count: 10 };

let home: string;
let url: string;

beforeEach(() => {
  home = newFolder();
});

function dialectOf(engine: Engine) {
  return engine === 'postgres' ? new PostgresDialect({ pool: new pg.Pool({ connectionString: url }) }) : nodeSqlite(join(home, 'db')).synced;
}

/** A database as the version left it whose newest migration this is, with an incident, its entries, a sign-in and an alarm in it. */
async function leftBy(version: string, engine: Engine): Promise<void> {
  url = engine === 'postgres' ? await newDatabase(inject('postgresUrl')) : `file:${join(home, 'db')}`;
  const db = new Kysely<Schema>({ dialect: dialectOf(engine) });
  const known = Object.fromEntries(Object.entries(migrations).filter(([name]) => name <= version));
  const { error } = await new Migrator({ db, provider: { getMigrations: async () => known } }).migrateToLatest();
  if (error) throw error;
  await fillIncident(db);
  await fillSignIn(db, version);
  await sql`insert into inbox (topic_arn, message_id, at) values (${topic}, 'm1', ${t0})`.execute(db);
  if (hasArrivals(version))
    await sql`insert into arrivals (published_at, message_id, topic_arn, at) values (${t0}, 'm2', ${topic}, ${t0})`.execute(db);
  if (version >= '0021') await foldUncounted(db);
  await sql`insert into events (event_id, at) values ('e1', ${t0})`.execute(db);
  const alarm = JSON.stringify({ id: arn, arn, name: 'Logins', account, region: 'us-east-1', state: 'ALARM', at: t0, resets: [] });
  await sql`insert into alarms (id, body) values (${arn}, ${alarm})`.execute(db);
  // The fourth migration names the alarms that there are; later ones are named as they come.
  if (version >= '0004') await sql`update alarms set named = 'a digest'`.execute(db);
  await db.destroy();
}

/** Of that version alone. */
function hasArrivals(version: string): boolean {
  return version === '0018-inbox-by-time';
}

/** The incident waits in a storm that has not counted it. */
async function foldUncounted(db: Kysely<Schema>): Promise<void> {
  await sql`update incidents set storm = 1, folded = 1, due_at = null, waits_for = null, urgent = 0`.execute(db);
  await sql`insert into storm_newcomers (incident) values (1)`.execute(db);
}

async function fillIncident(db: Kysely<Schema>): Promise<void> {
  const body = JSON.stringify({
    key: `alarm:${arn}`,
    title: 'Logins',
    severity: 'HIGH',
    rung: 'HIGH',
    rungAbout: [`iam-user:${account}:alice`],
    status: 'open',
    origin: 'alarm',
    account,
    region: 'us-east-1',
    otherAlarms: [],
    counts: { signals: 1, firings: 1, recoveries: 0 },
    firstSignalAt: t0,
    lastSignalAt: t0,
    subjects: [],
    moreSubjects: 0,
    ownActions: [],
    users: {},
    links: [],
    openedAt: t0,
    reopenings: 0,
    deeds: [],
    notStopped: [],
    leftToDo: [],
    passwordsReset: [],
  });
  await sql`
    insert into incidents (key, status, severity, revision, body, opened_at, due_at, lane, urgent, edited_at, gap)
    values (${`alarm:${arn}`}, 'open', 2, 1, ${body}, ${t0}, ${t0}, 1, 1, 0, 1000)`.execute(db);
  let last: Link | undefined;
  for (const text of ['Alarm Logins went OK → ALARM', 'bob acknowledged this']) {
    const next = chain(
      last,
      { incident: 1, at: t0, kind: 'signal', reply: 'none', body: { what: 'alarm-change', text } },
      { salt: 'salt', keys: [] },
    );
    const { inThread: _inThread, key: _key, ...row } = next;
    await db
      .insertInto('entries')
      .values({ ...row, body: row.body ?? null, in_thread: 0 } as never)
      .execute();
    last = next;
  }
  if (last) await sql`insert into chains (incident, seq, hash) values (1, ${last.seq}, ${last.hash})`.execute(db);
}

async function fillSignIn(db: Kysely<Schema>, version: string): Promise<void> {
  const record = { ...consoleLogin(iamUser('alice'), 'Failure', 'No'), eventID: 'e1', sourceIPAddress: '203.0.113.7' };
  const body = JSON.stringify(
    signInFromRecord({ ...record, eventTime: new Date(t0).toISOString() }, { account, region: 'us-east-1', at: t0, id: 'e1' }),
  );
  const subject = `iam-user:${account}:alice`;
  if (version < '0002') {
    await sql`insert into sign_ins (incident, event_id, at, account, subject, address, body)
      values (1, 'e1', ${t0}, ${account}, ${subject}, '203.0.113.7', ${body})`.execute(db);
    return;
  }
  await sql`insert into sign_ins (event_id, subject, network, account, at, kind, outcome, did, mfa, body)
    values ('e1', ${subject}, '203.0.113.7', ${account}, ${t0}, 'sign-in', 'failure', 'failed', 'no', ${body})`.execute(db);
  await sql`insert into incident_sign_ins (incident, sign_in, at) values (1, 1, ${t0})`.execute(db);
  await sql`insert into incident_traces (incident, trace, last_at) values (1, ${`subject ${subject}`}, ${t0})`.execute(db);
}

describe.each(engines)('a database on %s', (engine) => {
  it.each(['0001-initial', '0002-sign-in-memory', '0004-seeks', '0018-inbox-by-time', '0021-storm-newcomers'])(
    'of the version %s is brought up to date with all that is in it',
    async (version) => {
      await leftBy(version, engine);
      const database = await openDatabase(url);
      const store = await openStore(database, 'me');
      expect(await store.incident(1)).toMatchObject({
        title: 'Logins',
        severity: 'HIGH',
        told: { [`iam-user:${account}:alice`]: 'HIGH' },
        campaign: { incidents: [], gravest: 'HIGH' },
      });
      const { entries } = await store.entries(1, page);
      expect(entries.map(({ body }) => body.text)).toEqual(['bob acknowledged this', 'Alarm Logins went OK → ALARM']);
      expect(brokenAt(await auditLogOf(database.db).entries(1, 0, 999), [])).toBeUndefined();
      expect((await store.signIns(1, page)).signIns.map(({ eventId, principal }) => [eventId, principal.name])).toEqual([['e1', 'alice']]);
      expect((await store.openWith(`iam-user:${account}:alice`)).map(({ id }) => id)).toEqual([1]);
      expect((await store.alarms(9)).map(({ name }) => name)).toEqual(['Logins']);
      const messages = ['m1', ...(hasArrivals(version) ? ['m2'] : [])].map((messageId) => ({ topicArn: topic, messageId }));
      expect(await store.transact((tx) => tx.admit(messages, t0))).toEqual(new Set());
      expect((await store.claim(t0, []))?.incident.id).toBe(1);
      await database.close();
    },
  );

  it('that a newer version wrote is refused, with what to do', async () => {
    await leftBy('0004-seeks', engine);
    const database = await openDatabase(url);
    await sql`insert into kysely_migration (name, timestamp) values ('9999-of-a-later-version', '2030-01-01T00:00:00.000Z')`.execute(database.db);
    await database.close();
    await expect(openDatabase(url)).rejects.toThrow(
      /a newer version of the responder wrote this database \(it has 9999-of-a-later-version\)\. Start that/,
    );
  });

  it('that is up to date is opened as it is', async () => {
    await leftBy('0004-seeks', engine);
    await (await openDatabase(url)).close();
    const again = await openDatabase(url);
    expect(again.copiedTo).toBeUndefined();
    await again.close();
  });
});

describe('Postgres', () => {
  it.each(['', '0001-initial'])('is brought up to date once by replicas that start at the same time (from “%s”)', async (version) => {
    if (version === '') url = await newDatabase(inject('postgresUrl'));
    else await leftBy(version, 'postgres');
    const opened = await Promise.all(Array.from({ length: 4 }, () => openDatabase(url)));
    const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(opened[0]?.db as Kysely<Schema>);
    expect(rows.map(({ name }) => name)).toEqual(Object.keys(migrations).toSorted());
    await Promise.all(opened.map((one) => one.close()));
  });
});

describe('SQLite', () => {
  it('is copied before it is changed, and the copy is what it was', async () => {
    await leftBy('0001-initial', 'sqlite');
    const database = await openDatabase(url);
    expect(database.copiedTo).toBe(`${join(home, 'db')}.before-0002-sign-in-memory`);
    await database.close();
    const copy = new Kysely<Schema>({ dialect: nodeSqlite(database.copiedTo as string).synced });
    const { rows } = await sql<{ event_id: string; incident: number }>`select event_id, incident from sign_ins`.execute(copy);
    expect(rows).toEqual([{ event_id: 'e1', incident: 1 }]);
    await copy.destroy();
  });

  it('has nothing to copy when it is new', async () => {
    url = `file:${join(home, 'db')}`;
    await (await openDatabase(url)).close();
    expect(readdirSync(home).filter((name) => name.includes('before'))).toEqual([]);
  });

  it('is left as it was by a migration that fails', async () => {
    await leftBy('0004-seeks', 'sqlite');
    const db = new Kysely<Schema>({ dialect: dialectOf('sqlite') });
    const failing = {
      ...migrations,
      '9998-half': {
        up: async (on: Kysely<unknown>) => {
          await sql`create table half (id integer)`.execute(on);
          await sql`update alarms set body = 'lost'`.execute(on);
          throw new Error('half way');
        },
      },
    };
    await expect(migrateSqlite(db, failing, join(home, 'db'))).rejects.toThrow('half way');
    const { rows } = await sql`select name from sqlite_master where name = 'half'`.execute(db);
    expect(rows).toEqual([]);
    await db.destroy();
    const database = await openDatabase(url);
    expect((await (await openStore(database, 'me')).alarms(9)).map(({ name }) => name)).toEqual(['Logins']);
    await database.close();
    expect(existsSync(`${join(home, 'db')}.before-9998-half.unfinished`)).toBe(false);
  });
});

/** Each shape of a body that is written, with its version. */
function shapesWritten(): Record<string, number> {
  const sources = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  const texts = sources.map((name) => readFileSync(join('src', name), 'utf8'));
  const shapes = texts.flatMap((text) => [...text.matchAll(/: Shape<.*> = \{\s*of: '(.*?)',\s*upgrades: \[(.*?)\]/g)]);
  expect(shapes).toHaveLength(texts.join('').split('const shape: Shape<').length - 1);
  return Object.fromEntries(shapes.map(([, of = '', upgrades = '']) => [of, upgrades.split(', ').length]));
}

it('a raised shape of a body comes with a migration, or an older version would begin with what it cannot read, and no copy be made', () => {
  // Raised: add a migration that changes nothing, as 0023 is, and its name here.
  expect({ newest: Object.keys(migrations).at(-1), shapes: shapesWritten() }).toEqual({
    newest: '0024-lanes',
    shapes: {
      storm: 1,
      'list of refusals': 1,
      request: 1,
      'removal of access': 1,
      'response that AWS goes on with': 1,
      entry: 2,
      alarm: 1,
      incident: 3,
      'sign-in': 1,
    },
  });
});
