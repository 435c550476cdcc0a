/** CloudTrail gives an id once. Where two events come under one with another content, one of them is not what CloudTrail wrote, and nobody knows which. */
import { sha256 } from '../digest.ts';
import { subjectKey } from './memory.ts';
import { bareAddress } from './network.ts';
import type { SignIn } from './sign-in.ts';

export const sharedIdWords =
  'Another event came under the same id before, with another content: CloudTrail gives an id once, so one of the two is made up. Both are counted.';

const mostSharedIds = 5;

/** The ids of which an incident has several events, with those that came now. */
export function sharedIdsOf(before: readonly string[] | undefined, events: readonly SignIn[]): readonly string[] | undefined {
  const ids = events.flatMap(({ sharesId }) => sharesId ?? []);
  return ids.length === 0 ? before : [...new Set([...(before ?? []), ...ids])].slice(-mostSharedIds);
}

/** What makes two copies of an event the same: all ways by which one comes tell these alike. */
function contentOf(event: SignIn): string {
  const { eventName, outcome, account, address } = event;
  // What older versions stored lacks the endpoint.
  return JSON.stringify([eventName, subjectKey(event), outcome, account, bareAddress(address) ?? '']);
}

/**
 * The events, of which those that came under the id of another have one of their own: the same one each time.
 * @param known what is remembered, by id
 */
export function toldApart(events: readonly SignIn[], known: ReadonlyMap<string, SignIn>): SignIn[] {
  const first = new Map(known);
  return events.map((event) => {
    const content = contentOf(event);
    const before = first.get(event.eventId);
    if (before === undefined) first.set(event.eventId, event);
    if (before === undefined || contentOf(before) === content) return event;
    return { ...event, eventId: `${event.eventId}#${sha256(content).slice(0, 12)}`, sharesId: event.eventId };
  });
}
