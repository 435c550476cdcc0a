import type { FetchFunction } from '@slack/web-api';
import { request } from 'undici';
import { outcomeOfAnswer, outcomeWithoutAnswer } from './errors.ts';

/** Longer is waited for no answer of Slack: a stop waits for whoever waits for one. */
export const callTimeoutMs = 10_000;

/**
 * How the WebClient reaches Slack: a message is on its way some milliseconds sooner than by `fetch`. A redirect is an answer like any other that is
 * not 200, and is not followed. Throws undici's errors, or the signal's reason; where none is given, as for a response_url, that of a time-out.
 * @param count is told how each call ended: `chat.update gone message_not_found`
 */
export function reaching(count: (outcome: string) => void): FetchFunction {
  return async (url, { headers = {}, body, signal = AbortSignal.timeout(callTimeoutMs) } = {}) => {
    if (typeof body !== 'string') throw new Error('A file goes to the address that Slack names for it.');
    const method = String(url).split('/').at(-1);
    try {
      const answer = await request(url, { method: 'POST', headers, body, ...(signal ? { signal } : {}) });
      const text = await answer.body.text();
      count(`${method} ${outcomeOfAnswer(answer.statusCode, text)}`);
      const told = Object.entries(answer.headers).map(([name, value]): [string, string] => [name, String(value)]);
      return new Response(text, { status: answer.statusCode, headers: told });
    } catch (thrown) {
      count(`${method} ${outcomeWithoutAnswer(thrown)}`);
      throw thrown;
    }
  };
}
