/** What a change to a user is confirmed against: the same for password and MFA. */

import type { Incident } from '../domain/incident/incident.ts';
import type { Ports } from '../domain/ports.ts';
import type { UserFacts, UserRef } from '../domain/response/iam-user.ts';
import { protectionOf } from '../domain/response/protected.ts';
import type { ResponseId } from '../domain/response/responses.ts';
import { subjectName } from './look-up-mfa.ts';
import { type Answer, type Clicker, closedAlready, missing, type Refused, refusalOf, repetition } from './respond.ts';

export interface UserPlan {
  readonly incident: Incident;
  readonly facts: UserFacts;
  readonly on: string;
  readonly isInIncident: boolean;
  /** The name is typed again: somebody outside the incident, or one that IAM did not confirm. */
  readonly isTypedAgain: boolean;
  readonly repeated: string | undefined;
  readonly seen: number;
}

/** @throws AppError what IAM says: `not-found` (no such user), `denied`, `throttled`, `unavailable` */
export async function planUserChange(
  ports: Ports,
  clicker: Clicker,
  id: number,
  response: ResponseId,
  ref: UserRef,
): Promise<Answer<{ plan: UserPlan }>> {
  const refused = await refusalOf(ports, clicker, response, id);
  if (refused) return refused;
  const incident = await ports.store.incident(id);
  if (incident === undefined) return missing(id);
  const closed = closedAlready(incident, ports.clock.now());
  if (closed) return closed;
  const facts = await ports.identities.facts(ref);
  const untouchable = protectedUser(ports, facts);
  if (untouchable) return untouchable;
  const on = subjectName(ports, facts.ref);
  const isInIncident = incident.subjects.some(
    (subject) => subject.kind === 'iam-user' && subject.name === facts.ref.name && subject.account === facts.ref.account,
  );
  const isTypedAgain = !isInIncident || facts.identity.is === 'not-read';
  return { ok: true, plan: { incident, facts, on, isInIncident, isTypedAgain, ...(await repetition(ports, response, on)) } };
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
