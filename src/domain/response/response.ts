/**
 * A response: one module, of one of three kinds. The modules are in features/responses/; buttons, forms, checks, the role's policy, the doctor
 * and the recognition of the bot's own actions follow from them.
 */
import type { Progress } from '../incident/in-progress.ts';
import type { Incident, Person, Step } from '../incident/incident.ts';
import type { Ports } from '../ports.ts';
import type { Actor } from './actor.ts';
import type { OthersFor } from './approval.ts';
import type { Access } from './outside.ts';
import type { Cause } from './own-actions.ts';
import type { AllowedBy } from './parts.ts';
import type { Call, Ended, Later, Line, Plan, Reveal } from './plan.ts';
import type { Answers, Problems, Question } from './question.ts';
import type { ReachSettings } from './reach.ts';
import type { Answer } from './refusal.ts';
import type { Target, TargetKinds } from './target.ts';
import type { Role } from './who-may.ts';

/** Several responses may be behind one button; which of them is asked on its form. */
export interface Button {
  readonly id: string;
  readonly label: string;
  /** Of the form's title and of its submit button, before the name of the target. */
  readonly heading: string;
  readonly verb: string;
}

/** What only a role of its own can be about: two in the management account, and the one that may write policies. */
type OwnScope = 'identity-center' | 'root' | 'session-policy';

/** An action that the role which responds needs, and what it is limited to. */
export interface Permission {
  readonly action: string;
  readonly on: 'user' | 'role' | 'mfa' | 'alarm' | 'session' | OwnScope;
  /** With that policy alone, which the template makes. */
  readonly withPolicy?: 'deny-all';
  /** The part of the member-roles template that allows it; undefined: it is always allowed there. */
  readonly part?: AllowedBy;
}

export interface MemberPermission extends Permission {
  readonly on: Exclude<Permission['on'], OwnScope>;
}

interface Described {
  readonly id: string;
  readonly label: string;
  readonly button: Button;
  readonly needs: Role;
  readonly effect: string;
  readonly nonEffect: string;
  /** Whether somebody can do more after it, or less. */
  readonly access: Access;
  /** How many others approve it, unless APPROVALS says otherwise; without: none. */
  readonly approvals?: 0 | 1 | 2;
  /** Somebody else approves it, also where there is nobody to wait for. */
  readonly isNeverBreakGlass?: true;
  /** For these kinds of target one approves at least, whatever APPROVALS says; with why. */
  readonly othersFor?: OthersFor;
  /** It rings, whomever it is about. */
  readonly isLoud?: true;
  /** What undoes it, in words. */
  readonly undo: string;
  readonly target: TargetKinds;
  /** Where a card shows it; `listed`: behind “More responses” only; undefined: not on this one. */
  offered(incident: Incident, reach: ReachSettings): 'incident' | 'user' | 'more' | 'listed' | undefined;
  /** How well it fits among those of its row: the smaller comes first, those that do not say are 50. */
  rank?(incident: Incident): number;
}

export interface StepAround {
  /** The others of the incident's campaign that are not resolved. */
  readonly campaign: readonly Incident[];
  /** Names of accounts by id. */
  readonly accounts: ReadonlyMap<string, string>;
}

/** Changes the incident only, in the click's own transaction. */
export interface StepResponse extends Described {
  readonly kind: 'step';
  /** What is asked; without it nothing is. */
  form?(incident: Incident, around: StepAround): { readonly lines: readonly Line[]; readonly questions: readonly Question[] };
  /** Numbers of the incidents that it is done to: one at least, whose refusal is the answer; of the others it is done where it can be. */
  concerns?(incident: Incident, campaign: readonly Incident[], answers: Answers): readonly [number, ...number[]];
  step(incident: Incident, by: Person, at: StepContext): Step;
}

interface StepContext {
  readonly now: number;
  readonly answers: Answers;
  /** The incident that signals of the same key go to now. */
  readonly current: Incident | undefined;
}

export interface Doing {
  readonly incident: Incident;
  readonly by: Person;
  /** Of the intent's entry. */
  readonly seq: number;
  readonly answers: Answers;
  /** In whose name AWS is called: given to every change. */
  readonly actor: Actor;
  /** The requester's words. */
  readonly why: string;
  readonly reveal: Reveal;
  /** Before each change of one that is followed: what `follow` needs to know should this process die. No secret. @throws AppError when its outcome was told meanwhile */
  readonly keep: (token: string, progress: Progress) => Promise<void>;
  /** Asked before each change of several: why no more are made, as a sentence; undefined: they are. Never throws. */
  readonly stopped: () => Promise<string | undefined>;
}

/** A response that went on after whoever gave it was answered; perhaps another process began it. */
export interface Following extends Pick<Doing, 'incident' | 'by' | 'seq'> {
  readonly startedAt: number;
}

/** Who asks for a response, and since when: of one that was approved, when it was requested. */
export interface Asking {
  readonly by: Person;
  readonly at: number;
}

/** Calls AWS, between an intent and an outcome. */
export interface CallResponse<P extends Plan = Plan> extends Described {
  readonly kind: 'call';
  /** What the acting role needs; none: it only reads, and is not confirmed. */
  readonly permissions: readonly Permission[];
  readonly causes: readonly Cause[];
  /** Whether what it does to somebody is so already, as far as the incident knows: then it is not put forward. */
  stands?(incident: Incident, target: Target): boolean;
  /** @throws AppError what AWS says: `not-found`, `denied`, `throttled`, `unavailable` */
  plan(ports: Ports, target: Target, incident: Incident): Promise<Answer<{ plan: P }>>;
  /** What is wrong with the answers that the questions do not tell by themselves. */
  check?(plan: P, answers: Answers, asking: Asking): Problems;
  /** What is about to be done, in one sentence for the thread. */
  intent(plan: P, by: Person, answers: Answers): string;
  /** All that `act` calls to change something: simulated before, and allowed to its session. */
  calls(plan: P, answers: Answers): readonly Call[];
  /** @throws AppError; what it throws becomes the outcome */
  act(ports: Ports, plan: P, doing: Doing): Promise<Ended | Later>;
  /** How one stands that went on: it reads, and changes nothing. @throws AppError; it is asked again then */
  follow?(ports: Ports, token: string, following: Following): Promise<Ended | Later>;
}

/** Calls in order, each with its own intent and outcome. What is so already is skipped; it stops at the first that is not done. */
export interface LadderResponse extends Described {
  readonly kind: 'ladder';
  /** Ids of calls of the same kind of target. */
  readonly rungs: readonly string[];
}

export type Response = StepResponse | CallResponse | LadderResponse;

/** Whether it calls AWS to change anything: then it is confirmed, with a reason. */
export function changesAws(response: Response): boolean {
  return response.kind === 'ladder' || (response.kind === 'call' && response.permissions.length > 0);
}

/** Of all responses, each action once. */
export function permissionsOf(responses: readonly Response[]): Permission[] {
  const all = responses.flatMap((one) => (one.kind === 'call' ? one.permissions : []));
  return [...new Map(all.map((one) => [`${one.action} ${one.on}`, one])).values()];
}

/** Those of the role that responds in each account. */
export function memberPermissionsOf(responses: readonly Response[]): MemberPermission[] {
  const own: readonly Permission['on'][] = ['identity-center', 'root', 'session-policy'] satisfies readonly OwnScope[];
  return permissionsOf(responses).filter((one): one is MemberPermission => !own.includes(one.on));
}

/** What each is called, by its id. */
export function labelsOf(responses: readonly Response[]): ReadonlyMap<string, string> {
  return new Map(responses.map(({ id, label }) => [id, label]));
}
