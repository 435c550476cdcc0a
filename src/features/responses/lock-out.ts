import { withPasswordGiven } from '../../domain/incident/contained.ts';
import type { Incident } from '../../domain/incident/incident.ts';
import type { UserFacts } from '../../domain/response/iam-user.ts';
import { entryWords, type KeptState } from '../../domain/response/kept-state.ts';
import type { CallResponse } from '../../domain/response/response.ts';
import { heldAgainst, iamNow, isHeld } from '../../domain/response/standing.ts';
import type { UserPlan } from '../plan-user-change.ts';
import { isForced, passwordResponse, planPassword, replacePassword } from '../replace-password.ts';

export const lockOut: CallResponse<UserPlan> = {
  ...passwordResponse,
  id: 'lock-out',
  label: 'Lock out',
  effect: 'Replaces the console password by one that is shown to nobody.',
  access: 'takes',
  approvals: 0,
  undo: 'Cannot be taken back: nobody has the password that was. Hand over gives a new one',
  stands: (incident, target) => {
    const password = iamNow(incident, target)?.password;
    return isHeld(incident, target, 'password') || (password?.is === 'read' && password.value === 'none');
  },
  plan: async (ports, target, incident) => {
    const answer = await planPassword(ports, target, { incident, access: 'takes' });
    if (!answer.ok) return answer;
    const { user } = answer.plan;
    const done = doneBefore(incident, user);
    return { ok: true, plan: { ...answer.plan, before: passwordOf(user, false), ...(done === undefined ? {} : { done }) } };
  },
  intent: ({ on }, by) => `${by.name} locks out ${on}.`,
  act: async (ports, plan, doing) => {
    const ended = await replacePassword(ports, plan, { ...doing, isShown: false });
    if (ended.result !== 'done') return ended;
    // One that was locked out before is so by the newer step.
    const change = (one: Incident, at: number): Incident => withPasswordGiven(ended.change?.(one, at) ?? one, plan.user.ref);
    return { ...ended, after: passwordOf(plan.user, true), change };
  },
};

function passwordOf({ ref }: UserFacts, isReplaced: boolean): KeptState {
  return { v: 1, of: 'password', holder: { kind: 'iam-user', ...ref }, isReplaced };
}

/** Locked out because of this incident or one that it is linked to, and nobody has given the password a new one since: a change is still forced. */
function doneBefore(incident: Incident, user: UserFacts): string | undefined {
  const { name } = user.ref;
  const before = heldAgainst(incident, { kind: 'iam-user', ...user.ref }).find(({ left }) => left.of === 'password');
  return before !== undefined && isForced(user) === true ? `${name} is locked out already (${entryWords(before, incident.id)}).` : undefined;
}
