/** What IAM says of a user in a few words: for the card, the thread and the modals. Pure. */
import { sha256 } from '../digest.ts';
import { duration, type Incident } from '../incident/incident.ts';
import { utc } from '../utc.ts';
import {
  type AccessKey,
  type ConsolePassword,
  deviceKind,
  deviceName,
  deviceWords,
  type Fact,
  type MfaDevice,
  type UserFacts,
  type UserRef,
} from './iam-user.ts';
import type { Facts, Line } from './plan.ts';

function counted(count: number, what: string): string {
  return `${count === 0 ? 'no' : count} ${what}${count > 1 ? 's' : ''}`;
}

/** What was read of one thing, or that it was not and why. */
function factWords<T>(what: string, fact: Fact<T>, words: (value: T) => string): string {
  return fact.is === 'read' ? words(fact.value) : `${what}: could not be read: ${withoutStop(fact.why)}`;
}

export function devicesWords(devices: Fact<readonly MfaDevice[]>): string {
  return factWords('MFA devices', devices, (list) => counted(list.length, 'MFA device'));
}

/** IAM tells when the password was set up, not when it was last changed. */
export function passwordWords(password: Fact<ConsolePassword | 'none'>, now: number): string {
  return factWords('console password', password, (one) =>
    one === 'none' ? 'no console password' : `console password set up ${duration(now - one.createdAt)} ago`,
  );
}

export function keysWords(keys: Fact<readonly AccessKey[]>): string {
  return factWords('access keys', keys, (list) => counted(list.filter(({ active }) => active).length, 'active access key'));
}

interface Noted {
  readonly devices: Fact<number>;
  readonly password: Fact<ConsolePassword | 'none'>;
  readonly activeKeys: Fact<number>;
}

/** `2 MFA devices · console password set up 412 days ago · 1 active key`: for the card. */
export function iamWords({ devices, password, activeKeys }: Noted, now: number): string {
  const forced = password.is === 'read' && password.value !== 'none' && password.value.resetRequired ? ', a change is forced' : '';
  return [
    factWords('MFA devices', devices, (count) => counted(count, 'MFA device')),
    `${passwordWords(password, now)}${forced}`,
    factWords('access keys', activeKeys, (count) => counted(count, 'active key')),
  ].join(' · ');
}

/** When a key was last used. */
export function lastUseWords(last: { at: number; service: string | undefined } | 'none-known', now: number): string {
  if (last === 'none-known') return 'never used, or not known';
  return `last used ${duration(now - last.at)} ago${last.service ? ` for ${last.service}` : ''}`;
}

/** A sentence as a part of another. */
export function withoutStop(sentence: string): string {
  return sentence.replace(/\.\s*$/, '');
}

/** `alice in prod 123456789012`. */
export function subjectName({ account, name }: UserRef, accounts: ReadonlyMap<string, string>): string {
  const known = accounts.get(account);
  return `${name} in ${known === undefined ? '' : `${known} `}${account}`;
}

/** What IAM says of a user, in lines. */
export function userLines({ identity, password, devices, keys }: UserFacts, now: number): Line[] {
  const who =
    identity.is === 'read'
      ? `Created ${utc(identity.value.createdAt)} · id ${identity.value.id} · path ${identity.value.path}`
      : `IAM did not confirm who this is: ${identity.why}`;
  const rows = [passwordWords(password, now) + passwordNote(password), devicesWords(devices), keysWords(keys)];
  return [[who], ...rows.map((row) => [capital(row)])];
}

function passwordNote(password: UserFacts['password']): string {
  if (password.is === 'not-read' || password.value === 'none') return '';
  return `; IAM does not say when it was last changed${password.value.resetRequired ? '. A change is already forced' : ''}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** One device in a few words: `Virtual (authenticator app) · alice-phone`. */
export function deviceLabel({ serial }: MfaDevice): string {
  return `${deviceWords[deviceKind(serial)]} · ${deviceName(serial)}`;
}

/** `, after this incident began`, where it was enrolled then: whoever attacks may have done it. */
export function lateWords({ enrolledAt }: MfaDevice, { firstSignalAt }: Pick<Incident, 'firstSignalAt'>): string {
  return enrolledAt >= firstSignalAt ? ', after this incident began' : '';
}

const longestFact = 250;

/** What identifies a user, and what of the state a change is confirmed against. What could not be read is the same as long as it cannot be. */
export function userFacts({ ref, identity, password, devices, keys }: UserFacts): Facts {
  const ofIdentity = (words: (one: { path: string; id: string }) => string): string => (identity.is === 'read' ? words(identity.value) : notRead);
  return {
    'user name': ref.name,
    account: ref.account,
    'user id': ofIdentity(({ id }) => id),
    path: ofIdentity(({ path }) => path),
    'console password': factText(password, (one) =>
      one === 'none' ? 'none' : `set up ${utc(one.createdAt)}${one.resetRequired ? ', a change is forced' : ''}`,
    ),
    'MFA devices': factText(devices, (list) => list.map((device) => `${deviceLabel(device)} since ${utc(device.enrolledAt)}`).join(', ')),
    'access keys': factText(keys, (list) => list.map(({ id, active }) => `${id} ${active ? 'active' : 'inactive'}`).join(', ')),
  };
}

const notRead = 'could not be read';

function factText<T>(fact: Fact<T>, words: (value: T) => string): string {
  return shortFact(fact.is === 'read' ? words(fact.value) : notRead);
}

/** What is too long for a form goes by its digest as well. */
export function shortFact(text: string): string {
  return text.length <= longestFact ? text : `${text.slice(0, longestFact)}… (${sha256(text).slice(0, 16)})`;
}
