/** Of which root users anything can be done: those of member accounts, where a role in the management account is configured. */
import type { Incident } from '../domain/incident/incident.ts';
import type { Ports } from '../domain/ports.ts';
import { isNamed, outOfReachWords, type ReachSettings } from '../domain/response/reach.ts';
import type { Answer } from '../domain/response/refusal.ts';
import type { RootAccess } from '../domain/response/root-access.ts';
import { isUnresolved, subjectsFor, type Target } from '../domain/response/target.ts';

export function isAboutMemberRoot(incident: Incident, reach: ReachSettings): boolean {
  const { rootAccessAccount } = reach;
  if (rootAccessAccount === undefined || !isUnresolved(incident)) return false;
  return subjectsFor(incident, 'root').some(({ account }) => account !== rootAccessAccount && isNamed(account, reach));
}

/** @throws Error for another kind: the response says which kind it is for, and is given no other */
export function rootAccount(target: Target): string {
  if (target.kind !== 'root') throw new Error(`A response to root users was given a target of kind ${target.kind}.`);
  return target.account;
}

export function rootAccessIn({ rootAccess, settings }: Pick<Ports, 'rootAccess' | 'settings'>, account: string): Answer<{ access: RootAccess }> {
  if (rootAccess === undefined)
    return { ok: false, reason: 'not-configured', message: 'ROOT_ACCESS_ROLE is not set, so the bot can do nothing about root users.' };
  const isMember = account !== rootAccess.account;
  if (isMember && !isNamed(account, settings))
    return { ok: false, reason: 'not-configured', message: `${account} ${outOfReachWords['not-in-accounts']}` };
  if (isMember) return { ok: true, access: rootAccess };
  const message = `${account} is the management account: AWS has no API for its root user. See “What to do by hand”.`;
  return { ok: false, reason: 'not-configured', message };
}
