/** What AWS goes on with by itself because of an incident, until its outcome is told. Pure. */
import { type EntryRef, isSameEntry } from '../response/kept-state.ts';
import type { InProgress } from './in-progress.ts';
import type { Incident } from './incident.ts';

/** The incident with how far it is; the same object where that is known. */
export function withProgress(incident: Incident, going: InProgress): Incident {
  const known = (incident.inProgress ?? []).find(({ entry }) => isSameEntry(entry, going.entry));
  if (known?.text === going.text) return incident;
  const others = (incident.inProgress ?? []).filter((one) => one !== known);
  return { ...incident, inProgress: [...others, { ...going, at: known?.at ?? going.at }] };
}

/** The incident once it has ended. */
export function withoutProgress(incident: Incident, ended: EntryRef): Incident {
  const rest = incident.inProgress?.filter(({ entry }) => !isSameEntry(entry, ended));
  return rest?.length === incident.inProgress?.length ? incident : { ...incident, inProgress: rest };
}
