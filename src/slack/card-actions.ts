/** The buttons of a card. */
import type { ActionsBlock, Button, Overflow } from '@slack/types';
import { regionOf } from '../domain/incident/alarms-of-incident.ts';
import type { Incident } from '../domain/incident/incident.ts';
import { type Offered, offered, type ViewId } from '../domain/response/offers.ts';
import type { ReachSettings } from '../domain/response/reach.ts';
import type { Response } from '../domain/response/response.ts';
import { theIamUserOf } from '../domain/response/target.ts';
import { limits } from './limits.ts';
import { clean, plain } from './text.ts';

interface Offers {
  readonly responses: readonly Response[];
  /** False: nobody changes IAM from Slack. */
  readonly remediatorsExist: boolean;
  readonly reach: ReachSettings;
}

/** What the card offers. */
export function actions(incident: Incident, { responses, remediatorsExist, reach }: Offers): ActionsBlock[] {
  const offers = offered(responses, incident, reach);
  const first = offers.incident.map((response) => button(incident, response));
  const rows: ActionsBlock[] = [{ type: 'actions', block_id: 'incident', elements: [...first, overflow(incident, offers)] }];
  const allowed = offers.user.filter(({ needs }) => remediatorsExist || needs === 'responder');
  if (allowed.length > 0) rows.push({ type: 'actions', block_id: 'user', elements: allowed.map((response) => button(incident, response)) });
  return rows;
}

function button(incident: Incident, { kind, target, button: { id, label } }: Response): Button {
  const style = kind === 'step' ? { style: 'primary' as const } : {};
  const about = whichOf(incident, target);
  const text = about === undefined ? label : `${label} · ${clean(about, 20)}`;
  return { type: 'button', action_id: id, value: String(incident.id), text: plain(text, limits.buttonText), ...style };
}

/** What a button is about, where that is known and there may be others. */
function whichOf(incident: Incident, target: Response['target']): string | undefined {
  if (target === 'iam-user') return theIamUserOf(incident)?.name;
  // Several are in ALARM: the button says which one it is about.
  return target === 'alarm' && incident.otherAlarms.length > 0 ? regionOf(incident) : undefined;
}

const viewLabels: Record<ViewId, string> = { evidence: 'Evidence', timeline: 'Timeline', 'by-hand': 'What to do by hand' };

function overflow(incident: Incident, { more, views }: Offered): Overflow {
  const all = [...more.map(({ button: { id, label } }) => ({ id, label })), ...views.map((id) => ({ id, label: viewLabels[id] }))];
  const options = all.map(({ id, label }) => ({ text: plain(label, limits.optionText), value: `${id}:${incident.id}` }));
  return { type: 'overflow', action_id: 'more', options };
}
