/** Clicks of “Was this you?”: of whoever asks it, and of the person who is asked. */
import type { App, BlockAction, ButtonAction, ViewSubmitAction } from '@slack/bolt';
import type { KnownBlock } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import { AppError, asAppError } from '../domain/error.ts';
import type { Message } from '../domain/ports.ts';
import { answerQuestion, askLabel, askOwner, prepareQuestion } from '../features/ask-owner.ts';
import { type ClickArgs, clickerOf, clickOf, type SlackContext, saidIfFailed } from './click.ts';
import { slackError } from './errors.ts';
import { subjectChoice } from './forms.ts';
import { answerActions, askAction, askForm, drawAnswered, drawQuestion } from './owner-question.ts';
import { shownIn } from './shown-in.ts';
import type { SubmitArgs } from './submits.ts';
import { numbersIn, saying, stateOf } from './view.ts';

export const askActions: RegExp = new RegExp(`${askAction}(?:/\\d+)?`);

export function registerOwnerQuestions(app: App, context: SlackContext): void {
  app.action<BlockAction<ButtonAction>>(new RegExp(`^${askActions.source}$`), async (args) => {
    await args.ack();
    await saidIfFailed(context, args as ClickArgs, askAction, () => opened(context, args as ClickArgs, args.payload.value ?? ''));
  });
  for (const id of answerActions) {
    app.action<BlockAction<ButtonAction>>(id, async (args) => {
      await args.ack();
      await saidIfFailed(context, args as ClickArgs, id, () => pressed(context, args as ClickArgs, { id, value: args.payload.value ?? '' }));
    });
  }
  app.view<ViewSubmitAction>(askAction, (args) => submitted(context, args));
}

async function opened(context: SlackContext, args: ClickArgs, value: string): Promise<void> {
  const [, key = ''] = value.split(':');
  const [incident = 0] = numbersIn(value);
  const click = clickOf(args, incident);
  const asked = { incident, isSubject: (one: Parameters<typeof subjectChoice>[0]) => subjectChoice(one) === key };
  const answer = await prepareQuestion(context.ports, click.clicker, asked);
  if (!answer.ok) return click.tell(answer.message);
  await click.open(askForm(answer, context.accounts));
}

async function submitted(context: SlackContext, { ack, body, view, client }: SubmitArgs): Promise<void> {
  const { i, subject = '' } = stateOf(view);
  await ack({ response_action: 'update', view: saying(askLabel, { i }, 'Sending…') });
  const answer = await askOwner(context.ports, clickerOf(body), {
    incident: i,
    isSubject: (one) => subjectChoice(one) === subject,
    send: (question) => sendTo(client, question.owner, drawQuestion(question, context.accounts)),
  }).catch((thrown: unknown) => ({ ok: false as const, message: asAppError(thrown).message }));
  await shownIn(client, { view_id: view.id }, saying(askLabel, { i }, answer.ok ? answer.text : answer.message));
}

/** @throws AppError `ambiguous` when the message may be there */
async function sendTo(client: WebClient, users: string, { text, blocks }: Message): Promise<void> {
  let channel: string | undefined;
  try {
    channel = (await client.conversations.open({ users })).channel?.id;
  } catch (thrown) {
    throw refusedFor(slackError(thrown, 'conversations.open'));
  }
  try {
    const quiet = { mrkdwn: false, unfurl_links: false, unfurl_media: false };
    await client.chat.postMessage({ channel: channel ?? users, text, blocks: [...blocks] as KnownBlock[], ...quiet });
  } catch (thrown) {
    throw slackError(thrown, 'chat.postMessage');
  }
}

/** Where no conversation was opened, nothing was sent in it. */
function refusedFor({ code, message, reason, cause }: AppError): AppError {
  return new AppError(code === 'ambiguous' ? 'unavailable' : code, message, { reason, cause });
}

interface Pressed {
  readonly id: (typeof answerActions)[number];
  readonly value: string;
}

/** The buttons go once they decide nothing any more. */
async function pressed(context: SlackContext, args: ClickArgs, { id, value }: Pressed): Promise<void> {
  const [incident = 0, seq = 0] = numbersIn(value);
  const click = clickOf(args, incident);
  const { body, client } = args;
  const answer = await answerQuestion(context.ports, click.clicker, { incident, seq, is: id === 'was-me' ? 'me' : 'not-me' });
  const isOver = answer.ok || answer.reason === 'question-over' || answer.reason === 'answered-already';
  const said = answer.ok ? answer.text : answer.message;
  const [channel, ts] = [body.channel?.id, body.message?.ts];
  if (!isOver || channel === undefined || ts === undefined) return click.tell(said);
  const { text, blocks } = drawAnswered(said);
  await client.chat
    .update({ channel, ts, text, blocks: [...blocks] as KnownBlock[] })
    .catch((thrown: unknown) => context.ports.log.warn({ incident, err: slackError(thrown, 'chat.update') }, 'answer not shown'));
}
