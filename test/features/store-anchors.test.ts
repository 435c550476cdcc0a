/** Anchors go into the bucket each once and in order, whatever fails in between; one that is there already and is not ours is told. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openStore } from '../../src/db/store.ts';
import type { AnchorPlace } from '../../src/domain/audit/anchor-object.ts';
import { AppError } from '../../src/domain/error.ts';
import type { Ports } from '../../src/domain/ports.ts';
import type { Store } from '../../src/domain/store.ts';
import { anchorLog } from '../../src/features/anchor-log.ts';
import { lackingText } from '../../src/features/lacking-anchors.ts';
import { storeAnchors } from '../../src/features/store-anchors.ts';
import { quietLog } from '../support/ports.ts';
import { type FreshDatabase, freshDatabase } from '../support/stores.ts';

const hour = 3_600_000;
let database: FreshDatabase;
let store: Store;
let now = hour;
let bucket: Map<string, string>;
let next: 'works' | 'fails' | 'beside-fails' | 'no-answer';
let errors: string[];
let slowMs: number;
let trouble: string | undefined;
let another: { readonly says: string | undefined; readonly until: number | undefined } | undefined;
beforeEach(async () => {
  now = hour;
  database = await freshDatabase('sqlite', '');
  store = await openStore(database, 'me');
  bucket = new Map();
  next = 'works';
  errors = [];
  slowMs = 0;
  trouble = undefined;
  another = undefined;
});
afterEach(() => database.close());

function ports(): Ports {
  const anchorBucket = {
    name: 'audit',
    put: async (log: string, { id, root }: { id: number; root: string }, place: AnchorPlace) => {
      const key = `${log.length}/${id}${place === 'beside' ? ' beside' : ''}`;
      if (next === 'fails' || (next === 'beside-fails' && place === 'beside'))
        throw new AppError('denied', 'AWS does not let the responder call PutObject.');
      if (bucket.has(key)) return 'there-already' as const;
      bucket.set(key, root);
      now += slowMs;
      if (next === 'no-answer') throw new AppError('ambiguous', 'AWS gave no answer to PutObject.');
      return 'written' as const;
    },
  };
  const log = { ...quietLog, error: (_what: object, text: string) => void errors.push(text) };
  const report = (about: string, says: string | undefined, until?: number) => {
    if (about === 'another-anchor') another = { says, until };
    else trouble = says;
  };
  return { store, log, report, anchorBucket, clock: { now: () => now } } as unknown as Ports;
}

async function anchored(): Promise<number> {
  now += hour;
  await store.transact((tx) => tx.append([{ incident: 0, at: now, kind: 'note', reply: 'none', body: { what: 'note', text: 'x' } }]));
  await anchorLog(ports());
  return storeAnchors(ports());
}

it('each is put once; nothing is put where none is new', async () => {
  expect([await anchored(), await anchored()]).toEqual([1, 1]);
  now += 60_000;
  expect(await storeAnchors(ports())).toBe(0);
  expect([...bucket.keys()]).toEqual(['16/1', '16/2']);
});

it('what could not be put is told, and put when it can be', async () => {
  next = 'fails';
  expect([await anchored(), await anchored()]).toEqual([0, 0]);
  expect(trouble).toContain('AUDIT_BUCKET');
  next = 'works';
  now += 60_000;
  expect(await storeAnchors(ports())).toBe(2);
  expect([trouble, errors]).toEqual([undefined, []]);
});

it('one that may have been put is not taken for somebody else’s', async () => {
  next = 'no-answer';
  await anchored();
  next = 'works';
  now += 60_000;
  expect(await storeAnchors(ports())).toBe(1);
  expect(errors).toEqual([]);
});

it('an older copy of the database meets anchors that it did not put, and puts its own beside them', async () => {
  await anchored();
  bucket.set('16/2', 'of the newer one');
  await anchored();
  expect(errors).toEqual(['the bucket has another anchor of that number: is the database an older copy? This one is put beside it.']);
  const [, own] = await store.anchors(0, 9);
  expect([...bucket]).toEqual([
    ['16/1', expect.anything()],
    ['16/2', 'of the newer one'],
    ['16/2 beside', own?.root],
  ]);
  expect(await storeAnchors(ports())).toBe(0);
});

it('that an older copy met others is told for a week, by a process that starts later too', async () => {
  await anchored();
  bucket.set('16/2', 'of the newer one');
  await anchored();
  const found = now;
  await anchored();
  expect(another?.says).toMatch(/^AUDIT_BUCKET had another anchor of number 2 than this database/);
  another = undefined;
  store = await openStore(database, 'started later');
  now += 3 * 86_400_000;
  await storeAnchors(ports());
  expect(another).toMatchObject({ says: expect.stringContaining('number 2'), until: found + 7 * 86_400_000 });
  expect(trouble).toBeUndefined();
  another = undefined;
  now += 5 * 86_400_000;
  await storeAnchors(ports());
  expect(another).toBeUndefined();
});

it('that could not be put beside another is, when it can be', async () => {
  await anchored();
  bucket.set('16/2', 'of the newer one');
  next = 'beside-fails';
  expect(await anchored()).toBe(0);
  next = 'works';
  now += 60_000;
  expect(await storeAnchors(ports())).toBe(1);
  expect([...bucket.keys()]).toEqual(['16/1', '16/2', '16/2 beside']);
});

it('that are not in the bucket are named, also where the database says that they were put', async () => {
  await anchored();
  const ids = new Set([1]);
  expect(await lackingText(store, ids)).toBeUndefined();
  await store.remember('anchors in bucket', '999 put', now);
  await anchored();
  await anchored();
  expect(bucket.size).toBe(1);
  expect(await lackingText(store, ids)).toContain('It does not have 2 anchors, from 2 to 3 of the database');
});

it('where S3 is slow are put before another replica has its turn, the rest in the next', async () => {
  next = 'fails';
  for (let n = 0; n < 12; n++) await anchored();
  next = 'works';
  slowMs = 8_000;
  now += 60_000;
  const begun = now;
  expect(await storeAnchors(ports())).toBe(6);
  expect(now - begun).toBeLessThan(60_000);
  now += 60_000;
  expect(await storeAnchors(ports())).toBe(6);
  expect([errors, bucket.size]).toEqual([[], 12]);
});
