/** Who is on an incident, in the words of card, /signin-status and App Home. */
import type { Incident } from '../domain/incident/incident.ts';

/** Whoever acknowledged it before it changed is asked again: until then nobody is known to be on it. */
export function whoIsOn({ status, owner, resolved }: Pick<Incident, 'status' | 'owner' | 'resolved'>): string {
  if (resolved) return `resolved by ${resolved.by.name}`;
  if (owner === undefined) return 'nobody is on it';
  return status === 'acknowledged' ? `${owner.name} is on it` : `not acknowledged again by ${owner.name}`;
}

/** The same as a sentence; the name of a person stays as it is. */
export function whoIsOnSentence(incident: Pick<Incident, 'status' | 'owner' | 'resolved'>): string {
  const said = whoIsOn(incident);
  const beginsWithName = incident.resolved === undefined && incident.owner !== undefined && incident.status === 'acknowledged';
  return `${beginsWithName ? said : said.charAt(0).toUpperCase() + said.slice(1)}.`;
}
