import { canaryIn, isAheadOf, isOfCanary } from '../domain/canary.ts';
import type { Ports } from '../domain/ports.ts';
import type { Signal } from '../domain/signal/signal.ts';

/** The facts about it, each with the time at which that canary was set off as its value. */
export const canaryFacts = { sent: 'canary-sent', repeated: 'canary-repeated', back: 'canary-back' } as const;
/** It is of no incident. */
export const canaryChore = { kind: 'canary', incident: 0 } as const;

/** What came, without what the canary brought back: that is noted, and nothing else comes of it. */
export async function withoutCanary<T extends { readonly signals: readonly Signal[] }>(ports: Ports, arrivals: readonly T[]): Promise<readonly T[]> {
  const alarm = ports.canary?.arn;
  const isOurs = (signal: Signal): boolean => isOfCanary(signal, alarm);
  const ours = alarm === undefined ? [] : arrivals.flatMap(({ signals }) => signals.filter(isOurs));
  if (ours.length === 0) return arrivals;
  await noteBack(ports, Math.max(...ours.map((signal) => canaryIn(signal) ?? 0)));
  return arrivals.flatMap((one) => {
    const signals = one.signals.filter((signal) => !isOurs(signal));
    return signals.length > 0 ? [{ ...one, signals }] : [];
  });
}

async function noteBack({ store, clock, metrics }: Ports, sentAt: number): Promise<void> {
  const before = Number((await store.delivery()).facts.get(canaryFacts.back)?.value ?? 0);
  const now = clock.now();
  // One from before the clock was set back hides none that comes now.
  if (isAheadOf(now, sentAt) || (sentAt <= before && !isAheadOf(now, before))) return;
  await store.remember(canaryFacts.back, String(sentAt), now);
  await store.transact((tx) => tx.schedule([canaryChore], now));
  metrics.count('canaries', 'back');
}
