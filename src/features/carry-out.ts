/** A break-glass request whose two minutes are over, carried out by the bot for its requester: role, freeze, caps and facts are checked again. */
import { changedWords } from '../domain/response/confirmed.ts';
import type { ResponseRequest } from '../domain/response/request.ts';
import { give } from './give-response.ts';
import type { World } from './prepare-response.ts';
import { askedIn } from './requests.ts';

/** Longer than AWS is read for, mostly; where a replica dies or AWS cannot be read, it is tried again so much later. */
const claimMs = 15_000;

/** Another replica may have read the same list of what is due: one of them asks AWS, and what is over by then is nobody's. */
function isClaimed({ ports: { store, clock } }: World, { incident, seq }: ResponseRequest): Promise<boolean> {
  return store.transact(async (tx) => {
    await tx.lock(['log']);
    const dueAt = (await tx.request(incident, seq))?.dueAt;
    const now = clock.now();
    return dueAt !== undefined && dueAt <= now && tx.first(`carry out ${incident} ${seq}`, now, claimMs);
  });
}

/** @returns why it was not begun, in words; undefined: it was, by this replica or another one, and its outcome is in the thread */
export async function carryOut(world: World, request: ResponseRequest): Promise<string | undefined> {
  const asked = askedIn(world, request);
  if (asked === undefined) return 'this response no longer exists.';
  if (!(await isClaimed(world, request))) return undefined;
  const { facts, answers, why, seen, seq } = request;
  const given = await give(world, asked, { facts, answers, why, seen, request: seq });
  if (given.is === 'refused') return given.refused.message;
  if (given.is === 'asked-again')
    return changedWords(given.prepared.plan, facts) || Object.values(given.problems).join(' ') || 'somebody did the same meanwhile.';
  // Nobody is there to be shown a secret.
  if (given.is === 'begun') await given.finish(async () => 'closed');
  return undefined;
}
