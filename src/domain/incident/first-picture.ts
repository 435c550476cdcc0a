/** Whether a new card waits for its alarm's log. Pure. */
import type { LogMemory } from '../alarm/log.ts';
import { isWorse, type Severity } from '../severity.ts';
import type { Signal } from '../signal/signal.ts';
import type { Counted } from './counted.ts';
import type { AlarmMemory } from './triage.ts';

/** How long a new card waits for its log at most. */
export const patienceMs = 1_000;
/** A log that took longer the last time is not waited for. */
const slowMs = 900;
/** With so many new cards unposted nobody waits. */
export const manyCards = 8;

export type Waiting = 'waits-for-its-log' | 'no-alarm' | 'log-was-refused' | 'log-was-slow' | 'no-log' | 'grave-already' | 'many-cards-wait';

interface ToWait {
  readonly signal: Signal;
  /** What the card says before anything is read. */
  readonly severity: Severity;
  readonly memory: AlarmMemory | undefined;
  readonly waitingCards: number;
}

export function waitingFor({ signal, severity, memory, waitingCards }: ToWait): Waiting {
  if (signal.kind !== 'alarm-change' || signal.state !== 'ALARM') return 'no-alarm';
  if (isWorse(severity, 'MEDIUM')) return 'grave-already';
  if (waitingCards > manyCards) return 'many-cards-wait';
  switch (memory?.log) {
    case 'refused':
      return 'log-was-refused';
    case 'slow':
      return 'log-was-slow';
    case 'nothing':
      return 'no-log';
    default:
      return 'waits-for-its-log';
  }
}

/** @param tookMs how long it took until all was read */
export function memoryOfLog(counted: readonly Counted[], tookMs: number): LogMemory {
  if (tookMs > slowMs) return 'slow';
  const readings = counted.flatMap((one) => one.readings);
  const isRefused =
    counted.some(({ notRead }) => notRead === 'denied' || notRead === 'refused') || readings.some(({ notRead }) => notRead !== undefined);
  if (isRefused) return 'refused';
  return readings.length > 0 ? 'read' : 'nothing';
}
