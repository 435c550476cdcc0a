/** An incident that was resolved, open again. Pure. */
import type { Incident } from './incident.ts';
import type { Timers } from './timers.ts';

/** The incident open again, by what came to light: the owner stays as he was, and is asked to acknowledge it. */
export function reopened(incident: Incident): Incident {
  const anew = incident.timers && { timers: notPaged(incident.timers) };
  return { ...incident, ...anew, resolved: undefined, reopenings: incident.reopenings + 1, status: 'open', acknowledged: undefined };
}

/** Somebody resolved it: what goes on all the same is escalated anew. */
function notPaged({ pagedAt: _pagedAt, isReminded: _isReminded, ...timers }: Timers): Timers {
  return { ...timers, pages: 0 };
}
