/**
 * Whether somebody is of an incident: one rule for who has to agree, what rings, and whose name is typed again. Anyone can fail sign-ins under a
 * name, so for what gives access only those are of it who got in, or whom somebody changed.
 */
import { type Incident, nameOf } from '../incident/incident.ts';
import { isSameUser } from '../sign-in/memory.ts';
import type { Target } from './target.ts';

export type Access = 'gives' | 'takes' | 'unchanged';

export function isOutsideOf({ subjects }: Pick<Incident, 'subjects'>, target: Target, access: Access): boolean {
  if (target.kind === 'incident' || target.kind === 'alarm' || target.kind === 'entry') return false;
  const ofIt = subjects.filter((subject) => {
    if (subject.account !== target.account) return false;
    if (target.kind === 'iam-user') return subject.kind === 'iam-user' && isSameUser(subject, target);
    if (target.kind === 'root') return subject.kind === 'root';
    if (target.kind === 'role') return subject.kind === 'role-session' && subject.name?.split('/')[0] === target.name;
    if (subject.kind !== 'identity-center-user') return false;
    const isNamed = target.name !== undefined && subject.name === target.name;
    return isNamed || (target.userId !== undefined && subject.directory?.userId === target.userId);
  });
  return !ofIt.some(({ successes, suffered }) => access !== 'gives' || successes > 0 || suffered.length > 0);
}

/** Of somebody who is outside, why. */
export function outsideWords({ id, subjects }: Pick<Incident, 'id' | 'subjects'>, target: Target, access: Access): string {
  const name = nameOf({ id });
  const isNamed = access === 'gives' && !isOutsideOf({ subjects }, target, 'takes');
  return isNamed ? `${targetName(target)} neither signed in nor was changed in ${name}` : `${targetName(target)} is not in ${name}`;
}

export function targetName(target: Target): string {
  if (target.kind === 'root') return `root of ${target.account}`;
  return 'name' in target ? (target.name ?? 'this user') : 'this';
}
