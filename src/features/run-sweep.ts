/** Sweeps what is due, one replica at a time for each place and queue, and tells once what an outage kept from us. */

import type { Place } from '../domain/detection/coverage.ts';
import { asAppError } from '../domain/error.ts';
import { partitionAt, placeOf } from '../domain/place.ts';
import type { Ports, Report } from '../domain/ports.ts';
import type { Tx } from '../domain/store.ts';
import type { ReadLetter } from '../domain/sweep/letters.ts';
import { busQueueName, queueArn, ruleQueueName } from '../domain/sweep/letters.ts';
import type { Outage } from '../domain/sweep/outage.ts';
import { type ClaimedSweep, placeName } from '../domain/sweep/sweeps.ts';
import { drainLetters } from './drain-letters.ts';
import { isLost } from './hold-sweep.ts';
import { lookThroughOutage } from './look-through-outage.ts';
import { tellOutage } from './receive-late.ts';
import { fewFailures, oftenMs, type SweepOutcome, sweepAlarms } from './sweep-alarms.ts';
import { type Running, runWork } from './work-loop.ts';

const workers = 2;
const aliveFact = 'alive';
const minute = 60_000;
/** A restart is no outage: SNS tries again within this time. */
const shortestStopMs = 2 * minute;
const jitterMs = 30_000;
/** What nobody will read is told for so long. */
const missingMs = 24 * 60 * minute;

export type SweepPorts = Ports & { readonly readLetter: ReadLetter };

/**
 * Makes the rows, and notes for how long no replica was there. To be called before `stillAlive`.
 * @returns when one was there last; undefined: never
 */
export async function planSweeping({ store, clock, settings }: Ports): Promise<number | undefined> {
  const now = clock.now();
  const { regions, topicArns } = settings;
  const signInPlaces = signInPlacesOf(settings);
  const queues = [...topicArns.map((arn) => queueArn(placeOf(arn), busQueueName)), ...signInPlaces.map((place) => queueArn(place, ruleQueueName))];
  await store.planSweeps(
    [
      ...topicArns.map((of) => ({ kind: 'letters' as const, of })),
      ...placesIn(settings, regions).map((place) => ({ kind: 'alarms' as const, of: placeName(place) })),
      ...[...new Set(queues)].map((of) => ({ kind: 'letters' as const, of })),
      ...signInPlaces.map((place) => ({ kind: 'sign-ins' as const, of: placeName(place) })),
    ],
    now,
  );
  const aliveAt = await aliveSince({ store });
  if (!isStop(aliveAt, now)) return aliveAt;
  await store.transact(async (tx) => {
    await tx.note(aliveFact, '', now);
    // Of replicas that start together one does.
    if (!(await tx.first('stop', now, shortestStopMs))) return;
    await tx.noteStop({ from: aliveAt, until: now }, now);
    await sweepSignIns(tx, { settings, clock });
  });
  return aliveAt;
}

function placesIn({ accounts }: Ports['settings'], regions: readonly string[]): Place[] {
  return [...accounts.keys()].flatMap((account) => [...new Set(regions)].map((region) => ({ account, region })));
}

function signInPlacesOf(settings: Ports['settings']): Place[] {
  const [home = ''] = settings.regions;
  return placesIn(settings, [...partitionAt(home).signIn.regions, ...settings.regions]);
}

async function sweepSignIns(tx: Tx, { settings, clock }: Pick<Ports, 'settings' | 'clock'>): Promise<void> {
  for (const place of signInPlacesOf(settings)) await tx.sweepBy({ kind: 'sign-ins', of: placeName(place) }, clock.now());
}

export async function stillAlive({ store, clock }: Pick<Ports, 'store' | 'clock'>): Promise<void> {
  await store.remember(aliveFact, '', clock.now());
}

/**
 * Says that the responder is there; to be called every minute. Whoever was not, as the machine was suspended, was away as if it had been stopped.
 * @param wallClock real time, in milliseconds: a sandbox sets its own clock ahead, and nobody was away
 */
export function aliveKeeper(ports: Ports, wallClock: () => number): () => Promise<void> {
  let last = wallClock();
  return async () => {
    const wasAway = wallClock() - last >= shortestStopMs && isStop(await aliveSince(ports), ports.clock.now());
    if (wasAway) await planSweeping(ports);
    await stillAlive(ports);
    last = wallClock();
  };
}

async function aliveSince({ store }: Pick<Ports, 'store'>): Promise<number | undefined> {
  return (await store.delivery()).facts.get(aliveFact)?.at;
}

function isStop(aliveAt: number | undefined, now: number): aliveAt is number {
  return aliveAt !== undefined && now - aliveAt >= shortestStopMs;
}

export function runSweep(ports: SweepPorts, report: Report): Running {
  return runWork(ports, {
    workers,
    what: 'sweep',
    claim: async () => {
      const claimed = await ports.store.claimSweep(ports.clock.now());
      return claimed && (() => sweep(ports, claimed, report));
    },
    nextAt: () => ports.store.nextSweepAt(),
  });
}

export async function sweep(ports: SweepPorts, claimed: ClaimedSweep, report: Report): Promise<void> {
  const { kind, of } = claimed;
  const about = `sweep ${kind} ${of}`;
  try {
    const { through, inMs, left, missing } = await oneSweep(ports, claimed);
    const told = await tellFound(ports, report);
    // What is missing of one kind is likely missing of the other.
    if (told !== undefined && kind !== 'sign-ins') await ports.store.transact((tx) => sweepSignIns(tx, ports));
    const again = inMs === undefined ? undefined : ports.clock.now() + inMs + (inMs < oftenMs ? 0 : ports.randomInt(2 * jitterMs) - jitterMs);
    await ports.store.endSweep(claimed, { through, again });
    ports.metrics.count('sweeps', `${kind} ok`);
    report(about, left);
    if (missing !== undefined) report(`${about} cut`, missing, ports.clock.now() + missingMs);
  } catch (thrown) {
    if (isLost(thrown)) return void ports.log.warn({ kind, of }, 'another worker has the sweep meanwhile');
    const error = asAppError(thrown);
    ports.log.warn({ kind, of, err: error }, 'not swept');
    ports.metrics.count('sweeps', `${kind} ${error.code}`);
    await ports.store.endSweep(claimed, {
      through: undefined,
      again: ports.clock.now() + Math.min(oftenMs, 20_000 * 2 ** Math.min(claimed.failures, 10)),
    });
    if (claimed.failures >= fewFailures) report(about, `${sweptWords[kind]} (${of}): ${error.message}`);
  }
}

/** What was found is on its cards already: where the one message of all cannot be written, it is tried again with the next sweep. */
async function tellFound(ports: SweepPorts, report: Report): Promise<Outage | undefined> {
  try {
    const told = await tellOutage(ports);
    report('outage', undefined);
    return told;
  } catch (thrown) {
    const error = asAppError(thrown);
    ports.log.error({ err: error }, 'an outage is not told');
    report('outage', `What an outage kept from the responder is on its cards, but no message says so. ${error.message}`);
    return undefined;
  }
}

const sweptWords: Readonly<Record<ClaimedSweep['kind'], string>> = {
  alarms: 'Alarms are not compared with what SNS brought',
  letters: 'What was given up is not read from its dead-letter queue',
  'sign-ins': 'Sign-ins during the last outage are not looked up',
};

async function oneSweep(ports: SweepPorts, claimed: ClaimedSweep): Promise<SweepOutcome> {
  switch (claimed.kind) {
    case 'alarms':
      return sweepAlarms(ports, claimed);
    case 'letters':
      return drainLetters(ports, claimed);
    case 'sign-ins':
      return lookThroughOutage(ports, claimed);
  }
}
