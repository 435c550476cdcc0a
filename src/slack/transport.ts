import type { FetchFunction } from '@slack/web-api';
import { request } from 'undici';

/**
 * How the WebClient reaches Slack: a message is on its way some milliseconds sooner than by `fetch`. A redirect is an answer like any other that is
 * not 200, and is not followed. Throws undici's errors, or the signal's reason.
 */
export const reach: FetchFunction = async (url, { headers = {}, body, signal } = {}) => {
  if (typeof body !== 'string') throw new Error('A file goes to the address that Slack names for it.');
  const answer = await request(url, { method: 'POST', headers, body, ...(signal ? { signal } : {}) });
  const told = Object.entries(answer.headers).map(([name, value]): [string, string] => [name, String(value)]);
  return new Response(await answer.body.text(), { status: answer.statusCode, headers: told });
};
