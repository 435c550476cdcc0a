/** Whether what is kept of an incident is what was sealed, and no older than what was anchored. */
import type { Head } from './anchor.ts';
import type { AuditKeys } from './keys.ts';
import type { ChainEnd, KeptState } from './log.ts';
import { isSameSeal, nothingKept, sealFault, stateCovers } from './seal.ts';
import type { Fault, Finding, FoundBy } from './verify.ts';

interface Known {
  readonly keys: AuditKeys;
  /** The newest anchor of it. */
  readonly anchored: Head | undefined;
  /** Whether an anchor covers any seal: then every chain has one. */
  readonly areSealed: boolean;
}

export function stateFaults({ incident, end, seals }: ChainEnd, { row, kept }: KeptState, { keys, anchored, areSealed }: Known): Finding[] {
  if (incident === 0) return [];
  const found: Finding[] = [];
  const add = (fault: Fault, foundBy: FoundBy): void => void found.push({ incident, seq: undefined, fault, foundBy });
  const how = { keys, isSigned: end?.key !== undefined };
  if (seals.state !== undefined) {
    const fault = sealFault(stateCovers(incident, row), seals.state, how);
    if (fault !== undefined) add('state-changed', fault === 'changed' ? 'seal' : 'key');
    else if (row !== undefined && row.revision !== seals.revision) add('state-changed', 'seal');
  } else if (areSealed && anchored?.state === undefined) add('unsealed', 'seal');
  if (seals.kept !== undefined) {
    const fault = sealFault(kept, seals.kept, how);
    if (fault !== undefined) add('kept-changed', fault === 'changed' ? 'seal' : 'key');
  } else if (areSealed && kept !== nothingKept(incident)) add('kept-unsealed', 'seal');
  if (anchored?.state === undefined || anchored.revision === undefined) return found;
  const { revision = -1, state } = seals;
  if (state === undefined || revision < anchored.revision) add('state-older', 'anchor');
  else if (revision === anchored.revision && !isSameSeal(anchored.state, state, keys)) add('state-not-as-anchored', 'anchor');
  return found;
}
