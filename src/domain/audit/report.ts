/** What a verification found, in words. */
import { nameOf } from '../incident/incident.ts';
import type { Fault, Finding, FoundBy } from './verify.ts';

const faults: Readonly<Record<Fault, string>> = {
  changed: 'its number, time, kind or place is not what was written',
  'body-changed': 'its text is not what was written',
  'out-of-sequence': 'its number does not follow the one before: entries are missing, or were put in',
  'not-following': 'it is not linked to the one before',
  'unknown-key': 'it was signed with a key that is not in AUDIT_KEY',
  unsigned: 'it is not signed, though the log was by then',
  'cut-off': 'entries after it are missing',
  'beyond-its-end': 'it comes after the end of the log',
  'no-entries': 'nothing of its log is left',
  'body-missing': 'its text is missing, and no pruning took it',
  'not-as-anchored': 'it is not what was anchored',
  'cut-off-since-anchor': 'entries after it are missing that were anchored',
  'anchor-changed': 'the anchor is not what was written',
  'older-than-anchor': 'the database is older than this anchor',
  'response-changed': 'what is kept of the response is not what its entries say',
};

const finders: Readonly<Record<FoundBy, string>> = { chain: 'the chain', key: 'the key', anchor: 'an anchor', state: 'what is kept beside the log' };

/** One line. */
export function findingText({ incident, seq, fault, foundBy }: Finding): string {
  const where =
    incident === undefined
      ? `anchor ${seq}`
      : [incident === 0 ? 'log' : nameOf({ id: incident }), ...(seq === undefined ? [] : [`entry ${seq}`])].join(' ');
  return `${where}: ${faults[fault]} (found by ${finders[foundBy]})`;
}
