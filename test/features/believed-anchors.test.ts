/** Anchors that somebody else put into the bucket: they are told, and are no proof against the database. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { auditLogOf } from '../../src/db/audit-log.ts';
import { type Anchor, anchorOf } from '../../src/domain/audit/anchor.ts';
import type { WrittenAnchor } from '../../src/domain/audit/anchors-read.ts';
import { type AuditKeys, auditKeysOf } from '../../src/domain/audit/keys.ts';
import { Secret } from '../../src/domain/secret.ts';
import { anchorLog } from '../../src/features/anchor-log.ts';
import { believedAnchors, doubtText } from '../../src/features/believed-anchors.ts';
import { verifyLog } from '../../src/features/verify-log.ts';
import { replica } from '../support/replica.ts';
import { t0 } from '../support/responding.ts';
import { alarmText } from '../support/sandbox.ts';
import { type FreshDatabase, freshDatabase } from '../support/stores.ts';

const [own, foreign] = ['its own', 'another'].map((name) => auditKeysOf([new Secret(`a key that is long enough, ${name}`)])) as [
  AuditKeys,
  AuditKeys,
];
let database: FreshDatabase;
beforeEach(async () => {
  database = await freshDatabase('sqlite', '');
});
afterEach(() => database.close());

/** Anchored once under each of these keys. Returns what the bucket has of it. */
async function anchored(...keys: AuditKeys[]): Promise<Anchor[]> {
  for (const [index, one] of keys.entries()) {
    const at = t0 + index * 3_600_000;
    const here = await replica({ ...database, audit: { keys: one } }, at);
    await here.receive(alarmText(`Logins${index}`, 'ALARM', at));
    await anchorLog(here.ports);
  }
  return auditLogOf(database.db).anchors(0, 99);
}

const after = (last: Anchor | undefined, keys: AuditKeys): Anchor =>
  anchorOf(last, { heads: [{ incident: 9, seq: 4, hash: 'f'.repeat(64) }], at: t0 + 9_000_000 }, keys);

async function faults(bucket: readonly Anchor[], keys: AuditKeys): Promise<string[]> {
  const log = auditLogOf(database.db);
  const { believed } = await believedAnchors(log, bucket, keys);
  const written = believed.map(({ id, root, heads }): WrittenAnchor => ({ id, root, heads, in: 'bucket' }));
  return (await verifyLog({ log, keys, written })).findings.map(({ fault }) => fault);
}

it.each([
  ['without a key', [], 'is not signed'],
  ['under a key that is not in AUDIT_KEY', foreign, 'names a key that is not in AUDIT_KEY'],
] as const)('a later one %s causes no finding, and is told', async (_what, keys, why) => {
  const genuine = await anchored(own, own);
  const forged = after(genuine.at(-1), keys);
  expect(await faults([...genuine, forged], own)).toEqual([]);
  const { doubted } = await believedAnchors(auditLogOf(database.db), [...genuine, forged], own);
  expect(doubtText(doubted)).toContain(`one of number ${forged.id} ${why}`);
});

it('one of the right key’s name that the key did not sign causes no finding', async () => {
  const genuine = await anchored(own);
  const forged = { ...after(genuine.at(-1), foreign), key: own[0]?.id };
  expect(await faults([...genuine, forged], own)).toEqual([]);
});

it('a later one that the key signed still shows that the database is older', async () => {
  const genuine = await anchored(own);
  expect(await faults([...genuine, after(genuine.at(-1), own)], own)).toContain('older-than-anchor');
});

it('one from before the first key still counts', async () => {
  const [first, ...rest] = await anchored([], own);
  const before = { ...after(undefined, []), id: first?.id ?? 0 };
  expect(await faults([before, ...rest], own)).toContain('another-anchor');
});

it('without AUDIT_KEY those that are signed count, for nothing can check them', async () => {
  const genuine = await anchored(own);
  expect((await believedAnchors(auditLogOf(database.db), genuine, [])).doubted).toEqual([]);
});
