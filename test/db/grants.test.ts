/** The grants of docs/running.md: a user with them runs the whole loop of the responder, and neither changes nor deletes an entry. */
import { readFileSync } from 'node:fs';
import { sql } from 'kysely';
import pg from 'pg';
import { afterEach, beforeEach, expect, inject, it } from 'vitest';
import { auditLogOf } from '../../src/db/audit-log.ts';
import { openDatabase } from '../../src/db/database.ts';
import { openStore } from '../../src/db/store.ts';
import { auditKeysOf } from '../../src/domain/audit/keys.ts';
import { day } from '../../src/domain/retention.ts';
import { Secret } from '../../src/domain/secret.ts';
import { anchorLog } from '../../src/features/anchor-log.ts';
import { prune, pruneDetails } from '../../src/features/prune.ts';
import { refusal } from '../../src/features/respond.ts';
import { acknowledge } from '../../src/features/responses/acknowledge.ts';
import { handOver } from '../../src/features/responses/hand-over.ts';
import { lockOut } from '../../src/features/responses/lock-out.ts';
import { resolve } from '../../src/features/responses/resolve.ts';
import { responses } from '../../src/features/responses.ts';
import { transition } from '../../src/features/transition.ts';
import { verifyLog } from '../../src/features/verify-log.ts';
import { newDatabase } from '../support/postgres.ts';
import { about, finished, type Office, office, person } from '../support/responding.ts';
import type { FreshDatabase } from '../support/stores.ts';

const keys = auditKeysOf([new Secret('a key that is long enough to be one')]);
const grants = /```sql grants\n([\s\S]*?)```/.exec(readFileSync('docs/running.md', 'utf8'))?.[1] ?? '';
const user = `bot_${Math.random().toString(36).slice(2)}`;

let owner: FreshDatabase;
let bot: FreshDatabase;
let here: Office;
beforeEach(async () => {
  const url = await newDatabase(inject('postgresUrl'));
  owner = { ...(await openDatabase(url)), url };
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`create user ${user} password 'bot'`);
  await client.query(grants.replaceAll('signin_responder_bot', user));
  await client.end();
  const own = url.replace('postgres:postgres@', `${user}:bot@`);
  bot = { ...(await openDatabase(own)), url: own, audit: { keys } };
  here = await office(bot, responses);
  await here.refresh();
});
afterEach(async () => {
  await bot.close();
  await sql.raw(`drop owned by ${user}; drop user ${user}`).execute(owner.db);
  await owner.close();
});

const refused = (statement: string) =>
  sql
    .raw(statement)
    .execute(bot.db)
    .then(
      () => 'done',
      (thrown: { code?: string }) => thrown.code,
    );
const denied = '42501';

it('the loop of the responder works, and no entry can be changed or deleted; pruning is left to the owner', async () => {
  expect(grants).toContain('revoke update, delete on entries');
  const { ports } = here.world;
  const { store } = ports;
  const locked = about(lockOut, 'bob');
  await finished(await here.give(locked, await here.prepare(locked)));
  const handed = about(handOver, 'bob');
  expect((await here.give(handed, await here.prepare(handed))).is).toBe('requested');
  await refusal(ports, person('eve'), { needs: 'responder', label: 'Timeline', incident: 1 });
  await here.replica.work();
  const claimed = await store.claim(here.replica.now, []);
  if (claimed) await store.release(claimed, { at: undefined }, here.replica.now);
  await transition(ports, person('dana'), { response: acknowledge, incident: 1, answers: {} });
  await transition(ports, person('dana'), { response: resolve, incident: 1, answers: { verdict: 'mistake', note: '' } });
  expect(await anchorLog(ports)).toBeDefined();

  for (const statement of [
    `update entries set body = 'x'`,
    `update entries set body = null`,
    'delete from entries',
    'truncate entries',
    `update anchors set root = 'x'`,
    'delete from anchors',
    'drop table entries',
    'delete from kysely_migration',
  ]) {
    const found = await refused(statement);
    process.stdout.write(`  ${statement}: ${found}\n`);
    expect(found, statement).toBe(denied);
  }

  here.replica.now += 500 * day;
  const keeping = { detailsMs: 400 * day, signInsMs: 7 * day };
  const stop = new AbortController().signal;
  expect(await prune(ports, { keeping, stop })).toMatchObject({ details: 0 });
  const ownStore = await openStore(owner, 'owner', { keys });
  expect(await pruneDetails({ ...ports, store: ownStore }, { keeping, stop }, here.replica.now)).toBeGreaterThan(5);
  const { findings } = await verifyLog({ log: auditLogOf(owner.db), keys, written: [] });
  expect(findings).toEqual([]);
});
