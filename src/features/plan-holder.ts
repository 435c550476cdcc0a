/** Whom a policy is put on, an IAM user or a role, and what it is confirmed against. */
import type { Incident } from '../domain/incident/incident.ts';
import type { Ports } from '../domain/ports.ts';
import type { Holder } from '../domain/response/kept-state.ts';
import type { Answer } from '../domain/response/refusal.ts';
import { untouchableRole } from '../domain/response/role.ts';
import type { Target } from '../domain/response/target.ts';
import { planRoleChange, type RolePlan } from './plan-role-change.ts';
import { planUserChange, protectedUser, type UserPlan } from './plan-user-change.ts';

export type Held = ({ readonly is: 'user'; readonly plan: UserPlan } | { readonly is: 'role'; readonly plan: RolePlan }) & {
  readonly holder: Holder;
  /** ARN. */
  readonly resource: string;
};

/** Refused for whoever is never changed from here. @throws AppError what IAM says */
export async function planHolder(ports: Ports, target: Target, incident: Incident): Promise<Answer<{ held: Held }>> {
  if (target.kind === 'role') {
    const answer = await planRoleChange(ports, target, incident);
    if (!answer.ok) return answer;
    const { plan } = answer;
    const { account, name } = plan.role;
    return { ok: true, held: { is: 'role', plan, holder: { kind: 'role', account, name }, resource: plan.roleArn } };
  }
  const answer = await planUserChange(ports, target, { incident, access: 'takes' });
  if (!answer.ok) return answer;
  const { plan } = answer;
  return { ok: true, held: { is: 'user', plan, holder: { kind: 'iam-user', ...plan.user.ref }, resource: plan.userArn } };
}

/** Asked again right before the change: why it may not be made; undefined: it may. */
export async function untouchableNow(ports: Ports, { kind, account, name }: Holder): Promise<string | undefined> {
  if (kind === 'iam-user') return protectedUser(ports, await ports.identities.facts({ account, name }))?.message;
  return untouchableRole(await ports.containment.role(account, name), ports.settings.ownPrincipal);
}
