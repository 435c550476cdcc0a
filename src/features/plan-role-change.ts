/** What a change to a role is confirmed against, with how many people and services use it. */
import type { Incident } from '../domain/incident/incident.ts';
import { accountWords, iamArn } from '../domain/place.ts';
import type { Ports } from '../domain/ports.ts';
import { isOutsideOf, outsideWords } from '../domain/response/outside.ts';
import type { Line, Plan } from '../domain/response/plan.ts';
import { protectedTag } from '../domain/response/protected.ts';
import type { Question } from '../domain/response/question.ts';
import type { Answer } from '../domain/response/refusal.ts';
import { type RoleFacts, untouchableRole } from '../domain/response/role.ts';
import { roleUseWords, usersOfRole } from '../domain/response/role-use.ts';
import type { Target } from '../domain/response/target.ts';
import { subjectName } from '../domain/response/user-words.ts';
import { utc } from '../domain/utc.ts';
import { readTrail } from './read-trail.ts';

export interface RolePlan extends Plan {
  readonly role: RoleFacts;
  readonly roleArn: string;
}

type RolePorts = Pick<Ports, 'clock' | 'containment' | 'settings' | 'trail'>;

const usedWithinHours = 24;

/** Refused for roles that AWS lets nobody change, and for the responder's own. @throws AppError what IAM says */
export async function planRoleChange(
  ports: RolePorts,
  target: Extract<Target, { kind: 'role' }>,
  incident: Incident,
): Promise<Answer<{ plan: RolePlan }>> {
  const { accounts, regions, ownPrincipal } = ports.settings;
  const role = await ports.containment.role(target.account, target.name);
  const why = untouchableRole(role, ownPrincipal);
  if (why !== undefined) return { ok: false, reason: 'protected-role', message: `${why} Nothing was done.` };
  const { account, name, path, id } = role;
  const roleArn = iamArn(regions[0] ?? '', account, `role${path}${name}`);
  const use = await useOf(ports, roleArn, account);
  const again = typedAgain(role, incident);
  const used = role.lastUsedAt === undefined ? 'not used in 400 days, as far as IAM knows' : `last used ${utc(role.lastUsedAt)}`;
  return {
    ok: true,
    plan: {
      role,
      roleArn,
      target: { ...target, name },
      named: name,
      on: subjectName({ account, name: `${name} (role)` }, accounts),
      facts: { 'role name': name, account, 'role id': id, path },
      lines: [
        [{ bold: `Role ${name}` }, ` in ${accountWords(account, accounts)}`],
        [`Created ${utc(role.createdAt)} · id ${id} · path ${path} · ${used}`],
        ...again.map(({ says }): Line => [{ bold: says }]),
      ],
      notes: [],
      tags: { [protectedTag.key]: role.isTagged ? protectedTag.value : '' },
      warnings: [`Whom it hits: ${use}`],
      questions: again.map(({ question }) => question),
    },
  };
}

async function useOf(ports: RolePorts, roleArn: string, account: string): Promise<string> {
  const from = ports.clock.now() - usedWithinHours * 3_600_000;
  const { records, unread } = await readTrail(ports, { account, attribute: 'ResourceName', value: roleArn, from });
  return roleUseWords({
    ...usersOfRole(records.filter(({ eventName }) => String(eventName).startsWith('AssumeRole'))),
    unread,
    hours: usedWithinHours,
  });
}

/** The name is typed again where the role is not in the incident: whatever is planned so takes access. */
function typedAgain({ name, account }: RoleFacts, incident: Incident): { says: string; question: Question }[] {
  const target: Target = { kind: 'role', account, name };
  if (!isOutsideOf(incident, target, 'takes')) return [];
  const question: Question = { kind: 'typed-again', id: 'user-again', label: 'The role’s name, once more', expected: name, longest: 64 };
  return [{ says: `${outsideWords(incident, target, 'takes')}. Type the name again below.`, question }];
}
