/** The log of a store: what is changed behind its back is found, is not shown, and stops nothing. */
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { auditLogOf } from '../../src/db/audit-log.ts';
import { type Audit, openStore } from '../../src/db/store.ts';
import { headsOf } from '../../src/domain/audit/anchor.ts';
import type { WrittenAnchor } from '../../src/domain/audit/anchors-read.ts';
import { type AuditKeys, auditKeysOf } from '../../src/domain/audit/keys.ts';
import { findingText, printedVerification } from '../../src/domain/audit/report.ts';
import { repliesOf } from '../../src/domain/incident/picture.ts';
import type { Ports } from '../../src/domain/ports.ts';
import { Secret } from '../../src/domain/secret.ts';
import type { ReceivedMessage } from '../../src/domain/signal/notice.ts';
import { understand } from '../../src/domain/signal/signal.ts';
import type { Store } from '../../src/domain/store.ts';
import { anchorLog } from '../../src/features/anchor-log.ts';
import { receiveSignals } from '../../src/features/receive-signals.ts';
import { reportChangedLog } from '../../src/features/report-changed-log.ts';
import { requireAuditKey } from '../../src/features/require-audit-key.ts';
import { verifyLog } from '../../src/features/verify-log.ts';
import { openWay, quietLog, settings, silentMetrics } from '../support/ports.ts';
import { alarmText, topic } from '../support/sandbox.ts';
import { engines, type FreshDatabase, freshDatabase } from '../support/stores.ts';

const keys = auditKeysOf([new Secret('a key that is long enough to be one')]);
const start = Date.parse('2026-11-22T03:00:00Z');
const hour = 3_600_000;

describe.each(engines)('the log on %s', (engine) => {
  let database: FreshDatabase;
  let store: Store;
  let now = start;

  beforeEach(async () => {
    now = start;
    database = await freshDatabase(engine, inject('postgresUrl'));
    await open({ keys });
    for (const name of ['one', 'two']) await receive(name);
    for (const text of ['acknowledged', 'locked out', 'looked up']) await append(1, text);
  });
  afterEach(() => database.close());

  async function open(audit: Audit): Promise<void> {
    store = await openStore(database, 'me', audit);
  }

  function ports(): Ports {
    const clock = { now: () => now, wait: async () => undefined };
    return { store, clock, log: quietLog, metrics: silentMetrics, rightOfWay: openWay, settings, wake: () => undefined } as unknown as Ports;
  }

  const messageOf = (name: string): ReceivedMessage => ({
    topicArn: topic,
    messageId: name,
    subject: undefined,
    publishedAt: now,
    message: JSON.stringify(alarmText(name, 'ALARM', now)),
  });

  async function receive(name: string): Promise<void> {
    const message = messageOf(name);
    await receiveSignals(ports(), [{ message, signals: understand(message) }]);
  }

  async function append(incident: number, text: string): Promise<void> {
    now += 1_000;
    const by = { id: 'U1', name: 'bob.ek' };
    await store.transact((tx) => tx.append([{ incident, at: now, kind: 'response', reply: 'quiet', body: { what: 'acknowledge', by, text } }]));
  }

  async function found(over: { keys?: AuditKeys; written?: readonly WrittenAnchor[] } = {}): Promise<string[]> {
    const { findings } = await verifyLog({ log: auditLogOf(database.db), keys, written: [], ...over });
    return findings.map(findingText);
  }

  const change = (statement: string): Promise<unknown> => sql.raw(statement).execute(database.db);
  const claimOf = async (incident: number) => {
    for (let claimed = await store.claim(now, []); claimed !== undefined; claimed = await store.claim(now, []))
      if (claimed.incident.id === incident) return claimed;
    throw new Error('nothing is due');
  };

  it('is what was written', async () => {
    await anchorLog(ports());
    expect(await found()).toEqual([]);
  });

  it('is anchored a few chains at a time, so that nobody waits for all of them', async () => {
    const chains = 450;
    const many = Array.from({ length: chains - 2 }, (_, index) => messageOf(`alarm ${index}`));
    await receiveSignals(
      ports(),
      many.map((message) => ({ message, signals: understand(message) })),
    );
    await anchorLog(ports());
    const covered = (await store.anchors(0, 100)).map((anchor) => headsOf(anchor).length);
    expect(covered.reduce((sum, count) => sum + count, 0)).toBe(chains);
    expect(Math.max(...covered)).toBeLessThanOrEqual(200);
    expect(await store.transact((tx) => tx.anchor(now, chains))).toBeUndefined();
    expect(await found()).toEqual([]);
  });

  it.each([
    ['a body', `update entries set body = replace(body, 'locked', 'looked') where incident = 1 and seq = 3`],
    ['a body, erased', `update entries set body = null where incident = 1 and seq = 3`],
    ['a time', `update entries set at = at - 60000 where incident = 1 and seq = 3`],
    ['a kind', `update entries set kind = 'note' where incident = 1 and seq = 3`],
    ['a reply', `update entries set reply = 'none' where incident = 1 and seq = 3`],
    ['a salt', `update entries set salt = 'x' where incident = 1 and seq = 3`],
    ['a place in the thread', `update entries set in_thread = 0 where incident = 1 and seq = 3`],
    ['a key', `update entries set key_id = null where incident = 1 and seq = 3`],
    ['an entry, removed', `delete from entries where incident = 1 and seq = 3`],
    ['an entry, moved to another incident', `update entries set incident = 2, seq = 3 where incident = 1 and seq = 4`],
    ['a tail, without its end', `delete from entries where incident = 1 and seq = 4`],
    ['an end', `update chains set seq = 3 where incident = 1`],
    ['an end, removed', `delete from chains where incident = 1`],
    ['an anchor', `update anchors set heads = '[]'`],
    ['an anchor, removed', `delete from anchors where id = 1`],
  ])('shows that somebody changed %s', async (_what, statement) => {
    await anchorLog(ports());
    now += hour;
    await append(2, 'acknowledged');
    await anchorLog(ports());
    await change(statement);
    const findings = await found();
    expect(findings).not.toEqual([]);
    process.stdout.write(`  ${engine}: ${_what}: ${findings[0]}\n`);
  });

  it('shows that its tail was cut off together with its end, and that it was linked anew without the key, by the anchor', async () => {
    await anchorLog(ports());
    await change(`delete from entries where incident = 1 and seq = 4`);
    await change(`update chains set seq = 3, hash = (select hash from entries where incident = 1 and seq = 3) where incident = 1`);
    expect(await found()).toEqual(['SIN-1 entry 3: entries after it are missing that were anchored (found by an anchor)']);
  });

  it('shows that all of an incident is gone, and that the whole database was replaced by an older one', async () => {
    await anchorLog(ports());
    const first = await anchorOf();
    now += hour;
    await append(2, 'acknowledged');
    await anchorLog(ports());
    const newest = await anchorOf();
    expect(await found({ written: [first, newest] })).toEqual([]);
    for (const table of ['entries', 'chains']) await change(`delete from ${table} where incident = 1`);
    expect((await found()).join()).toContain('SIN-1');
    await change(`delete from anchors where id = ${newest.id}`);
    expect((await found({ written: [newest] })).join()).toContain(`anchor ${newest.id}: the database is older than this anchor`);
  });

  it('that goes on from an older copy has anchors of numbers that were written down already', async () => {
    await anchorLog(ports());
    const outside = (await store.anchors(0, 9)).map(({ id, root, heads }): WrittenAnchor => ({ id, root, heads, in: 'bucket' }));
    const lost: WrittenAnchor[] = [2, 3].map((id) => ({ id, root: `of the newer database ${id}`, heads: '[[1,9,"a"]]', in: 'bucket' }));
    expect(await found({ written: [...outside, ...lost] })).toEqual([
      'anchors 2 to 3, each: the database is older than this anchor (found by the bucket)',
      'SIN-1 entry 4: entries after it are missing that were anchored (found by an anchor)',
    ]);
    for (let n = 0; n < 3; n++) {
      now += hour;
      await append(2, 'goes on');
      await anchorLog(ports());
    }
    const all = (await store.anchors(0, 9)).map(({ id, root, heads }): WrittenAnchor => ({ id, root, heads, in: 'bucket' }));
    const { findings, proven } = await verifyLog({ log: auditLogOf(database.db), keys, written: [...all, ...lost] });
    expect(findings.map(findingText)).toEqual([
      'anchors 2 to 3, each: another one of that number was written down outside: the database was an older copy when it made this one, or it was made anew (found by the bucket)',
    ]);
    expect(proven.get('bucket')).toBe(now);
  });

  async function anchorOf(): Promise<WrittenAnchor> {
    const anchors = await auditLogOf(database.db).anchors(0, 99);
    const { id = 0, root = '' } = anchors.at(-1) ?? {};
    return { id, root, in: 'anchor' };
  }

  it('goes on where its end was changed, with an entry that names the break', async () => {
    await change(`delete from entries where incident = 1 and seq = 4`);
    await append(1, 'locked out again');
    const { entries } = await store.entries(1, { from: 0, count: 9 });
    expect(entries.map(({ seq, body: { what } }) => [seq, what])).toEqual([
      [6, 'acknowledge'],
      [5, 'log-changed'],
      [3, 'acknowledge'],
      [2, 'acknowledge'],
      [1, 'alarm-change'],
    ]);
    await change(`delete from chains where incident = 1`);
    await append(1, 'and again');
    const after = await store.entries(1, { from: 0, count: 2 });
    expect(after.entries.map(({ seq, body: { what } }) => [seq, what])).toEqual([
      [8, 'acknowledge'],
      [7, 'log-changed'],
    ]);
  });

  it('does not show what was changed, leaves what the thread has of it, and says so once', async () => {
    now += hour;
    await change(`update entries set body = replace(body, 'locked', 'looked') where incident = 1 and seq = 3`);
    const claimed = await claimOf(1);
    expect(claimed.entries.find(({ seq }) => seq === 3)?.body.text).toContain('This entry was changed in the database');
    expect(repliesOf(claimed.entries, []).flatMap((reply) => reply.map(({ entry }) => entry.seq))).toEqual([2, 4]);
    expect(await reportChangedLog(ports(), claimed)).toBe(true);
    const incident = await store.incident(1);
    expect(incident?.logChanged).toEqual([3]);
    expect((await store.entry(1, 5))?.body).toMatchObject({ what: 'log-told', text: expect.stringContaining('entry 3 says something else') });
    expect(await reportChangedLog(ports(), { ...claimed, incident: incident as never })).toBe(false);
    await append(1, 'goes on');
    expect((await store.entry(1, 6))?.body.text).toBe('goes on');
  });

  it('says once, loudly, that an incident was changed, and goes on', async () => {
    now += hour;
    await change(`update incidents set body = replace(body, '"status":"open"', '"status":"resolved"') where id = 1`);
    expect(await found()).toEqual(['SIN-1: what is kept of the incident is not what was sealed (found by its seal)']);
    const claimed = await claimOf(1);
    expect(claimed.isStateChanged).toBe(true);
    expect(await reportChangedLog(ports(), claimed)).toBe(true);
    const { entries } = await store.entries(1, { from: 0, count: 1 });
    expect(entries[0]).toMatchObject({ reply: 'loud', body: { what: 'log-changed', reason: 'incident-changed' } });
    // Sealed as it is now, it is found no more; that it was told is said.
    expect(await found()).toEqual([]);
    const verified = await verifyLog({ log: auditLogOf(database.db), keys, written: [] });
    const printed = printedVerification(verified, { isKeyed: true, says: [] });
    expect(printed).toContain('The responder itself told of changes in the database, and goes on from what it found then: SIN-1 entry 5.');
    expect(printed).toContain('Nothing else is found.');
    await store.release(claimed, { at: now }, now);
    now += hour;
    expect((await claimOf(1)).isStateChanged).toBe(false);
  });

  it('says so of one that was changed together with its revision', async () => {
    now += hour;
    await append(1, 'goes on');
    await store.transact(async (tx) => {
      const incident = await tx.incident(1);
      if (incident) await tx.save([{ incident, due: 'now' }], now);
    });
    await change(`update incidents set revision = revision - 1, body = replace(body, '"status":"open"', '"status":"resolved"') where id = 1`);
    expect((await claimOf(1)).isStateChanged).toBe(true);
  });

  it('says that an incident was changed when a signal comes first, and that its responses were', async () => {
    await change(`update incidents set severity = 0 where id = 1`);
    await store.transact(async (tx) => {
      const incident = await tx.incident(1);
      if (incident) await tx.save([{ incident, due: 'now' }], now);
    });
    await store.transact((tx) =>
      tx.begin({ incident: 2, seq: 1, response: 'lock-out', subject: 'x', by: 'bob', byId: 'U1', startedAt: now, owner: 'me', counts: true }),
    );
    await change(`update responses set counts = 0 where incident = 2`);
    await store.transact((tx) => tx.end({ incident: 2, seq: 1 }, { result: 'done', isGuess: false }));
    const last = async (incident: number) => (await store.entries(incident, { from: 0, count: 1 })).entries[0]?.body.reason;
    expect([await last(1), await last(2)]).toEqual(['incident-changed', 'responses-changed']);
  });

  it('from before this version is sealed once, and not again where a seal was taken away', async () => {
    await change(`update chains set state = null, revision = null, kept = null`);
    await anchorLog(ports());
    expect(await found()).toEqual([]);
    await change(`update chains set state = null, revision = null where incident = 1`);
    now += hour;
    await append(2, 'acknowledged');
    await anchorLog(ports());
    expect(await found()).toEqual(['SIN-1: what is kept of the incident is older than what was anchored, or its seal is gone (found by an anchor)']);
  });

  it('is signed on by whoever has its key, and by nobody else', async () => {
    const { clock } = ports();
    await requireAuditKey(store, clock, keys);
    await expect(requireAuditKey(store, clock, [])).rejects.toThrow(`AUDIT_KEY lacks ${keys[0]?.id}`);
    const rotated = [...auditKeysOf([new Secret('a newer key that is long enough too')]), ...keys];
    await requireAuditKey(store, clock, rotated);
    await expect(requireAuditKey(store, clock, rotated.slice(0, 1))).rejects.toThrow(`AUDIT_KEY lacks ${keys[0]?.id}`);
    await open({ keys: rotated });
    await append(1, 'under the newer key');
    expect(await found({ keys: rotated })).toEqual([]);
    expect((await found()).join()).toContain('SIN-1 entry 5: it was signed with a key that is not in AUDIT_KEY (found by the key)');
  });

  it('shows that an incident was put back to what it was before a later anchor, also where no entry came in between', async () => {
    const save = () =>
      store.transact(async (tx) => {
        const incident = await tx.incident(1);
        if (incident) await tx.save([{ incident, due: 'now' }], now);
      });
    const ofRow = () => database.db.selectFrom('incidents').select(['revision', 'body']).where('id', '=', 1).executeTakeFirstOrThrow();
    const ofChain = () => database.db.selectFrom('chains').select(['revision', 'state']).where('incident', '=', 1).executeTakeFirstOrThrow();
    await anchorLog(ports());
    const [row, seal] = [await ofRow(), await ofChain()];
    await save();
    now += hour;
    expect(await anchorLog(ports())).toBeDefined();
    expect(await found()).toEqual([]);
    await database.db.updateTable('incidents').set(row).where('id', '=', 1).execute();
    await database.db.updateTable('chains').set(seal).where('incident', '=', 1).execute();
    expect(await found()).toEqual(['SIN-1: what is kept of the incident is older than what was anchored, or its seal is gone (found by an anchor)']);
  });

  it('that is signed from now on is not told as changed before the next anchor', async () => {
    await database.close();
    database = await freshDatabase(engine, inject('postgresUrl'));
    await open({ keys: [] });
    await receive('one');
    await anchorLog(ports());
    await open({ keys });
    await append(1, 'the first under the key');
    expect(await found()).toEqual([]);
    await change(`update incidents set severity = 0 where id = 1`);
    expect((await found()).join()).toContain('SIN-1: what is kept of the incident is not what was sealed');
  });

  it('from before its first key is sealed by the first anchor under it', async () => {
    await open({ keys: [] });
    await receive('three');
    await open({ keys });
    await anchorLog(ports());
    expect(await found()).toEqual([]);
    await open({ keys: [] });
    await append(3, 'by somebody without the key');
    expect(await found()).toEqual(['SIN-3 entry 2: it is not signed, though the log was by then (found by the key)']);
  });
});
