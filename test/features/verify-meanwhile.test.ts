/** `npm run audit -- verify` beside a responder that works: what is written meanwhile is no fault of the log. */
import type { Kysely } from 'kysely';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { auditLogOf } from '../../src/db/audit-log.ts';
import { asOfNow, openReadOnly } from '../../src/db/read-only.ts';
import type { Schema } from '../../src/db/schema.ts';
import type { AuditLog } from '../../src/domain/audit/log.ts';
import { lockOut } from '../../src/features/responses/lock-out.ts';
import { responses } from '../../src/features/responses.ts';
import { verifyLog } from '../../src/features/verify-log.ts';
import { about, finished, type Office, office } from '../support/responding.ts';
import { engines, type FreshDatabase, freshDatabase } from '../support/stores.ts';

describe.each(engines)('a log that is verified while it is written, on %s', (engine) => {
  let database: FreshDatabase;
  let here: Office;
  let reading: Kysely<Schema>;
  beforeEach(async () => {
    database = await freshDatabase(engine, inject('postgresUrl'));
    here = await office(database, responses);
    reading = await openReadOnly(database.url);
  });
  afterEach(async () => {
    await reading.destroy();
    await database.close();
  });

  /** Once it is said where a chain ends, and before its entries are read. */
  function meanwhile(log: AuditLog, work: () => Promise<unknown>): AuditLog {
    let isDone = false;
    const entries: AuditLog['entries'] = async (incident, after, most) => {
      if (incident === 1 && !isDone) {
        isDone = true;
        await work();
      }
      return log.entries(incident, after, most);
    };
    return { ...log, entries };
  }

  it('is what was written', async () => {
    const locked = about(lockOut, 'bob');
    const work = async () => finished(await here.give(locked, await here.prepare(locked)));
    const found = await asOfNow(reading, (db) => verifyLog({ log: meanwhile(auditLogOf(db), work), keys: [], written: [] }));
    expect(found.findings).toEqual([]);
    const after = await asOfNow(reading, (db) => verifyLog({ log: auditLogOf(db), keys: [], written: [] }));
    expect(after.findings).toEqual([]);
    expect(after.entries).toBeGreaterThan(found.entries);
  });
});
