/** What a play does with responses that stand for themselves: pressed, confirmed, approved where they need it, and followed until AWS is done. */
import { click, offers, printCard, printView, type Stage, settled, submit, type View } from './play-stage.ts';
import type { PlayedStep } from './scenario.ts';
import { textOfBlocks } from './slack/as-text.ts';
import type { SlackMessage } from './slack/workspace.ts';

export const remediator = 'U01BOBEK00';
const approvers = ['U02CARMEN0', 'U07FRIDAGO'];

function offersOn(message: SlackMessage | undefined, action: string): boolean {
  return JSON.stringify(message?.blocks ?? []).includes(`"action_id":"${action}"`);
}

/** What waits is approved by another remediator and run by its requester; what needs nobody is waited for. */
export async function carriedOut(stage: Stage, asked: View | undefined): Promise<View | undefined> {
  if (asked?.callback_id !== 'requested') return asked;
  printView(stage, asked);
  const { world } = stage;
  stage.replies++;
  const request = (): SlackMessage | undefined =>
    world.workspace.messages.findLast(
      (message) => message.thread_ts !== undefined && JSON.stringify(message.blocks).includes('"action_id":"cancel"'),
    );
  for (let step = 0; step < 20 && request() === undefined; step++) await settled(world);
  const isBreakGlass = !offersOn(request(), 'approve');
  if (isBreakGlass) {
    for (let step = 0; step < 13; step++) await world.clock.advance(10);
    await settled(world);
    return asked;
  }
  for (const approver of approvers) {
    if (!offersOn(request(), 'approve')) break;
    const facts = await click(stage, approver, 'approve', { on: request() });
    if (facts) await submit(stage, approver, facts, {});
    await settled(world);
  }
  return click(stage, remediator, 'run', { on: request() });
}

/** How many steps an outcome tells of: each has its own reply. */
function rungsIn(outcome: View | undefined): number {
  const numbered = textOfBlocks(outcome?.blocks ?? []).match(/^\d+\. /gm);
  return Math.max(1, numbered?.length ?? 0);
}

/** How long AWS may take for what it does by itself. */
const patienceSeconds = 60;

/** The form of a response that has no button on the card, for whoever the list has first. */
async function fromList(stage: Stage, action: string): Promise<View | undefined> {
  const list = await click(stage, remediator, 'more-responses');
  printView(stage, list);
  const value = new RegExp(`"action_id":"${action}","value":"([^"]*)"`).exec(JSON.stringify(list?.blocks ?? []))?.[1];
  if (list === undefined || value === undefined) return undefined;
  const result = (await stage.world.interactions.clickView({ user: remediator, view_id: list.id, action_id: action, value })) as { views: View[] };
  return result.views.at(0);
}

export async function give(stage: Stage, { title, action, isListed, answers }: PlayedStep): Promise<void> {
  const { world, print, faults } = stage;
  print(`\n── ${title} ──`);
  if (isListed !== true && !offers(world, action)) return void faults.push(`${action} is not offered on the card.`);
  const view = isListed ? await fromList(stage, action) : await click(stage, remediator, action);
  printView(stage, view);
  if (view === undefined) return void faults.push(`${action} opened no modal.`);
  const outcome = view.submit === undefined ? view : await carriedOut(stage, await submit(stage, remediator, view, answers));
  stage.replies += rungsIn(outcome);
  if (outcome !== view) printView(stage, outcome);
  const isUnderWay = (): boolean => world.workspace.messages.some(({ blocks }) => JSON.stringify(blocks).includes('Under way since'));
  for (let past = 0; past < patienceSeconds && isUnderWay(); past += 10) {
    await world.clock.advance(10);
    await settled(world);
  }
  if (isUnderWay()) faults.push(`${action} has no outcome.`);
  printCard(stage, `The card, after: ${title}`);
}
