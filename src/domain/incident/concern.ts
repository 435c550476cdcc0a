/** Whether an incident is about sign-ins at all: an alarm may count anything. Pure. */
import { alarmsOf } from './alarms-of-incident.ts';
import type { Counted } from './counted.ts';
import type { Incident } from './incident.ts';

/** `other`: what its alarm counted was read, or cannot be a sign-in. `unknown`: neither its filter nor its events say. */
export type Concern = 'sign-ins' | 'other' | 'unknown';

export function concernOf(incident: Pick<Incident, 'origin' | 'detection' | 'subjects' | 'counted' | 'alarm' | 'otherAlarms'>): Concern {
  const { origin, detection, subjects, counted = [] } = incident;
  if (origin === 'sign-in' || detection !== undefined) return 'sign-ins';
  if (subjects.some(({ failures, successes, suffered }) => failures + successes + suffered.length > 0)) return 'sign-ins';
  if (origin === 'notice') return 'unknown';
  const meant = alarmsOf(incident).map(({ judgement }) => (judgement?.is === 'something-else' ? judgement.counts.length : undefined));
  if (meant.some((signIns) => signIns !== undefined && signIns > 0)) return 'sign-ins';
  if (meant.length > 0 && meant.every((signIns) => signIns === 0)) return 'other';
  if (counted.length === 0) return 'unknown';
  return counted.every(measuresSomethingElse) ? 'other' : 'unknown';
}

/** Its log was read and had no sign-in, or no log feeds it. */
function measuresSomethingElse({ notRead, extent }: Counted): boolean {
  return notRead === 'no-filter' || (extent !== undefined && extent.is !== 'so-far') || (extent?.is === 'so-far' && extent.found > 0);
}
