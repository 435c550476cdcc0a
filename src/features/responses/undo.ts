import { undoable, withLeft } from '../../domain/incident/contained.ts';
import { withDeed, withDeedSaying, withUndone } from '../../domain/incident/deeds.ts';
import { type GoesOn, runningSessions, withGoingOn } from '../../domain/incident/goes-on.ts';
import { duration, type Incident, nameOf } from '../../domain/incident/incident.ts';
import { iamArn } from '../../domain/place.ts';
import type { Ports } from '../../domain/ports.ts';
import { keyLines, keysOffWords } from '../../domain/response/iam-user.ts';
import {
  beforeOf,
  type Contained,
  denyAllArn,
  entryWords,
  isSame,
  isSameEntry,
  type KeptState,
  keptWords,
  keysBack,
  withGiven,
} from '../../domain/response/kept-state.ts';
import type { Call, Ended, Plan } from '../../domain/response/plan.ts';
import type { Answer, Refused } from '../../domain/response/refusal.ts';
import type { CallResponse, Doing } from '../../domain/response/response.ts';
import { untouchableRole } from '../../domain/response/role.ts';
import { isUnresolved, type Target } from '../../domain/response/target.ts';
import { stateNow } from '../keep-contained.ts';
import { ownerIn, protectedUser, resourceOf } from '../plan-user-change.ts';
import { putBack } from '../put-back.ts';

interface UndoPlan extends Plan {
  readonly contained: Contained;
  /** `entry 7`. */
  readonly which: string;
  readonly callsMade: readonly Call[];
}

/** One's own doing is taken back this long without anybody else. */
const ownMs = 15 * 60_000;

export const undo: CallResponse<UndoPlan> = {
  kind: 'call',
  id: 'undo',
  label: 'Undo',
  button: { id: 'undo', label: 'Undo', heading: 'Undo', verb: 'Undo' },
  needs: 'remediator',
  effect: 'Gives back what one step took: switches its keys on again, or detaches the quarantine.',
  nonEffect: 'Does not bring back a password that was replaced or deleted, nor a session that ended.',
  access: 'gives',
  approvals: 1,
  isLoud: true,
  undo: 'The step again',
  target: 'entry',
  permissions: [
    { action: 'iam:UpdateAccessKey', on: 'user', part: 'ContainUsers' },
    { action: 'iam:DetachUserPolicy', on: 'user', withPolicy: 'deny-all', part: 'ContainUsers' },
    { action: 'iam:DetachRolePolicy', on: 'role', withPolicy: 'deny-all', part: 'ContainRoles' },
  ],
  causes: [
    { event: 'UpdateAccessKey', names: 'user' },
    { event: 'DetachUserPolicy', names: 'user' },
    { event: 'DetachRolePolicy', names: 'user' },
  ],
  offered: (incident) => (isUnresolved(incident) && undoable(incident).length > 0 ? 'listed' : undefined),
  plan,
  intent: ({ on, which, contained: { left } }, by) => `${by.name} gives back what ${which} took from ${on}: ${keptWords(left)}.`,
  calls: ({ callsMade }) => callsMade,
  act,
};

function no(reason: Refused['reason'], message: string): Refused {
  return { ok: false, reason, message };
}

async function plan(ports: Ports, target: Target, incident: Incident): Promise<Answer<{ plan: UndoPlan }>> {
  if (target.kind !== 'entry') throw new Error(`Undo was given a target of kind ${target.kind}.`);
  const found = incident.contained?.find((one) => isSameEntry(one, target));
  if (found === undefined)
    return no('not-to-undo', `Entry ${target.seq} of ${nameOf({ id: target.incident })} took nothing that still stands. Nothing was done.`);
  const contained = { ...found, before: beforeOf(found.before, found.left) };
  const which = entryWords(contained, incident.id);
  const { before, left, on } = contained;
  const { holder } = left;
  if (left.of === 'password') return no('not-to-undo', notBack(holder.name));
  if (left.of === 'access' || left.of === 'sessions')
    return no('not-to-undo', `The outcome of ${which} holds the commands that give it back: the responder cannot. Nothing was done.`);
  const held = await heldNow(ports, holder);
  if (held.refused !== undefined) return no('protected-user', held.refused);
  const now = await stateNow(ports, left);
  const isBack = isSame(now, before);
  if (!isBack && !isSame(now, left)) return no('changed-meanwhile', changedText(contained, now));
  const already = isBack ? { already: `${on} is as it was before: ${keptWords(before)}.` } : {};
  return { ok: true, plan: { ...undoPlanOf(ports, { target, contained, which }, { held, now }), ...already } };
}

function undoPlanOf(
  ports: Pick<Ports, 'settings' | 'clock'>,
  { target, contained, which }: Pick<UndoPlan, 'target' | 'contained' | 'which'>,
  { held, now }: { held: Held; now: KeptState },
): UndoPlan {
  const { before, left, on, by, at } = contained;
  const { holder } = left;
  const asked = { account: holder.account, name: holder.name };
  return {
    target,
    contained,
    which,
    callsMade: callsFor(ports, contained, held.resource),
    about: holder.kind === 'role' ? { kind: 'role', ...asked } : { kind: 'iam-user', ...asked },
    named: holder.name,
    on,
    facts: { 'state before': keptWords(before), 'state it left': keptWords(left), 'state now': keptWords(now), entry: which },
    lines: [
      [{ bold: on }],
      [`${by.name} did this ${duration(ports.clock.now() - at)} ago (${which}).`],
      [{ bold: 'Before: ' }, keptWords(before)],
      [{ bold: 'Now: ' }, keptWords(now)],
      [{ bold: 'After the undo: ' }, keptWords(before)],
    ],
    notes: [],
    warnings: ['This gives access back to whoever may hold it.'],
    questions: [],
    before: now,
    own: { person: by.id, until: at + ownMs },
    ...(holder.kind === 'iam-user' ? { changes: asked } : {}),
    ...held.owner,
  };
}

function notBack(name: string): string {
  return `The password that ${name} had cannot be brought back: AWS shows nobody a password, and it was replaced by one that nobody has. Nothing was done. “Hand over” behind Reset password gives ${name} a new one.`;
}

function changedText({ on, left }: Contained, now: KeptState): string {
  return `Somebody changed this since, so it is not undone from here. Nothing was done. Left: ${on} ${keptWords(left)}. Now: ${keptWords(now)}. Look in CloudTrail who it was, and do by hand what is to be done.`;
}

interface Held {
  /** Why nothing is changed; undefined: it may be. */
  readonly refused: string | undefined;
  /** ARN. */
  readonly resource: string;
  readonly owner?: Pick<Plan, 'ownerEmail' | 'areTagsUnread'>;
}

async function heldNow(ports: Ports, { kind, account, name }: KeptState['holder']): Promise<Held> {
  const [region = ''] = ports.settings.regions;
  if (kind === 'role') {
    const role = await ports.containment.role(account, name);
    const why = untouchableRole(role, ports.settings.ownPrincipal);
    return { refused: why && `${why} Nothing was done.`, resource: iamArn(region, account, `role${role.path}${role.name}`) };
  }
  const facts = await ports.identities.facts({ account, name });
  return { refused: protectedUser(ports, facts)?.message, resource: iamArn(region, account, resourceOf(facts)), owner: ownerIn(facts) };
}

function callsFor({ settings }: Pick<Ports, 'settings'>, { before, left }: Contained, resource: string): Call[] {
  const { kind, account } = left.holder;
  if (left.of === 'quarantine') {
    const action = kind === 'role' ? 'iam:DetachRolePolicy' : 'iam:DetachUserPolicy';
    return [{ action, resource, account, context: { 'iam:PolicyARN': denyAllArn(settings.regions[0] ?? '', account) } }];
  }
  return keysBack(before, left).map(() => ({ action: 'iam:UpdateAccessKey', resource, account }));
}

async function act(ports: Ports, { contained, which }: UndoPlan, { by, actor, stopped }: Doing): Promise<Ended> {
  const { before, left, on, incident, seq } = contained;
  const { faults, back } = await putBack(ports, { before, left, actor, stopped });
  const read = await stateNow(ports, left).catch(() => undefined);
  const after = faults.length === 0 || read !== undefined ? withGiven(read ?? left, back) : undefined;
  if (after !== undefined && isSame(after, before)) {
    const text = `${on} is as it was before: ${keptWords(before)}. Some seconds pass until AWS acts on it.`;
    return {
      result: 'done',
      text,
      after,
      details: read !== undefined && isSame(read, after) ? [] : ['AWS has done it, and does not list it so yet.'],
      undid: { incident, seq },
      change: (one, at) => afterUndo(one, contained, { at, by, which }),
    };
  }
  const isKnown = after !== undefined;
  const reads = isKnown ? `IAM reads: ${keptWords(after)}.` : 'What is so now could not be read.';
  return {
    result: isKnown ? (isSame(after, left) ? 'failed' : 'partly') : 'unknown',
    text: `${on} is not as it was before. ${reads}`,
    details: faults,
    // What was given back is not taken for somebody else's doing.
    ...(isKnown ? { after, change: (one: Incident, at: number) => afterPart(one, { contained, after }, { at, by, which }) } : {}),
  };
}

interface Undone {
  readonly at: number;
  readonly by: Doing['by'];
  readonly which: string;
}

/** The card says what is still off, and what is on again. */
function afterPart(incident: Incident, { contained, after }: { contained: Contained; after: KeptState }, { at, by, which }: Undone): Incident {
  const { before, left } = contained;
  const rest = withLeft(incident, contained, after);
  if (before.of !== 'keys' || after.of !== 'keys' || isSame(after, left)) return rest;
  const { name } = left.holder;
  const off = after.keys.filter(({ isActive }) => !isActive).length;
  const stands = off === 0 ? withUndone(rest, [contained]) : withDeedSaying(rest, contained, keysOffWords(off, name));
  const back = after.keys.filter(({ isActive }) => isActive);
  const open = back.length === 0 ? [] : [keyLines.active(back, left.holder)];
  const what = `${which} undone in part: ${name} ${keptWords(after)}`;
  return withDeed(stands, { at, by, how: 'bot', what }, openAgain(incident, left, open));
}

/** What the step had stopped is not stopped any more: where the password was replaced, the card says so again. */
function openAgain({ passwordsReset, notStopped }: Incident, { holder: { kind, account, name } }: KeptState, open: readonly GoesOn[]) {
  const isOpen = kind === 'iam-user' && passwordsReset.includes(`${account}/${name}`);
  return isOpen ? { notStopped: withGoingOn(notStopped, open) } : {};
}

function afterUndo(incident: Incident, { before, left }: Contained, { at, by, which }: Undone): Incident {
  const { name, kind } = left.holder;
  const back = new Set(keysBack(before, left));
  const keys = before.of === 'keys' ? before.keys.filter(({ id }) => back.has(id)) : [];
  const open = [
    ...(left.of === 'quarantine' ? [runningSessions(left.holder)] : []),
    ...(keys.length === 0 ? [] : [keyLines.active(keys, left.holder)]),
  ];
  const what = `${which} undone: ${kind === 'role' ? 'role ' : ''}${name} ${keptWords(before)}`;
  return withDeed(incident, { at, by, how: 'bot', what }, openAgain(incident, left, open));
}
