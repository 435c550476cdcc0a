import type { CallResponse } from '../../domain/response/response.ts';
import type { UserPlan } from '../plan-user-change.ts';
import { passwordResponse, planPassword, replacePassword } from '../replace-password.ts';

export const lockOut: CallResponse<UserPlan> = {
  ...passwordResponse,
  id: 'lock-out',
  label: 'Lock out',
  effect: 'Replaces the console password by one that is shown to nobody.',
  access: 'takes',
  approvals: 0,
  undo: 'Hand over',
  plan: planPassword,
  intent: ({ on }, by) => `${by.name} locks out ${on}.`,
  act: (ports, plan, doing) => replacePassword(ports, plan, { ...doing, isShown: false }),
};
