import { duration, type Incident } from '../../domain/incident/incident.ts';
import { accountWords } from '../../domain/place.ts';
import type { Ports } from '../../domain/ports.ts';
import { accessState, readRemoval } from '../../domain/response/center-removal.ts';
import {
  alsoLost,
  type CenterAccess,
  type CenterTarget,
  longestSessionMs,
  provisionersOf,
  type Reaching,
  reaching,
} from '../../domain/response/identity-center.ts';
import type { Line } from '../../domain/response/plan.ts';
import { type Answers, answerTo, type Question } from '../../domain/response/question.ts';
import type { Answer } from '../../domain/response/refusal.ts';
import type { CallResponse } from '../../domain/response/response.ts';
import { isHeld } from '../../domain/response/standing.ts';
import { isUnresolved, mostAffected, subjectsFor, type Target } from '../../domain/response/target.ts';
import { shortFact } from '../../domain/response/user-words.ts';
import { type CenterPlan, followRemoval, removalCalls, remove } from '../remove-access.ts';

export const removeAccess: CallResponse<CenterPlan> = {
  kind: 'call',
  id: 'remove-access',
  label: 'Remove access',
  button: { id: 'remove-access', label: 'Remove access', heading: 'Access', verb: 'Remove' },
  needs: 'remediator',
  effect: 'Removes assignments and group memberships of an Identity Center user: those that reach the affected accounts, or all.',
  nonEffect: 'Role sessions that run go on until they expire. Password, MFA and the session of the access portal stay as they are.',
  access: 'takes',
  approvals: 1,
  undo: 'Commands to copy, which give back exactly what was removed',
  target: 'identity-center-user',
  permissions: [
    { action: 'sso:DeleteAccountAssignment', on: 'identity-center' },
    { action: 'identitystore:DeleteGroupMembership', on: 'identity-center' },
  ],
  causes: [
    { event: 'DeleteAccountAssignment', names: 'user' },
    { event: 'DeleteGroupMembership', names: 'user' },
  ],
  offered: (incident, { identityCenterAccount }) => {
    const isAbout = identityCenterAccount !== undefined && isUnresolved(incident) && subjectsFor(incident, 'identity-center-user').length > 0;
    return isAbout ? 'user' : undefined;
  },
  stands: (incident, target) => isHeld(incident, target, 'access'),
  plan,
  intent: (planned, by, answers) => {
    const { assignments, groups } = chosenOf(planned, answers);
    return `${by.name} removes access of ${planned.on}: ${countWords(assignments.length, 'assignment')}, ${countWords(groups.length, 'group membership')}.`;
  },
  calls: (planned, answers) => removalCalls(planned, chosenOf(planned, answers)),
  act: (ports, planned, doing) => remove(ports, planned, { chosen: chosenOf(planned, doing.answers), doing }),
  follow: (ports, token, following) => followRemoval(ports, readRemoval(token), following),
};

function countWords(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function chosenOf({ access, accounts }: CenterPlan, answers: Answers): Reaching {
  return reaching(access, answerTo(answers, 'scope') === 'all' ? undefined : accounts);
}

async function plan(ports: Ports, target: Target, incident: Incident): Promise<Answer<{ plan: CenterPlan }>> {
  const { identityCenter: center, settings } = ports;
  if (target.kind !== 'identity-center-user') throw new Error(`Remove access was given a target of kind ${target.kind}.`);
  if (center === undefined)
    return { ok: false, reason: 'not-configured', message: 'IDENTITY_CENTER_ROLE is not set, so the bot changes nothing in Identity Center.' };
  const access = await center.access(target);
  // What was confirmed and approved is what is removed, wherever the user is seen meanwhile.
  const accounts = target.accounts ?? affectedAccounts(incident, target);
  const [there, all] = [reaching(access, accounts), reaching(access, undefined)];
  const { user, instance } = access;
  const isNone = all.assignments.length + all.groups.length === 0;
  const on = `${user.name} in Identity Center ${instance.account}`;
  return {
    ok: true,
    plan: {
      access,
      accounts,
      before: accessState(access, all),
      target: { ...target, name: user.name, userId: user.id, ...(accounts.length > mostAffected ? {} : { accounts }) },
      named: user.name,
      on,
      facts: factsOf(access, settings.accounts),
      lines: linesOf(access, settings.accounts),
      notes: ['AWS removes assignments by itself, in seconds to minutes: the outcome comes in the thread.'],
      warnings: [
        ...goesOnWarnings(access),
        ...provisionedWarnings(access, settings.isDirectoryProvisioned),
        ...lossWarnings(access, there, { accounts, known: settings.accounts }),
      ],
      questions: [scopeAsked(there, all, { accounts, known: settings.accounts })],
      ...(isNone ? { already: `${on} has no assignment and is in no group.` } : {}),
    },
  };
}

/** Where the user was seen, and where it began. */
function affectedAccounts(incident: Incident, { userId, name }: CenterTarget): string[] {
  const own = incident.subjects.filter(
    ({ kind, directory, name: one }) =>
      kind === 'identity-center-user' && ((userId !== undefined && directory?.userId === userId) || (name !== undefined && one === name)),
  );
  return [...new Set([incident.account, ...own.map(({ account }) => account)])];
}

interface Places {
  readonly accounts: readonly string[];
  readonly known: ReadonlyMap<string, string>;
}

function scopeAsked(there: Reaching, all: Reaching, { accounts, known }: Places): Question {
  const counts = ({ assignments, groups }: Reaching): string =>
    `${countWords(assignments.length, 'assignment')}, ${countWords(groups.length, 'group membership')}`;
  const where = accounts.map((account) => accountWords(account, known)).join(', ');
  const affected = { id: 'affected', label: 'What reaches the affected accounts', description: `${counts(there)}: ${where}` };
  const options = [...(accounts.length > mostAffected ? [] : [affected]), { id: 'all', label: 'All, in every account', description: counts(all) }];
  const initial = accounts.length <= mostAffected && there.assignments.length + there.groups.length > 0 ? 'affected' : 'all';
  return { kind: 'choose-one', id: 'scope', label: 'Which access?', options, initial };
}

function factsOf({ user, instance, assignments, groups }: CenterAccess, known: ReadonlyMap<string, string>) {
  return {
    'user name': user.name,
    'user id': user.id,
    directory: instance.storeId,
    assignments: shortFact(assignments.map((one) => `${one.permissionSet.name} ${accountWords(one.account, known)} ${one.group ?? ''}`).join(', ')),
    groups: shortFact(groups.map(({ name, id }) => `${name} ${id}`).join(', ')),
  };
}

const shownAccounts = 12;

function linesOf({ user, instance, assignments, groups }: CenterAccess, known: ReadonlyMap<string, string>): Line[] {
  const status = user.isEnabled === undefined ? 'not known' : user.isEnabled ? 'enabled' : 'disabled';
  const byAccount = [...Map.groupBy(assignments, ({ account }) => account)];
  const rows = byAccount.slice(0, shownAccounts).map(([account, own]): Line => {
    const sets = own.map(({ permissionSet, group }) => {
      const through = groups.find(({ id }) => id === group)?.name ?? group;
      return `${permissionSet.name}${through === undefined ? '' : ` (group ${through})`}`;
    });
    return [{ bold: `${accountWords(account, known)}: ` }, sets.join(', ')];
  });
  const more = byAccount.length - rows.length;
  return [
    [{ bold: user.name }, ` · id ${user.id} · directory ${instance.storeId} · status ${status}`],
    ...rows,
    ...(more > 0 ? [[`and ${more} more accounts`]] : []),
    [groups.length === 0 ? 'In no group.' : `Groups: ${groups.map(({ name }) => name).join(', ')}`],
  ];
}

function goesOnWarnings({ assignments }: CenterAccess): string[] {
  const longest = longestSessionMs(assignments);
  if (assignments.length === 0) return [];
  return [
    longest === undefined
      ? 'How long those role sessions go on could not be read: 12 h at most.'
      : `Those role sessions end after ${duration(longest)} at most.`,
  ];
}

/** @param isSet that somebody said so in the configuration; undefined: nobody did */
function provisionedWarnings(access: CenterAccess, isSet: boolean | undefined): string[] {
  const issuers = provisionersOf(access);
  if (!(isSet ?? issuers.length > 0)) return [];
  const who = issuers.length === 0 ? 'IDENTITY_CENTER_PROVISIONED says so' : issuers.join(', ');
  return [
    `An identity provider provisions this directory (${who}): AWS may refuse to change groups, and what is removed may come back with its next run. Block the user there too.`,
  ];
}

function lossWarnings(access: CenterAccess, there: Reaching, { accounts, known }: Places): string[] {
  const lost = alsoLost(access, there, accounts);
  if (lost.length === 0) return [];
  const names = there.groups.map(({ name }) => name).join(', ');
  return [`Leaving ${names} also takes away ${lost.map((account) => accountWords(account, known)).join(', ')}.`];
}
