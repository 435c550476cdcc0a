/** Responses that AWS goes on with by itself, followed to their ends: also those that a process began which is gone. */
import { asAppError } from '../domain/error.ts';
import { duration } from '../domain/incident/incident.ts';
import { actingMs, followEveryMs, longestMs, readFollowed, type UnderWay } from '../domain/response/following.ts';
import { isSame } from '../domain/response/kept-state.ts';
import type { Ended, Later } from '../domain/response/plan.ts';
import { goOn } from './go-on.ts';
import type { World } from './prepare-response.ts';
import { end } from './respond.ts';
import { accessWords, type Written } from './write-outcome.ts';

export async function followResponses(world: World): Promise<void> {
  const { store, clock, log } = world.ports;
  const now = clock.now();
  for (const one of await store.claimUnderWay(now, now + actingMs)) {
    const { incident, seq } = one;
    // What is not followed now is claimed again later.
    await follow(world, one).catch((thrown) => log.error({ incident, seq, err: asAppError(thrown) }, 'response not followed'));
  }
}

async function follow(world: World, one: UnderWay): Promise<void> {
  const { ports } = world;
  const { incident, seq, response, subject, by, byId } = one;
  const { token, requests } = readFollowed(one.token);
  const stands = await standing(world, { ...one, token });
  const person = { id: byId, name: by };
  if ('later' in stands) {
    await goOn(ports, { incident, seq, by: person, token: stands.later, progress: stands.progress, requests, inMs: followEveryMs });
    return;
  }
  const took = await tookBy(world, one, stands);
  const known = world.responses.find(({ id }) => id === response);
  const access = known && accessWords(known, subject);
  await end(ports, { incident, seq, what: response, by: person, changed: undefined, took, access, requests }, stands);
}

/** What it took from somebody, by what was so before it began. */
async function tookBy({ ports }: World, { incident, seq, response, subject: on, by, byId }: UnderWay, { after }: Ended): Promise<Written['took']> {
  const before = (await ports.store.entry(incident, seq))?.body.before;
  if (before === undefined || after === undefined || isSame(before, after)) return undefined;
  return { incident, seq, response, on, by: { id: byId, name: by }, before, left: after };
}

async function standing({ ports, responses }: World, one: UnderWay): Promise<Ended | Later> {
  const { startedAt, seq, token, by, byId } = one;
  const response = responses.find(({ id }) => id === one.response);
  const incident = await ports.store.incident(one.incident);
  if (response?.kind !== 'call' || response.follow === undefined || incident === undefined)
    return { result: 'unknown', text: 'It was going on in AWS, and this version of the responder cannot follow it. Check CloudTrail.' };
  const lasted = ports.clock.now() - startedAt;
  try {
    const stands = await response.follow(ports, token, { incident, by: { id: byId, name: by }, seq, startedAt });
    if (!('later' in stands) || lasted < longestMs) return stands;
    return { result: 'unknown', text: `AWS has not ended it within ${duration(longestMs)}. ${stands.text}`, details: stands.details ?? [] };
  } catch (thrown) {
    const error = asAppError(thrown);
    ports.log.warn({ incident: one.incident, seq, err: error }, 'what AWS goes on with cannot be read');
    if (lasted < longestMs) return { later: token, text: error.message };
    return { result: 'unknown', text: `What became of it could not be read for ${duration(longestMs)}: ${error.message} Check CloudTrail.` };
  }
}
