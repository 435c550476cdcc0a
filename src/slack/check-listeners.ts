/** The Check button of a confirmation, the requester's or an approver's: a dry run, shown over the form, which stays as it was filled in. */
import type { App, BlockAction, ButtonAction } from '@slack/bolt';
import { asAppError } from '../domain/error.ts';
import type { Answers } from '../domain/response/question.ts';
import { isFor, type Target } from '../domain/response/target.ts';
import { checkResponse } from '../features/check-response.ts';
import type { Planned } from '../features/prepare-response.ts';
import { askedIn } from '../features/requests.ts';
import { plannedOf } from './buttons.ts';
import { checkAction, checkView } from './check-view.ts';
import { type ClickArgs, clickOf, type SlackContext, saidIfFailed } from './click.ts';
import { answersIn, saying, stateOf } from './view.ts';

export function registerCheck(app: App, context: SlackContext): void {
  app.action<BlockAction<ButtonAction>>(checkAction, async (args) => {
    await args.ack();
    await saidIfFailed(context, args as ClickArgs, checkAction, () => checked(context, args as ClickArgs));
  });
}

async function checked(context: SlackContext, args: ClickArgs): Promise<void> {
  const { view } = args.body;
  if (!view) return;
  const { i } = stateOf(view);
  const click = clickOf(args, i);
  const found = await confirmedIn(context, view);
  if (found === undefined) return;
  const { response, target, answers } = found;
  const title = response.button.heading;
  const id = await click.open(saying(title, { i }, 'Checking with AWS. Nothing is changed…'));
  try {
    const answer = await checkResponse(context, { clicker: click.clicker, incident: i, response, target }, answers);
    const shown = answer.ok ? checkView({ incident: i, response, checked: answer.checked }, context.accounts) : saying(title, { i }, answer.message);
    await click.show(id, shown);
  } catch (thrown) {
    await click.show(id, saying(title, { i }, asAppError(thrown).message));
  }
}

interface Confirmed {
  readonly response: Planned;
  readonly target: Target;
  readonly answers: Answers;
}

/** Of an approver's window what was requested, with the requester's answers. */
async function confirmedIn(context: SlackContext, view: NonNullable<ClickArgs['body']['view']>): Promise<Confirmed | undefined> {
  const { i, b, target, seq } = stateOf(view);
  if (seq !== undefined) {
    const request = await context.ports.store.request(i, seq);
    const asked = request && askedIn(context, request);
    return request && asked && { response: asked.response, target: asked.target, answers: request.answers };
  }
  const answers = answersIn(view);
  const response = plannedOf(context, b, answers.mode as string | undefined);
  return response !== undefined && isFor(target, response.target) ? { response, target, answers } : undefined;
}
