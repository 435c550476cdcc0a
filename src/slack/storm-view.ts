/** The list of incidents that wait in a storm without a card of their own. */
import type { KnownBlock, View } from '@slack/types';
import { whatHappened } from '../domain/incident/headline.ts';
import { type Incident, nameOf } from '../domain/incident/incident.ts';
import { limits } from './limits.ts';
import { lines, plain, time, words } from './text.ts';
import { modal } from './view.ts';
import { where } from './who.ts';

export const perStormPage = 10;

interface Listed {
  readonly incidents: readonly Incident[];
  readonly total: number;
  readonly page: number;
  /** What was done on it before, for whoever did it. */
  readonly said?: string | undefined;
}

/** Gravest first; each can be given its card. */
export function stormModal({ incidents, total, page, said }: Listed, accounts: ReadonlyMap<string, string>): View {
  const head = total === 0 ? 'Every incident has a card of its own.' : `${total} without a card of their own, the gravest first.`;
  const blocks = incidents.flatMap((incident): KnownBlock[] => [
    lines(
      [words(`${nameOf(incident)} ${incident.severity} · ${whatHappened(incident)}`, 200)],
      [words(`${where(incident, accounts)} · since `), time(incident.openedAt)],
    ),
    { type: 'actions', elements: [postCardButton(incident)] },
  ]);
  return modal({
    callback: 'storm',
    title: 'Without a card',
    state: { i: 0, page },
    blocks: [...(said === undefined ? [] : [lines([words(said)])]), lines([words(head)]), ...blocks, ...paging(page, total)],
  });
}

/** Whoever acts on an incident does so on its card, for its thread is the audit. */
export function postCardButton({ id }: Pick<Incident, 'id'>) {
  return { type: 'button' as const, action_id: `post-card-${id}`, text: plain(`Post its card · SIN-${id}`, limits.buttonText), value: String(id) };
}

function paging(page: number, total: number): KnownBlock[] {
  const older = (page + 1) * perStormPage < total ? [{ action_id: 'storm-older', label: 'Next', to: page + 1 }] : [];
  const newer = page > 0 ? [{ action_id: 'storm-newer', label: 'Before', to: page - 1 }] : [];
  const buttons = [...newer, ...older].map(({ action_id, label, to }) => ({
    type: 'button' as const,
    action_id,
    text: plain(label, limits.buttonText),
    value: String(to),
  }));
  return buttons.length === 0 ? [] : [{ type: 'actions', elements: buttons }];
}
