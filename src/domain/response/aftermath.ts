/**
 * What goes on although access was taken from somebody, as far as CloudTrail tells: roles that they assumed run until their sessions end, and what
 * they made stays. Pure. Times are milliseconds. Source: "CloudTrail record contents"; the STS and IAM API references.
 */
import type { GoesOn } from '../incident/goes-on.ts';
import { asObject, asText, type Json } from '../json.ts';
import { utc } from '../utc.ts';
import { shellWord, shortened } from './iam-user.ts';
import type { Holder } from './kept-state.ts';

interface AssumedRole {
  readonly role: string;
  /** Undefined: its ARN does not say. */
  readonly account: string | undefined;
  readonly until: number;
}

interface Made {
  readonly is: 'user' | 'credential' | 'role' | 'policy' | 'provider';
  /** The user or role whose it is, or that it is. */
  readonly of: string;
  readonly what: string;
  /** As people read it. */
  readonly name: string;
  readonly at: number;
  /** What stops it, as a command to copy; undefined: there is a response for it. */
  readonly command: string | undefined;
}

export interface Aftermath {
  readonly assumed: readonly AssumedRole[];
  readonly made: readonly Made[];
}

const longestName = 128;
const told = 8;

/** @param records of one user, in any order @param madeSince what was made before is not told; a session of a role is as long as it runs */
export function aftermathOf(records: readonly Json[], now: number, madeSince = 0): Aftermath {
  const done = records.filter(({ errorCode }) => errorCode === undefined);
  const assumed = new Map<string, AssumedRole>();
  for (const one of done.flatMap(assumedIn)) {
    const key = `${one.account} ${one.role}`;
    assumed.set(key, { ...one, until: Math.max(one.until, assumed.get(key)?.until ?? 0) });
  }
  const running = [...assumed.values()].filter(({ until }) => until > now);
  const made = done
    .flatMap(madeIn)
    .filter(({ at }) => at >= madeSince)
    .toSorted((a, b) => a.at - b.at);
  return {
    assumed: running,
    made: made.filter(({ what, name }, index) => made.findIndex((one) => one.what === what && one.name === name) === index),
  };
}

const shortestSession = 3_600;

function assumedIn({ eventName, eventTime, requestParameters }: Json): AssumedRole[] {
  const { roleArn, durationSeconds } = asObject(requestParameters);
  const arn = asText(roleArn) ?? '';
  const role = arn.split('/').at(-1)?.slice(0, longestName);
  if (eventName !== 'AssumeRole' || role === undefined || role === '') return [];
  const seconds = Number(durationSeconds ?? shortestSession);
  const at = Date.parse(asText(eventTime) ?? '');
  if (!Number.isFinite(at)) return [];
  const account = arn.split(':')[4]?.slice(0, longestName) || undefined;
  return [{ role, account, until: at + (Number.isFinite(seconds) ? Math.min(seconds, 43_200) : shortestSession) * 1_000 }];
}

interface Maker extends Pick<Made, 'is' | 'what'> {
  /** The parameter that names it. */
  readonly named: string;
  /** More of its name, for people. */
  readonly also?: (parameters: Json) => string;
  /** What stops it where no response does. @param name as the shell takes it */
  readonly command?: (name: string) => string;
}

/** What each call made. Those of `userName` may leave it out: then it is the caller's own. */
const makers: Readonly<Record<string, Maker>> = {
  CreateUser: { is: 'user', what: 'user', named: 'userName' },
  CreateLoginProfile: { is: 'credential', what: 'console password of', named: 'userName' },
  UpdateLoginProfile: { is: 'credential', what: 'console password of', named: 'userName' },
  CreateAccessKey: { is: 'credential', what: 'access key of', named: 'userName' },
  // Whoever had the old name goes on under the new one.
  UpdateUser: { is: 'user', what: 'new name of a user,', named: 'newUserName', also: ({ userName }) => ` (before: ${named(userName)})` },
  AddUserToGroup: {
    is: 'policy',
    what: 'group membership of',
    named: 'userName',
    also: ({ groupName }) => ` in ${named(groupName)}`,
    command: (name) => `aws iam list-groups-for-user --user-name ${name}`,
  },
  CreateRole: { is: 'role', what: 'role', named: 'roleName' },
  CreatePolicy: {
    is: 'policy',
    what: 'policy',
    named: 'policyName',
    command: (name) => `aws iam list-entities-for-policy --policy-arn POLICY-ARN-OF-${name}`,
  },
  CreatePolicyVersion: {
    is: 'policy',
    what: 'version of policy',
    named: 'policyArn',
    command: (arn) => `aws iam list-policy-versions --policy-arn ${arn}`,
  },
  SetDefaultPolicyVersion: {
    is: 'policy',
    what: 'other default version of policy',
    named: 'policyArn',
    command: (arn) => `aws iam list-policy-versions --policy-arn ${arn}`,
  },
  AttachGroupPolicy: {
    is: 'policy',
    what: 'policy attached to group',
    named: 'groupName',
    command: (name) => `aws iam list-attached-group-policies --group-name ${name}`,
  },
  PutGroupPolicy: {
    is: 'policy',
    what: 'inline policy of group',
    named: 'groupName',
    command: (name) => `aws iam list-group-policies --group-name ${name}`,
  },
  CreateSAMLProvider: { is: 'provider', what: 'SAML provider', named: 'name', command: () => 'aws iam list-saml-providers' },
  CreateOpenIDConnectProvider: {
    is: 'provider',
    what: 'OpenID Connect provider',
    named: 'url',
    command: () => 'aws iam list-open-id-connect-providers',
  },
  AttachUserPolicy: {
    is: 'policy',
    what: 'policy attached to',
    named: 'userName',
    command: (name) => `aws iam list-attached-user-policies --user-name ${name}`,
  },
  PutUserPolicy: { is: 'policy', what: 'inline policy of', named: 'userName', command: (name) => `aws iam list-user-policies --user-name ${name}` },
  AttachRolePolicy: {
    is: 'policy',
    what: 'policy attached to role',
    named: 'roleName',
    command: (name) => `aws iam list-attached-role-policies --role-name ${name}`,
  },
  PutRolePolicy: {
    is: 'policy',
    what: 'inline policy of role',
    named: 'roleName',
    command: (name) => `aws iam list-role-policies --role-name ${name}`,
  },
  UpdateAssumeRolePolicy: { is: 'policy', what: 'trust of role', named: 'roleName', command: (name) => `aws iam get-role --role-name ${name}` },
};

function madeIn({ eventName, eventTime, requestParameters, responseElements, userIdentity }: Json): Made[] {
  const event = asText(eventName) ?? '';
  const maker = Object.hasOwn(makers, event) ? makers[event] : undefined;
  if (maker === undefined) return [];
  const parameters = asObject(requestParameters);
  // A user whose path alone was changed has the name as before.
  if (maker.named === 'newUserName' && asText(parameters.newUserName) === undefined) return [];
  const own = maker.named === 'userName' ? asObject(userIdentity).userName : undefined;
  const name = named(parameters[maker.named] ?? own);
  const key = asText(asObject(asObject(responseElements).accessKey).accessKeyId);
  const { is, what, command, also } = maker;
  const told = key === undefined ? `${name}${also?.(parameters) ?? ''}` : `${name} (${shortened(key.slice(0, longestName))})`;
  return [{ is, of: name, what, name: told, at: Date.parse(asText(eventTime) ?? '') || 0, command: command?.(shellWord(name)) }];
}

function named(value: unknown): string {
  return (asText(value) ?? 'not told').slice(0, longestName);
}

/** What of it goes on though every call of the user is denied, whichever key or password it is made with. */
export function beyondUser({ assumed, made }: Aftermath, user: string): Aftermath {
  return { assumed, made: made.filter(({ is, of }) => !(is === 'credential' && of === user)) };
}

type User = Pick<Holder, 'account' | 'name'>;

/** For the card: what is not stopped, a line each. */
export function aftermathLines({ assumed, made }: Aftermath, user: User): GoesOn[] {
  const roles = assumed.slice(0, told).map(({ role, account, until }): GoesOn => {
    const text = `role ${role}${elsewhere(account, user)}, which ${user.name} assumed: its sessions run until ${utc(until)}`;
    return { text, of: { what: 'sessions', whose: { kind: 'role', name: role, account } } };
  });
  const things = made.slice(0, told).map(({ what, name, at }) => `${what} ${name}, made by ${user.name} ${utc(at)}`);
  const more = Math.max(0, assumed.length - told) + Math.max(0, made.length - told);
  const others = [...things, ...(more > 0 ? [`${more} more that ${user.name} assumed or made: see CloudTrail`] : [])];
  return [...roles, ...others.map((text) => ({ text }))];
}

/** Of a role that is not of the user's account, or of which that is not known. */
function elsewhere(account: string | undefined, user: User): string {
  if (account === user.account) return '';
  return account === undefined ? ' in an account that is not told' : ` in account ${account}`;
}

interface RoleToEnd {
  readonly name: string;
  /** Undefined: its ARN does not say. */
  readonly account: string | undefined;
}

interface AftermathSteps {
  readonly steps: readonly string[];
  /** In the user's account. */
  readonly commands: readonly string[];
  /** Roles whose older sessions are to be ended. */
  readonly roles: readonly RoleToEnd[];
}

/** What to press for each, or to copy. */
export function aftermathSteps({ assumed, made }: Aftermath, user: User): AftermathSteps {
  const users = [...new Set(made.flatMap(({ is, of }) => (is === 'user' || is === 'credential' ? [of] : [])))];
  const all = [
    ...assumed.map(({ role, account }) => ({ name: role, account })),
    ...made.flatMap(({ is, of }) => (is === 'role' ? [{ name: of, account: user.account }] : [])),
  ];
  const roles = [...new Map(all.map((one) => [`${one.account} ${one.name}`, one])).values()].slice(0, told);
  return {
    steps: [
      ...users.slice(0, told).map((name) => `User ${name}: More responses, “Somebody else, by name”, Contain.`),
      ...roles.map(
        ({ name, account }) =>
          `Role ${name}${elsewhere(account, user)}: end its older sessions by the command below${account === user.account ? '' : ', with credentials of that account'}.`,
      ),
    ],
    commands: [...new Set(made.flatMap(({ command }) => command ?? []))].slice(0, told),
    roles,
  };
}
