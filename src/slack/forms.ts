/** The modals of responses: confirm against what AWS says, approve, and what came of it. All are drawn from what a response says. */
import type { KnownBlock, RichTextElement, View } from '@slack/types';
import { sha256 } from '../domain/digest.ts';
import { type Incident, nameOf } from '../domain/incident/incident.ts';
import { differences } from '../domain/response/confirmed.ts';
import type { Ended, Later, Line, Part, Shown } from '../domain/response/plan.ts';
import { type Answers, answeredWords, type Option, type Question } from '../domain/response/question.ts';
import type { ResponseRequest } from '../domain/response/request.ts';
import { changesAws, type Response, type StepAround, type StepResponse } from '../domain/response/response.ts';
import type { Target } from '../domain/response/target.ts';
import type { Secret } from '../domain/secret.ts';
import type { Subject } from '../domain/sign-in/subjects.ts';
import type { Prepared } from '../features/prepare-response.ts';
import { checkAction } from './check-view.ts';
import { commandBlocks, commandList } from './details.ts';
import { limits } from './limits.ts';
import { bold, code, lines, plain, time, words } from './text.ts';
import { choice, modal, option, severalOf, textInput } from './view.ts';

const longestLine = 1_000;

function drawn(line: Line): RichTextElement[] {
  return line.map(drawnPart);
}

function drawnPart(part: Part): RichTextElement {
  if (typeof part === 'string') return words(part, longestLine);
  if ('bold' in part) return bold(part.bold);
  return 'code' in part ? code(part.code) : time(part.at);
}

function blockOf(rows: readonly Line[]): KnownBlock[] {
  return rows.length === 0 ? [] : [lines(...rows.map(drawn))];
}

/** A subject as an option's value: the list is re-sorted by every sign-in, so its place in it says nothing. */
export function subjectChoice(subject: Subject): string {
  return sha256(subject.key).slice(0, 16);
}

export interface FormOptions {
  /** What changed or is wrong, first of all. */
  readonly says?: readonly string[];
  readonly answers?: Answers;
  /** All that are behind the same button: which of them is asked. */
  readonly alternatives: readonly Response[];
}

/** What is confirmed. Title and button carry the target. */
export function confirmForm(prepared: Prepared, target: Target, options: FormOptions): View {
  const { incident, plan, repeated, seen } = prepared;
  const { says = [], answers = {}, alternatives } = options;
  const [first] = alternatives as [Response];
  const isOne = alternatives.length === 1;
  const { heading, verb, id } = first.button;
  const told = [...says, ...(repeated === undefined ? [] : [repeated])];
  const effect = [...(isOne && prepared.rungs.length === 1 ? [first.effect] : []), ...plan.notes].map((note): Line => [note]);
  const not: Line = [{ bold: first.nonEffect }];
  const back = alternatives.map((one): Line => [{ bold: `${isOne ? '' : `${one.label}: `}${undoWords(one)}` }]);
  const blocks: KnownBlock[] = [
    ...blockOf(told.map((line) => [{ bold: line }])),
    ...blockOf(plan.lines),
    ...blockOf([...effect, not, ...back, ...plan.warnings.map((warning): Line => [{ bold: warning }])]),
    ...(isOne ? [] : [asked(modeQuestion(alternatives), answers)]),
    ...plan.questions.filter(({ kind }) => kind !== 'typed-again').map((question) => asked(question, answers)),
    asked(whyQuestion, answers),
    ...plan.questions.filter(({ kind }) => kind === 'typed-again').map((question) => asked(question, answers)),
    checkButton,
  ];
  const state = { i: incident.id, b: id, target, facts: plan.facts, seen };
  return modal({ callback: 'respond', title: named(heading, plan.named), state, submit: named(verb, plan.named), blocks });
}

/** What takes it back, or that nothing does: said before it is done. */
function undoWords({ undo }: Response): string {
  return /^(Cannot|Nothing) /.test(undo) ? `${undo}.` : `Undone by: ${undo}.`;
}

/** Of every confirmation: that of whoever asks, and that of whoever approves. */
const checkButton: KnownBlock = {
  type: 'actions',
  elements: [{ type: 'button', action_id: checkAction, text: plain('Check, change nothing', limits.buttonText) }],
};

/** 24 characters are all that Slack gives to a title or a button. */
function named(word: string, name: string | undefined): string {
  return name === undefined ? word : `${word} · ${name}`;
}

export const whyQuestion: Question = { kind: 'text', id: 'why', label: 'Why?', longest: 300, missing: 'Say why: it is part of the record.' };

function modeQuestion(alternatives: readonly Response[]): Question {
  const options = alternatives.map(({ id, label, effect }) => ({ id, label, description: effect }));
  return { kind: 'choose-one', id: 'mode', label: 'How?', options, initial: options[0]?.id ?? '' };
}

/** What an approver confirms: the facts as they are now, beside what the requester wrote. */
export function approveForm({ incident, plan }: Prepared, request: ResponseRequest, response: Response): View {
  const changed = differences(plan, request.facts);
  const head: Line[] = [
    [{ bold: `${request.by.name} asks for ${response.label}: ${request.on}` }],
    [`Why, in the words of ${request.by.name}: “${request.why}”`],
    ...answeredWords(plan.questions, request.answers).map((line): Line => [line]),
  ];
  const effect: Line[] = [
    [response.effect],
    [{ bold: response.nonEffect }],
    [{ bold: undoWords(response) }],
    ...plan.warnings.map((warning): Line => [{ bold: warning }]),
  ];
  const said = [...blockOf(changed.map((line) => [{ bold: line }])), ...blockOf(head), ...blockOf(plan.lines), ...blockOf(effect)];
  const blocks = changed.length > 0 ? said : [...said, checkButton];
  const state = { i: incident.id, seq: request.seq, facts: plan.facts };
  const submit = changed.length > 0 ? {} : { submit: named('Approve', plan.named) };
  return modal({ callback: 'approve', title: named('Approve', plan.named), state, ...submit, blocks });
}

export function stepForm(incident: Incident, response: StepResponse, around: StepAround): View {
  const { lines: rows, questions } = response.form?.(incident, around) ?? { lines: [], questions: [] };
  const blocks: KnownBlock[] = [
    lines([words(`${response.effect} ${response.nonEffect}`)], ...rows.map(drawn)),
    ...questions.map((question) => asked(question, {})),
  ];
  const { heading, verb, id } = response.button;
  return modal({ callback: 'respond', title: `${heading} ${nameOf(incident)}`, state: { i: incident.id, b: id }, submit: verb, blocks });
}

function asked(question: Question, answers: Answers): KnownBlock {
  const { id, label, optional = false } = question;
  const hint = question.hint === undefined ? {} : { hint: question.hint };
  const answer = Object.hasOwn(answers, id) ? answers[id] : undefined;
  const text = typeof answer === 'string' && answer !== '' ? answer : undefined;
  switch (question.kind) {
    case 'choose-one': {
      const initial = text ?? question.initial;
      return choice(id, label, question.options.map(optionOf), { optional, ...hint, ...(initial === undefined ? {} : { initial }) });
    }
    case 'choose-several': {
      const options = question.options.map(optionOf);
      const kept = options.filter(({ value }) => Array.isArray(answer) && answer.includes(value));
      const chosen = question.initial === 'all' ? options : kept;
      return severalOf(id, label, options, { optional, ...hint, ...(chosen.length > 0 ? { chosen } : {}) });
    }
    case 'typed-again':
      return textInput(id, label, { longest: question.longest });
    case 'text': {
      const longest = question.longest === undefined ? {} : { longest: question.longest };
      return textInput(id, label, {
        optional,
        multiline: question.isLong ?? false,
        ...hint,
        ...longest,
        ...(text === undefined ? {} : { initial: text }),
      });
    }
  }
}

function optionOf({ id, label, description }: Option) {
  return option(id, label, description);
}

/** The only place where a secret is put into a view. */
export function revealedView(incident: number, secret: Secret, { title, blocks, commands }: Required<Shown>): View {
  const shown: KnownBlock = {
    type: 'rich_text',
    elements: [{ type: 'rich_text_preformatted', elements: [{ type: 'text', text: secret.reveal() }] }],
  };
  return modal({ callback: 'revealed', title, state: { i: incident }, blocks: [...blocks.flatMap(blockOf), shown, ...stopBlocks(commands)] });
}

/** It waits: what is confirmed is written down, and nothing is changed yet. */
export function requestedView({ button }: Response, incident: number, text: string): View {
  const blocks = blockOf([[text], ['It is in the thread. Nothing was changed yet.']]);
  return modal({ callback: 'requested', title: button.label, state: { i: incident }, blocks });
}

export function outcomeView(response: Response, incident: number, { text, details = [], toCopy, shown }: Ended | Later): View {
  const { title = response.button.label, blocks, commands = [] } = shown ?? { blocks: [[text, ...details].map((row): Line => [row])] };
  const callback = changesAws(response) ? 'outcome' : 'facts';
  return modal({
    callback,
    title,
    state: { i: incident },
    blocks: [...blocks.flatMap(blockOf), ...stopBlocks(commands), ...(shown ? [] : commandBlocks(toCopy))],
  });
}

function stopBlocks(commands: readonly string[]): KnownBlock[] {
  return commands.length === 0 ? [] : [lines([bold('Not stopped by this. To stop it, by hand:')]), ...commandList(commands)];
}
