/** What takes two people, by both, on the emulated AWS. */
import type { Ended } from '../../src/domain/response/plan.ts';
import type { Target } from '../../src/domain/response/target.ts';
import { give } from '../../src/features/give-response.ts';
import type { Asked, Planned } from '../../src/features/prepare-response.ts';
import { noteRemediators } from '../../src/features/remediators.ts';
import { askedIn, decide } from '../../src/features/requests.ts';
import type { Scene } from './contained.ts';
import { person } from './responding.ts';

/** Asks for what another remediator has to agree to, who does; carried out. */
export async function pressedAndAgreed(here: Scene, response: Planned, target: Target): Promise<Ended> {
  const asked = here.asked(response, target);
  await here.press(asked);
  const { store } = here.world.ports;
  const made = (await here.entries(asked.incident)).find(({ body }) => body.phase === 'request');
  const request = await store.request(asked.incident, made?.seq ?? 0);
  if (request === undefined) throw new Error('There is no request.');
  const { facts, answers, why, seen, seq } = request;
  const now = here.aws.clock.now();
  await noteRemediators(here.world.ports, { ids: ['bob', 'carmen'].map((name) => person(name).id), at: now, from: '', begunAt: now });
  const said = await decide(here.world, person('carmen'), { incident: asked.incident, seq, verb: 'approve', facts });
  if (!said.ok) throw new Error(said.message);
  const given = await give(here.world, askedIn(here.world, request) as Asked, { facts, answers, why, seen, request: seq });
  if (given.is !== 'begun') throw new Error(JSON.stringify(given));
  return (await given.finish(async () => 'shown')) as Ended;
}
