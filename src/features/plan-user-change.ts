/** What a change to an IAM user is confirmed against: the same for password and MFA. */
import type { Incident } from '../domain/incident/incident.ts';
import { accountWords, iamArn } from '../domain/place.ts';
import type { Ports } from '../domain/ports.ts';
import type { UserFacts, UserRef } from '../domain/response/iam-user.ts';
import { type Access, isOutsideOf, outsideWords } from '../domain/response/outside.ts';
import type { Line, Plan } from '../domain/response/plan.ts';
import { protectedTag, protectionOf } from '../domain/response/protected.ts';
import type { Question } from '../domain/response/question.ts';
import type { Answer, Refused } from '../domain/response/refusal.ts';
import type { Target } from '../domain/response/target.ts';
import { subjectName, userFacts, userLines } from '../domain/response/user-words.ts';

type PlanPorts = Pick<Ports, 'clock' | 'identities' | 'settings'>;

export interface UserPlan extends Plan {
  readonly user: UserFacts;
  readonly userArn: string;
}

/** Of which incident, and whether it gives access: then only who got in, or was changed, is of it. */
export interface OfIncident {
  readonly incident: Incident;
  readonly access: Access;
}

/** @throws AppError what IAM says: `not-found` (no such user), `denied`, `throttled`, `unavailable` */
export async function planUserChange(ports: PlanPorts, target: Target, of: OfIncident): Promise<Answer<{ plan: UserPlan }>> {
  const user = await ports.identities.facts(userIn(target));
  const untouchable = protectedUser(ports, user);
  if (untouchable) return untouchable;
  const { accounts, regions } = ports.settings;
  const { ref } = user;
  const again = typedAgain(user, of);
  return {
    ok: true,
    plan: {
      user,
      userArn: iamArn(regions[0] ?? '', ref.account, resourceOf(user)),
      target: { kind: 'iam-user', ...ref },
      named: ref.name,
      on: subjectName(ref, accounts),
      facts: userFacts(user),
      lines: [
        [{ bold: ref.name }, ` in ${accountWords(ref.account, accounts)}`],
        ...userLines(user, ports.clock.now()),
        ...again.map(({ says }): Line => [{ bold: says }]),
      ],
      notes: [],
      warnings: [],
      questions: again.map(({ question }) => question),
      changes: ref,
      ...ownerIn(user),
      ...(user.identity.is === 'read' ? { tags: { [protectedTag.key]: user.identity.value.isTagged ? protectedTag.value : '' } } : {}),
    },
  };
}

/** What the user's own tag gives as the owner's. */
export function ownerIn({ identity }: UserFacts): Pick<Plan, 'ownerEmail' | 'areTagsUnread'> {
  if (identity.is === 'not-read') return { areTagsUnread: true };
  return identity.value.email === undefined ? {} : { ownerEmail: identity.value.email };
}

/** Where the path is not known, any. */
export function resourceOf({ ref, identity }: UserFacts): string {
  return identity.is === 'read' ? `user${identity.value.path}${ref.name}` : `user*/${ref.name}`;
}

/** @throws Error for another kind: the response says which kind it is for, and is given no other */
export function userIn(target: Target): UserRef {
  if (target.kind !== 'iam-user') throw new Error(`A response to IAM users was given a target of kind ${target.kind}.`);
  return { account: target.account, name: target.name };
}

/** The name is typed again: somebody outside the incident, or one that IAM did not confirm. */
function typedAgain({ ref, identity }: UserFacts, { incident, access }: OfIncident): { says: string; question: Question }[] {
  const target: Target = { kind: 'iam-user', ...ref };
  const isOutside = isOutsideOf(incident, target, access);
  if (!isOutside && identity.is === 'read') return [];
  const why = isOutside ? `${outsideWords(incident, target, access)}.` : `IAM did not confirm who ${ref.name} is.`;
  const question: Question = { kind: 'typed-again', id: 'user-again', label: 'The user’s name, once more', expected: ref.name, longest: 64 };
  return [{ says: `${why} Type the name again below.`, question }];
}

/** Asked again right before AWS is called. */
export function protectedUser({ settings }: Pick<Ports, 'settings'>, facts: UserFacts): Refused | undefined {
  const { name } = facts.ref;
  const protection = protectionOf(facts, settings);
  switch (protection.is) {
    case 'not-protected':
      return undefined;
    case 'protected':
      return {
        ok: false,
        reason: 'protected-user',
        message: `${name} is protected ${protection.by} and is never changed from Slack. Nothing was done. Do it by hand, in IAM.`,
      };
    case 'not-known':
      return {
        ok: false,
        reason: 'protection-not-known',
        message: `Whether ${name} is in PROTECTED_USERS goes by the path in IAM, and that could not be read: ${protection.why} Nothing was done.`,
      };
  }
}
