/** Signals go before background work where there is not time for both, and background work goes on however many there are. */
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RightOfWay } from '../domain/ports.ts';

/** Signals that follow each other so closely are a burst: so long after one, others are expected. */
const burstMs = 20;
/** While they come and the process is busy, background work takes one step in this time, all of it together. */
const stepMs = 100;
/** The share of time for which a process is at work that has time for both. */
const freeShare = 0.5;

interface Measures {
  /** Real time in milliseconds, which never goes back. */
  readonly now: () => number;
  /** For which share of the time this process was at work lately. */
  readonly busyShare: () => number;
}

export function rightOfWay({ now, busyShare }: Measures = { now: () => performance.now(), busyShare: busyShareOf() }): RightOfWay {
  let lastUse = Number.NEGATIVE_INFINITY;
  let isBurst = false;
  let nextStep = 0;
  return {
    used: () => {
      isBurst = now() - lastUse < burstMs;
      lastUse = now();
    },
    turn: async () => {
      if (!isBurst || now() - lastUse >= burstMs || busyShare() < freeShare) return;
      // Whoever waits comes in the order in which they asked.
      nextStep = Math.max(nextStep, now()) + stepMs;
      await sleep(nextStep - now());
    },
  };
}

const windowMs = 50;

function busyShareOf(): () => number {
  let from = performance.eventLoopUtilization();
  let share = 0;
  return () => {
    const { idle, active, utilization } = performance.eventLoopUtilization(from);
    if (idle + active < windowMs) return share;
    share = utilization;
    from = performance.eventLoopUtilization();
    return share;
  };
}
