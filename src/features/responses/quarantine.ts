import { isUnsure, withDeed } from '../../domain/incident/deeds.ts';
import { type GoesOn, withGoingOn, withoutStopped } from '../../domain/incident/goes-on.ts';
import type { Incident } from '../../domain/incident/incident.ts';
import type { Ports } from '../../domain/ports.ts';
import { aftermathLines, aftermathOf, aftermathSteps, beyondUser } from '../../domain/response/aftermath.ts';
import { endSessionsCommands } from '../../domain/response/end-commands.ts';
import { denyAllArn, type Holder, type KeptState, mostPolicies } from '../../domain/response/kept-state.ts';
import type { Ended, Plan, Shown } from '../../domain/response/plan.ts';
import type { Answer } from '../../domain/response/refusal.ts';
import type { CallResponse, Doing } from '../../domain/response/response.ts';
import { isHeld } from '../../domain/response/standing.ts';
import { concernsIamUsers, concernsRoles, type Target } from '../../domain/response/target.ts';
import { type ToCopy, toStop } from '../../domain/response/to-copy.ts';
import { certainly } from '../certainly.ts';
import { notReadBack, stateNow } from '../keep-contained.ts';
import { type Held, planHolder, untouchableNow } from '../plan-holder.ts';
import { readTrail } from '../read-trail.ts';
import { accessWords } from '../write-outcome.ts';

interface QuarantinePlan extends Plan {
  readonly holder: Holder;
  readonly resource: string;
  readonly policyArn: string;
  readonly before: Extract<KeptState, { of: 'quarantine' }>;
  readonly held: Held;
}

export const quarantine: CallResponse<QuarantinePlan> = {
  kind: 'call',
  id: 'quarantine',
  label: 'Quarantine',
  button: { id: 'quarantine', label: 'Quarantine', heading: 'Quarantine', verb: 'Quarantine' },
  needs: 'remediator',
  effect: 'Attaches the policy signin-responder/deny-all, which denies everything to the user or role; AWS takes some seconds to spread it.',
  nonEffect: 'Does not end sessions of other roles that were assumed with it, and what was made with it stays.',
  access: 'takes',
  approvals: 0,
  othersFor: { role: 'it hits everybody who uses the role' },
  undo: 'Undo',
  target: ['iam-user', 'role'],
  permissions: [
    { action: 'iam:AttachUserPolicy', on: 'user', withPolicy: 'deny-all', part: 'ContainUsers' },
    { action: 'iam:AttachRolePolicy', on: 'role', withPolicy: 'deny-all', part: 'ContainRoles' },
  ],
  causes: [
    { event: 'AttachUserPolicy', names: 'user' },
    { event: 'AttachRolePolicy', names: 'user' },
  ],
  offered: (incident, reach) => (concernsRoles(incident, reach) ? 'user' : concernsIamUsers(incident, reach) ? 'listed' : undefined),
  stands: (incident, target) => isHeld(incident, target, 'quarantine'),
  plan,
  intent: ({ on }, by) => `${by.name} puts ${on} under quarantine.`,
  calls: ({ holder: { kind, account }, resource, policyArn }) => {
    const action = kind === 'role' ? 'iam:AttachRolePolicy' : 'iam:AttachUserPolicy';
    return [{ action, resource, account, context: { 'iam:PolicyARN': policyArn } }];
  },
  act,
};

async function plan(ports: Ports, target: Target, incident: Incident): Promise<Answer<{ plan: QuarantinePlan }>> {
  const answer = await planHolder(ports, target, incident);
  if (!answer.ok) return answer;
  const { held } = answer;
  const { holder, resource } = held;
  const { account, name } = holder;
  const policyArn = denyAllArn(ports.settings.regions[0] ?? '', account);
  const policies = await ports.containment.policies(holder);
  const isOn = policies.includes(policyArn);
  // A step whose outcome is not known did it, most likely, where no other did: done again, which changes nothing, it is read again and can be undone.
  const isPerhapsOurs = isOn && !isHeld(incident, held.plan.target, 'quarantine') && isUnsure(incident, accessWords(quarantine, held.plan.on) ?? '');
  if (!isOn && policies.length >= mostPolicies) return { ok: false, reason: 'too-many-policies', message: tooMany(name, policies.length) };
  return {
    ok: true,
    plan: {
      ...held.plan,
      facts: { ...held.plan.facts, quarantine: isOn ? 'on' : 'off' },
      held,
      holder,
      resource,
      policyArn,
      before: { v: 1, of: 'quarantine', holder, isOn: isOn && !isPerhapsOurs },
      notes: [...held.plan.notes, ...(isPerhapsOurs ? [perhapsOurs(name)] : [])],
      ...(isOn && !isPerhapsOurs ? { already: `${name} is under quarantine already.` } : {}),
    },
  };
}

function perhapsOurs(name: string): string {
  return `${name} is under quarantine, most likely by the step whose outcome is not known. Done again, it changes nothing in IAM: it is watched from then on, and can be undone.`;
}

function tooMany(name: string, count: number): string {
  return `${name} has ${count} managed policies, and AWS takes no more than ${mostPolicies} unless you asked for more. Nothing was done. Detach one by hand, then press again.`;
}

async function act(ports: Ports, { holder, before, held, target }: QuarantinePlan, { by, incident, actor }: Doing): Promise<Ended> {
  const untouchable = await untouchableNow(ports, holder);
  if (untouchable !== undefined) return { result: 'refused', text: untouchable };
  const read = async (): Promise<boolean> => isOn(await stateNow(ports, before));
  const how = await certainly(ports, () => ports.containment.quarantine(holder, true, actor), read);
  const { name } = holder;
  if (how === 'unknown') {
    const event = holder.kind === 'role' ? 'AttachRolePolicy' : 'AttachUserPolicy';
    return { result: 'unknown', text: `AWS gave no answer, and whether ${name} is under quarantine is not known. Check CloudTrail for ${event}.` };
  }
  // AWS has said so: a list that is older, or somebody who was quicker, is what the next read is for.
  const isRead = how === 'read' || (await read().catch(() => false));
  const text = `${name} is under quarantine: every call is denied, some seconds from now.${how === 'read' ? ' AWS gave no answer; IAM reads so.' : ''}`;
  const { lines, steps, toCopy } = await goingOn(ports, { holder, incident, session: target.kind === 'role' ? target.session : undefined, held });
  return {
    result: 'done',
    text,
    after: { ...before, isOn: true },
    details: [...(isRead ? [] : [notReadBack]), ...lines.map((line) => `Not stopped: ${line.text}`), ...steps],
    toCopy,
    ...(holder.kind === 'role' ? {} : { shown: shownOf(text, { lines, steps, toCopy }) }),
    change: (one, at) => afterQuarantine(one, holder, { at, by, lines }),
  };
}

/** For whoever did it. Of a role nothing is left to be stopped by commands: what its own are for is said with them. */
function shownOf(text: string, { lines, steps, toCopy }: Beyond): Shown {
  const open = [...lines.map((line) => [`Not stopped: ${line.text}`]), ...steps.map((step) => [step])];
  return { blocks: [[[text]], ...(open.length > 0 ? [open] : [])], commands: toCopy.flatMap(({ commands }) => commands) };
}

function isOn(state: KeptState): boolean {
  return state.of === 'quarantine' && state.isOn;
}

interface Going {
  readonly holder: Holder;
  readonly incident: Incident;
  readonly session: string | undefined;
  readonly held: Held;
}

const longestSessionMs = 12 * 3_600_000;

interface Beyond {
  readonly lines: readonly GoesOn[];
  readonly steps: readonly string[];
  readonly toCopy: readonly ToCopy[];
}

/** The quarantine denies them all; without it they would go on. */
function roleCommandsAre(session: string | undefined): string {
  return `Before the quarantine is taken off, to keep its older sessions${session === undefined ? '' : ', or this one alone,'} denied:`;
}

/** What goes on although nothing more can be called as this user or role. */
async function goingOn(ports: Ports, { holder, incident, session, held }: Going): Promise<Beyond> {
  const now = ports.clock.now();
  if (held.is === 'role')
    return {
      lines: [chained(holder.name)],
      steps: [],
      toCopy: [{ heading: roleCommandsAre(session), commands: endSessionsCommands(held.plan.role, { now, session }) }],
    };
  const from = now - longestSessionMs;
  const madeSince = Math.max(Math.min(incident.firstSignalAt, now) - 3_600_000, from);
  const { records, unread } = await readTrail(ports, { account: holder.account, attribute: 'Username', value: holder.name, from });
  const found = beyondUser(aftermathOf(records, now, madeSince), holder.name);
  const unknown =
    unread === undefined ? [] : [`what else ${holder.name} did since ${new Date(from).toISOString().slice(11, 16)} UTC is not known: ${unread}`];
  const { steps, commands, roles } = aftermathSteps(found, holder);
  const ends = (account: string | undefined): string[] =>
    roles.filter((role) => role.account === account).flatMap(({ name }) => endSessionsCommands({ name, id: '' }, { now, session: undefined }));
  const others = [...new Set(roles.map(({ account }) => account))].filter((account) => account !== holder.account);
  return {
    lines: [...aftermathLines(found, holder), ...unknown.map((text) => ({ text }))],
    steps,
    toCopy: [
      ...toStop([...commands, ...ends(holder.account)]),
      ...others.map((account) => ({
        heading: `In ${account === undefined ? 'the account of the role' : `account ${account}`}:`,
        commands: ends(account),
      })),
    ],
  };
}

/** CloudTrail finds them by the names of the role's sessions alone, which are not known. Source: IAM user guide, role chaining (an hour at most). */
function chained(role: string): GoesOn {
  return {
    text: `sessions of other roles that were assumed with role ${role}, if there are any: each for an hour at most, and it may assume another in turn`,
  };
}

interface Done {
  readonly at: number;
  readonly by: Doing['by'];
  readonly lines: readonly GoesOn[];
}

/** Its own sessions are denied as well; those of a role that a user assumed are the role's. */
function afterQuarantine(incident: Incident, holder: Holder, { at, by, lines }: Done): Incident {
  const { kind, name } = holder;
  const rest = withoutStopped(withoutStopped(incident.notStopped, 'sessions', holder), 'sign-in-sessions', holder);
  const what = `${kind === 'role' ? 'role ' : ''}${name} put under quarantine`;
  return withDeed(incident, { at, by, how: 'bot', what, stops: true }, { notStopped: withGoingOn(rest, lines) });
}
