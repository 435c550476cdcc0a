/** Small pieces that modals are made of. */
import type { InputBlock, KnownBlock, PlainTextOption, View } from '@slack/types';
import { asObject } from '../domain/json.ts';
import type { Facts } from '../domain/response/plan.ts';
import type { Answers } from '../domain/response/question.ts';
import type { Target } from '../domain/response/target.ts';
import { limits } from './limits.ts';
import { fallback, lines, plain, words } from './text.ts';

/** What a modal must remember between its steps. Never trusted for roles: those are asked anew at the submit. */
export interface ViewState {
  /** Incident number. */
  readonly i: number;
  /** The button that it came from. */
  readonly b?: string;
  readonly target?: Target;
  /** What was shown of the target. */
  readonly facts?: Facts;
  /** When the newest like response began that was shown. */
  readonly seen?: number;
  /** Of the request's entry. */
  readonly seq?: number;
  readonly page?: number;
  /** Of a list: the value of the button that led to the part shown. */
  readonly part?: string;
  /** A short key of the subject that it is about. */
  readonly subject?: string;
}

export interface ModalSpec {
  readonly callback: string;
  readonly title: string;
  readonly state: ViewState;
  readonly blocks: readonly KnownBlock[];
  readonly submit?: string;
  readonly close?: string;
}

export function modal({ callback, title, state, blocks, submit, close }: ModalSpec): View {
  return {
    type: 'modal',
    callback_id: callback,
    title: plain(title, limits.modalTitle),
    close: plain(close ?? (submit ? 'Cancel' : 'Close'), limits.modalTitle),
    ...(submit ? { submit: plain(submit, limits.modalTitle) } : {}),
    private_metadata: JSON.stringify(state),
    blocks: blocks.slice(0, limits.blocksPerView),
  };
}

/** A modal that only says something. */
export function saying(title: string, state: ViewState, ...rows: readonly string[]): View {
  return modal({
    callback: 'said',
    title,
    state,
    blocks: [lines(...rows.flatMap((row, index) => (index === 0 ? [[words(row, 2_000)]] : [[], [words(row, 2_000)]])))],
  });
}

/** In place of a form that was left open over a deployment: that it closes would pass for done. */
export function olderWindow(incident: number): View {
  const text = 'This window is of an older version of the responder. Nothing was done. Close it, and press the button on the newest card again.';
  return saying('Not done', { i: incident }, text);
}

export function stateOf(view: { private_metadata?: string }): ViewState {
  return JSON.parse(view.private_metadata || '{"i":0}') as ViewState;
}

export function option(value: string, text: string, description?: string): PlainTextOption {
  return { value, text: plain(text, limits.optionText), ...(description ? { description: plain(description, limits.optionText) } : {}) };
}

export function textInput(
  id: string,
  label: string,
  options: { multiline?: boolean; optional?: boolean; hint?: string; longest?: number; initial?: string } = {},
): InputBlock {
  return {
    type: 'input',
    block_id: id,
    label: plain(label, 2_000),
    optional: options.optional ?? false,
    ...(options.hint ? { hint: plain(options.hint, 2_000) } : {}),
    element: {
      type: 'plain_text_input',
      action_id: id,
      multiline: options.multiline ?? false,
      max_length: options.longest ?? 1_000,
      ...(options.initial === undefined ? {} : { initial_value: options.initial }),
    },
  };
}

export function choice(
  id: string,
  label: string,
  options: readonly PlainTextOption[],
  more: { initial?: string; optional?: boolean; hint?: string } = {},
): InputBlock {
  const initial = options.find((one) => one.value === more.initial);
  return {
    type: 'input',
    block_id: id,
    label: plain(label, 2_000),
    optional: more.optional ?? false,
    ...(more.hint ? { hint: plain(more.hint, 2_000) } : {}),
    element: { type: 'static_select', action_id: id, options: options.slice(0, limits.options), ...(initial ? { initial_option: initial } : {}) },
  };
}

/** Boxes as long as Slack has enough of them for all, then a menu. */
export function severalOf(
  id: string,
  label: string,
  options: readonly PlainTextOption[],
  more: { optional?: boolean; hint?: string; chosen?: readonly PlainTextOption[] } = {},
): InputBlock {
  const { optional = false, hint, chosen } = more;
  const type = options.length > limits.checkboxes ? ('multi_static_select' as const) : ('checkboxes' as const);
  const initial = chosen === undefined ? {} : { initial_options: chosen.slice(0, limits.options) };
  const element = { type, action_id: id, options: options.slice(0, limits.options), ...initial };
  const hinted = hint === undefined ? {} : { hint: plain(hint, 2_000) };
  return { type: 'input', block_id: id, label: plain(label, 2_000), optional, ...hinted, element };
}

interface Input {
  readonly value?: string | null;
  readonly selected_option?: { readonly value: string } | null;
  readonly selected_options?: readonly { readonly value: string }[];
}

/** What was put into a view's inputs, by their ids: every input is there, also one without an answer. */
export function answersIn(view: { state: { values: Record<string, Record<string, unknown>> } }): Answers {
  const all = Object.values(view.state.values).flatMap((block) =>
    Object.entries(asObject(block)).map(([id, input]): [string, Input] => [id, asObject(input)]),
  );
  return Object.fromEntries(
    all.map(([id, input]) => [id, input.selected_options?.map(({ value }) => value) ?? input.selected_option?.value ?? input.value ?? '']),
  );
}

/** A message that only one person sees. */
export function privately(text: string): { text: string; blocks: KnownBlock[]; response_type: 'ephemeral'; replace_original: false } {
  return {
    text: fallback(text, limits.fallbackText),
    blocks: [lines([words(text, limits.fallbackText)])],
    response_type: 'ephemeral',
    replace_original: false,
  };
}

/** Of what either database takes for the number of an incident or an entry. */
const largest = 2 ** 31 - 1;

/** `42:7`, as a button of ours carries it; what is no number is 0, which nothing has. */
export function numbersIn(value: string): number[] {
  return value.split(':').map((text) => {
    const number = Number(text);
    return Number.isInteger(number) && number > 0 && number <= largest ? number : 0;
  });
}

/** Matches every id but these. */
export function anythingBut(ids: readonly string[]): RegExp {
  return new RegExp(`^(?!(?:${ids.join('|')})$)`);
}
