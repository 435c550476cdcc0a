/**
 * Whether somebody is an administrator, by the names of the policies that are attached: to an IAM user, to its groups, to the permission sets of an
 * Identity Center user. What a policy says is not read, so of any that is not AWS's own it cannot be told; nor of what is written into a user, a
 * group or a set. Source: IAM user guide, "AWS managed policies for job functions".
 */
import { denyAllPolicy } from './kept-state.ts';

export type Power = 'administrator' | 'no-administrator' | 'not-known';

export interface HeldPolicies {
  /** ARNs of managed policies. */
  readonly managed: readonly string[];
  /** Whether there are others, whose names say nothing. */
  readonly hasOthers: boolean;
}

/** They allow everything, all that it takes to be allowed everything, or nearly so: who has one is asked for more. */
const administrators =
  /^(AdministratorAccess\b.*|PowerUserAccess|IAMFullAccess|SystemAdministrator|AWSOrganizationsFullAccess|AWSSSO\w*Administrator)$/;

export function powerOf({ managed, hasOthers }: HeldPolicies): Power {
  const rest = managed.filter((arn) => !arn.endsWith(`:policy${denyAllPolicy.path}${denyAllPolicy.name}`));
  const ofAws = rest.filter((arn) => /^arn:[^:]*:iam::aws:policy\//.test(arn));
  if (ofAws.some((arn) => administrators.test(arn.split('/').at(-1) ?? ''))) return 'administrator';
  return hasOthers || ofAws.length < rest.length ? 'not-known' : 'no-administrator';
}
