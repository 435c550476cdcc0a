/**
 * Entries as OCSF events for log shippers: class Incident Finding (2005), version 1.5.0.
 * Source: schema.ocsf.io/1.5.0/classes/incident_finding.
 */
import type { Entry } from '../incident/timeline.ts';
import { visibleJson } from '../visible.ts';

const version = '1.5.0';
const findings = 2;
const incidentFinding = 2005;
const activities = { create: 1, update: 2, close: 3 } as const;
/** An entry says neither how grave its incident is nor where it stands by then. */
const unknown = 0;

/** One line, without its end. `metadata.uid` is the entry's hash: a line that comes twice is known by it. */
export function ocsfLine(entry: Entry): string {
  const { incident, seq, at, kind, body, hash } = entry;
  const activity = activityOf(entry);
  const line = JSON.stringify({
    activity_id: activity,
    category_uid: findings,
    class_uid: incidentFinding,
    type_uid: incidentFinding * 100 + activity,
    time: at,
    severity_id: unknown,
    status_id: unknown,
    comment: body.text,
    finding_info_list: [{ uid: incident === 0 ? 'log' : `SIN-${incident}`, title: incident === 0 ? 'Log of the responder' : `SIN-${incident}` }],
    metadata: {
      version,
      product: { name: 'Sign-in Responder', vendor_name: 'Sign-in Responder' },
      uid: hash,
      sequence: seq,
      log_name: 'audit',
    },
    unmapped: { kind, ...body },
  });
  return visibleJson(line);
}

function activityOf({ seq, incident, body: { what, result } }: Entry): number {
  if (seq === 1 && incident !== 0) return activities.create;
  return what === 'resolve' && result === 'done' ? activities.close : activities.update;
}
