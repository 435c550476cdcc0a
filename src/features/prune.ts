/** Takes away what is kept for a time only: once a day, by one replica, a few rows at a time, so that intake and clicks come first. */
import { asAppError } from '../domain/error.ts';
import { dayOf } from '../domain/incident/pruned.ts';
import type { Ports } from '../domain/ports.ts';
import { clockDoubt, day, type Keeping, type Perishable, type Place, type Pruned, perishables, prunedBefore } from '../domain/retention.ts';
import type { Store } from '../domain/store.ts';

const pauseMs = 20;

type PrunePorts = Pick<Ports, 'store' | 'clock' | 'log' | 'rightOfWay'>;

export interface Run {
  readonly keeping: Keeping;
  readonly stop: AbortSignal;
}

const runFact = 'pruned';

/** Why nothing is pruned now; undefined: it may be. */
export async function clockDoubtNow(reads: Pick<Store, 'fact'>, now: number): Promise<string | undefined> {
  const before = await reads.fact(runFact);
  return clockDoubt(before === undefined ? undefined : Number(before), now);
}

/** @returns what was taken away, by kind; undefined: it is not time yet, another replica does it, or the clock is not believed */
export async function prune(ports: PrunePorts, { keeping, stop }: Run): Promise<Record<Perishable | 'details', number> | undefined> {
  const { store, clock, log } = ports;
  const now = clock.now();
  const turn = await store.transact(async (tx) => {
    if (!(await tx.first('prune', now, day))) return undefined;
    const doubt = await clockDoubtNow(tx, now);
    await tx.note(runFact, String(now), now);
    return { doubt };
  });
  if (turn === undefined) return undefined;
  if (turn.doubt !== undefined) {
    log.warn({}, turn.doubt);
    return undefined;
  }
  const pruned = { messages: 0, events: 0, transitions: 0, storms: 0, outages: 0, alarms: 0, 'sign-ins': 0, locks: 0, budgets: 0, details: 0 };
  // What one kind fails for keeps no other.
  const tried = async (of: Perishable | 'details', work: () => Promise<number>): Promise<void> => {
    const failed = (thrown: unknown): number => {
      log.error({ of, err: asAppError(thrown) }, 'not pruned to the end');
      return 0;
    };
    pruned[of] = await work().catch(failed);
  };
  for (const kind of perishables) {
    const before = prunedBefore(kind, keeping, now);
    await tried(kind, () => toTheEnd(ports, { of: kind, stop }, (after) => store.prune(kind, before, after)));
  }
  const isAllowed = await store.mayErase();
  if (isAllowed) await tried('details', () => pruneDetails(ports, { keeping, stop }, now));
  log.info({ pruned, ...(isAllowed ? {} : { details: 'left to npm run prune: this database user only appends entries' }) }, 'pruned');
  return pruned;
}

/**
 * What is taken from the audit is written down before: what is missing is then explained, also after a crash. Each such entry speaks for all that was
 * ever taken, since those of earlier runs are taken in time.
 */
export async function pruneDetails(ports: PrunePorts, { keeping, stop }: Run, now: number): Promise<number> {
  const { store } = ports;
  const before = prunedBefore('details', keeping, now);
  if (!(await store.hasOldDetails(before))) return 0;
  const text = `What was written before ${dayOf(before)} is pruned, with the details of incidents that were over by then: KEEP_DETAILS_DAYS is ${keeping.detailsMs / day}.`;
  await store.transact(async (tx) => {
    await tx.lock(['log']);
    await tx.append([
      {
        incident: 0,
        at: now,
        kind: 'note',
        reply: 'none',
        body: { what: 'pruning', text, reason: 'kept-long-enough', range: { from: 0, until: before } },
      },
    ]);
  });
  return toTheEnd(ports, { of: 'details', stop }, (after) => store.pruneDetails(before, now, after));
}

interface Going {
  readonly of: Perishable | 'details';
  readonly stop: AbortSignal;
}

async function toTheEnd(
  { clock, rightOfWay, log }: PrunePorts,
  { of, stop }: Going,
  step: (after: Place | undefined) => Promise<Pruned>,
): Promise<number> {
  let count = 0;
  for (let after: Place | undefined; !stop.aborted; ) {
    await rightOfWay.turn();
    const done = await step(after);
    count += done.count;
    if (done.left !== undefined && done.left.length > 0) log.error({ of, left: done.left }, 'not pruned: it cannot be read');
    if (done.next === undefined) break;
    after = done.next;
    await clock.wait(pauseMs, stop);
  }
  return count;
}
