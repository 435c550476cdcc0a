import type { LadderResponse } from '../../domain/response/response.ts';
import { concernsIamUsers } from '../../domain/response/target.ts';

/** Everything that takes access from an IAM user, the quickest first. */
export const contain: LadderResponse = {
  kind: 'ladder',
  id: 'contain',
  label: 'Contain',
  button: { id: 'contain', label: 'Contain', heading: 'Contain', verb: 'Contain' },
  needs: 'remediator',
  effect: 'Locks out, switches off the keys, quarantines and ends sign-in sessions: one after the other, each recorded for itself.',
  nonEffect:
    'Does not end sessions of roles that the user assumed; what the user made stays. It stops at the first step that is not done, or not known to be.',
  access: 'takes',
  approvals: 0,
  undo: 'Undo, of keys and quarantine. The password and ended sessions cannot be taken back: Hand over gives a new password',
  target: 'iam-user',
  rungs: ['lock-out', 'switch-off-keys', 'quarantine', 'end-sessions'],
  offered: (incident, reach) => (concernsIamUsers(incident, reach) ? 'user' : undefined),
  rank: ({ severity }) => (severity === 'CRITICAL' ? 20 : 60),
};
