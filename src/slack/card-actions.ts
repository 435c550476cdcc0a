/** The buttons of a card. */
import type { ActionsBlock, Button, Overflow } from '@slack/types';
import { regionOf } from '../domain/incident/alarms-of-incident.ts';
import type { Incident } from '../domain/incident/incident.ts';
import type { ReachSettings } from '../domain/response/reach.ts';
import { type MoreId, offered, type ResponseId, responses, theIamUserOf } from '../domain/response/responses.ts';
import { limits } from './limits.ts';
import { clean, plain } from './text.ts';

interface Offers {
  /** False: nobody changes IAM from Slack. */
  readonly remediatorsExist: boolean;
  readonly reach: ReachSettings;
}

/** What the card offers. */
export function actions(incident: Incident, { remediatorsExist, reach }: Offers): ActionsBlock[] {
  const { incident: about, user, more } = offered(incident, reach);
  // Several are in ALARM: the button says which one it is about.
  const which = incident.otherAlarms.length > 0 ? ` · ${clean(regionOf(incident), 20)}` : '';
  const first = about.map((id) => button(incident, id, id === 'reset-alarm' ? `${responses[id].label}${which}` : responses[id].label));
  const rows: ActionsBlock[] = [{ type: 'actions', block_id: 'incident', elements: [...first, overflow(incident, more)] }];
  const allowed = user.filter((id) => remediatorsExist || responses[id].needs === 'responder');
  const name = theIamUserOf(incident)?.name;
  const labelled = allowed.map((id) =>
    button(incident, id, name === undefined ? responses[id].label : `${responses[id].label} · ${clean(name, 20)}`),
  );
  if (labelled.length > 0) rows.push({ type: 'actions', block_id: 'user', elements: labelled });
  return rows;
}

function button(incident: Incident, id: ResponseId, label: string): Button {
  const style = id === 'acknowledge' || id === 'resolve' ? { style: 'primary' as const } : {};
  return { type: 'button', action_id: id, value: String(incident.id), text: plain(label, limits.buttonText), ...style };
}

const moreLabels: Record<MoreId, string> = {
  'take-over': 'Take over',
  release: 'Release',
  reopen: 'Reopen',
  'record-step': 'Record a step',
  evidence: 'Evidence',
  timeline: 'Timeline',
  'by-hand': 'What to do by hand',
};

function overflow(incident: Incident, ids: readonly MoreId[]): Overflow {
  const options = ids.map((id) => ({ text: plain(moreLabels[id], limits.optionText), value: `${id}:${incident.id}` }));
  return { type: 'overflow', action_id: 'more', options };
}
