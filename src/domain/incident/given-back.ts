/** What somebody else gave back of what was taken, as events of CloudTrail tell it, and the words for it. Pure. */
import { type Contained, entryWords, type KeptState, keptWords } from '../response/kept-state.ts';
import { actIn } from '../sign-in/act.ts';
import { sentence } from '../sign-in/sentence.ts';
import type { SignIn } from '../sign-in/sign-in.ts';
import { firstReadsIn, type ReadBack } from './contained.ts';
import { duration, type Incident } from './incident.ts';
import type { NewEntry } from './timeline.ts';

const givesBack: readonly string[] = ['quarantine-removed', 'key-switched-on', 'policy-deleted'];

/** Whether it may give back what was taken from somebody. */
export function mayGiveBack(event: SignIn): boolean {
  return event.outcome === 'success' && givesBack.includes(actIn(event).is);
}

/** What is so by an event of what was taken; undefined: it is about something else. */
export function stateBy(event: SignIn, { left }: Pick<Contained, 'left'>): KeptState | undefined {
  const act = actIn(event);
  const { account, name, kind } = left.holder;
  if (!mayGiveBack(event) || event.account !== account) return undefined;
  if (act.is === 'key-switched-on') {
    if (left.of !== 'keys' || !left.keys.some(({ id, isActive }) => id === act.key && !isActive)) return undefined;
    return { ...left, keys: left.keys.map((one) => (one.id === act.key ? { ...one, isActive: true } : one)) };
  }
  // IAM takes names in any case.
  const isHolder = event.target?.toLowerCase() === name.toLowerCase() && event.eventName.includes('Role') === (kind === 'role');
  if (!isHolder) return undefined;
  if (act.is === 'quarantine-removed') return left.of === 'quarantine' && left.isOn ? { ...left, isOn: false } : undefined;
  const isDeny = act.is === 'policy-deleted' && left.of === 'sessions' && left.isThere && left.policy === act.policy;
  return isDeny ? { ...left, isThere: false } : undefined;
}

/** Whether an event about what was taken is news: it is not where it was found before, or happened before that was taken and came late. */
export function isNewsOf(event: SignIn, contained: Contained): boolean {
  return isSince(event, contained) && contained.brokenAt === undefined;
}

/** An attacker may be quicker than the outcome is written. */
function isSince(event: SignIn, { at, begunAt = at }: Contained): boolean {
  return event.at > begunAt;
}

/** @param incident with whether it is reopened by it */
function brokenEntry({ contained, now, by: event }: ReadBack, { id, isReopened }: { id: number; isReopened: boolean }, at: number): NewEntry {
  const { on, by, at: since } = contained;
  const again = isReopened ? 'Reopened. ' : '';
  const taken = `which ${by.name} had taken ${duration(at - since)} ago (${entryWords(contained, id)})`;
  const who =
    event === undefined
      ? `Take it again, and look in CloudTrail for ${eventsOf(contained.left)}: whoever did it is part of the attack, or did not know.`
      : `CloudTrail: ${sentence(event)}. Take it again: whoever did it is part of the attack, or did not know.`;
  const text = `${again}Somebody else gave access back: ${saying(on, now)}, ${taken}. ${who}`;
  const details = event === undefined ? {} : { details: [`Event ${event.eventId}`] };
  const body = { what: 'containment-broken', reason: 'containment-broken', on, text, after: now, ...details };
  return { incident: id, at, kind: 'note', reply: 'loud', body };
}

/** Of what was found before by reading, or taken again since: who it was. */
export function brokenByEntry(event: SignIn, contained: Contained, { id, at }: { id: number; at: number }): NewEntry {
  const { on } = contained;
  const which = entryWords(contained, id);
  const when = isSince(event, contained) ? `Who gave access to ${on} back, which ${which} had taken` : `Before ${which} took access from ${on}`;
  const body = {
    what: 'containment-broken-by',
    reason: 'containment-broken',
    on,
    text: `${when}: ${sentence(event)}.`,
    details: [`Event ${event.eventId}`],
  };
  return { incident: id, at, kind: 'note', reply: 'quiet', body };
}

/** None where it is neither given back nor one of the first reads. */
export function readEntries(read: ReadBack, incident: Pick<Incident, 'id'> & { isReopened: boolean }, at: number): NewEntry[] {
  const { contained, now, isGivenBack } = read;
  if (isGivenBack) return [brokenEntry(read, incident, at)];
  if (firstReadsIn(contained, at).length === 0) return [];
  const { on, at: since } = contained;
  const text = `Read back ${duration(at - since)} after it was done: ${saying(on, now)}.`;
  const body = { what: 'read-back', on, text, details: [`Of ${entryWords(contained, incident.id)}`], after: now };
  return [{ incident: incident.id, at, kind: 'note', reply: 'none', body }];
}

/** Of somebody whose name is gone. */
export function goneEntry({ on, ...contained }: Contained, id: number, at: number): NewEntry {
  const text = `Nobody of the name is there any more: ${on}, from whom ${entryWords(contained, id)} took access. A user who is renamed keeps keys and policies, and is not watched from here: look in CloudTrail for DeleteUser and UpdateUser.`;
  return { incident: id, at, kind: 'note', reply: 'quiet', body: { what: 'contained-gone', on, text } };
}

/** `alice in prod is under quarantine`, `alice in prod has key AKIA…EQQQ active`. */
function saying(on: string, state: KeptState): string {
  if (state.of !== 'keys') return `${on} is ${keptWords(state)}`;
  return state.keys.length === 0 ? `of ${on} ${keptWords(state)}` : `${on} has ${keptWords(state)}`;
}

function eventsOf({ of, holder: { kind } }: KeptState): string {
  switch (of) {
    case 'keys':
      return 'UpdateAccessKey';
    case 'access':
      return 'CreateAccountAssignment and CreateGroupMembership (an identity provider that owns the directory makes them with its runs)';
    case 'sessions':
      return kind === 'role' ? 'DeleteRolePolicy and PutRolePolicy' : 'DeleteUserPolicy and PutUserPolicy';
    default:
      return kind === 'role' ? 'DetachRolePolicy' : 'DetachUserPolicy';
  }
}
