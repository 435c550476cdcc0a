/** Each way to change the log in the database, and what finds it: the table is printed. With a key, and without one. */
import { rmSync } from 'node:fs';
import { type Kysely, sql } from 'kysely';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { auditLogOf } from '../../src/db/audit-log.ts';
import { openReadOnly } from '../../src/db/read-only.ts';
import type { Schema } from '../../src/db/schema.ts';
import { storedOf } from '../../src/db/timeline.ts';
import { anchorOf, headsOf } from '../../src/domain/audit/anchor.ts';
import type { WrittenAnchor } from '../../src/domain/audit/anchors-read.ts';
import { chain, type Link } from '../../src/domain/audit/chain.ts';
import { type AuditKeys, auditKeysOf } from '../../src/domain/audit/keys.ts';
import { sealOf, stateCovers } from '../../src/domain/audit/seal.ts';
import type { ToldMessage } from '../../src/domain/audit/told.ts';
import type { FoundBy } from '../../src/domain/audit/verify.ts';
import { readEntryBody } from '../../src/domain/incident/timeline.ts';
import { Secret } from '../../src/domain/secret.ts';
import { anchorLog } from '../../src/features/anchor-log.ts';
import { compareSlack } from '../../src/features/compare-slack.ts';
import { acknowledge } from '../../src/features/responses/acknowledge.ts';
import { handOver } from '../../src/features/responses/hand-over.ts';
import { lockOut } from '../../src/features/responses/lock-out.ts';
import { resolve } from '../../src/features/responses/resolve.ts';
import { responses } from '../../src/features/responses.ts';
import { transition } from '../../src/features/transition.ts';
import { verifyLog } from '../../src/features/verify-log.ts';
import { about, finished, type Office, office, person } from '../support/responding.ts';
import { alarmText } from '../support/sandbox.ts';
import { type FreshDatabase, freshDatabase } from '../support/stores.ts';

const key = auditKeysOf([new Secret('a key that is long enough to be one')]);
const hour = 3_600_000;

interface Scene {
  readonly database: FreshDatabase;
  readonly here: Office;
  readonly db: Kysely<Schema>;
  readonly run: (statement: string) => Promise<unknown>;
}

/** What was written down outside before anything was changed. */
interface Outside {
  readonly anchors: readonly WrittenAnchor[];
  readonly slack: readonly ToldMessage[];
}

/** SIN-1 with a lock-out, a request and steps, SIN-2 an alarm; anchored twice. The last step came after the last anchor. */
async function scene(keys: AuditKeys): Promise<Scene> {
  const database = { ...(await freshDatabase('sqlite', '')), audit: { keys } };
  const here = await office(database, responses);
  await here.refresh();
  const { ports } = here.world;
  await here.replica.receive(alarmText('Logins', 'ALARM', here.replica.now));
  const locked = about(lockOut, 'bob');
  await finished(await here.give(locked, await here.prepare(locked)));
  await anchorLog(ports);
  here.replica.now += hour;
  const handed = about(handOver, 'bob');
  await here.give(handed, await here.prepare(handed));
  await transition(ports, person('dana'), { response: acknowledge, incident: 1, answers: {} });
  await transition(ports, person('dana'), { response: acknowledge, incident: 2, answers: {} });
  await anchorLog(ports);
  here.replica.now += 60_000;
  await transition(ports, person('dana'), { response: resolve, incident: 2, answers: { verdict: 'mistake', note: '' } });
  return { database, here, db: database.db, run: (statement) => sql.raw(statement).execute(database.db) };
}

async function outsideOf({ db }: Scene): Promise<Outside> {
  const log = auditLogOf(db);
  const anchors = (await log.anchors(0, 99)).map(({ id, root, heads }): WrittenAnchor => ({ id, root, heads, in: 'bucket' }));
  const slack: ToldMessage[] = [];
  for (const incident of [1, 2]) {
    const entries = await log.entries(incident, 0, 99);
    slack.push({ key: `SIN-${incident}/card`, hash: entries[0]?.hash ?? '', also: undefined, at: 1 });
    for (const { seq, hash, reply } of entries) if (reply !== 'none') slack.push({ key: `SIN-${incident}/${seq}`, hash, also: undefined, at: seq });
  }
  return { anchors, slack };
}

async function finders(db: Kysely<Schema>, { anchors, slack }: Outside, keys: AuditKeys): Promise<Set<FoundBy>> {
  const log = auditLogOf(db);
  const written = anchors.flatMap((one) => [one, { id: one.id, root: one.root, in: 'anchor' as const }]);
  const found = await verifyLog({ log, keys, written });
  const compared = await compareSlack(
    log,
    (async function* () {
      yield* slack;
    })(),
  );
  return new Set([...found.findings, ...compared.findings].map(({ foundBy }) => foundBy));
}

const before = `select body from entries where incident = 1 and seq = 3`;

/** Links a chain anew from an entry on, with what its writer has: no key. */
async function relinked({ db }: Scene, incident: number, bodyOf: (seq: number, body: string) => string): Promise<void> {
  const rows = await db.selectFrom('entries').selectAll().where('incident', '=', incident).orderBy('seq').execute();
  let last: Link | undefined;
  for (const row of rows) {
    const { seq, salt, at, kind, reply } = storedOf(row);
    const body = readEntryBody(bodyOf(seq, row.body ?? ''));
    const next = chain(last, { incident, at, kind, reply, body }, { salt, keys: [] });
    const { digest, previous, hash } = next;
    await db
      .updateTable('entries')
      .set({ digest, previous, hash, body: next.body ?? null, key_id: null })
      .where('incident', '=', incident)
      .where('seq', '=', seq)
      .execute();
    last = next;
  }
  await db
    .updateTable('chains')
    .set({ seq: last?.seq ?? 0, hash: last?.hash ?? '', key_id: null })
    .where('incident', '=', incident)
    .execute();
}

/** The anchors as well, so that they cover what is there now. */
async function reanchored({ db }: Scene): Promise<void> {
  const chains = new Map((await db.selectFrom('chains').selectAll().execute()).map((row) => [row.incident, row]));
  let last: { id: number; root: string } | undefined;
  for (const row of await db.selectFrom('anchors').selectAll().orderBy('id').execute()) {
    const heads = headsOf(row).flatMap((head) => {
      const of = chains.get(head.incident);
      return of === undefined ? [] : [{ ...head, seq: Math.min(head.seq, of.seq), hash: of.seq <= head.seq ? of.hash : head.hash }];
    });
    const hashes = await db.selectFrom('entries').select(['incident', 'seq', 'hash']).execute();
    const fitting = heads.map((head) => ({
      ...head,
      hash: hashes.find((one) => one.incident === head.incident && one.seq === head.seq)?.hash ?? head.hash,
    }));
    const next = anchorOf(last, { heads: fitting, at: row.at }, []);
    await db
      .updateTable('anchors')
      .set({ heads: next.heads, previous: next.previous, root: next.root, key_id: null })
      .where('id', '=', row.id)
      .execute();
    last = next;
  }
}

/** The incident's row changed to another body and revision, with a seal that fits as far as its writer can make one. */
async function resealed({ db, run }: Scene): Promise<void> {
  await run(`update incidents set severity = 0 where id = 1`);
  const row = await db.selectFrom('incidents').selectAll().where('id', '=', 1).executeTakeFirstOrThrow();
  await db
    .updateTable('chains')
    .set({ state: sealOf(stateCovers(1, row), []) })
    .where('incident', '=', 1)
    .execute();
}

async function forgedAtEnd({ db, here }: Scene): Promise<void> {
  const end = await db.selectFrom('chains').selectAll().where('incident', '=', 1).executeTakeFirstOrThrow();
  const body = { what: 'acknowledge', by: { id: 'U0CARMEN', name: 'carmen' }, text: 'carmen approved this.' };
  const next = chain(
    { seq: end.seq, hash: end.hash, key: undefined },
    { incident: 1, at: here.replica.now, kind: 'response', reply: 'quiet', body },
    { salt: 's', keys: [] },
  );
  const { inThread: _thread, key: _key, body: text, ...row } = next;
  await db
    .insertInto('entries')
    .values({ ...row, body: text ?? null, in_thread: 1, pruned_at: null, key_id: null })
    .execute();
  await db.updateTable('chains').set({ seq: next.seq, hash: next.hash }).where('incident', '=', 1).execute();
}

async function forgedPruning(of: Scene): Promise<void> {
  const { db, here, run } = of;
  const end = await db.selectFrom('chains').selectAll().where('incident', '=', 0).executeTakeFirst();
  const body = { what: 'pruning', text: 'Pruned.', range: { from: 0, until: here.replica.now } };
  const last = end && { seq: end.seq, hash: end.hash, key: undefined };
  const next = chain(last, { incident: 0, at: here.replica.now, kind: 'note', reply: 'none', body }, { salt: 's', keys: [] });
  const { inThread: _thread, key: _key, body: text, ...row } = next;
  await db
    .insertInto('entries')
    .values({ ...row, body: text ?? null, in_thread: 0, pruned_at: null, key_id: null })
    .execute();
  await db.deleteFrom('chains').where('incident', '=', 0).execute();
  await db
    .insertInto('chains')
    .values({ incident: 0, seq: next.seq, hash: next.hash, key_id: null, revision: null, state: null, kept: null })
    .execute();
  await run(`update entries set body = null, salt = '', in_thread = 0, pruned_at = 1 ${one}`);
}

const goneTables = ['entries', 'chains', 'responses', 'requests', 'incidents', 'pictures', 'anchors'] as const;

interface Row {
  readonly what: string;
  readonly change: (of: Scene) => Promise<unknown>;
  /** Which find it under a key, and without one. */
  readonly keyed: readonly FoundBy[];
  readonly bare: readonly FoundBy[];
}

const one = `where incident = 1 and seq = 3`;
const on = (statement: string) => (of: Scene) => of.run(statement);
const c: FoundBy[] = ['chain'];
const k: FoundBy[] = ['key'];
const outside: FoundBy[] = ['anchor', 'bucket'];

const rows: Row[] = [
  {
    what: 'a body changed',
    change: on(`update entries set body = replace(body, 'bob', 'eve') ${one}`),
    keyed: ['chain'],
    bare: ['chain'],
  },
  { what: 'a body erased', change: on(`update entries set body = null, salt = '' ${one}`), keyed: c, bare: c },
  { what: 'a time', change: on(`update entries set at = at - 60000 ${one}`), keyed: ['key', 'state'], bare: ['chain', 'state'] },
  { what: 'a kind', change: on(`update entries set kind = 'note' ${one}`), keyed: ['key', 'state'], bare: ['chain', 'state'] },
  { what: 'a reply', change: on(`update entries set reply = 'none' ${one}`), keyed: k, bare: c },
  { what: 'a salt', change: on(`update entries set salt = 'x' ${one}`), keyed: c, bare: c },
  { what: 'in_thread', change: on(`update entries set in_thread = 0 ${one}`), keyed: k, bare: c },
  { what: 'an entry removed', change: on(`delete from entries ${one}`), keyed: ['chain', 'state', 'slack'], bare: ['chain', 'state', 'slack'] },
  { what: 'an entry put in at the end, the end moved', change: forgedAtEnd, keyed: k, bare: [] },
  {
    what: 'two entries swapped',
    change: async ({ run }) => {
      for (const [from, to] of [
        [3, 99],
        [7, 3],
        [99, 7],
      ])
        await run(`update entries set seq = ${to} where incident = 1 and seq = ${from}`);
    },
    keyed: ['anchor', 'chain', 'slack', 'state'],
    bare: ['anchor', 'chain', 'slack', 'state'],
  },
  {
    what: 'a tail cut off, its end left',
    change: on(`delete from entries where incident = 1 and seq >= 7`),
    keyed: ['chain', 'anchor', 'slack'],
    bare: ['chain', 'anchor', 'slack'],
  },
  {
    what: 'a tail cut off with its end',
    change: async ({ run }) => {
      await run(`delete from entries where incident = 1 and seq >= 7`);
      await run(`update chains set seq = 6, hash = (select hash from entries where incident = 1 and seq = 6) where incident = 1`);
    },
    keyed: ['anchor', 'slack'],
    bare: ['anchor', 'slack'],
  },
  {
    what: 'a tail cut off with its end, of since the last anchor',
    change: async ({ run }) => {
      await run(`delete from entries where incident = 2 and seq = (select seq from chains where incident = 2)`);
      await run(
        `update chains set seq = seq - 1, hash = (select hash from entries e where e.incident = 2 order by e.seq desc limit 1) where incident = 2`,
      );
    },
    keyed: ['slack'],
    bare: ['slack'],
  },
  {
    what: 'the chain linked anew around a changed body',
    change: (of) => relinked(of, 1, (_seq, body) => body.replaceAll('bob', 'eve')),
    keyed: ['key', 'anchor', 'slack'],
    bare: ['anchor', 'slack'],
  },
  {
    what: '… and the anchors too',
    change: async (of) => {
      await relinked(of, 1, (_seq, body) => body.replaceAll('dana', 'eve'));
      await reanchored(of);
    },
    keyed: ['key', 'anchor', 'bucket', 'slack'],
    bare: ['anchor', 'bucket', 'slack'],
  },
  {
    what: 'an entry moved to another incident',
    change: on(`update entries set incident = 2, seq = 99 where incident = 1 and seq = 6`),
    keyed: ['chain', 'slack', 'state'],
    bare: ['chain', 'slack', 'state'],
  },
  {
    what: 'the whole log gone, the incidents left',
    change: async ({ run }) => {
      for (const table of ['entries', 'chains']) await run(`delete from ${table}`);
    },
    keyed: ['state', 'seal', 'anchor', 'slack'],
    bare: ['state', 'seal', 'anchor', 'slack'],
  },
  {
    what: 'all tables empty, anchors too',
    change: async ({ run }) => {
      for (const table of goneTables) await run(`delete from ${table}`);
    },
    keyed: [...outside, 'slack'],
    bare: [...outside, 'slack'],
  },
  {
    what: 'a response changed',
    change: on(`update responses set result = 'failed' where incident = 1`),
    keyed: ['state', 'seal'],
    bare: ['state', 'seal'],
  },
  { what: 'an incident changed', change: on(`update incidents set severity = 0 where id = 1`), keyed: ['seal'], bare: ['seal'] },
  // Of our own.
  {
    what: 'a response deleted (under the cap again)',
    change: on(`delete from responses where incident = 1`),
    keyed: ['seal', 'state'],
    bare: ['seal', 'state'],
  },
  { what: 'a response no longer counts', change: on(`update responses set counts = 0`), keyed: ['seal'], bare: ['seal'] },
  {
    what: 'a request made approved',
    change: on(`update requests set body = replace(body, '"state":"waiting"', '"state":"approved"')`),
    keyed: ['seal'],
    bare: ['seal'],
  },
  { what: 'an incident changed, its seal made anew without the key', change: resealed, keyed: ['key', 'anchor'], bare: ['anchor'] },
  {
    what: 'a response deleted, and the seal of responses',
    change: async ({ run }) => {
      await run(`delete from responses where incident = 1`);
      await run(`update chains set kept = null where incident = 1`);
    },
    keyed: ['state', 'seal'],
    bare: ['state', 'seal'],
  },
  {
    what: 'responses and requests deleted, and the seal of both',
    change: async ({ run }) => {
      for (const table of ['responses', 'requests']) await run(`delete from ${table} where incident = 1`);
      await run(`update chains set kept = null where incident = 1`);
    },
    keyed: ['state'],
    bare: ['state'],
  },
  {
    what: 'a response put in, of an incident that there is not',
    change: on(
      `insert into responses (incident, seq, response, subject, by_name, by_id, started_at, owner, counts) values (9, 1, 'lock-out', 'x', 'bob', 'U0BOB', 1, 'me', 1)`,
    ),
    keyed: ['state', 'seal'],
    bare: ['state', 'seal'],
  },
  {
    what: 'an incident of since the last anchor changed, and all its seals taken away',
    change: async (of) => {
      await here(of).receive(alarmText('Other', 'ALARM', here(of).now));
      await of.run(`update incidents set severity = 0 where id = 3`);
      await of.run(`update chains set state = null, revision = null, kept = null where incident = 3`);
    },
    keyed: ['seal'],
    bare: ['seal'],
  },
  {
    what: 'an incident’s row put back to an older one, with its seal',
    change: ({ run }) =>
      run(`update chains set revision = revision - 1 where incident = 1`).then(() =>
        run(`update incidents set revision = revision - 1 where id = 1`),
      ),
    keyed: ['seal', 'anchor'],
    bare: ['seal', 'anchor'],
  },
  {
    what: 'a seal taken away',
    change: on(`update chains set state = null, revision = null where incident = 1`),
    keyed: ['anchor'],
    bare: ['anchor'],
  },
  { what: 'the last anchor removed', change: on(`delete from anchors where id = (select max(id) from anchors)`), keyed: outside, bare: outside },
  { what: 'a pruning put in that explains an erased body', change: forgedPruning, keyed: ['key'], bare: [] },
];

const printed: string[] = [];
const columns: FoundBy[] = ['chain', 'key', 'seal', 'state', 'anchor', 'bucket', 'slack'];
afterAll(() => {
  const head = [`| changed in the database | key | ${columns.join(' | ')} |`, `| --- | --- | ${columns.map(() => '---').join(' | ')} |`];
  process.stdout.write(`${[...head, ...printed].join('\n')}\n`);
});

function print(what: string, name: string, found: ReadonlySet<FoundBy>): void {
  printed.push(`| ${what} | ${name} | ${columns.map((column) => (found.has(column) ? 'finds' : '·')).join(' | ')} |`);
}

describe.each([
  ['yes', key],
  ['no', [] as AuditKeys],
])('under a key: %s', (name, keys) => {
  let of: Scene;
  beforeEach(async () => {
    of = await scene(keys);
  });
  afterEach(() => of.database.close());

  it('an untouched log is what was written', async () => {
    expect([...(await finders(of.db, await outsideOf(of), keys))]).toEqual([]);
    expect((await sql.raw<{ body: string }>(before).execute(of.db)).rows[0]?.body).toContain('lock-out');
  });

  it.each(rows)('$what', async ({ what, change, keyed, bare }) => {
    const known = await outsideOf(of);
    await change(of);
    const found = await finders(of.db, known, keys);
    print(what, name, found);
    expect([...found].toSorted()).toEqual([...(keys.length > 0 ? keyed : bare)].toSorted());
  });

  it('the database replaced by an older copy', async () => {
    const copy = `${of.database.url.slice('file:'.length)}.older`;
    await sql`vacuum into ${copy}`.execute(of.db);
    await transition(of.here.world.ports, person('bob'), { response: acknowledge, incident: 1, answers: {} });
    of.here.replica.now += 2 * hour;
    await here(of).receive(alarmText('Logins', 'OK', of.here.replica.now));
    await anchorLog(of.here.world.ports);
    const known = await outsideOf(of);
    const older = await openReadOnly(`file:${copy}`);
    const found = await finders(older, known, keys);
    await older.destroy();
    rmSync(copy);
    print('the database replaced by an older copy', name, found);
    expect(found.has('anchor') && found.has('bucket')).toBe(true);
  });
});

const here = (of: Scene) => of.here.replica;
