/** The modals about a user: choose, confirm against what AWS says, and what came of it. Title and button carry the user. */
import type { KnownBlock, View } from '@slack/types';
import { sha256 } from '../domain/digest.ts';
import { duration, type Incident, nameOf } from '../domain/incident/incident.ts';
import { type AccessKey, deviceKind, deviceName, deviceWords, type MfaDevice, type UserFacts } from '../domain/response/iam-user.ts';
import { outOfReach, type ReachSettings } from '../domain/response/reach.ts';
import { iamUsersOf, type ResponseId, responses } from '../domain/response/responses.ts';
import { devicesWords, keysWords, passwordWords, withoutStop } from '../domain/response/user-words.ts';
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
  const { ref, identity, password, devices, keys } = facts;
  const who = identity.is === 'read' ? `Created ${utc(identity.value.createdAt)} · id ${identity.value.id} · path ${identity.value.path}` : undefined;
  return [
    [bold(ref.name), words(` in ${accountWords(ref.account, accounts)}`)],
    [words(who ?? `IAM did not confirm who this is: ${identity.is === 'not-read' ? identity.why : ''}`, 400)],
    [words(capital(passwordWords(password, now)) + passwordNote(password), 400)],
    [words(capital(devicesWords(devices)), 400)],
    [words(capital(keysWords(keys)), 400)],
  ];
}

function passwordNote(password: UserFacts['password']): string {
  if (password.is === 'not-read' || password.value === 'none') return '';
  return `; IAM does not tell when it was last changed${password.value.resetRequired ? '. A change is already forced' : ''}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function confirmBlocks(plan: UserPlan, accounts: Accounts, now: number): KnownBlock[] {
  const { name } = plan.facts.ref;
  const why = plan.isInIncident ? `IAM did not confirm who ${name} is.` : `${name} is not in ${nameOf(plan.incident)}.`;
  const outside = plan.isTypedAgain ? [lines([bold(`${why} Type the name again below.`)])] : [];
  return [...(plan.repeated ? [lines([bold(plan.repeated)])] : []), lines(...userRows(plan.facts, accounts, now)), ...outside];
}

function typedTwice(plan: UserPlan): KnownBlock[] {
  return !plan.isTypedAgain ? [] : [textInput('user-again', 'The user’s name, once more', { longest: 64 })];
}

function confirmState(plan: UserPlan) {
  return { i: plan.incident.id, account: plan.facts.ref.account, user: plan.facts.ref.name, seen: plan.seen, typed: plan.isTypedAgain };
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
  const devices = plan.devices.map((device) =>
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
    state: { ...confirmState(plan), devices: plan.devices.map(deviceKey) },
    submit: titled('Reset', plan),
    blocks,
  });
}

function deviceAge(device: MfaDevice, incident: Incident): string {
  return `Since ${utc(device.enrolledAt)}${device.enrolledAt >= incident.firstSignalAt ? ', after this incident began' : ''}`;
}

export function factsModal(facts: UserFacts, incident: Incident, accounts: Accounts, now: number): View {
  const blocks: KnownBlock[] = [
    lines(...userRows(facts, accounts, now)),
    ...(facts.devices.is === 'read' ? deviceBlocks(facts.devices.value, incident) : []),
    ...(facts.keys.is === 'read' ? facts.keys.value.map((key) => lines(keyRow(key, now))) : []),
  ];
  return modal({ callback: 'facts', title: `MFA · ${facts.ref.name}`, state: { i: incident.id }, blocks });
}

function deviceBlocks(devices: readonly MfaDevice[], incident: Incident): KnownBlock[] {
  if (devices.length === 0) return [lines([bold('No MFA device.'), words(' The password alone signs in, unless a policy denies it.')])];
  return devices.map((device) => {
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
}

function keyRow({ id, active, createdAt, lastUsed }: AccessKey, now: number) {
  const used = lastUsed.is === 'read' ? lastUseWords(lastUsed.value, now) : `last use: could not be read: ${withoutStop(lastUsed.why)}`;
  return [words(`Access key ${id}: `), bold(active ? 'active' : 'inactive'), words(`, ${duration(now - createdAt)} old, ${used}`, 400)];
}

function lastUseWords(last: { at: number; service: string | undefined } | 'none-known', now: number): string {
  if (last === 'none-known') return 'never used, or not known';
  return `last used ${duration(now - last.at)} ago${last.service ? ` for ${last.service}` : ''}`;
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
