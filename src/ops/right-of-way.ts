/** Signals and clicks go before background work, and background work goes on however many there are. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { RightOfWay } from '../domain/ports.ts';

/** Signals come in bursts: so long after one, others are expected. */
const burstMs = 20;
/** While they come, background work takes one step in this time, all of it together. */
const stepMs = 50;

/** @param now real time in milliseconds, which never goes back */
export function rightOfWay(now: () => number = () => performance.now()): RightOfWay {
  let lastUse = Number.NEGATIVE_INFINITY;
  let nextStep = 0;
  return {
    used: () => {
      lastUse = now();
    },
    turn: async () => {
      // Whoever has waited comes in the order in which they asked.
      if (now() - lastUse >= burstMs) return;
      nextStep = Math.max(nextStep, now()) + stepMs;
      await sleep(nextStep - now());
    },
  };
}
