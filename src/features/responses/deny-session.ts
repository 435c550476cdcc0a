import type { Refused } from '../../domain/response/refusal.ts';
import type { CallResponse } from '../../domain/response/response.ts';
import { denyOne } from '../../domain/response/session-denies.ts';
import { concernsRoles } from '../../domain/response/target.ts';
import { type Denying, type DenyPlan, denyResponse, planDeny } from '../deny-sessions.ts';
import type { Held } from '../plan-holder.ts';

export const denySession: CallResponse<DenyPlan> = {
  ...denyResponse,
  id: 'deny-session',
  label: 'Deny this session',
  button: { id: 'deny-session', label: 'Deny this session', heading: 'Session', verb: 'Deny' },
  effect: 'Denies everything to one session of a role, by a policy in the role that names it (`aws:userid`); everybody else on the role goes on.',
  nonEffect: 'Whoever can assume the role begins another session under another name. A later session of the same name is denied too.',
  target: 'role',
  permissions: [{ action: 'iam:PutRolePolicy', on: 'session-policy' }],
  causes: [{ event: 'PutRolePolicy', names: 'user' }],
  offered: (incident, reach) => (reach.hasSessionsRole === true && concernsRoles(incident, reach) ? 'listed' : undefined),
  plan: (ports, target, incident) => planDeny(ports, { target, incident }, (held) => one(held, target.kind === 'role' ? target.session : undefined)),
  intent: ({ denying, on }, by) => `${by.name} denies one session of ${on}: ${denying.what}.`,
};

function one({ holder: { name }, is, plan }: Held, session: string | undefined): Denying | Refused {
  if (is !== 'role' || session === undefined)
    return {
      ok: false,
      reason: 'no-session',
      message: `Which session of ${name} it is about is not known. Nothing was done. Choose one in the incident.`,
    };
  return { what: `session ${name}/${session}`, deny: () => denyOne(plan.role.id, session), warnings: [], stops: () => false };
}
