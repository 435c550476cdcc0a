/** Signals go before background work where there is not time for both, and background work goes on however many there are. */
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RightOfWay } from '../domain/ports.ts';

/** Signals that follow each other so closely are a burst: so long after one, others are expected. */
const burstMs = 20;
/** While they come and the process is busy, background work takes one step in this time, all of it together. */
const stepMs = 100;
/** There is time for both while the process, and the signals in it that wait for a database elsewhere, take less than this share of the time. */
const freeShare = 0.5;

interface Measures {
  /** Real time in milliseconds, which never goes back. */
  readonly now: () => number;
  /** For which share of the time this process was at work lately. */
  readonly busyShare: () => number;
}

export function rightOfWay({ now, busyShare }: Measures = { now: () => performance.now(), busyShare: busyShareOf() }): RightOfWay {
  const signals = underWay(now);
  let nextStep = 0;
  return {
    first: async (work) => {
      signals.begin();
      try {
        return await work();
      } finally {
        signals.end();
      }
    },
    turn: async () => {
      // Where the database is elsewhere this process may be idle while it waits, and the database is not.
      if (!signals.isBurst() || Math.max(busyShare(), signals.share()) < freeShare) return;
      // Whoever waits comes in the order in which they asked.
      nextStep = Math.max(nextStep, now()) + stepMs;
      await sleep(nextStep - now());
    },
  };
}

const windowMs = 50;

interface UnderWay {
  begin(): void;
  end(): void;
  /** Whether some follow each other closely, and may go on. */
  isBurst(): boolean;
  /** For which share of the time lately there were any. */
  share(): number;
}

function underWay(now: () => number): UnderWay {
  let count = 0;
  let beganAt = 0;
  let endedAt = Number.NEGATIVE_INFINITY;
  let isFollowing = false;
  let total = 0;
  let from = { at: now(), total: 0 };
  let share = 0;
  const totalNow = (): number => total + (count > 0 ? now() - beganAt : 0);
  return {
    begin: () => {
      isFollowing = count > 0 || now() - endedAt < burstMs;
      if (count++ === 0) beganAt = now();
    },
    end: () => {
      endedAt = now();
      if (--count === 0) total += endedAt - beganAt;
    },
    isBurst: () => isFollowing && (count > 0 || now() - endedAt < burstMs),
    share: () => {
      const passed = now() - from.at;
      if (passed < windowMs) return share;
      share = (totalNow() - from.total) / passed;
      from = { at: now(), total: totalNow() };
      return share;
    },
  };
}

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
