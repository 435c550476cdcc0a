/** Whether an incident is about sign-ins at all: an alarm may count anything. Pure. */
import type { Counted } from './counted.ts';
import type { Incident } from './incident.ts';

/** `other`: what its alarm counted was read, or cannot be a sign-in. `unknown`: neither its filter nor its events say. */
export type Concern = 'sign-ins' | 'other' | 'unknown';

export function concernOf(incident: Pick<Incident, 'origin' | 'detection' | 'subjects' | 'counted'>): Concern {
  const { origin, detection, subjects, counted = [] } = incident;
  if (origin === 'sign-in' || detection !== undefined) return 'sign-ins';
  if (subjects.some(({ failures, successes, suffered }) => failures + successes + suffered.length > 0)) return 'sign-ins';
  if (origin === 'notice' || counted.length === 0) return 'unknown';
  return counted.every(measuresSomethingElse) ? 'other' : 'unknown';
}

/** Its log was read and had no sign-in, or no log feeds it. */
function measuresSomethingElse({ notRead, extent }: Counted): boolean {
  return notRead === 'no-filter' || (extent !== undefined && extent.is !== 'so-far') || (extent?.is === 'so-far' && extent.found > 0);
}
