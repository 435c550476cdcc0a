/** Clicks that lead to incidents which wait in a storm without a card of their own. */
import type { App, BlockAction, ButtonAction } from '@slack/bolt';
import type { View } from '@slack/types';
import { type PostedCard, postCard } from '../features/post-card.ts';
import { mayNot, refusal } from '../features/respond.ts';
import { type ClickArgs, clickerOf, clickOf, type SlackContext, saidIfFailed } from './click.ts';
import { shownIn } from './shown-in.ts';
import { perStormPage, stormModal } from './storm-view.ts';
import { foldedSides, foldedTurn } from './turns.ts';
import { numbersIn, saying, stateOf } from './view.ts';

export const stormActions = ['storm-open', 'storm-older', 'storm-newer'] as const;
/** One for each incident of the list. */
export const postCardAction = /post-card-\d+/;

export function registerStormClicks(app: App, context: SlackContext): void {
  const on = (id: (typeof stormActions)[number] | RegExp, handle: (args: ClickArgs, value: string) => Promise<void>): void => {
    app.action<BlockAction<ButtonAction>>(id, async (args) => {
      await args.ack();
      await saidIfFailed(context, args as ClickArgs, String(id), () => handle(args as ClickArgs, args.payload.value ?? ''));
    });
  };
  // From the card, from /signin-status, and from App Home.
  on('storm-open', async (args) => {
    await clickOf(args, 0).open(await pageOf(context, args, { part: '' }));
  });
  for (const id of ['storm-older', 'storm-newer'] as const) {
    on(id, (args, part) => inPlace(args, () => pageOf(context, args, { part })));
  }
  on(new RegExp(`^${postCardAction.source}$`), async (args, value) => {
    const [incident = 0] = numbersIn(value);
    const answer = await postCard(context.ports, clickerOf(args.body), incident);
    const said = answer.ok ? answer : { text: answer.message, card: undefined };
    if (args.body.view === undefined) return clickOf(args, incident).tell([said.text, ...(said.card ? [said.card] : [])].join(' '));
    const { part = '' } = stateOf(args.body.view);
    await inPlace(args, () => pageOf(context, args, { part, said }));
  });
}

const label = 'Incidents without a card';

async function pageOf({ ports, accounts }: SlackContext, { body }: ClickArgs, { part, said }: { part: string; said?: PostedCard }): Promise<View> {
  const clicker = clickerOf(body);
  // Where something was said of the click, whoever said it has recorded a refusal.
  const asked = { needs: 'responder' as const, label, incident: 0 };
  const refused = said === undefined ? await refusal(ports, clicker, asked) : mayNot(ports, clicker, asked);
  if (refused) return saying('Not allowed', { i: 0 }, said?.text ?? refused.message);
  const { store } = ports;
  const [{ incidents, ...around }, total] = await Promise.all([store.folded({ count: perStormPage, turn: foldedTurn(part) }), store.countFolded()]);
  return stormModal({ incidents, total, part, sides: foldedSides(around), said }, accounts);
}

async function inPlace({ body, client }: ClickArgs, draw: () => Promise<View>): Promise<void> {
  if (body.view === undefined) return;
  await shownIn(client, { view_id: body.view.id, hash: body.view.hash }, await draw());
}
