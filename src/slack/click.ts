/** A click as the listeners see it. */
import type { App, BlockAction, ButtonAction, OverflowAction } from '@slack/bolt';
import type { View } from '@slack/types';
import type { Ports } from '../domain/ports.ts';
import type { Clicker } from '../features/respond.ts';
import { shownIn } from './shown-in.ts';
import { privately } from './view.ts';

export interface SlackContext {
  readonly ports: Ports;
  readonly accounts: ReadonlyMap<string, string>;
  readonly permalink: (ts: string) => string;
}

/** One click on a card, with what is needed to answer it. */
export interface Click {
  readonly clicker: Clicker;
  readonly incident: number;
  /** Opens a modal; Slack gives 3 seconds and one try. Returns its id. */
  open(view: View): Promise<string>;
  /** Shows a view in place of the one opened; one that was closed meanwhile is left alone. */
  show(id: string, view: View): Promise<void>;
  /** Says something to the clicker only. */
  tell(text: string): Promise<void>;
}

export type ClickArgs = Parameters<Parameters<typeof App.prototype.action<BlockAction<ButtonAction | OverflowAction>>>[1]>[0];

export function clickerOf(body: { user: { id: string; name?: string; username?: string; team_id?: string }; team?: { id: string } | null }): Clicker {
  const { id, name, username, team_id } = body.user;
  return { id, name: name ?? username ?? id, team: team_id ?? body.team?.id ?? '' };
}

export function clickOf({ body, client, respond }: ClickArgs, incident: number): Click {
  return {
    clicker: clickerOf(body),
    incident,
    open: async (view) => (await client.views.open({ trigger_id: body.trigger_id, view })).view?.id ?? '',
    show: async (view_id, view) => {
      await shownIn(client, view_id, view);
    },
    tell: async (text) => {
      await respond(privately(text));
    },
  };
}
