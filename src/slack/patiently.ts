/** Calls of commands that run for somebody who waits: Slack limits how many there may be in a minute, also for the responder that runs beside. */
import type { Clock } from '../domain/ports.ts';
import { slackError } from './errors.ts';

const longestWaitMs = 120_000;

/** Waits where Slack asks to. @throws AppError any other refusal */
export function patiently(clock: Pick<Clock, 'wait'>) {
  return async <T>(method: string, call: () => Promise<T>): Promise<T> => {
    for (;;) {
      try {
        return await call();
      } catch (thrown) {
        const error = slackError(thrown, method);
        if (error.code !== 'throttled') throw error;
        await clock.wait(Math.min(longestWaitMs, error.retryAfterMs ?? 1_000));
      }
    }
  };
}
