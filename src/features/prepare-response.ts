/** What a response would do, for the person to confirm. Nothing is written. */
import { AppError } from '../domain/error.ts';
import type { Incident } from '../domain/incident/incident.ts';
import type { Ports } from '../domain/ports.ts';
import type { Plan } from '../domain/response/plan.ts';
import { type Answers, type Problems, problemsIn, type Question } from '../domain/response/question.ts';
import type { Answer, Refused } from '../domain/response/refusal.ts';
import { type Asking, type CallResponse, changesAws, type LadderResponse, type Response } from '../domain/response/response.ts';
import type { Target } from '../domain/response/target.ts';
import { brakeNow } from './brakes.ts';
import { readingAs, recordRead } from './read-as.ts';
import { recorded } from './record-refusal.ts';
import { type Clicker, closedAlready, mayNot, missing, repetition } from './respond.ts';

export interface World {
  readonly ports: Ports;
  readonly responses: readonly Response[];
}

export type Planned = CallResponse | LadderResponse;

export interface Asked {
  readonly clicker: Clicker;
  readonly incident: number;
  readonly response: Planned;
  readonly target: Target;
}

/** One call of a response: a ladder has several. */
export interface Rung {
  readonly response: CallResponse;
  /** Refused: there is nothing to do, or it may not be done; a ladder goes on. */
  readonly planned: Answer<{ plan: Plan }>;
}

export interface Prepared {
  readonly incident: Incident;
  readonly rungs: readonly Rung[];
  /** Of all rungs. */
  readonly plan: Plan;
  /** Who did the same of late, in words. */
  readonly repeated: string | undefined;
  /** When the newest like response began that the requester is shown. */
  readonly seen: number;
}

/** A refusal is recorded. @throws AppError what AWS says: `not-found`, `denied`, `throttled`, `unavailable` */
export function prepare(world: World, asked: Asked): Promise<Answer<{ prepared: Prepared }>> {
  const { clicker: by, incident, response } = asked;
  return recorded(world.ports, { by, incident, label: response.button.label }, prepareUnrecorded(world, asked));
}

/** The same; what is refused is for the caller to record. */
export async function prepareUnrecorded(world: World, { clicker, incident: id, response, target }: Asked): Promise<Answer<{ prepared: Prepared }>> {
  const { ports } = world;
  const refused = mayNot(ports, clicker, { needs: response.needs, label: response.button.label });
  if (refused) return refused;
  const incident = await ports.store.incident(id);
  if (incident === undefined) return missing(id);
  const closed = closedAlready(incident, ports.clock.now());
  if (closed) return closed;
  const stopped = changesAws(response) ? await brakeNow(ports) : undefined;
  if (stopped) return stopped;
  const by = { id: clicker.id, name: clicker.name };
  // A look-up leaves entries of its own.
  if (changesAws(response)) await recordRead(ports, by, { incident, label: response.button.label, target });
  const reading = readingAs(ports, { person: by, incident: id, response: response.id });
  const rungs: Rung[] = [];
  const isRung = response.kind === 'ladder';
  for (const one of callsOf(world, response)) rungs.push({ response: one, planned: await planned(reading, one, { target, incident, isRung }) });
  const plans = rungs.flatMap((rung) => (rung.planned.ok ? [{ ...rung, plan: rung.planned.plan }] : []));
  const [first] = plans;
  if (first === undefined) return refusalIn(rungs);
  const plan = response.kind === 'call' ? first.plan : togetherOf(plans, rungs);
  // A look-up may be repeated as often as one likes: nothing is changed by it.
  const repeats = changesAws(response)
    ? await repetition(ports, likeOf(world, first.response), plan.on)
    : { repeated: undefined, seen: Number.MAX_SAFE_INTEGER };
  return { ok: true, prepared: { incident, rungs, plan, ...repeats } };
}

/** The calls that a response consists of. */
export function callsOf({ responses }: Pick<World, 'responses'>, response: Planned): CallResponse[] {
  if (response.kind === 'call') return [response];
  return response.rungs.flatMap((id) => responses.find((one): one is CallResponse => one.id === id && one.kind === 'call') ?? []);
}

/** Those behind one button are like each other. */
export function likeOf({ responses }: Pick<World, 'responses'>, { button }: Response): string[] {
  return responses.filter((one) => one.button.id === button.id).map(({ id }) => id);
}

/** A rung's plan; what is so already is refused, and of a ladder also what it did before. */
export async function planned(
  ports: Ports,
  response: CallResponse,
  { target, incident, isRung }: { target: Target; incident: Incident; isRung: boolean },
): Promise<Answer<{ plan: Plan }>> {
  const answer = await response.plan(ports, target, incident).catch((thrown: unknown): Refused => {
    // A ladder goes on without what the responder is not allowed in this account.
    if (isRung && thrown instanceof AppError && thrown.code === 'denied') return { ok: false, reason: 'denied', message: thrown.message };
    throw thrown;
  });
  if (!answer.ok) return answer;
  const already = answer.plan.already ?? (isRung ? answer.plan.done : undefined);
  return already === undefined ? answer : { ok: false, reason: 'already-so', message: `${already} Nothing was done.` };
}

function refusalIn(rungs: readonly Rung[]): Refused {
  const [first] = rungs.flatMap(({ planned: one }) => (one.ok ? [] : [one]));
  return first ?? { ok: false, reason: 'already-so', message: 'There is nothing to do.' };
}

interface PlannedRung {
  readonly response: CallResponse;
  readonly plan: Plan;
}

/** One form for all: what AWS says is the same of each, what they ask is not. */
function togetherOf(plans: readonly PlannedRung[], rungs: readonly Rung[]): Plan {
  const [{ plan: first }] = plans as [PlannedRung];
  const asked = plans.flatMap(({ response, plan }) => plan.questions.map((question) => ({ ...question, id: idOn(response, question) })));
  return {
    ...first,
    facts: Object.assign({}, ...plans.map(({ plan }) => plan.facts)),
    notes: [...plans.map(({ response }, index) => `${index + 1}. ${response.label}: ${response.effect}`), ...passedOver(rungs)],
    warnings: [...new Set(plans.flatMap(({ plan }) => plan.warnings))],
    questions: asked.filter(({ id }, index) => asked.findIndex((one) => one.id === id) === index),
  };
}

/** What a ladder goes on without, and why. */
export function passedOver(rungs: readonly Rung[]): string[] {
  return rungs.flatMap(({ response, planned: one }) =>
    one.ok ? [] : [`Skipped: ${response.label}. ${one.message.replace(' Nothing was done.', '')}`],
  );
}

/** On a ladder's form each rung has questions of its own; a name is typed once for all. */
function idOn({ id }: CallResponse, question: Question): string {
  return question.kind === 'typed-again' ? question.id : `${id}.${question.id}`;
}

/** The answers of one rung. */
export function answersOf(response: Planned, { response: rung, planned: one }: Rung, answers: Answers): Answers {
  if (response.kind === 'call' || !one.ok) return answers;
  const own = one.plan.questions.flatMap((question) => {
    const id = idOn(rung, question);
    return Object.hasOwn(answers, id) ? [[question.id, answers[id] as string]] : [];
  });
  return Object.fromEntries(own) as Answers;
}

/** What is wrong with the answers, by the form's questions. */
export function problemsOf({ plan, rungs }: Prepared, response: Planned, { answers, ...asking }: Asking & { readonly answers: Answers }): Problems {
  const checked = rungs.flatMap((rung) => {
    if (!rung.planned.ok) return [];
    const { plan: own } = rung.planned;
    const found = Object.entries(rung.response.check?.(own, answersOf(response, rung, answers), asking) ?? {});
    return found.map(([id, says]) => {
      const question = own.questions.find((one) => one.id === id);
      return [response.kind === 'call' || question === undefined ? id : idOn(rung.response, question), says] as const;
    });
  });
  return { ...Object.fromEntries(checked), ...problemsIn(plan.questions, answers) };
}
