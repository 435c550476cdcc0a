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
  undo: 'Lock out',
  plan: planPassword,
  intent: ({ on }, by) => `${by.name} replaces the password of ${on}, to be shown once to ${by.name}.`,
  act: (ports, plan, doing) => replacePassword(ports, plan, { ...doing, isShown: true }),
};
