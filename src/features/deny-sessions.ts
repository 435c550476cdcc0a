/** Denies sessions by a policy in the user or role, with the role that may write one and not delete it. */

import { withDeed } from '../domain/incident/deeds.ts';
import { renewingSessions, withGoingOn, withoutStopped } from '../domain/incident/goes-on.ts';
import type { Incident } from '../domain/incident/incident.ts';
import type { Ports } from '../domain/ports.ts';
import { shellWord } from '../domain/response/iam-user.ts';
import { type Holder, type KeptState, keptWords } from '../domain/response/kept-state.ts';
import type { Ended, Plan } from '../domain/response/plan.ts';
import type { Answer, Refused } from '../domain/response/refusal.ts';
import type { CallResponse, Doing } from '../domain/response/response.ts';
import { isSameDocument, type SessionDeny } from '../domain/response/session-denies.ts';
import { concernsIamUsers, concernsRoles, type Target } from '../domain/response/target.ts';
import { shortFact } from '../domain/response/user-words.ts';
import { certainly } from './certainly.ts';
import { notReadBack, stateNow } from './keep-contained.ts';
import { type Held, planHolder, untouchableNow } from './plan-holder.ts';

type DenyState = Extract<KeptState, { of: 'sessions' }>;

/** What is denied to whom. */
export interface Denying {
  /** For people: `sessions of web that began before this`. */
  readonly what: string;
  /** @param now milliseconds */
  readonly deny: (now: number) => SessionDeny;
  readonly warnings: readonly string[];
  /** Whether it stops all sessions that run. */
  readonly isOfAll: boolean;
}

export interface DenyPlan extends Plan {
  readonly holder: Holder;
  readonly resource: string;
  readonly denying: Denying;
  readonly before: DenyState;
}

type Own = Pick<CallResponse<DenyPlan>, 'id' | 'label' | 'button' | 'effect' | 'nonEffect' | 'othersFor' | 'intent'> & {
  readonly holders: readonly Holding[];
  /** What is denied to whoever it is given to. */
  readonly denyingOf: (held: Held, target: Target) => Denying | Refused;
};

type Holding = 'iam-user' | 'role';
const operations = { 'iam-user': 'PutUserPolicy', role: 'PutRolePolicy' } as const;
const concerns = { 'iam-user': concernsIamUsers, role: concernsRoles } as const;

/** A response that denies sessions: what it is called and to whom it denies what; the rest is the same of all. */
export function denyResponse({ holders, denyingOf, ...own }: Own): CallResponse<DenyPlan> {
  return {
    ...own,
    kind: 'call',
    needs: 'remediator',
    access: 'takes',
    approvals: 0,
    undo: 'Commands to copy, which delete the policy: the role that writes it may not',
    target: holders,
    permissions: holders.map((kind) => ({ action: `iam:${operations[kind]}`, on: 'session-policy' })),
    causes: holders.map((kind) => ({ event: operations[kind], names: 'user' })),
    offered: (incident, reach) => (reach.hasSessionsRole === true && holders.some((kind) => concerns[kind](incident, reach)) ? 'listed' : undefined),
    plan: (ports, target, incident) => planDeny(ports, { target, incident }, (held) => denyingOf(held, target)),
    calls: ({ holder, resource }) => [{ action: `iam:${operationOn(holder)}`, resource, account: holder.account }],
    act,
  };
}

/** Sessions of roles last 12 hours at most, those of GetSessionToken 36. Source: the STS API reference. */
const longestMs: Record<Holder['kind'], number> = { role: 12 * 3_600_000, 'iam-user': 36 * 3_600_000, 'identity-center-user': 0 };

async function planDeny(
  ports: Ports,
  { target, incident }: { target: Target; incident: Incident },
  denyingOf: (held: Held) => Denying | Refused,
): Promise<Answer<{ plan: DenyPlan }>> {
  if (ports.sessionDenial === undefined)
    return { ok: false, reason: 'not-configured', message: 'AWS_SESSIONS_ROLE is not set, so no policy is written from here. Nothing was done.' };
  const answer = await planHolder(ports, target, incident);
  if (!answer.ok) return answer;
  const { held } = answer;
  const denying = denyingOf(held);
  if ('ok' in denying) return denying;
  const now = ports.clock.now();
  const { policyName, document } = denying.deny(now);
  const found = await ports.sessionDenial.policy(held.holder, policyName);
  const isSo = found !== undefined && isSameDocument(found, document);
  const already = isSo ? { already: `${policyName} of ${held.holder.name} denies that already.` } : {};
  return { ok: true, plan: { ...denyPlanOf(held, denying, { policyName, found, now }), ...already } };
}

interface PolicyNow {
  readonly policyName: string;
  /** Its document; undefined: there is none of that name. */
  readonly found: string | undefined;
  readonly now: number;
}

function denyPlanOf({ holder, resource, plan }: Held, denying: Denying, { policyName, found, now }: PolicyNow): DenyPlan {
  const isThere = found !== undefined;
  const until = now + longestMs[holder.kind];
  return {
    ...plan,
    facts: { ...plan.facts, policy: policyName, 'what it says now': found === undefined ? 'there is none' : shortFact(found) },
    lines: [...plan.lines, [{ bold: 'Policy: ' }, policyName, isThere ? ' (there is one already: it is written anew)' : '']],
    warnings: [
      ...denying.warnings,
      'The responder cannot take it back: the role that writes the policy may not delete it. The outcome has the command.',
    ],
    holder,
    resource,
    denying,
    before: { v: 1, of: 'sessions', holder, policy: policyName, document: found ?? '', isThere, until },
  };
}

function operationOn({ kind }: Holder): (typeof operations)[Holding] {
  return operations[kind === 'role' ? 'role' : 'iam-user'];
}

async function act(ports: Ports, { holder, denying, before }: DenyPlan, { by, actor }: Doing): Promise<Ended> {
  const { sessionDenial } = ports;
  if (sessionDenial === undefined) return { result: 'refused', text: 'AWS_SESSIONS_ROLE is not set any more. Nothing was done.' };
  const untouchable = await untouchableNow(ports, holder);
  if (untouchable !== undefined) return { result: 'refused', text: untouchable };
  const now = ports.clock.now();
  const deny = denying.deny(now);
  const left: DenyState = { ...before, document: deny.document, isThere: true, until: now + longestMs[holder.kind] };
  const isThere = async (): Promise<boolean> => isWritten(await stateNow(ports, left));
  const how = await certainly(ports, () => sessionDenial.deny(holder, deny, actor), isThere);
  if (how === 'unknown') {
    const text = `AWS gave no answer, and whether ${holder.name} has the policy ${deny.policyName} is not known. Check CloudTrail for ${operationOn(holder)}.`;
    return { result: 'unknown', text };
  }
  const isRead = how === 'read' || (await isThere().catch(() => false));
  const text = `Denied: ${denying.what}, some seconds from now (policy ${deny.policyName}).${how === 'read' ? ' AWS gave no answer; IAM reads so.' : ''}`;
  return {
    result: 'done',
    text,
    after: left,
    details: [
      ...(denying.isOfAll ? [`Not stopped: ${renewingSessions(holder).text}.`] : []),
      isRead ? `Read back: ${keptWords(left)}.` : notReadBack,
    ],
    toCopy: [{ heading: 'To take it back, later:', commands: [undoCommand(holder, before)] }],
    change: (incident, at) => afterDeny(incident, { holder, denying }, { at, by }),
  };
}

function isWritten(state: KeptState): boolean {
  return state.of === 'sessions' && state.isThere;
}

/** What was there before under that name is given back. */
function undoCommand({ kind, name }: Holder, { policy, document, isThere }: DenyState): string {
  const of = kind === 'role' ? 'role' : 'user';
  const whose = `--${of}-name ${shellWord(name)} --policy-name ${shellWord(policy)}`;
  return isThere ? `aws iam put-${of}-policy ${whose} --policy-document ${shellWord(document)}` : `aws iam delete-${of}-policy ${whose}`;
}

interface Denied {
  readonly at: number;
  readonly by: Doing['by'];
}

function afterDeny(incident: Incident, { holder, denying }: Pick<DenyPlan, 'holder' | 'denying'>, { at, by }: Denied): Incident {
  const { what, isOfAll } = denying;
  const notStopped = isOfAll ? withGoingOn(withoutStopped(incident.notStopped, 'sessions', holder), [renewingSessions(holder)]) : incident.notStopped;
  return withDeed(incident, { at, by, how: 'bot', what: `${what} denied`, stops: true }, { notStopped });
}
