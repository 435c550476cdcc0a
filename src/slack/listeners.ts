/** Which click leads to which feature. Each answers within Slack's 3 seconds: what needs AWS opens or updates a modal afterwards. */
import type { AllMiddlewareArgs, App, BlockAction, ButtonAction, OverflowAction, SlackActionMiddlewareArgs } from '@slack/bolt';
import type { View } from '@slack/types';
import { asAppError } from '../domain/error.ts';
import type { ViewId } from '../domain/response/offers.ts';
import { labelsOf, type Response } from '../domain/response/response.ts';
import { listResponses } from '../features/list-responses.ts';
import { missing, refusal } from '../features/respond.ts';
import { behind } from './buttons.ts';
import { checkAction } from './check-view.ts';
import { type Click, type ClickArgs, clickerOf, clickOf, failedWords, type SlackContext, saidIfFailed } from './click.ts';
import { byHandModal, eventsModal, evidenceModal, perPage, timelineModal } from './evidence.ts';
import { moreAction, moreView } from './more-view.ts';
import { askActions, registerOwnerQuestions } from './owner-listeners.ts';
import { answerActions } from './owner-question.ts';
import { requestActions } from './request-reply.ts';
import { isDoneAtOnce, startResponse } from './responding.ts';
import { shownIn } from './shown-in.ts';
import { postCardAction, registerStormClicks, stormActions } from './storm-listeners.ts';
import { signInTurn } from './turns.ts';
import { anythingBut, saying, stateOf } from './view.ts';
import { entryModal, wholeTextModal } from './whole-text.ts';

/** Returns what the clicker is told, if anything. */
type Handler = (context: SlackContext, click: Click) => Promise<string | undefined>;

/** Opens a view that changes nothing. */
function viewOf(label: string, kind: Page): Handler {
  return async (context, click) => {
    const refused = await refusal(context.ports, click.clicker, { needs: 'responder', label, incident: click.incident });
    if (refused) return refused.message;
    const view = await pageOf(context, click, { kind, value: '0' });
    if (view === undefined) return missing(click.incident).message;
    await click.open(view);
    return undefined;
  };
}

type Page = 'timeline' | 'evidence' | 'events' | 'text' | 'responses' | 'by-hand';

interface Asked {
  readonly kind: Page;
  /** Of the button that leads there: a number, or a place in the list. */
  readonly value: string;
}

async function pageOf(
  context: SlackContext,
  { clicker, incident }: Pick<Click, 'clicker' | 'incident'>,
  { kind, value }: Asked,
): Promise<View | undefined> {
  const { store, settings } = context.ports;
  const known = await store.incident(incident);
  if (known === undefined) return undefined;
  const page = Number(value);
  const rows = { from: page * perPage, count: perPage };
  if (kind === 'timeline') return timelineModal(known, { ...(await store.entries(incident, rows)), page, labels: labelsOf(context.responses) });
  if (kind === 'text') return wholeTextModal(known, page);
  if (kind === 'responses') return moreView(known, { groups: listResponses(context, clicker, known), page, accounts: context.accounts });
  if (kind === 'events') return eventsModal(known, await store.signIns(incident, { count: perPage, turn: signInTurn(value) }));
  return kind === 'evidence' ? evidenceModal(known, context.accounts, page) : byHandModal(known, settings);
}

const views: Record<ViewId | typeof moreAction, Handler> = {
  timeline: viewOf('Timeline', 'timeline'),
  evidence: viewOf('Evidence', 'evidence'),
  'by-hand': viewOf('What to do by hand', 'by-hand'),
  [moreAction]: viewOf('More responses', 'responses'),
};

/** What a button leads to: a response, or a view. */
function handlerOf(context: SlackContext, name: string): { handler: Handler; isDoneFirst: boolean } | undefined {
  const [response] = behind(context, name);
  if (response) return { handler: (_context, click) => startResponse(context, click, response), isDoneFirst: isDoneAtOnce(response) };
  return Object.hasOwn(views, name) ? { handler: views[name as ViewId], isDoneFirst: false } : undefined;
}

/** Action ids of the buttons that responses have on the card and behind “More responses”; `more` leads to the rest. */
export function cardActions(responses: readonly Response[]): string[] {
  return [...new Set(responses.map(({ button }) => button.id)), moreAction];
}

export function registerClicks(app: App, context: SlackContext): void {
  const run = async (args: ClickArgs, name: string, value: string): Promise<void> => {
    const [of, about] = value.split(':');
    const incident = Number(of);
    const click = clickOf(args, incident, about);
    const found = handlerOf(context, name);
    if (found === undefined || !Number.isSafeInteger(incident)) {
      await args.ack();
      return told(context, click, olderButton);
    }
    await answering(context, args, { click, name, ...found });
  };
  const buttons = cardActions(context.responses);
  for (const id of buttons) {
    app.action<BlockAction<ButtonAction>>(id, async (args) => run(args as ClickArgs, id, args.payload.value ?? ''));
  }
  app.action<BlockAction<ButtonAction>>(anotherOf(buttons), async (args) => {
    await run(args as ClickArgs, args.payload.action_id.split('/')[0] ?? '', args.payload.value ?? '');
  });
  app.action<BlockAction<OverflowAction>>('more', async (args) => {
    const [name = '', incident = ''] = (args.payload.selected_option?.value ?? '').split(':');
    await run(args as ClickArgs, name, incident);
  });
  registerPaging(app, context);
  registerStormClicks(app, context);
  registerOwnerQuestions(app, context);
  // Bolt runs every listener that matches, so this one leaves out the ids above.
  const known = [...buttons, anotherOf(buttons).source.slice(1, -1), ...otherActions];
  app.action<BlockAction<ButtonAction>>(anythingBut(known), async (args) => {
    await args.ack();
    context.ports.log.warn({ action: args.action.action_id }, 'button without a listener');
    await told(context, clickOf(args as ClickArgs, 0), olderButton);
  });
}

const olderButton = 'This button is of an older version of the responder. Nothing was done. Use the newest card.';

/** Of a list that has the same button for several people. */
function anotherOf(buttons: readonly string[]): RegExp {
  return new RegExp(`^(?:${buttons.join('|')})/\\d+$`);
}

interface Answering {
  readonly click: Click;
  readonly name: string;
  readonly handler: Handler;
  /** What changes only the database is committed before the ack; everything else acks first. */
  readonly isDoneFirst: boolean;
}

async function answering(context: SlackContext, args: ClickArgs, { click, name, handler, isDoneFirst }: Answering): Promise<void> {
  if (!isDoneFirst) await args.ack();
  const said = await handler(context, click).catch((thrown: unknown) => {
    const error = asAppError(thrown);
    const told = { incident: click.incident, user: click.clicker.id, button: name, reason: error.reason };
    if (error.code === 'expired') {
      context.ports.log.info(told, 'click came too late');
      return error.message;
    }
    context.ports.log.error({ ...told, err: error }, 'click failed');
    return failedWords(error);
  });
  if (isDoneFirst) await args.ack();
  if (said !== undefined) return told(context, click, said);
  // What was done at once from a list changes what the list offers.
  if (isDoneFirst && args.body.view) await redraw(context, args, click);
}

async function redraw(context: SlackContext, { body, client }: ClickArgs, click: Click): Promise<void> {
  if (body.view === undefined) return;
  const view = await pageOf(context, click, { kind: 'responses', value: String(stateOf(body.view).page ?? 0) });
  if (view) await shownIn(client, { view_id: body.view.id, hash: body.view.hash }, view);
}

/** What is said to the clicker matters less than what was done: it is tried once. */
async function told({ ports }: SlackContext, click: Click, said: string): Promise<void> {
  await click.tell(said).catch((thrown: unknown) => ports.log.warn({ incident: click.incident, err: asAppError(thrown) }, 'clicker not told'));
}

const pagedViews = ['timeline', 'evidence', 'events', 'text', 'responses'] as const;
const pagingDirections = ['older', 'newer', 'open'] as const;
export const pagingActions = pagedViews.flatMap((kind) => pagingDirections.map((direction) => `${kind}-${direction}`));

/** Leads to a whole entry of the timeline, by its number, and on in it. */
const entryAction = /entry-(\d+)-(?:open|older|newer)/;

const otherActions = [
  ...requestActions,
  'more',
  ...pagingActions,
  ...stormActions,
  postCardAction.source,
  entryAction.source,
  askActions.source,
  ...answerActions,
  checkAction,
];

function registerPaging(app: App, context: SlackContext): void {
  for (const kind of pagedViews) {
    for (const direction of pagingDirections) {
      app.action<BlockAction<ButtonAction>>(`${kind}-${direction}`, (args) =>
        turn(context, args, kind, (of, value) => pageOf(context, of, { kind, value })),
      );
    }
  }
  app.action<BlockAction<ButtonAction>>(new RegExp(`^${entryAction.source}$`), (args) => {
    const seq = Number(entryAction.exec(args.payload.action_id)?.[1]);
    return turn(context, args, 'timeline', ({ incident }, value) => entryOf(context, incident, seq, Number(value)));
  });
}

async function entryOf(context: SlackContext, incident: number, seq: number, page: number): Promise<View | undefined> {
  const { store } = context.ports;
  const [known, entry] = await Promise.all([store.incident(incident), store.entry(incident, seq)]);
  return known && entry && entryModal(known, entry, page);
}

type Turn = SlackActionMiddlewareArgs<BlockAction<ButtonAction>> & AllMiddlewareArgs;

type DrawPage = (of: Pick<Click, 'clicker' | 'incident'>, value: string) => Promise<View | undefined>;

/** Puts another page in the place of the one that the button is on. */
async function turn(context: SlackContext, args: Turn, label: string, draw: DrawPage): Promise<void> {
  await args.ack();
  await saidIfFailed(context, args as ClickArgs, args.payload.action_id, () => turned(context, args, label, draw));
}

async function turned(context: SlackContext, { body, payload, client }: Turn, label: string, draw: DrawPage): Promise<void> {
  if (body.view === undefined) return;
  const incident = stateOf(body.view).i;
  const clicker = clickerOf(body);
  const refused = await refusal(context.ports, clicker, { needs: 'responder', label, incident });
  const view = refused ? saying('Not allowed', { i: incident }, refused.message) : await draw({ clicker, incident }, payload.value ?? '');
  if (view) await shownIn(client, { view_id: body.view.id, hash: body.view.hash }, view);
}
