/** Where a chain does not end as it is said to: it goes on all the same, with an entry that names the break. */
import { nameOf } from '../incident/incident.ts';
import type { NewEntry } from '../incident/timeline.ts';
import { type Link, type LinkedEntry, linkHolds } from './chain.ts';
import type { AuditKeys } from './keys.ts';

/** Entries are missing at its end, follow after it, or its last entry was changed; or nothing says where it ends though it has entries. */
export type EndFault = 'cut-off' | 'beyond-its-end' | 'changed' | 'end-missing';

export interface End {
  /** Where it is said to end; undefined: nowhere. */
  readonly said: Link | undefined;
  /** The entries from there on, in the order of their numbers. */
  readonly entries: readonly LinkedEntry[];
}

export function endFault({ said, entries }: End, keys: AuditKeys): EndFault | undefined {
  const [first] = entries;
  if (said === undefined) return first === undefined ? undefined : 'end-missing';
  if (first === undefined || first.seq !== said.seq) return 'cut-off';
  if (entries.length > 1) return 'beyond-its-end';
  return first.hash === said.hash && linkHolds(first, keys) ? undefined : 'changed';
}

/** What the next entry is linked to. A number that was given once is not given again. */
export function goesOnFrom({ said, entries }: End): Link | undefined {
  const last = entries.at(-1);
  return last === undefined || (said !== undefined && said.seq > last.seq) ? said : last;
}

/** What is kept of an incident beside its entries was not as it was sealed: its row, or its responses and requests. */
export function changedStateEntry(incident: number, at: number, what: 'incident' | 'responses'): NewEntry {
  const of = what === 'incident' ? 'What is kept of' : 'What is kept of the responses of';
  const text = `${of} ${nameOf({ id: incident })} was changed in the database, not by the responder: the card may show what is not so. Compare it with this thread. Run npm run audit -- verify.`;
  return { incident, at, kind: 'note', reply: 'loud', body: { what: 'log-changed', text, reason: `${what}-changed` } };
}

/** @param incident 0: what belongs to none, and has no thread */
export function brokenEndEntry(incident: number, at: number, fault: EndFault): NewEntry {
  const log = incident === 0 ? 'The responder’s own log' : `The log of ${nameOf({ id: incident })}`;
  const how = {
    'cut-off': 'entries at its end are missing',
    'beyond-its-end': 'entries were put in after its end',
    changed: 'its last entry is not what was written',
    'end-missing': 'where it ends was taken away',
  }[fault];
  const text = `${log} was changed in the database: ${how}. Run npm run audit -- verify.`;
  return { incident, at, kind: 'note', reply: incident === 0 ? 'none' : 'loud', body: { what: 'log-changed', text, reason: fault } };
}
