/** An incident that was resolved, open again. Pure. */
import { duration, type Incident, mergedText, nameOf, type Person, refused, type Step } from './incident.ts';
import type { Timers } from './timers.ts';

/**
 * The incident open again, by what came to light: the owner stays as he was, and is asked to acknowledge it. What of its attack is under way is
 * linked with it again.
 */
export function reopened(incident: Incident): Incident {
  const anew = incident.timers && { timers: notPaged(incident.timers) };
  const campaign = { incidents: [], gravest: incident.severity };
  const reopenings = incident.reopenings + 1;
  return { ...incident, ...anew, campaign, resolved: undefined, reopenings, status: 'open', acknowledged: undefined };
}

/** Somebody resolved it: what goes on all the same is escalated anew. */
function notPaged({ pagedAt: _pagedAt, isReminded: _isReminded, remindedAt: _remindedAt, ...timers }: Timers): Timers {
  return { ...timers, pages: 0 };
}

/** @param current the incident that signals of the same key go to now */
export function reopen(incident: Incident, by: Person, now: number, current: Incident | undefined): Step {
  if (incident.mergedInto !== undefined) return refused('merged', mergedText(incident, incident.mergedInto));
  if (incident.resolved === undefined) return refused('not-resolved', `${nameOf(incident)} is not resolved. Nothing was changed.`);
  if (current && current.id !== incident.id && current.resolved === undefined) {
    return refused('newer-is-open', `${nameOf(current)} is open for the same, so ${nameOf(incident)} stays resolved. Nothing was changed.`);
  }
  return {
    ok: true,
    // Nothing links it again: no signal came.
    incident: { ...reopened(incident), campaign: incident.campaign, status: 'acknowledged', acknowledged: { by, at: now }, owner: by },
    text: `${by.name} reopened this, ${duration(now - incident.resolved.at)} after it was resolved.`,
  };
}
