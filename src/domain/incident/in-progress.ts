/** What AWS goes on with by itself because of an incident, until its outcome is told. Pure. */
import { type EntryRef, isSameEntry } from '../response/kept-state.ts';
import type { Target } from '../response/target.ts';
import type { Incident, Person } from './incident.ts';

/** How far it is, for the card. */
export interface Progress {
  /** `Removing access of dora: 1 of 3 assignments`. */
  readonly text: string;
  readonly target: Target;
}

export interface InProgress extends Progress {
  /** Of the intent. */
  readonly entry: EntryRef;
  readonly by: Person;
  /** Since when, in milliseconds. */
  readonly at: number;
}

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
