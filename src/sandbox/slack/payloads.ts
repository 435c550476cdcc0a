/** What Slack puts into the payloads of clicks and submits. Source: "Interaction payloads". */
import { WrongCall } from '../http.ts';
import type { Block, OpenView } from './workspace.ts';

type Json = Record<string, unknown>;
type Element = Json & {
  action_id?: string;
  type?: string;
  value?: string;
  options?: { value: string; text: unknown; url?: string }[];
  elements?: Element[];
  element?: Element;
};

export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

interface Chosen {
  readonly action_id: string;
  readonly value?: string | undefined;
  readonly selected_option?: unknown;
}

/** The action as Slack would send it: of the newest blocks that have that element. */
export function findAction(versions: readonly Block[][], input: Chosen): Json {
  for (const blocks of versions) {
    for (const block of blocks) {
      const elements = [
        ...((block.elements as Element[] | undefined) ?? []),
        ...(block.element ? [block.element as Element] : []),
        ...(block.accessory ? [block.accessory as Element] : []),
      ];
      const element = elements.find((one) => one.action_id === input.action_id);
      if (element) return actionOf(element, String(block.block_id), input);
    }
  }
  throw new WrongCall(`action_id: there is no element ${input.action_id} here.`);
}

function actionOf(element: Element, block_id: string, input: Chosen): Json {
  const { options, ...rest } = element;
  if (options === undefined) return { ...rest, block_id, ...(input.value === undefined ? {} : { value: input.value }) };
  const wanted =
    typeof input.selected_option === 'object' && input.selected_option !== null
      ? (input.selected_option as { value?: string }).value
      : (input.selected_option ?? input.value);
  const selected_option = options.find((option) => option.value === wanted || option.value.split(':')[0] === wanted);
  if (selected_option === undefined)
    throw new WrongCall(`selected_option: there is no option ${String(wanted)}; there are ${options.map((option) => option.value).join(', ')}.`);
  return { ...rest, block_id, selected_option };
}

/** `state.values` from values by action id; required inputs that lack one are the errors that Slack itself shows. */
export function stateOf({ view }: OpenView, given: Record<string, string | string[]>): { values: Json; missing: Record<string, string> } {
  const values: Json = {};
  const missing: Record<string, string> = {};
  for (const block of view.blocks) {
    if (block.type !== 'input') continue;
    const element = block.element as Element;
    const id = String(element.action_id);
    const value = givenTo(element, given[id]);
    if (value === undefined && block.optional !== true) missing[id] = 'Please complete this required field.';
    values[String(block.block_id)] = { [id]: { type: element.type, ...(value ?? emptyOf(element)) } };
  }
  return { values, missing };
}

function takesSeveral({ type }: Element): boolean {
  return type === 'checkboxes' || type === 'multi_static_select';
}

function emptyOf(element: Element): Json {
  if (takesSeveral(element)) return { selected_options: [] };
  return element.options ? { selected_option: null } : { value: null };
}

function givenTo(element: Element, given: string | string[] | undefined): Json | undefined {
  if (element.options === undefined) return given === undefined || given === '' ? undefined : { value: String(given) };
  const initial = (element.initial_options as { value: string }[] | undefined)?.map(({ value }) => value);
  const wanted = given ?? initial ?? ((element.initial_option as { value?: string } | undefined)?.value as string | undefined);
  const picked = element.options
    .filter((option) => (Array.isArray(wanted) ? wanted.includes(option.value) : option.value === wanted))
    .map(({ value, text }) => ({ value, text }));
  if (picked.length === 0) return undefined;
  return takesSeveral(element) ? { selected_options: picked } : { selected_option: picked[0] };
}
