/** What to do next about a root user, in a sentence. */
import type { Incident } from '../domain/incident/incident.ts';
import { isNamed, type ReachSettings } from '../domain/response/reach.ts';
import { isContained, isUnderWay } from '../domain/response/standing.ts';
import { assumedRoot } from '../domain/sign-in/principal.ts';
import type { Subject } from '../domain/sign-in/subjects.ts';
import { isOnlyAskedFor, isRefusedOnly, wasIn } from '../domain/sign-in/tally.ts';

const planned = 'Ask whoever may act as root: was it planned?';
/** Anybody who knows the address may ask: that is no ground to delete anything. */
export const recoveryStep =
  'Ask whoever holds the e-mail address of root: did they ask for it? If not: secure that mailbox, and make sure that root has MFA.';

/** Undefined: the bot can do nothing about this root user, and what is known of it leads to no other step. */
export function nextStepForRoot(incident: Incident, root: Subject, reach: ReachSettings): string | undefined {
  if (isOnlyAskedFor(root)) return recoveryStep;
  if (root.name === assumedRoot) return `${planned} If not: undo it, and find in CloudTrail of the management account who called AssumeRoot.`;
  if (isContained(incident, root) || isUnderWay(incident, root))
    return `${planned}${incident.notStopped.length > 0 ? ' Stop what is not stopped: the thread has the commands.' : ''}`;
  if (!wasIn(root) && root.failures > 0) return `Ask whoever may act as root: was it them? Make sure root has MFA. ${afterFailures(root)}`;
  const isChanged = root.changes.length > 0;
  if (isOfMember(root, reach)) return `${planned} If not: Delete root credentials${isChanged ? ', and undo what was changed' : ''}.`;
  if (!isChanged) return undefined;
  return incident.detection === 'root-password-recovery'
    ? `${planned} If not: secure the mailbox of its address, then root’s password and MFA (⋯ What to do by hand).`
    : `${planned} If not: undo it, and look at what else they did.`;
}

/** Whether a role in the management account can delete its credentials. */
function isOfMember({ account }: Subject, reach: ReachSettings): boolean {
  return reach.rootAccessAccount !== undefined && account !== reach.rootAccessAccount && isNamed(account, reach);
}

export function afterFailures(subject: Subject): string {
  return isRefusedOnly(subject) ? 'A policy refused it: that says nothing of the password.' : 'A success after failures may be a takeover.';
}
