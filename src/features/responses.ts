/** All responses, in the order in which a card shows them. A new one is a module in responses/ and a line here. */
import type { Cause } from '../domain/response/own-actions.ts';
import type { Response } from '../domain/response/response.ts';
import { acknowledge } from './responses/acknowledge.ts';
import { auditRootCredentials } from './responses/audit-root-credentials.ts';
import { contain } from './responses/contain.ts';
import { deleteRootCredentials } from './responses/delete-root-credentials.ts';
import { denyOlderSessions } from './responses/deny-older-sessions.ts';
import { denySession } from './responses/deny-session.ts';
import { endSessions } from './responses/end-sessions.ts';
import { handOver } from './responses/hand-over.ts';
import { lockOut } from './responses/lock-out.ts';
import { lookUpMfa } from './responses/look-up-mfa.ts';
import { quarantine } from './responses/quarantine.ts';
import { recordStep } from './responses/record-step.ts';
import { release } from './responses/release.ts';
import { removeAccess } from './responses/remove-access.ts';
import { reopen } from './responses/reopen.ts';
import { resetAlarm } from './responses/reset-alarm.ts';
import { resetMfa } from './responses/reset-mfa.ts';
import { resolve } from './responses/resolve.ts';
import { switchOffKeys } from './responses/switch-off-keys.ts';
import { takeOver } from './responses/take-over.ts';
import { undo } from './responses/undo.ts';

export const responses: readonly Response[] = [
  acknowledge,
  resolve,
  resetAlarm,
  lookUpMfa,
  lockOut,
  handOver,
  resetMfa,
  contain,
  switchOffKeys,
  quarantine,
  endSessions,
  denyOlderSessions,
  denySession,
  undo,
  removeAccess,
  auditRootCredentials,
  deleteRootCredentials,
  takeOver,
  release,
  reopen,
  recordStep,
];

/** What responses cause in CloudTrail, by their ids. */
export function causesOf(all: readonly Response[]): Readonly<Record<string, readonly Cause[]>> {
  return Object.fromEntries(all.flatMap((one) => (one.kind === 'call' && one.causes.length > 0 ? [[one.id, one.causes]] : [])));
}

/** Ids of those that somebody else may have to approve: what only reads, or changes nothing but the incident or an alarm, waits for nobody. */
export function approvable(all: readonly Response[]): string[] {
  return all.filter(({ kind, access }) => kind !== 'step' && access !== 'unchanged').map(({ id }) => id);
}
