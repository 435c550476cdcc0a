/** What the quarantine says was changed: whom it is on is still under it, and whether it denies anything is not known. Pure. */
import { denyAllPolicy } from '../response/kept-state.ts';
import { sentence } from '../sign-in/sentence.ts';
import type { SignIn } from '../sign-in/sign-in.ts';
import { utc } from '../utc.ts';
import { quarantined } from './contained.ts';
import type { Incident } from './incident.ts';
import type { NewEntry } from './timeline.ts';

const changes: readonly string[] = ['CreatePolicyVersion', 'SetDefaultPolicyVersion'];

/** Whether it changed what the policy of the quarantine says, as far as an event tells: a new version need not be the one in force. */
export function changesQuarantine(event: SignIn): boolean {
  return event.outcome === 'success' && changes.includes(event.eventName) && event.detections.includes('containment-undone');
}

/** Who of an incident is under the quarantine that an event changed. */
export function underChanged(incident: Pick<Incident, 'contained'>, event: SignIn): string[] {
  return quarantined(incident).flatMap(({ on, left }) => (left.holder.account === event.account ? [on] : []));
}

/** The incident with that to be found out, and its entry; undefined: it has it already, or nobody of it is concerned. */
export function withQuarantineChanged(incident: Incident, event: SignIn, now: number): { incident: Incident; entry: NewEntry } | undefined {
  const whom = underChanged(incident, event);
  const { name, path } = denyAllPolicy;
  const text = `whether ${whom.join(' and ')} is still denied everything: ${sentence(event)}, ${utc(event.at)}`;
  const line = `find out in IAM what ${path.slice(1)}${name} says, and ${text}`;
  if (whom.length === 0 || incident.leftToDo.includes(line)) return undefined;
  const body = { what: 'quarantine-changed', text: `It is not known ${text}.`, details: [`Event ${event.eventId}`] };
  return {
    incident: { ...incident, leftToDo: [...incident.leftToDo, line] },
    entry: { incident: incident.id, at: now, kind: 'note', reply: 'quiet', body },
  };
}
