/** What people press: any button of any message, and any answer to the form that opens. */
import { prodAccount } from '../../src/sandbox/aws/names.ts';
import type { Block } from '../../src/sandbox/slack/workspace.ts';
import { people } from '../support/sandbox.ts';
import type { Told } from './told.ts';

interface Element {
  readonly type?: string;
  readonly action_id?: string;
  readonly value?: string;
  readonly url?: string;
  readonly options?: readonly { readonly value: string }[];
}

interface View {
  readonly id: string;
  readonly callback_id: string;
  readonly title: { readonly text: string };
  readonly blocks: Block[];
  readonly submit?: unknown;
}

interface Answered {
  readonly status?: number;
  readonly views: readonly View[];
  readonly response_action?: string;
  readonly errors?: unknown;
}

const users = Object.values(people);
const pressable = new Set(['button', 'overflow']);
const whys = ['Because it is likely', 'Checked by phone', 'expected <work> & "tests"'];
const userNames = ['alice', 'bella', 'carl', 'erin'];
/** A form leads to another one, and that to a third. */
const deepest = 5;

function pressableIn(blocks: readonly Block[]): Element[] {
  const all = blocks.flatMap(({ elements, accessory }) => [
    ...((elements as Element[] | undefined) ?? []),
    ...(accessory ? [accessory as Element] : []),
  ]);
  return all.filter(({ type = '', action_id, url }) => pressable.has(type) && action_id !== undefined && url === undefined);
}

/** Who presses: mostly those who may. */
export function anyone({ random }: Told): string {
  return random.any(random.is(0.8) ? users.slice(0, 3) : users);
}

export async function press(told: Told): Promise<void> {
  const { world, random } = told;
  const messages = world.workspace.messages.filter(({ deleted, blocks }) => !deleted && pressableIn(blocks).length > 0);
  if (messages.length === 0) return;
  const { channel, ts, blocks } = random.any(random.is(0.6) ? messages.slice(-5) : messages);
  const { action_id = '', options } = random.any(pressableIn(blocks));
  const user = anyone(told);
  const chosen = options === undefined ? {} : { selected_option: random.any(options).value };
  await go(told, { user, what: action_id }, () => world.interactions.click({ user, channel, ts, action_id, ...chosen }));
}

interface Who {
  readonly user: string;
  readonly what: string;
  readonly depth?: number;
}

/** Does it, and goes on with the view that it opens. */
export async function go(told: Told, { user, what, depth = 0 }: Who, act: () => Promise<object>): Promise<void> {
  const { world, problems } = told;
  // What somebody has open may have been closed or changed meanwhile: then there is nothing to press.
  const answered = (await act().catch(() => undefined)) as Answered | undefined;
  const { status = 200, response_action, errors, views = [] } = answered ?? {};
  // Status 0: Slack itself says that something is missing, or the bot was not there.
  if (world.bot.ready && status !== 200 && status !== 0) problems.push(`${what}: answered ${status}`);
  if (response_action === 'invalid') problems.push(`${what}: a view that Slack refuses, ${JSON.stringify(errors)}`);
  if (views[0] !== undefined && depth < deepest) await goOn(told, { user, what, depth: depth + 1 }, views[0]);
}

async function goOn(told: Told, who: Who, view: View): Promise<void> {
  const { world, random } = told;
  const { user } = who;
  const inside = pressableIn(view.blocks);
  if (inside.length > 0 && (view.submit === undefined || random.is(0.1))) {
    const { action_id = '', value, options } = random.any(inside);
    const chosen = options === undefined ? { ...(value === undefined ? {} : { value }) } : { selected_option: random.any(options).value };
    await go(told, { ...who, what: `${view.callback_id}, ${action_id}` }, () =>
      world.interactions.clickView({ user, view_id: view.id, action_id, ...chosen }),
    );
  } else if (view.submit !== undefined && !random.is(0.08)) {
    const values = answersTo(told, view);
    await go(told, { ...who, what: `submit ${view.callback_id}` }, () => world.interactions.submit({ user, view_id: view.id, values }));
  }
}

function answersTo({ random }: Told, { title, blocks }: View): Record<string, string | string[]> {
  const typed = (id: string): string => {
    if (id.endsWith('again')) return title.text.split(' · ').at(-1) ?? '';
    if (id === 'account') return prodAccount;
    return random.any(id === 'user' ? userNames : whys);
  };
  const answers: Record<string, string | string[]> = {};
  for (const { type, element, optional } of blocks) {
    if (type !== 'input' || (optional === true && random.is(0.3))) continue;
    const { action_id = '', options, type: kind = '' } = element as Element;
    if (options === undefined) answers[action_id] = typed(action_id);
    else
      answers[action_id] = /checkboxes|multi/.test(kind) ? options.filter(() => random.is(0.7)).map(({ value }) => value) : random.any(options).value;
  }
  return answers;
}
