/** Submitted forms of responses: checked, given, and what came of it shown. */
import type { App, ViewSubmitAction } from '@slack/bolt';
import type { View } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import { asAppError } from '../domain/error.ts';
import { type Answers, problemsIn } from '../domain/response/question.ts';
import { isFor } from '../domain/response/target.ts';
import { type Confirmed, type Given, give } from '../features/give-response.ts';
import type { Asked } from '../features/prepare-response.ts';
import { type AskedStep, problemsOfStep, transition } from '../features/transition.ts';
import { behind, formOf, plannedOf } from './buttons.ts';
import { clickerOf, type SlackContext } from './click.ts';
import { outcomeView, requestedView, revealedView, whyQuestion } from './forms.ts';
import { shownIn } from './shown-in.ts';
import { answersIn, olderWindow, saying, stateOf } from './view.ts';

export type SubmitArgs = Parameters<Parameters<typeof App.prototype.view<ViewSubmitAction>>[1]>[0];

/** Slack wants an answer within 3 s: what AWS has not said by then is shown in the modal afterwards. */
const patienceMs = 1_800;

export async function submitted(context: SlackContext, args: SubmitArgs): Promise<void> {
  const state = stateOf(args.view);
  const answers = answersIn(args.view);
  const [first] = behind(context, state.b ?? '');
  if (first?.kind === 'step') return stepSubmitted(context, args, { response: first, incident: state.i, answers, form: args.view.id });
  const response = plannedOf(context, state.b, answers.mode as string | undefined);
  if (response === undefined || !isFor(state.target, response.target)) return args.ack({ response_action: 'update', view: olderWindow(state.i) });
  const noReason = problemsIn([whyQuestion], answers);
  if (noReason.why !== undefined) return args.ack({ response_action: 'errors', errors: { why: noReason.why } });
  const asked: Asked = { clicker: clickerOf(args.body), incident: state.i, response, target: state.target };
  await confirmedBy(context, args, {
    asked,
    confirmed: { facts: state.facts ?? {}, answers, why: String(answers.why).trim(), seen: state.seen ?? 0 },
  });
}

async function stepSubmitted({ ports }: SlackContext, { ack, body }: SubmitArgs, asked: AskedStep): Promise<void> {
  const problems = await problemsOfStep(ports, asked);
  if (Object.keys(problems).length > 0) return ack({ response_action: 'errors', errors: { ...problems } });
  const answer = await transition(ports, clickerOf(body), asked);
  const title = `${asked.response.button.heading}: not done`;
  await ack(answer.ok ? { response_action: 'clear' } : { response_action: 'update', view: saying(title, { i: asked.incident }, answer.message) });
}

interface ConfirmedForm {
  readonly asked: Asked;
  readonly confirmed: Confirmed;
}

/** The intent is committed before Slack is answered where AWS is quick enough; it is carried out also where Slack no longer takes the answer. */
async function confirmedBy(context: SlackContext, { ack, view, client }: SubmitArgs, { asked, confirmed }: ConfirmedForm): Promise<void> {
  const { incident, response } = asked;
  const giving = give(context, asked, confirmed).catch((thrown: unknown) => asAppError(thrown));
  const inTime = await Promise.race([giving, patience()]);
  const form = inTime === undefined || inTime instanceof Error ? undefined : errorsIn(inTime, view);
  if (form) return ack({ response_action: 'errors', errors: form });
  const wait = saying(
    response.button.label,
    { i: incident },
    'Asking AWS… Keep this open: the outcome comes here, and what is shown once is shown nowhere else.',
  );
  await ack({ response_action: 'update', view: wait }).catch(() => undefined);
  await inView(context, { client, view_id: view.id, asked }, async () => {
    const given = await giving;
    if (given instanceof Error) throw given;
    return shownOf(context, given, { client, view_id: view.id, asked, answers: confirmed.answers });
  });
}

async function patience(): Promise<undefined> {
  await new Promise((resolve) => setTimeout(resolve, patienceMs).unref());
}

/** What can be said on the form that is open, so that it stays as it was filled in. */
function errorsIn(given: Given, { blocks }: SubmitArgs['view']): Record<string, string> | undefined {
  if (given.is !== 'asked-again' || Object.keys(given.problems).length === 0) return undefined;
  const isThere = (id: string): boolean => blocks.some((block) => block.block_id === id);
  return Object.keys(given.problems).every(isThere) ? { ...given.problems } : undefined;
}

interface Place {
  readonly client: WebClient;
  readonly view_id: string;
  readonly asked: Asked;
}

/** Carries it out, where it was begun. @returns what is shown next; undefined: the secret may be there, and stays */
export async function shownOf(
  context: SlackContext,
  given: Given,
  { client, view_id, asked, answers }: Place & { answers: Answers },
): Promise<View | undefined> {
  const { incident, response } = asked;
  if (given.is === 'refused') return saying(response.button.label, { i: incident }, given.refused.message);
  if (given.is === 'asked-again') {
    const says = [...given.changed, ...Object.values(given.problems)];
    return formOf(context, asked, { prepared: given.prepared, says, answers });
  }
  if (given.is === 'requested') return requestedView(response, incident, given.text);
  let mayHoldSecret = false;
  const ended = await given.finish(async (secret, about) => {
    const result = await shownIn(client, { view_id }, revealedView(incident, secret, about));
    mayHoldSecret = result === 'shown' || result === 'unsure';
    return result;
  });
  return mayHoldSecret ? undefined : outcomeView(response, incident, ended);
}

/** Shows what `work` returns in the view; a closed view is no fault, for the outcome is in the thread too. */
async function inView({ ports }: SlackContext, { client, view_id, asked }: Place, work: () => Promise<View | undefined>): Promise<void> {
  let view: View | undefined;
  try {
    view = await work();
  } catch (thrown) {
    const error = asAppError(thrown);
    ports.log.error({ incident: asked.incident, err: error }, 'response failed before it began');
    view = saying(asked.response.button.label, { i: asked.incident }, error.message);
  }
  if (view) await shownIn(client, { view_id }, view);
}
