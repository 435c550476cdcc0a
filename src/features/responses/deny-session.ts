import type { Refused } from '../../domain/response/refusal.ts';
import { denyOne } from '../../domain/response/session-denies.ts';
import type { Target } from '../../domain/response/target.ts';
import { type Denying, denyResponse } from '../deny-sessions.ts';
import type { Held } from '../plan-holder.ts';

export const denySession = denyResponse({
  id: 'deny-session',
  label: 'Deny this session',
  button: { id: 'deny-session', label: 'Deny this session', heading: 'Session', verb: 'Deny' },
  effect: 'Denies everything to one session of a role, by a policy in the role that names it (`aws:userid`); everybody else on the role goes on.',
  nonEffect: 'Whoever can assume the role begins another session under another name. A later session of the same name is denied too.',
  holders: ['role'],
  denyingOf: one,
  intent: ({ denying, on }, by) => `${by.name} denies one session of ${on}: ${denying.what}.`,
});

function one({ holder: { name }, is, plan }: Held, target: Target): Denying | Refused {
  const session = target.kind === 'role' ? target.session : undefined;
  if (is !== 'role' || session === undefined)
    return {
      ok: false,
      reason: 'no-session',
      message: `Which session of ${name} it is about is not known. Nothing was done. Choose one in the incident.`,
    };
  return { what: `session ${name}/${session}`, deny: () => denyOne(plan.role.id, session), warnings: [], isOfAll: false };
}
