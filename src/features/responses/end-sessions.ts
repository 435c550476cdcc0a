import type { Incident } from '../../domain/incident/incident.ts';
import { activeSessions } from '../../domain/incident/session-notes.ts';
import { accountWords } from '../../domain/place.ts';
import type { Ports } from '../../domain/ports.ts';
import type { Plan } from '../../domain/response/plan.ts';
import { outOfReach, type ReachSettings } from '../../domain/response/reach.ts';
import type { Answer } from '../../domain/response/refusal.ts';
import type { CallResponse } from '../../domain/response/response.ts';
import { concernsIamUsers, concernsRoles, isUnresolved, subjectsFor, type Target, type TargetKind, targetOf } from '../../domain/response/target.ts';
import type { Subject } from '../../domain/sign-in/subjects.ts';
import { action, endSessions as end, isSameOwner, type SessionsPlan, sessionCalls, withListed } from '../end-sessions.ts';
import { planRoleChange } from '../plan-role-change.ts';
import { planUserChange, protectedUser } from '../plan-user-change.ts';

const kinds: readonly TargetKind[] = ['iam-user', 'role', 'root'];

export const endSessions: CallResponse<SessionsPlan> = {
  kind: 'call',
  id: 'end-sessions',
  label: 'End sign-in sessions',
  button: { id: 'end-sessions', label: 'End sessions', heading: 'Sessions', verb: 'End' },
  needs: 'remediator',
  effect: 'Revokes the sign-in sessions that AWS lists (aws login, MCP clients), in each region: they cannot be refreshed any more.',
  nonEffect:
    'Credentials that such a session gave out go on for some minutes. Browser sessions, which AWS may not list, passwords and keys are not touched.',
  access: 'takes',
  approvals: 0,
  undo: 'Cannot be taken back: whoever may, signs in again',
  target: kinds,
  permissions: [{ action, on: 'session', part: 'each' }],
  causes: [{ event: 'BatchRevokeSessions', names: 'user' }],
  offered: (incident, reach) => {
    if (subjectsFor(incident, kinds).some(({ key }) => activeSessions(incident, key) > 0) && isUnresolved(incident)) return 'user';
    return concernsIamUsers(incident, reach) || concernsRoles(incident, reach) || concernsRoot(incident, reach) ? 'listed' : undefined;
  },
  rank: (incident) => (subjectsFor(incident, kinds).some(({ key }) => activeSessions(incident, key) > 0) ? 40 : 70),
  // Of sessions that were not listed nothing is known: they are no reason to put more forward.
  stands: (incident, target) => !sessionsOf(incident, target).some(({ key }) => activeSessions(incident, key) > 0),
  plan: async (ports, target, incident) => {
    const answer = await planned(ports, target, incident);
    return answer.ok ? withListed(ports, answer.plan) : answer;
  },
  intent: ({ on, listed }, by) => `${by.name} ends the sign-in sessions that AWS lists of ${on} (${listed.sessions.length} active).`,
  calls: sessionCalls,
  act: async (ports, plan, doing) => {
    const { target } = plan;
    const facts = target.kind === 'iam-user' ? await ports.identities.facts(target) : undefined;
    const untouchable = facts && protectedUser(ports, facts);
    return untouchable ? { result: 'refused', text: untouchable.message } : end(ports, plan, doing);
  },
};

function sessionsOf(incident: Incident, target: Target): Subject[] {
  return incident.subjects.filter((subject) => isSameOwner(targetOf(subject, kinds), target));
}

function concernsRoot(incident: Incident, reach: ReachSettings): boolean {
  return (
    isUnresolved(incident) &&
    incident.subjects.some((subject) => targetOf(subject, 'root') !== undefined && outOfReach(subject.account, reach) === undefined)
  );
}

async function planned(ports: Ports, target: Target, incident: Incident): Promise<Answer<{ plan: Plan }>> {
  if (target.kind === 'role') return planRoleChange(ports, target, incident);
  if (target.kind !== 'root') return planUserChange(ports, target, { incident, access: 'takes' });
  const on = `root of ${accountWords(target.account, ports.settings.accounts)}`;
  return {
    ok: true,
    plan: { target, named: 'root', on, facts: { account: target.account }, lines: [[{ bold: on }]], notes: [], warnings: [], questions: [] },
  };
}
