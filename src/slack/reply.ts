/** A reply in the card's thread: one per response, written at the intent and edited at the outcome, and one per loud note. */
import type { ActionsBlock, RichTextElement } from '@slack/types';
import { undoable } from '../domain/incident/contained.ts';
import { type Incident, nameOf } from '../domain/incident/incident.ts';
import type { Told } from '../domain/incident/picture.ts';
import type { Entry, Result } from '../domain/incident/timeline.ts';
import type { Message } from '../domain/ports.ts';
import { entryChoice } from '../domain/response/entry-choice.ts';
import { isSameEntry } from '../domain/response/kept-state.ts';
import { commandBlocks, detailRows } from './details.ts';
import { limits } from './limits.ts';
import { drawRequest } from './request-reply.ts';
import { bold, fallback, lines, mention, plain, time, words } from './text.ts';

export const resultWords: Record<Result, string> = {
  done: 'Done',
  partly: 'Done in part',
  failed: 'Failed',
  refused: 'Not done',
  unknown: 'Outcome unknown',
};

export interface ReplyOptions {
  /** Ids that a loud note mentions. */
  readonly responders: readonly string[];
  /** Of responses, by their ids. */
  readonly labels: ReadonlyMap<string, string>;
}

/** One entry, or several steps of one person. */
export function drawReply(incident: Incident, [first, ...others]: readonly [Told, ...Told[]], options: ReplyOptions): Message {
  if (others.length === 0) return drawOne(incident, first, options);
  const all = [first, ...others].map(({ entry }) => entry);
  const rows = all.map(({ at, body }): RichTextElement[] => {
    const label = options.labels.get(body.what);
    return [time(at), words(' · '), ...(label ? [bold(label), words(' · ')] : []), words(body.text, 1_000)];
  });
  const who = first.entry.body.by?.name ?? '';
  const said = `${nameOf(incident)}: ${all.length} steps of ${who}: ${all.map(({ body }) => body.text).join(' ')}`;
  return { text: fallback(said, limits.sharedText), blocks: [lines([bold(`${all.length} steps of ${who}`)], ...rows)] };
}

function drawOne(incident: Incident, { entry, outcome }: Told, { responders, labels }: ReplyOptions): Message {
  if (entry.body.phase === 'request')
    return drawRequest(incident, { entry, decided: outcome, label: labels.get(entry.body.what) ?? 'Request', responders });
  const rings: RichTextElement[] = entry.reply === 'loud' ? responders.flatMap((id) => [words(' '), mention(id)]) : [];
  const label = labels.get(entry.body.what);
  const head: RichTextElement[] = [
    ...(label ? [bold(label), words(' · ')] : [bold(`${nameOf(incident)} · `)]),
    words(entry.body.text, 1_000),
    ...(entry.body.asks ? [words(' '), mention(entry.body.asks.id)] : []),
    ...rings,
  ];
  const why: RichTextElement[][] = entry.body.why ? [[words(`Why: ${entry.body.why}`, 1_000)]] : [];
  const end: RichTextElement[][] = outcome ? [[bold(`${resultWords[outcome.body.result ?? 'unknown']}: `), words(outcome.body.text, 1_000)]] : [];
  const waits: RichTextElement[][] = entry.body.phase === 'intent' && !outcome ? [[words('Under way since '), time(entry.at), words('…')]] : [];
  const { details = [], toCopy = [] } = outcome?.body ?? {};
  const block = lines(head, ...why, ...waits, ...end, ...detailRows(details));
  const text = fallback(`${nameOf(incident)}: ${entry.body.text} ${outcome?.body.text ?? ''}`, limits.fallbackText);
  return { text, blocks: [block, ...commandBlocks(toCopy), ...undoButton(incident, entry)] };
}

/** While what it took stands. */
function undoButton(incident: Incident, { seq }: Entry): ActionsBlock[] {
  const which = { incident: incident.id, seq };
  if (!undoable(incident).some((one) => isSameEntry(one, which))) return [];
  const value = `${incident.id}:${entryChoice(which)}`;
  return [{ type: 'actions', elements: [{ type: 'button', action_id: 'undo', value, text: plain('Undo…', limits.buttonText) }] }];
}

/** For what was posted anew because Slack no longer lets the bot edit the message that shows it. */
export function saidAgain({ text, blocks }: Message): Message {
  const note = plain('Posted again: Slack does not let the bot edit its earlier message of this, which is out of date.', 200);
  return { text, blocks: [...blocks, { type: 'context', elements: [note] }] };
}
