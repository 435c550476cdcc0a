/** Checks blocks as Slack does, with Slack's own limits and words. Source: Block Kit reference. Shares nothing with the bot's own limits. */
import { isDeepStrictEqual } from 'node:util';
import type { Block } from './workspace.ts';

type Surface = 'message' | 'modal' | 'home';
type Json = Record<string, unknown>;

const surfaces: Record<string, readonly Surface[]> = {
  actions: ['message', 'modal', 'home'],
  context: ['message', 'modal', 'home'],
  divider: ['message', 'modal', 'home'],
  header: ['message', 'modal', 'home'],
  image: ['message', 'modal', 'home'],
  input: ['message', 'modal', 'home'],
  rich_text: ['message', 'modal', 'home'],
  section: ['message', 'modal', 'home'],
};
const elementTypes = new Set([
  'button',
  'overflow',
  'static_select',
  'multi_static_select',
  'checkboxes',
  'radio_buttons',
  'plain_text_input',
  'users_select',
  'datepicker',
]);
const inlineTypes = new Set(['text', 'link', 'user', 'usergroup', 'channel', 'date', 'emoji', 'broadcast']);
const richTypes = new Set(['rich_text_section', 'rich_text_preformatted', 'rich_text_list', 'rich_text_quote']);

/** The faults of a list of blocks, each with its JSON pointer; empty when Slack would take it. */
export function faultsOfBlocks(blocks: unknown, surface: Surface, root = '/blocks'): string[] {
  if (!Array.isArray(blocks)) return [`must be an array [json-pointer:${root}]`];
  const most = surface === 'message' ? 50 : 100;
  const check = new Checker();
  if (blocks.length > most) check.fault(`no more than ${most} items allowed`, root);
  for (const [index, block] of blocks.entries()) check.block(block as Json, surface, `${root}/${index}`);
  return check.faults;
}

/** The faults of a view. */
export function faultsOfView(view: Json): string[] {
  const check = new Checker();
  if (view.type !== 'modal' && view.type !== 'home') check.fault('unsupported view type', '/view/type');
  if (view.type === 'modal') {
    check.text(view.title, 24, '/view/title', 'plain_text');
    for (const key of ['submit', 'close']) if (view[key] !== undefined) check.text(view[key], 24, `/view/${key}`, 'plain_text');
    const hasInput = Array.isArray(view.blocks) && (view.blocks as Block[]).some((block) => block.type === 'input');
    if (hasInput && view.submit === undefined) check.fault('missing required field: submit', '/view');
  }
  if (String(view.private_metadata ?? '').length > 3_000) check.fault('must be less than 3001 characters', '/view/private_metadata');
  if (String(view.callback_id ?? '').length > 255) check.fault('must be less than 256 characters', '/view/callback_id');
  return [...check.faults, ...faultsOfBlocks(view.blocks, view.type === 'home' ? 'home' : 'modal', '/view/blocks')];
}

class Checker {
  readonly faults: string[] = [];
  readonly #blockIds = new Set<unknown>();
  readonly #actionIds = new Set<unknown>();

  fault(message: string, pointer: string): void {
    this.faults.push(`${message} [json-pointer:${pointer}]`);
  }

  length(value: unknown, most: number, pointer: string, least = 1): void {
    if (typeof value !== 'string') {
      this.fault('must be a string', pointer);
      return;
    }
    if ([...value].length > most) this.fault(`must be less than ${most + 1} characters`, pointer);
    if (value.length < least) this.fault(`must be more than ${least - 1} characters`, pointer);
  }

  text(value: unknown, most: number, pointer: string, only?: string): void {
    const text = value as Json | undefined;
    if (typeof text !== 'object' || text === null) {
      this.fault('missing required field', pointer);
      return;
    }
    const types = only ? [only] : ['plain_text', 'mrkdwn'];
    if (!types.includes(String(text.type))) this.fault(`unsupported type: ${String(text.type)}`, `${pointer}/type`);
    this.length(text.text, most, `${pointer}/text`);
  }

  block(block: Json, surface: Surface, pointer: string): void {
    const allowed = surfaces[String(block?.type)];
    if (allowed === undefined || !allowed.includes(surface)) {
      this.fault(`unsupported type: ${String(block?.type)}`, `${pointer}/type`);
      return;
    }
    if (block.block_id !== undefined) {
      this.length(block.block_id, 255, `${pointer}/block_id`);
      if (this.#blockIds.has(block.block_id)) this.fault('duplicate block_id', `${pointer}/block_id`);
      this.#blockIds.add(block.block_id);
    }
    this.#content(block, pointer);
  }

  #content(block: Json, pointer: string): void {
    const list = (key: string): Json[] => (Array.isArray(block[key]) ? (block[key] as Json[]) : []);
    switch (block.type) {
      case 'header':
        this.text(block.text, 150, `${pointer}/text`, 'plain_text');
        return;
      case 'section':
        if (block.text === undefined && block.fields === undefined) this.fault('missing required field: text or fields', pointer);
        if (block.text !== undefined) this.text(block.text, 3_000, `${pointer}/text`);
        if (block.fields !== undefined) this.#count(list('fields'), 1, 10, `${pointer}/fields`);
        for (const [index, field] of list('fields').entries()) this.text(field, 2_000, `${pointer}/fields/${index}`);
        return;
      case 'context':
        this.#count(list('elements'), 1, 10, `${pointer}/elements`);
        for (const [index, element] of list('elements').entries()) this.text(element, 3_000, `${pointer}/elements/${index}`);
        return;
      case 'actions':
        this.#count(list('elements'), 1, 25, `${pointer}/elements`);
        for (const [index, element] of list('elements').entries()) this.element(element, `${pointer}/elements/${index}`);
        return;
      case 'input':
        this.text(block.label, 2_000, `${pointer}/label`, 'plain_text');
        if (block.hint !== undefined) this.text(block.hint, 2_000, `${pointer}/hint`, 'plain_text');
        this.element((block.element ?? {}) as Json, `${pointer}/element`);
        return;
      case 'rich_text':
        for (const [index, element] of list('elements').entries()) this.rich(element, `${pointer}/elements/${index}`);
        return;
    }
  }

  #count(items: Json[], least: number, most: number, pointer: string): void {
    if (items.length < least) this.fault(`must contain at least ${least} item`, pointer);
    if (items.length > most) this.fault(`no more than ${most} items allowed`, pointer);
  }

  element(element: Json, pointer: string): void {
    if (!elementTypes.has(String(element.type))) {
      this.fault(`unsupported type: ${String(element.type)}`, `${pointer}/type`);
      return;
    }
    this.length(element.action_id, 255, `${pointer}/action_id`);
    if (this.#actionIds.has(element.action_id)) this.fault('duplicate action_id', `${pointer}/action_id`);
    this.#actionIds.add(element.action_id);
    if (element.type === 'button') {
      this.text(element.text, 75, `${pointer}/text`, 'plain_text');
      if (element.value !== undefined) this.length(element.value, 2_000, `${pointer}/value`, 0);
      if (element.style !== undefined && element.style !== 'primary' && element.style !== 'danger') this.fault('unknown style', `${pointer}/style`);
    }
    if (Array.isArray(element.options)) this.options(element, pointer);
    if (element.type === 'plain_text_input') this.#typed(element, pointer);
  }

  #typed({ max_length = 3_000, initial_value = '' }: Json, pointer: string): void {
    if (Number(max_length) < 1) this.fault('must be more than 0', `${pointer}/max_length`);
    if (Number(max_length) > 3_000) this.fault('must be less than 3001', `${pointer}/max_length`);
    this.length(initial_value, Number(max_length), `${pointer}/initial_value`, 0);
  }

  options(element: Json, pointer: string): void {
    const most = { overflow: 5, checkboxes: 10, radio_buttons: 10 }[String(element.type)] ?? 100;
    const options = element.options as Json[];
    this.#count(options, 1, most, `${pointer}/options`);
    for (const [index, option] of options.entries()) {
      this.text(option.text, 75, `${pointer}/options/${index}/text`);
      this.length(option.value, 150, `${pointer}/options/${index}/value`);
      if (option.description !== undefined) this.text(option.description, 75, `${pointer}/options/${index}/description`);
    }
    const initial = element.initial_option as Json | undefined;
    const isOption = (one: Json): boolean => options.some((option) => isDeepStrictEqual(option, one));
    if (initial && !isOption(initial)) this.fault('initial option must be one of the options', `${pointer}/initial_option`);
    const chosen = element.initial_options as Json[] | undefined;
    if (chosen === undefined) return;
    this.#count(chosen, 1, options.length, `${pointer}/initial_options`);
    if (!chosen.every(isOption)) this.fault('initial options must be of the options', `${pointer}/initial_options`);
  }

  rich(element: Json, pointer: string): void {
    if (!richTypes.has(String(element.type))) {
      this.fault(`unsupported type: ${String(element.type)}`, `${pointer}/type`);
      return;
    }
    const inner = Array.isArray(element.elements) ? (element.elements as Json[]) : [];
    for (const [index, one] of inner.entries()) {
      const at = `${pointer}/elements/${index}`;
      if (element.type === 'rich_text_list') this.rich(one, at);
      else if (!inlineTypes.has(String(one.type))) this.fault(`unsupported type: ${String(one.type)}`, `${at}/type`);
      if (one.type === 'text') this.length(one.text, 12_000, `${at}/text`);
      if (one.type === 'date' && (!Number.isInteger(one.timestamp) || typeof one.format !== 'string')) this.fault('missing required field', at);
      if (one.type === 'link' && !/^https?:\/\//.test(String(one.url))) this.fault('invalid url', `${at}/url`);
      if (one.type === 'link') this.length(one.url, 3_000, `${at}/url`);
    }
  }
}
