/** Rows that whoever writes to the database fills with anything: verify and export name them, and come to their end. */
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { auditLogOf } from '../../src/db/audit-log.ts';
import { exportFormats } from '../../src/domain/audit/export.ts';
import { printedVerification } from '../../src/domain/audit/report.ts';
import { anchorLog } from '../../src/features/anchor-log.ts';
import { exportLog } from '../../src/features/export-log.ts';
import { responses } from '../../src/features/responses.ts';
import { verifyLog } from '../../src/features/verify-log.ts';
import { type Office, office } from '../support/responding.ts';
import { engines, type FreshDatabase, freshDatabase } from '../support/stores.ts';

const far = 9_223_372_036_854_775_807n;

describe.each(engines)('the log on %s', (engine) => {
  let database: FreshDatabase;
  let here: Office;
  beforeEach(async () => {
    database = await freshDatabase(engine, inject('postgresUrl'));
    here = await office(database, responses);
    const body = { what: 'note', text: 'the last' };
    await here.replica.store.transact(async (tx) => {
      for (const incident of [0, 1]) await tx.append([{ incident, at: here.replica.now, kind: 'note', reply: 'none', body }]);
    });
    await anchorLog(here.world.ports);
  });
  afterEach(() => database.close());

  it.each([
    ['a body that is no JSON', `update entries set body = 'x' where incident = 1 and seq = 1`],
    [
      'a body of other types',
      `update entries set body = '{"what":{"a":1},"text":5,"by":7,"details":3,"toCopy":{"a":1},"requests":5}' where incident = 1 and seq = 1`,
    ],
    ['a pruning of no time', `update entries set body = '{"what":"pruning","range":null}' where incident = 0`],
    ['a time that is none', `update entries set at = 9000000000000000 where incident = 1 and seq = 1`],
    ['the largest number as a time', `update entries set at = ${far} where incident = 1 and seq = 1`],
    ['an anchor of no time', `update anchors set at = 9000000000000000`],
    ['an anchor of incidents that no database takes', `update anchors set heads = '[[1e300,1,"a"],[1.5,1,"a"],[-7,2,"a"]]'`],
  ])('with %s is verified and written out', async (_what, statement) => {
    await sql.raw(statement).execute(database.db);
    const log = auditLogOf(database.db);
    const found = await verifyLog({ log, keys: [], written: [] });
    expect(found.findings).not.toEqual([]);
    expect(printedVerification(found, { isKeyed: false, says: [] })).toMatch(/^[0-9]+ faults?:$/m);
    for (const format of exportFormats) {
      const lines: string[] = [];
      for await (const text of exportLog({ log, keys: [] }, { from: 0, until: Number.MAX_VALUE, format })) lines.push(text);
      expect(lines.join('')).toContain('the last');
    }
  });
});
