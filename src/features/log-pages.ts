/** Reads a log group for what a pattern matches, page by page, within a bound of pages and time that is said when it is met. */

import type { LogQuestion } from '../domain/alarm/alarm-logs.ts';
import { callsPerSecond, type LogLine, type NotRead } from '../domain/alarm/log.ts';
import { type AppError, asAppError } from '../domain/error.ts';
import type { Ports } from '../domain/ports.ts';

const mostPages = 20;
const longestMs = 5_000;

export interface PagesRead {
  /** Newest first; what was read before a fault stands. */
  readonly lines: readonly LogLine[];
  readonly notRead: NotRead | undefined;
}

export async function readPages(ports: Pick<Ports, 'clock' | 'log' | 'logs' | 'store'>, question: LogQuestion): Promise<PagesRead> {
  const lines: LogLine[] = [];
  const end = ports.clock.now() + longestMs;
  let token: string | undefined;
  try {
    for (let page = 0; page < mostPages; page++) {
      if (!(await ownTurn(ports, question, end))) return { lines, notRead: page === 0 ? 'throttled' : 'too-large' };
      const answer = await ports.logs.page(question, token);
      lines.push(...answer.lines);
      if (answer.next === undefined) return { lines, notRead: undefined };
      token = answer.next;
    }
    return { lines, notRead: 'too-large' };
  } catch (thrown) {
    const fault = asAppError(thrown);
    ports.log.warn({ account: question.account, region: question.region, group: question.group, err: fault }, 'log of an alarm not read');
    return { lines, notRead: notReadFor(fault) };
  }
}

/** Waits for the next call that the account and region allow; false when there is none in time. */
async function ownTurn({ store, clock }: Pick<Ports, 'clock' | 'store'>, question: LogQuestion, end: number): Promise<boolean> {
  for (;;) {
    const now = clock.now();
    if (now >= end) return false;
    const turn = await store.takeLogCall(question, callsPerSecond(question.region) / 2, now);
    if (turn === undefined) return true;
    await clock.wait(Math.min(turn, end) - now);
  }
}

export function notReadFor({ code, reason }: AppError): NotRead {
  if (reason === 'log-class') return 'log-class';
  if (code === 'denied' || code === 'throttled') return code;
  if (code === 'not-found') return 'no-such-group';
  return code === 'refused' || code === 'invalid' ? 'refused' : 'unavailable';
}
