/** An incident as it is stored, by this version or an older one. */
import { isWorse } from '../severity.ts';
import type { Assessment } from './assessment.ts';
import type { Incident } from './incident.ts';
import type { Reason } from './reasons.ts';
import { readNotes } from './user-notes.ts';

/** What older versions wrote in place of what this one does. */
interface Older {
  readonly rungAbout?: readonly string[];
}
type OlderAssessment = Omit<Assessment, 'reasons' | 'concerns'> & {
  readonly reasons: readonly (Reason | string)[];
  readonly concerns?: Assessment['concerns'];
};

/** @param body JSON as `storedIncident` or an older version wrote it */
export function readIncident(body: string, { id, revision }: Pick<Incident, 'id' | 'revision'>): Incident {
  const { rungAbout = [], ...stored } = JSON.parse(body) as Incident & Older;
  const assessment = stored.assessment === undefined ? undefined : readAssessment(stored.assessment);
  return {
    ...stored,
    id,
    revision,
    assessment,
    users: Object.fromEntries(Object.entries(stored.users).map(([key, notes]) => [key, readNotes(notes)])),
    told: stored.told ?? Object.fromEntries(rungAbout.map((who) => [who, stored.rung])),
    tells: stored.tells ?? 'itself',
    campaign: stored.campaign ?? { incidents: [], gravest: stored.severity },
  };
}

function readAssessment({ reasons, concerns, ...rest }: OlderAssessment): Assessment {
  const about =
    rest.about !== undefined && isWorse(rest.severity, 'MEDIUM') ? [{ who: rest.about, severity: rest.severity, verdict: rest.verdict }] : [];
  return {
    ...rest,
    reasons: reasons.map((reason) => (typeof reason === 'string' ? { is: 'written', text: reason } : reason)),
    concerns: concerns ?? about,
  };
}

export function storedIncident({ id: _id, revision: _revision, ...body }: Incident): string {
  return JSON.stringify(body);
}
