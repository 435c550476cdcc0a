/** Puts anchors into the bucket, each once, in the order of their numbers, and beside another one where a number is taken; what could not be put is tried again. */
import { logNamed } from '../domain/audit/anchor-object.ts';
import { asAppError } from '../domain/error.ts';
import type { Ports } from '../domain/ports.ts';
import { utc } from '../domain/utc.ts';

/** `12 put`: all up to 12 are there; `13 tried`: 13 may be. */
const fact = 'anchors in bucket';
const atOnce = 50;
const everyMs = 60_000;
/** Ended before another replica's turn: two that put the same would each find the other's. */
const longestMs = 45_000;

const numberTaken = 'the bucket has another anchor of that number: is the database an older copy? This one is put beside it.';

/** `12 1764000000000`: the newest whose number was taken, and when that was found. */
const takenFact = 'another anchor in bucket';
/** So long it is told, over restarts too: whoever comes back from a weekend or a holiday still reads it. */
const toldMs = 7 * 86_400_000;

type BucketPorts = Pick<Ports, 'store' | 'clock' | 'log' | 'report' | 'anchorBucket'>;

/** @returns how many were put */
export async function storeAnchors({ store, clock, log, report, anchorBucket }: BucketPorts): Promise<number> {
  if (anchorBucket === undefined) return 0;
  if (!(await store.transact((tx) => tx.first('anchors in bucket', clock.now(), everyMs)))) return 0;
  const end = clock.now() + longestMs;
  let count = 0;
  try {
    for (;;) {
      const { done, tried } = placeIn(await store.fact(fact));
      const [first, ...next] = await nextAnchors(store, done);
      if (first === undefined) break;
      for (const anchor of next) {
        if (clock.now() >= end) break;
        await store.remember(fact, `${anchor.id} tried`, clock.now());
        const put = await anchorBucket.put(logNamed(first.root), anchor, 'by-number');
        const where = { anchor: anchor.id, bucket: anchorBucket.name };
        if (put === 'there-already' && anchor.id !== tried) {
          log.error(where, numberTaken);
          await store.remember(takenFact, `${anchor.id} ${clock.now()}`, clock.now());
        }
        // Of one that was tried before, nobody knows whose is there.
        if (put === 'there-already') await anchorBucket.put(logNamed(first.root), anchor, 'beside');
        await store.remember(fact, `${anchor.id} put`, clock.now());
        count++;
      }
      if (next.length === 0 || clock.now() >= end) break;
    }
    report('anchors', undefined);
  } catch (thrown) {
    const error = asAppError(thrown);
    log.warn({ bucket: anchorBucket.name, err: error }, 'anchor not put into the bucket');
    report('anchors', `Anchors of the log are not put into AUDIT_BUCKET: ${error.message}`);
  }
  await tellTaken({ store, clock, report });
  return count;
}

/** What was found once is no error of the next minute, and stays to be looked at. */
async function tellTaken({ store, clock, report }: Pick<Ports, 'store' | 'clock' | 'report'>): Promise<void> {
  const [, id, at] = /^(\d+) (\d+)$/.exec((await store.fact(takenFact)) ?? '') ?? [];
  if (id === undefined) return;
  const until = Number(at) + toldMs;
  if (until <= clock.now()) return;
  const text = `AUDIT_BUCKET had another anchor of number ${id} than this database: it is an older copy, or somebody else may put objects there. Run npm run audit -- verify --with-bucket (docs/running.md). Told for a week, until ${utc(until)}.`;
  report('another-anchor', text, until);
}

/** The first of all, which names the log, then those to put. */
async function nextAnchors(store: Ports['store'], done: number) {
  const [first] = await store.anchors(0, 1);
  return first === undefined ? [] : [first, ...(await store.anchors(done, atOnce))];
}

function placeIn(value: string | undefined): { done: number; tried: number | undefined } {
  const [, id = '0', state] = /^(\d+) (put|tried)$/.exec(value ?? '') ?? [];
  return state === 'tried' ? { done: Number(id) - 1, tried: Number(id) } : { done: Number(id), tried: undefined };
}
