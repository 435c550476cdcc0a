import { denyOlder } from '../../domain/response/session-denies.ts';
import { type Denying, denyResponse } from '../deny-sessions.ts';
import type { Held } from '../plan-holder.ts';

export const denyOlderSessions = denyResponse({
  id: 'deny-older-sessions',
  label: 'Deny older sessions',
  button: { id: 'deny-older-sessions', label: 'Deny older sessions', heading: 'Sessions', verb: 'Deny' },
  effect: 'Denies everything to the sessions of a user or role that began before now, by a policy in the user or role (`aws:TokenIssueTime`).',
  nonEffect:
    'Sessions that begin later go on, and so do access keys of a user and, once they renew their credentials, sign-in sessions (`aws login`): whoever can still sign in or assume the role is not stopped.',
  othersFor: { role: 'it hits everybody who uses the role' },
  holders: ['iam-user', 'role'],
  denyingOf: older,
  intent: ({ on }, by) => `${by.name} denies the sessions of ${on} that began before now.`,
});

function older({ holder: { kind, name }, plan }: Held): Denying {
  return {
    what: `sessions of ${kind === 'role' ? 'role ' : ''}${name} that began before this`,
    deny: denyOlder,
    warnings: plan.warnings,
    isOfAll: true,
  };
}
