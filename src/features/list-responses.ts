/** All that somebody may do about an incident, and what stands before each: nothing is asked of AWS, and nothing is written. */
import type { Incident } from '../domain/incident/incident.ts';
import type { Guard } from '../domain/response/approval.ts';
import { type Group, groupsOf } from '../domain/response/groups.ts';
import { offered } from '../domain/response/offers.ts';
import { mayNotAsk, ownerOf } from '../domain/response/owner-question.ts';
import type { Refused } from '../domain/response/refusal.ts';
import { changesAws, type Response } from '../domain/response/response.ts';
import { isUnresolved, type Target } from '../domain/response/target.ts';
import { type Refusal, refusalFor } from '../domain/response/who-may.ts';
import type { Subject } from '../domain/sign-in/subjects.ts';
import type { World } from './prepare-response.ts';
import { guardFor } from './requests.ts';
import type { Clicker } from './respond.ts';

export interface ListedResponse {
  readonly response: Response;
  /** Why this person may not; undefined: they may. */
  readonly refused: Refusal | undefined;
  /** Undefined: it changes nothing in AWS, or it is not known yet whom it is given to. */
  readonly guard: Guard | undefined;
}

export interface ListedGroup {
  readonly of: Group['of'];
  readonly responses: readonly ListedResponse[];
  /** Whose user it is, and why they are not asked now whether it was them; undefined: nobody is known who could be. */
  readonly ask: { readonly owner: string; readonly refused: Refused | undefined } | undefined;
}

/** By whom or what each is done to. What it says of the person is asked again at every click. */
export function listResponses(world: World, clicker: Clicker, incident: Incident): ListedGroup[] {
  const { people, settings } = world.ports;
  const standing = people.standing(clicker);
  const { listed } = offered(world.responses, incident, settings);
  const guarded = (response: Response, target: Target | undefined): Guard | undefined => {
    if (response.kind === 'step' || target === undefined || !changesAws(response)) return undefined;
    // Whose its tag says it is, is asked once it is given.
    return guardFor(world, { clicker, incident: incident.id, response, target }, { incident, tagged: { is: 'nobody' } });
  };
  const groups = groupsOf(listed, incident, settings).map(({ of, responses }) => ({
    of,
    responses: responses.map(({ response, target }) => ({
      response,
      refused: refusalFor(response.needs, response.button.label, standing),
      guard: guarded(response, target),
    })),
    ask: typeof of === 'string' ? undefined : askOf(world.ports, clicker, { incident, subject: of }),
  }));
  return groups.filter(({ responses, ask }) => responses.length > 0 || ask !== undefined);
}

function askOf({ clock, settings }: World['ports'], { id }: Clicker, { incident, subject }: { incident: Incident; subject: Subject }) {
  const owner = ownerOf(subject, settings.owners);
  if (owner === undefined || !isUnresolved(incident)) return undefined;
  return { owner, refused: mayNotAsk(incident, subject, { owner, by: id, now: clock.now() }) };
}
