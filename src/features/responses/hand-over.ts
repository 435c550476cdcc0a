import { withPasswordGiven } from '../../domain/incident/contained.ts';
import type { Incident } from '../../domain/incident/incident.ts';
import type { CallResponse } from '../../domain/response/response.ts';
import type { UserPlan } from '../plan-user-change.ts';
import { passwordResponse, planPassword, replacePassword } from '../replace-password.ts';

export const handOver: CallResponse<UserPlan> = {
  ...passwordResponse,
  id: 'hand-over',
  label: 'Hand over',
  effect: 'Replaces the console password by one that is shown once, to you.',
  access: 'gives',
  approvals: 1,
  isLoud: true,
  undo: 'Cannot be taken back: the password that was is gone. Lock out replaces the new one',
  plan: (ports, target, incident) => planPassword(ports, target, { incident, access: 'gives' }),
  intent: ({ on }, by) => `${by.name} replaces the password of ${on}, to be shown once to ${by.name}.`,
  act: async (ports, plan, doing) => {
    const ended = await replacePassword(ports, plan, { ...doing, isShown: true });
    if (ended.result === 'failed' || ended.result === 'refused') return ended;
    // Whoever has a password again is locked out because of no incident.
    const elsewhere = (one: Incident): Incident => withPasswordGiven(one, plan.user.ref);
    return { ...ended, elsewhere, change: (one, at) => elsewhere(ended.change?.(one, at) ?? one) };
  },
};
