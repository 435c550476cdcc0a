/** The list of incidents that wait in a storm without a card of their own. */
import type { KnownBlock, View } from '@slack/types';
import { whatHappened } from '../domain/incident/headline.ts';
import { type Incident, nameOf } from '../domain/incident/incident.ts';
import type { PostedCard } from '../features/post-card.ts';
import { limits } from './limits.ts';
import { lines, link, plain, time, words } from './text.ts';
import type { Sides } from './turns.ts';
import { modal } from './view.ts';
import { where } from './who.ts';

export const perStormPage = 10;

interface Listed {
  readonly incidents: readonly Incident[];
  readonly total: number;
  /** The value of the button that led here. */
  readonly part: string;
  readonly sides: Sides;
  /** What was done on it before, for whoever did it. */
  readonly said?: PostedCard | undefined;
}

/** Gravest first; each can be given its card. */
export function stormModal({ incidents, total, part, sides, said }: Listed, accounts: ReadonlyMap<string, string>): View {
  const head = total === 0 ? 'No incident waits in a storm for a card of its own.' : `${total} without a card of their own, the gravest first.`;
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
    state: { i: 0, part },
    blocks: [
      ...(said === undefined ? [] : [lines([words(said.text), ...(said.card === undefined ? [] : [words(' '), link('Its card', said.card)])])]),
      lines([words(head)]),
      ...blocks,
      ...paging(sides),
    ],
  });
}

/** Whoever acts on an incident does so on its card, for its thread is the audit. */
export function postCardButton({ id }: Pick<Incident, 'id'>) {
  return {
    type: 'button' as const,
    action_id: `post-card-${id}`,
    text: plain(`Post its card · ${nameOf({ id })}`, limits.buttonText),
    value: String(id),
  };
}

function paging({ back, on }: Sides): KnownBlock[] {
  const button = (action_id: string, label: string, value: string) => ({
    type: 'button' as const,
    action_id,
    text: plain(label, limits.buttonText),
    value,
  });
  const buttons = [
    ...(back === undefined ? [] : [button('storm-newer', 'Before', back)]),
    ...(on === undefined ? [] : [button('storm-older', 'Next', on)]),
  ];
  return buttons.length === 0 ? [] : [{ type: 'actions', elements: buttons }];
}
