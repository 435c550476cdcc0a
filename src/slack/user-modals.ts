/** The modals about a user: choose, confirm against what AWS says, and what came of it. Title and button carry the user. */
import type { KnownBlock, View } from '@slack/types';
import { sha256 } from '../domain/digest.ts';
import { duration, type Incident, nameOf } from '../domain/incident/incident.ts';
import { type AccessKey, deviceKind, deviceName, deviceWords, type MfaDevice, type UserFacts } from '../domain/response/iam-user.ts';
import { outOfReach, type ReachSettings } from '../domain/response/reach.ts';
import { iamUsersOf, type ResponseId, responses } from '../domain/response/responses.ts';
import type { Secret } from '../domain/secret.ts';
import type { Subject } from '../domain/sign-in/subjects.ts';
import type { UserPlan } from '../features/plan-user-change.ts';
import { deviceKey, type MfaPlan } from '../features/reset-mfa.ts';
import type { PasswordPlan } from '../features/reset-password.ts';
import { bold, code, lines, preformatted, time, utc, words } from './text.ts';
import { choice, modal, option, severalOf, textInput } from './view.ts';
import { accountWords, subjectWords } from './who.ts';

export type Accounts = ReadonlyMap<string, string>;

/** A subject as an option's value: the list is re-sorted by every sign-in, so its place in it says nothing. */
export function subjectChoice(subject: Subject): string {
  return sha256(subject.key).slice(0, 16);
}

/** First the subjects of the incident, else a name to type. */
export function chooseUserModal(incident: Incident, response: ResponseId, reach: ReachSettings, problem?: string): View {
  const { accounts } = reach;
  const isReached = (account: string): boolean => outOfReach(account, reach) === undefined;
  const isLookUp = response === 'look-up-mfa';
  const subjects = (isLookUp ? incident.subjects : iamUsersOf(incident)).filter(({ account }) => isReached(account));
  const listed = subjects
    .slice(0, 90)
    .map((subject) => option(subjectChoice(subject), `${subjectWords(subject)} · ${accountWords(subject.account, accounts)}`));
  const places = new Map([[incident.account, accounts.get(incident.account)], ...accounts]);
  const blocks: KnownBlock[] = [
    ...(problem ? [lines([bold(problem)])] : []),
    lines([words(`${responses[response].effect} ${responses[response].nonEffect}`)]),
    ...(listed.length > 0 ? [choice('subject', 'Somebody in this incident', listed, { optional: true })] : []),
    textInput('user', listed.length > 0 ? 'Or another IAM user' : 'IAM user name', {
      optional: listed.length > 0,
      longest: 64,
      hint: 'The exact name, as in IAM.',
    }),
    choice(
      'account',
      'In account',
      [...places.keys()]
        .filter(isReached)
        .slice(0, 100)
        .map((account) => option(account, accountWords(account, accounts))),
      incident.origin === 'notice' ? {} : { initial: incident.account },
    ),
  ];
  return modal({ callback: 'choose-user', title: responses[response].label, state: { i: incident.id, r: response }, submit: 'Look up', blocks });
}

function userRows(facts: UserFacts, accounts: Accounts, now: number) {
  const active = facts.keys.filter((key) => key.active).length;
  return [
    [bold(facts.ref.name), words(` in ${accountWords(facts.ref.account, accounts)}`)],
    [words(`Created ${utc(facts.createdAt)} · id ${facts.id} · path ${facts.path}`)],
    [
      words(
        facts.password
          ? `Console password set up ${duration(now - facts.password.createdAt)} ago; IAM does not tell when it was last changed${facts.password.resetRequired ? '. A change is already forced' : ''}`
          : 'No console password',
      ),
    ],
    [words(`${facts.devices.length} MFA device${facts.devices.length === 1 ? '' : 's'} · ${active} active access key${active === 1 ? '' : 's'}`)],
  ];
}

function confirmBlocks(plan: UserPlan, accounts: Accounts, now: number): KnownBlock[] {
  const outside = plan.isInIncident ? [] : [lines([bold(`${plan.facts.ref.name} is not in ${nameOf(plan.incident)}. Type the name again below.`)])];
  return [...(plan.repeated ? [lines([bold(plan.repeated)])] : []), lines(...userRows(plan.facts, accounts, now)), ...outside];
}

function typedTwice(plan: UserPlan): KnownBlock[] {
  return plan.isInIncident ? [] : [textInput('user-again', 'The user’s name, once more', { longest: 64 })];
}

function confirmState(plan: UserPlan) {
  return { i: plan.incident.id, account: plan.facts.ref.account, user: plan.facts.ref.name, seen: plan.seen };
}

export function passwordModal(plan: PasswordPlan, accounts: Accounts, now: number): View {
  const { effect, nonEffect } = responses['reset-password'];
  const modes = [
    option('lock-out', 'Lock out: shown to nobody', 'A random password that nobody knows.'),
    option('hand-over', 'Hand over: shown once, to you', 'You give it to the user, outside Slack.'),
  ];
  const blocks: KnownBlock[] = [
    ...confirmBlocks(plan, accounts, now),
    lines([words(`${effect}${policyWords(plan)}`)], [bold(nonEffect)], ...plan.warnings.map((warning) => [bold(warning)])),
    choice('mode', 'How?', modes, { initial: 'lock-out' }),
    textInput('why', 'Why?', { longest: 300 }),
    ...typedTwice(plan),
  ];
  return modal({ callback: 'reset-password', title: titled('Password', plan), state: confirmState(plan), submit: titled('Reset', plan), blocks });
}

function policyWords({ policy }: PasswordPlan): string {
  if (policy === undefined) return '';
  return ` The new one satisfies ${policy.custom ? "the account's policy" : "IAM's default policy"}: ${policy.minimumLength} characters or more.`;
}

/** 24 characters are all that Slack gives to a title or a button. */
function titled(word: string, plan: UserPlan): string {
  return `${word} · ${plan.facts.ref.name}`;
}

export function mfaResetModal(plan: MfaPlan, accounts: Accounts, now: number): View {
  const { effect, nonEffect } = responses['reset-mfa'];
  const devices = plan.facts.devices.map((device) =>
    option(deviceKey(device), `${deviceWords[deviceKind(device.serial)]} · ${deviceName(device.serial)}`, deviceAge(device, plan.incident)),
  );
  const identified = choice(
    'identified',
    'How was the person identified, outside Slack?',
    [option('call-back', 'Called back on a known number'), option('in-person', 'Met in person'), option('video', 'Seen on video')],
    {
      optional: true,
      hint: plan.passwordWasReset
        ? 'Not needed: this incident holds a password reset of this user.'
        : 'Needed only if you choose every device, for then the password alone signs in.',
    },
  );
  const blocks: KnownBlock[] = [
    ...confirmBlocks(plan, accounts, now),
    lines([words(effect)], [bold(nonEffect)]),
    severalOf('devices', 'Which devices?', devices),
    ...(plan.passwordWasReset ? [] : [identified]),
    textInput('why', 'Why?', { longest: 300 }),
    ...typedTwice(plan),
  ];
  return modal({
    callback: 'reset-mfa',
    title: titled('MFA', plan),
    state: { ...confirmState(plan), devices: plan.facts.devices.map(deviceKey) },
    submit: titled('Reset', plan),
    blocks,
  });
}

function deviceAge(device: MfaDevice, incident: Incident): string {
  return `Since ${utc(device.enrolledAt)}${device.enrolledAt >= incident.firstSignalAt ? ', after this incident began' : ''}`;
}

export function factsModal(facts: UserFacts, incident: Incident, accounts: Accounts, now: number): View {
  const devices = facts.devices.map((device) => {
    const late = device.enrolledAt >= incident.firstSignalAt;
    return lines(
      [
        bold(deviceWords[deviceKind(device.serial)]),
        words(' since '),
        time(device.enrolledAt),
        ...(late ? [bold(' · enrolled after this incident began')] : []),
      ],
      [code(device.serial)],
    );
  });
  const none = lines([bold('No MFA device.'), words(' The password alone signs in, unless a policy denies it.')]);
  const blocks: KnownBlock[] = [
    lines(...userRows(facts, accounts, now)),
    ...(devices.length > 0 ? devices : [none]),
    ...facts.keys.map((key) => lines(keyRow(key, now))),
  ];
  return modal({ callback: 'facts', title: `MFA · ${facts.ref.name}`, state: { i: incident.id }, blocks });
}

function keyRow(key: AccessKey, now: number) {
  const used =
    key.lastUsedAt === undefined
      ? 'never used, or not known'
      : `last used ${duration(now - key.lastUsedAt)} ago${key.lastUsedService ? ` for ${key.lastUsedService}` : ''}`;
  return [words(`Access key ${key.id}: `), bold(key.active ? 'active' : 'inactive'), words(`, ${duration(now - key.createdAt)} old, ${used}`)];
}

/** The only place where a password is put into a view. */
export function passwordShownModal(incident: number, user: string, password: Secret, commands: readonly string[]): View {
  const shown: KnownBlock = {
    type: 'rich_text',
    elements: [{ type: 'rich_text_preformatted', elements: [{ type: 'text', text: password.reveal() }] }],
  };
  const blocks: KnownBlock[] = [
    lines(
      [bold(`The new console password of ${user}. It is shown this once.`)],
      [words('The dashes belong to it. Give it to the user outside Slack; a change is forced at the next sign-in.')],
    ),
    shown,
    ...stopBlocks(commands),
  ];
  return modal({ callback: 'password-shown', title: 'Password replaced', state: { i: incident }, blocks });
}

export function outcomeModal(title: string, incident: number, rows: readonly string[], commands: readonly string[] = []): View {
  return modal({
    callback: 'outcome',
    title,
    state: { i: incident },
    blocks: [lines(...rows.map((row) => [words(row, 1_000)])), ...stopBlocks(commands)],
  });
}

function stopBlocks(commands: readonly string[]): KnownBlock[] {
  return commands.length === 0 ? [] : [lines([bold('Not stopped by this. To stop it, by hand:')]), preformatted(commands)];
}
