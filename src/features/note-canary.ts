import { canaryIn, isOfCanary } from '../domain/canary.ts';
import type { Ports } from '../domain/ports.ts';
import type { Signal } from '../domain/signal/signal.ts';

/** The facts about it, each with the time at which that canary was set off as its value; `next` is written before it is. */
export const canaryFacts = { next: 'canary-next', sent: 'canary-sent', repeated: 'canary-repeated', back: 'canary-back' } as const;
/** It is of no incident. */
export const canaryChore = { kind: 'canary', incident: 0 } as const;

/** What came, without what the canary brought back: that is noted, and nothing else comes of it. */
export async function withoutCanary<T extends { readonly signals: readonly Signal[] }>(ports: Ports, arrivals: readonly T[]): Promise<readonly T[]> {
  const alarm = ports.canary?.arn;
  const isOurs = (signal: Signal): boolean => isOfCanary(signal, alarm);
  const ours = alarm === undefined ? [] : arrivals.flatMap(({ signals }) => signals.filter(isOurs));
  if (ours.length === 0) return arrivals;
  await noteBack(
    ports,
    ours.flatMap((signal) => canaryIn(signal) ?? []),
  );
  return arrivals.flatMap((one) => {
    const signals = one.signals.filter((signal) => !isOurs(signal));
    return signals.length > 0 ? [{ ...one, signals }] : [];
  });
}

/** What is back is told by its own time, whatever the clock here says: another replica set it off. */
async function noteBack({ store, clock, metrics }: Ports, came: readonly number[]): Promise<void> {
  const { facts } = await store.delivery();
  const [next, sent, before] = [canaryFacts.next, canaryFacts.sent, canaryFacts.back].map((name) => facts.get(name)?.value);
  const back = [next, sent].find((one) => one !== undefined && came.map(String).includes(one));
  if (back === undefined || back === before) return;
  const now = clock.now();
  // It may be back before whoever set it off could write that down.
  if (back !== sent) await store.remember(canaryFacts.sent, back, now);
  await store.remember(canaryFacts.back, back, now);
  await store.transact((tx) => tx.schedule([canaryChore], now));
  metrics.count('canaries', 'back');
}
