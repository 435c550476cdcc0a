/** A break-glass request whose two minutes are over, carried out by the bot for its requester: role, freeze, caps and facts are checked again. */
import { changedWords } from '../domain/response/confirmed.ts';
import type { ResponseRequest } from '../domain/response/request.ts';
import { give } from './give-response.ts';
import type { World } from './prepare-response.ts';
import { askedIn } from './requests.ts';

/** @returns why it was not begun, in words; undefined: it was, and its outcome is in the thread */
export async function carryOut(world: World, request: ResponseRequest): Promise<string | undefined> {
  const asked = askedIn(world, request);
  if (asked === undefined) return 'this response no longer exists.';
  const { facts, answers, why, seen, seq } = request;
  const given = await give(world, asked, { facts, answers, why, seen, request: seq });
  if (given.is === 'refused') return given.refused.message;
  if (given.is === 'asked-again')
    return changedWords(given.prepared.plan, facts) || Object.values(given.problems).join(' ') || 'somebody did the same meanwhile.';
  // Nobody is there to be shown a secret.
  if (given.is === 'begun') await given.finish(async () => 'closed');
  return undefined;
}
