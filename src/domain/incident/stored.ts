/** An incident as it is stored, by this version or an older one. */

import type { Json } from '../json.ts';
import { isWorse } from '../severity.ts';
import { tallyFromWords } from '../sign-in/older-tally.ts';
import type { Subject } from '../sign-in/subjects.ts';
import type { Tally } from '../sign-in/tally.ts';
import { readBody, type Shape, storedBody } from '../stored-body.ts';
import type { Assessment } from './assessment.ts';
import type { Incident } from './incident.ts';
import { goesOnFromWords } from './older-goes-on.ts';
import { withOneSpelling } from './older-keys.ts';
import type { Reason } from './reasons.ts';
import { readNotes } from './user-notes.ts';

/** What was written before bodies had a version, in place of what is now. */
interface Unversioned {
  readonly rungAbout?: readonly string[];
  readonly assessment?: UnversionedAssessment;
}
type UnversionedAssessment = Omit<Assessment, 'reasons' | 'concerns'> & {
  readonly reasons: readonly (Reason | string)[];
  readonly concerns?: Assessment['concerns'];
};

type Body = Omit<Incident, 'id' | 'revision'>;

const shape: Shape<Body> = {
  of: 'incident',
  upgrades: [fromUnversioned, fromWords, fromLines],
  needs: ['key', 'status', 'severity', 'users'],
};

function fromUnversioned(older: Json): Json {
  const { rungAbout = [], ...stored } = older as unknown as Body & Unversioned;
  return {
    ...stored,
    assessment: stored.assessment === undefined ? undefined : readAssessment(stored.assessment),
    users: Object.fromEntries(Object.entries(stored.users).map(([key, notes]) => [key, readNotes(notes)])),
    told: stored.told ?? Object.fromEntries(rungAbout.map((who) => [who, stored.rung])),
    tells: stored.tells ?? 'itself',
    campaign: stored.campaign ?? { incidents: [], gravest: stored.severity },
  };
}

function readAssessment({ reasons, concerns, ...rest }: UnversionedAssessment): Assessment {
  const about =
    rest.about !== undefined && isWorse(rest.severity, 'MEDIUM') ? [{ who: rest.about, severity: rest.severity, verdict: rest.verdict }] : [];
  return {
    ...rest,
    reasons: reasons.map((reason) => (typeof reason === 'string' ? { is: 'written', text: reason } : reason)),
    concerns: concerns ?? about,
  };
}

/** What somebody did was told by words alone. */
interface Worded {
  readonly subjects?: readonly (Omit<Subject, 'did'> & { readonly did?: readonly Omit<Tally, 'is'>[] })[];
}

function fromWords(older: Json): Json {
  const { subjects } = older as unknown as Worded;
  if (subjects === undefined) return older;
  return { ...older, subjects: subjects.map(({ did, ...rest }) => (did === undefined ? rest : { ...rest, did: did.map(tallyFromWords) })) };
}

/** What goes on was told by words alone. */
function fromLines(older: Json): Json {
  const { notStopped } = older as unknown as { readonly notStopped?: readonly string[] };
  return notStopped === undefined ? older : { ...older, notStopped: notStopped.map(goesOnFromWords) };
}

/** @param body as `storedIncident` of this or an older version wrote it */
export function readIncident(body: string, { id, revision }: Pick<Incident, 'id' | 'revision'>): Incident {
  return { ...withOneSpelling(readBody(shape, body)), id, revision };
}

export function storedIncident({ id: _id, revision: _revision, ...body }: Incident): string {
  return storedBody(shape, body);
}
