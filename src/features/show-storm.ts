/**
 * Shows a storm: takes the new incidents that wait into it, draws its card, rings once when it holds what is grave, and ends it when nothing waits and
 * it has rung.
 * Whoever holds its lease does so alone, so what the card said before it was posted is what decides how it rings.
 */
import type { Ports } from '../domain/ports.ts';
import { hashOfStorm, roomFor, type StormPicture, stormPaceMs } from '../domain/storm/storm.ts';
import type { ClaimedStorm } from '../domain/storm/storm-store.ts';
import { type End, type Picture, type ProjectionPorts, showPicture } from './show-picture.ts';

type StormPorts = ProjectionPorts & Pick<Ports, 'metrics'>;

/** Returns how its pictures ended; none when the lease was lost. */
export async function showStorm(ports: StormPorts, found: ClaimedStorm): Promise<End[]> {
  const isShown = found.shown.some(({ name, ts }) => name === 'card' && ts !== undefined);
  const folded = await foldAll(ports, found);
  const claimed = folded && (await withRoom(ports, folded, isShown));
  if (claimed === undefined) return [];
  const mayEnd = claimed.storm.endedAt === undefined && (isShown || claimed.storm.rings === undefined);
  const ended = mayEnd ? await ports.store.endStorm(claimed, ports.clock.now()) : undefined;
  const current = ended ?? claimed;
  const picture = await ports.store.stormPicture(current.storm);
  const card = await showPicture(ports, current, cardOf(ports, picture));
  if (ended !== undefined) ports.metrics.count('storms', 'over');
  if (!isShown && card.shown.ts !== undefined) ports.metrics.count('storms', 'posted');
  const ring = card.shown.ts === undefined || card.lost || picture.storm.rings !== 'reply' ? [] : [ringOf(ports, picture, card.shown.ts)];
  const ends = [card];
  for (const one of ring) ends.push(await showPicture(ports, current, one));
  if (!ends.some(({ lost }) => lost)) await release(ports, current, ends);
  return ends;
}

async function foldAll({ store, clock }: ProjectionPorts, claimed: ClaimedStorm): Promise<ClaimedStorm | undefined> {
  if (claimed.storm.endedAt !== undefined) return claimed;
  for (let current = claimed; ; ) {
    const done = await store.foldInto(current, clock.now());
    if (done === undefined || done.folded === 0) return done?.claimed;
    current = done.claimed;
    // Signals and clicks come in between.
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function withRoom({ store, clock }: ProjectionPorts, claimed: ClaimedStorm, isShown: boolean): Promise<ClaimedStorm | undefined> {
  const now = clock.now();
  const { storm } = claimed;
  const waiting = storm.endedAt === undefined ? await store.countFolded() : 0;
  const room = roomFor(storm, waiting, { now, isShown });
  if (room === 0) return claimed;
  return (await store.makeRoom(claimed, room, now)) ? { ...claimed, storm: { ...storm, roomAt: now } } : undefined;
}

function cardOf({ draw }: ProjectionPorts, picture: StormPicture): Picture {
  return {
    name: 'card',
    message: draw.storm(picture),
    broadcast: false,
    also: [],
    isGrave: true,
    hash: hashOfStorm(picture.storm),
    thread: undefined,
  };
}

function ringOf({ draw }: ProjectionPorts, { storm }: StormPicture, thread: string): Picture {
  return { name: 'ring', message: draw.stormRing(storm), broadcast: true, also: [], isGrave: true, hash: hashOfStorm(storm), thread };
}

/** While it lasts it is looked at again and again; after its end until that is shown. */
async function release({ store, clock }: ProjectionPorts, claimed: ClaimedStorm, ends: readonly End[]): Promise<void> {
  const waits = ends.flatMap(({ again }) => again ?? []);
  const pace = claimed.storm.endedAt === undefined ? [clock.now() + stormPaceMs] : [];
  const at = [...waits, ...pace].toSorted((a, b) => a - b).at(0);
  await store.releaseStorm(claimed, { at, isShown: ends.every(({ shown }) => shown.ts !== undefined) });
}
