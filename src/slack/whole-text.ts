/** The views that cut nothing: all texts of an incident, and one entry of its timeline. */
import type { Button, KnownBlock, View } from '@slack/types';
import { type Incident, nameOf } from '../domain/incident/incident.ts';
import type { Entry } from '../domain/incident/timeline.ts';
import { type WholeText, wholeEntry, wholeTexts } from '../domain/incident/whole-texts.ts';
import { limits } from './limits.ts';
import { bold, clean, lines, paragraphs, plain, time, words } from './text.ts';
import { modal } from './view.ts';

/** Of one block; a view has room for some of them. */
const longestBlock = 2_800;
const blocksPerPage = 40;

export function wholeTextModal(incident: Incident, page: number): View {
  const blocks = wholeTexts(incident).flatMap(blocksOf);
  return paged(incident, { title: `Text of ${nameOf(incident)}`, blocks, page, action: 'text' });
}

/** @param page how far into the entry */
export function entryModal(incident: Incident, entry: Entry, page: number): View {
  const head = lines([time(entry.at), words(` · entry ${entry.seq} of ${nameOf(incident)}`)]);
  return paged(incident, { title: `Entry ${entry.seq}`, blocks: [head, ...wholeEntry(entry).flatMap(blocksOf)], page, action: `entry-${entry.seq}` });
}

interface Pages {
  readonly title: string;
  readonly blocks: readonly KnownBlock[];
  readonly page: number;
  /** Prefix of the action ids that lead on: `text`, `entry-7`. */
  readonly action: string;
}

function paged(incident: Incident, { title, blocks, page, action }: Pages): View {
  const button = (action_id: string, label: string, to: number): Button => ({
    type: 'button',
    action_id,
    text: plain(label, limits.buttonText),
    value: String(to),
  });
  const shown = blocks.slice(page * blocksPerPage, (page + 1) * blocksPerPage);
  const back = page > 0 ? [button(`${action}-newer`, 'Back', page - 1)] : [];
  const on = (page + 1) * blocksPerPage < blocks.length ? [button(`${action}-older`, 'More', page + 1)] : [];
  const elements = [...back, ...on, button('timeline-open', 'Timeline', 0)];
  return modal({
    callback: 'whole-text',
    title: clean(title, limits.modalTitle),
    state: { i: incident.id, page },
    blocks: [...shown, { type: 'actions', elements }],
  });
}

function blocksOf({ title, text }: WholeText): KnownBlock[] {
  return [lines([bold(title)]), ...paragraphs(text, longestBlock)];
}
