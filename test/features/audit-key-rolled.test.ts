/** A new AUDIT_KEY on several replicas, one after the other: first behind the old one everywhere, then before it. */
import { afterEach, expect, it } from 'vitest';
import { auditLogOf } from '../../src/db/audit-log.ts';
import { type AuditKeys, auditKeysOf } from '../../src/domain/audit/keys.ts';
import { Secret } from '../../src/domain/secret.ts';
import { anchorLog } from '../../src/features/anchor-log.ts';
import { requireAuditKey } from '../../src/features/require-audit-key.ts';
import { verifyLog } from '../../src/features/verify-log.ts';
import { type Replica, replica } from '../support/replica.ts';
import { t0 } from '../support/responding.ts';
import { alarmText } from '../support/sandbox.ts';
import { type FreshDatabase, freshDatabase } from '../support/stores.ts';

const [older, newer] = auditKeysOf(['old', 'new'].map((name) => new Secret(`a key that is long enough, ${name}`)));
const keys = (...some: (typeof older)[]): AuditKeys => some.flatMap((one) => one ?? []);
const [old, behind, swapped] = [keys(older), keys(older, newer), keys(newer, older)];

let database: FreshDatabase;
afterEach(() => database.close());

/** Each stage: the keys of two replicas, which take turns on one incident; whose keys are others than before is restarted. Returns what rang of the log. */
async function rolled(stages: readonly (readonly [AuditKeys, AuditKeys])[]): Promise<string[]> {
  database = await freshDatabase('sqlite', '');
  let now = t0;
  let before: readonly AuditKeys[] = [];
  for (const pair of stages) {
    const both: Replica[] = [];
    for (const own of pair) both.push(await replica({ ...database, audit: { keys: own } }, now));
    for (const [index, one] of both.entries())
      if (pair[index] !== before[index]) await requireAuditKey(one.store, one.ports.clock, pair[index] ?? []);
    before = pair;
    for (const one of [...both, ...both]) {
      now += 3_600_000;
      one.now = now;
      await one.receive(alarmText('Logins', 'ALARM', now));
      await one.receive(alarmText('Logins', 'OK', now + 60_000));
      await one.work();
      await anchorLog(one.ports);
    }
  }
  const entries = (await auditLogOf(database.db).entries(1, 0, 999)).map(({ body }) => body ?? '');
  return entries.filter((body) => body.includes('"what":"log-changed"'));
}

it('behind the old one everywhere, then swapped, one replica after the other: nothing rings, and all of it can be checked', async () => {
  const rang = await rolled([
    [old, old],
    [behind, old],
    [behind, behind],
    [swapped, behind],
    [swapped, swapped],
  ]);
  expect(rang).toEqual([]);
  const found = await verifyLog({ log: auditLogOf(database.db), keys: swapped, written: [] });
  expect(found.findings).toEqual([]);
  const signedWith = (await auditLogOf(database.db).entries(1, 0, 999)).map(({ key }) => key);
  expect([...new Set(signedWith)]).toEqual([older?.id, newer?.id]);
});

it('at once before the old one, while another replica has the old one alone: that one takes what it cannot check for changed', async () => {
  const rang = await rolled([
    [old, old],
    [swapped, old],
  ]);
  expect(rang).toContainEqual(expect.stringContaining('was changed in the database'));
});
