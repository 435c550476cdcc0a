/** The card of an attack that was resolved: what nobody stopped is said, and no more than is known. */
import { expect, it } from 'vitest';
import type { Deed } from '../../src/domain/incident/deed.ts';
import { withUnsure } from '../../src/domain/incident/deeds.ts';
import { type Incident, resolve } from '../../src/domain/incident/incident.ts';
import type { ResolvedAs } from '../../src/domain/incident/resolution.ts';
import type { IamNotes } from '../../src/domain/incident/user-notes.ts';
import { read } from '../../src/domain/response/iam-user.ts';
import type { Contained } from '../../src/domain/response/kept-state.ts';
import { type Subject, withSignIn } from '../../src/domain/sign-in/subjects.ts';
import { understand } from '../../src/domain/signal/signal.ts';
import { textOfBlocks } from '../../src/sandbox/slack/as-text.ts';
import { drawCard } from '../../src/slack/card.ts';
import { oneSignIn } from '../support/one-sign-in.ts';
import { settings } from '../support/ports.ts';
import { consoleLogin, iamUser } from '../support/records.ts';
import { topic } from '../support/sandbox.ts';

const bob = { id: 'U1', name: 'bob' };
const event = consoleLogin(iamUser('alice'), 'Success', 'No');
const [signIn] = understand({ topicArn: topic, messageId: 'm', subject: undefined, publishedAt: 0, message: JSON.stringify(event) });
if (signIn?.kind !== 'sign-in') throw new Error('no sign-in');
const [alice] = withSignIn({ subjects: [], moreSubjects: 0 }, signIn).subjects as [Subject];

function cardOf(over: Partial<Incident>, verdict: ResolvedAs = 'attack'): string[] {
  const step = resolve({ ...oneSignIn, subjects: [alice], ...over }, bob, 60_000, verdict, '');
  if (!step.ok) throw new Error(step.message);
  const options = { accounts: new Map(), responders: [], remediatorsExist: true, responses: [], reach: settings, permalink: () => '' };
  return textOfBlocks(drawCard(step.incident, options, new Map()).blocks as never).split('\n');
}

/** The line of the card; undefined: it says nothing of it. */
function saidOf(...of: Parameters<typeof cardOf>): string | undefined {
  return cardOf(...of).find((line) => line.startsWith('Not stopped by the bot: '));
}

const goesOn = 'Sessions that run go on, and passwords, keys and other access stay as they are,';
const deed = (how: Deed['how']): Deed => ({ at: 0, by: bob, how, what: 'both keys of alice off' });
const holder = { kind: 'iam-user' as const, account: alice.account, name: 'alice' };
const quarantine: Contained = {
  ...{ incident: 1, seq: 2, response: 'quarantine', on: 'alice', by: bob, at: 0 },
  before: { v: 1, of: 'quarantine', holder, isOn: false },
  left: { v: 1, of: 'quarantine', holder, isOn: true },
};
const failed = (name: string): Subject => ({ ...alice, key: name, name, successes: 0, failures: 4 });
const gotIn = (name: string): Subject => ({ ...alice, key: name, name });

it('says that nothing was done, and that what was done outside Slack is not known', () => {
  expect(saidOf({})).toBe(`Not stopped by the bot: alice. ${goesOn} unless somebody changed that in AWS: the bot does not know of it.`);
});

it('says nothing where whom it was about is pruned, and all of who came since', () => {
  expect(saidOf({ subjects: [], pruned: 1 })).toBeUndefined();
  expect(saidOf({ subjects: [failed('mallory')], pruned: 1 })).toBeUndefined();
  expect(saidOf({ pruned: 1 })).toContain('alice. ');
});

it('leaves what somebody recorded to what they recorded', () => {
  const unsure = withUnsure(oneSignIn, 'Quarantine of alice', 'unknown');
  expect(saidOf({ leftToDo: unsure.leftToDo })).toBe(`Not stopped by the bot: alice. ${goesOn} but for what it says above.`);
  expect(saidOf({ deeds: [deed('hand')] })).toBe(`Not stopped by the bot: alice. ${goesOn} but for what it says above.`);
});

it('says nothing of whom the bot stopped, where its own rows say what goes on, and all of the others', () => {
  expect(saidOf({ passwordsReset: [`${alice.account}/alice`] })).toBeUndefined();
  expect(saidOf({ contained: [quarantine] })).toBeUndefined();
  expect(saidOf({ contained: [quarantine], deeds: [deed('bot')], subjects: [alice, gotIn('bella'), failed('carl')] })).toBe(
    `Not stopped by the bot: bella. ${goesOn} but for what it says above.`,
  );
  expect(saidOf({ subjects: ['a', 'b', 'c', 'd', 'e'].map(gotIn) })).toMatch(/^Not stopped by the bot: a, b, c and 2 more\. /);
});

it('counts what somebody else gave back as not stopped', () => {
  expect(saidOf({ contained: [{ ...quarantine, brokenAt: 5 }] })).toMatch(/^Not stopped by the bot: alice\. /);
});

it('claims no session of anybody who is not known to have got in', () => {
  expect(saidOf({ subjects: [failed('alice'), failed('bella')] })).toBe('Not stopped by the bot: further attempts. Nobody is known to have got in.');
  const reported = { ...failed('alice'), failures: 0, did: [{ is: 'reported' as const, what: 'signed in, a message says', times: 1 }] };
  expect(saidOf({ subjects: [reported] })).toMatch(/^Not stopped by the bot: alice\. /);
  expect(saidOf({ subjects: [] })).toBe('Not stopped by the bot: whoever it was. Nobody is known, so the bot did nothing to anybody.');
});

it.each(['mistake', 'expected', 'test', 'unknown'] as const)('is not said of what was resolved as %s', (verdict) => {
  expect(saidOf({}, verdict)).toBeUndefined();
});

it('says beside it what IAM said last, and when', () => {
  const iam: IamNotes = { at: 60_000, devices: read(0), password: read('none'), activeKeys: read(1), outdatedAt: undefined };
  const users = { [alice.key]: { iam, fault: undefined, isMissing: false, hadDevice: false, activity: undefined } };
  expect(cardOf({ users })).toContain('alice has: no MFA device · no console password · 1 active key · IAM at 1970-01-01 00:01');
  expect(cardOf({ users, passwordsReset: [`${alice.account}/alice`] }).join()).not.toContain('IAM at');
});
