/** Roles and managed policies of the emulated accounts at the start: what the templates make, and roles as accounts have them. */
import type { Role } from './principal-shapes.ts';

const day = 86_400_000;

const denyAll = { Version: '2012-10-17', Statement: [{ Sid: 'DenyAll', Effect: 'Deny', Action: '*', Resource: '*' }] };

function role(roleName: string, now: number, more: Partial<Role> = {}): [string, Role] {
  const id = roleName
    .toUpperCase()
    .replaceAll(/[^A-Z0-9]/g, '')
    .padEnd(16, 'X')
    .slice(0, 16);
  return [roleName, { roleName, path: '/', roleId: `AROA${id}`, createDate: now - 700 * day, ...more }];
}

/** The responder's own roles: what they may do is in the template. */
function own(now: number): [string, Role][] {
  return ['signin-responder-read', 'signin-responder-respond', 'signin-responder-sessions'].map((name) => role(name, now));
}

export function freshPrincipals(account: string, now: number): { roles: Record<string, Role>; policies: Record<string, unknown> } {
  return {
    roles: Object.fromEntries([
      ...own(now),
      role('web', now, { description: 'Web servers', lastUsed: { date: now - 60_000, region: 'us-east-1' } }),
      role('data-team', now, { description: 'People of the data team, and their jobs', lastUsed: { date: now - 60_000, region: 'us-east-1' } }),
      role('AWSReservedSSO_AdministratorAccess_0123456789abcdef', now, { path: '/aws-reserved/sso.amazonaws.com/' }),
      role('AWSServiceRoleForSupport', now, { path: '/aws-service-role/support.amazonaws.com/' }),
      role('break-glass-admin', now, { tags: { 'signin-responder': 'protected' } }),
    ]),
    policies: { [`arn:aws:iam::${account}:policy/signin-responder/deny-all`]: denyAll },
  };
}
