/** A click as the listeners see it. */
import type { App, BlockAction, ButtonAction, OverflowAction, SlashCommand } from '@slack/bolt';
import type { View } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import { AppError, asAppError, type ErrorCode } from '../domain/error.ts';
import type { Chat, Ports, Report } from '../domain/ports.ts';
import type { Response } from '../domain/response/response.ts';
import { commitUnanswered } from '../domain/store.ts';
import type { Clicker } from '../features/respond.ts';
import { slackError } from './errors.ts';
import { homeFrom, homeOf, type Payload } from './organisation.ts';
import { sayPrivately } from './say-privately.ts';
import { shownIn } from './shown-in.ts';
import { saying } from './view.ts';

export interface SlackContext {
  readonly ports: Ports;
  readonly responses: readonly Response[];
  readonly accounts: ReadonlyMap<string, string>;
  readonly permalink: (ts: string) => string;
  readonly report: Report;
  /** The incident channel. */
  readonly chat: Chat;
}

/** One click on a card or in a window, with what is needed to answer it. */
export interface Click {
  readonly clicker: Clicker;
  readonly incident: number;
  /** Of a list: the key of whom it is about. */
  readonly about: string | undefined;
  /**
   * Opens a modal, over the one that the button is in, if any; Slack gives 3 seconds and one try. Returns its id.
   * @throws AppError `expired` where Slack did not open it in time: the person presses again
   */
  open(view: View): Promise<string>;
  /** Shows a view in place of the one opened; one that was closed meanwhile is left alone. */
  show(id: string, view: View): Promise<void>;
  /** Says something to the clicker only. */
  tell(text: string): Promise<void>;
}

export type ClickArgs = Parameters<Parameters<typeof App.prototype.action<BlockAction<ButtonAction | OverflowAction>>>[1]>[0];

export function clickerOf(body: Payload & { user: { id: string; name?: string; username?: string } }): Clicker {
  const { id, name, username } = body.user;
  return { id, name: name ?? username ?? id, home: homeOf(body) };
}

/** Whoever typed a command. Slack phases `user_name` out. Source: "Implementing slash commands", docs.slack.dev. */
export function commanderOf({ user_id: id, user_name, team_id, enterprise_id }: Partial<SlashCommand> & { user_id: string }): Clicker {
  return { id, name: user_name || id, home: homeFrom(team_id, enterprise_id) };
}

/** Codes of an end that comes of time alone: the next press may do better. */
const tooLate: ReadonlySet<ErrorCode> = new Set(['expired', 'throttled', 'ambiguous', 'unavailable']);

type Opening = 'views.open' | 'views.push';

async function opened(client: WebClient, method: Opening, asked: { trigger_id: string; view: View }): Promise<string> {
  try {
    return (await (method === 'views.open' ? client.views.open(asked) : client.views.push(asked))).view?.id ?? '';
  } catch (thrown) {
    const error = slackError(thrown, method);
    if (!tooLate.has(error.code)) throw error;
    throw new AppError('expired', 'Slack took too long. Press the button again.', { cause: error, reason: error.reason });
  }
}

export function clickOf(args: ClickArgs, incident: number, about?: string): Click {
  const { body, client } = args;
  const known = { clicker: clickerOf(body), incident, about };
  if (body.view) return { ...known, ...inView(args, body.view.type === 'modal' ? 'views.push' : 'views.open') };
  return {
    ...known,
    open: (view) => opened(client, 'views.open', { trigger_id: body.trigger_id, view }),
    show: async (view_id, view) => {
      const result = await shownIn(client, { view_id }, view);
      if (result === 'shown' || result === 'closed') return;
      await sayPrivately(args, 'Slack did not show the answer in the window. Press the button again.');
    },
    tell: (text) => sayPrivately(args, text),
  };
}

/** What is said to whoever clicked, of what failed. */
export function failedWords({ reason, message }: AppError): string {
  return reason === commitUnanswered ? message : `${message} Nothing was changed by this click.`;
}

/** Runs what a button asks for. What fails is logged, and said to whoever pressed it: silence would pass for an answer. */
export async function saidIfFailed({ ports }: SlackContext, args: ClickArgs, button: string, work: () => Promise<void>): Promise<void> {
  await work().catch(async (thrown: unknown) => {
    const error = asAppError(thrown);
    ports.log.error({ button, user: args.body.user.id, reason: error.reason, err: error }, 'click failed');
    await clickOf(args, 0)
      .tell(failedWords(error))
      .catch(() => undefined);
  });
}

/**
 * A button in a window has no message to answer in: what is said is said in a window over it. Nor has one of App Home, over which Slack pushes
 * nothing: there it is said in a window of its own.
 */
function inView({ body: { trigger_id }, client }: ClickArgs, method: Opening): Pick<Click, 'open' | 'show' | 'tell'> {
  let last: string | undefined;
  const open = async (view: View): Promise<string> => (last = await opened(client, method, { trigger_id, view }));
  return {
    open,
    show: async (view_id, view) => void (await shownIn(client, { view_id }, view)),
    tell: async (text) => {
      const view = saying('Not done', { i: 0 }, text);
      if (last === undefined) await open(view);
      else await shownIn(client, { view_id: last }, view);
    },
  };
}
