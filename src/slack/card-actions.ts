/** The buttons of a card. */
import type { ActionsBlock, Button, Overflow } from '@slack/types';
import { regionOf } from '../domain/incident/alarms-of-incident.ts';
import type { Incident } from '../domain/incident/incident.ts';
import type { Owner } from '../domain/response/approval.ts';
import { type Offered, offered, type ViewId } from '../domain/response/offers.ts';
import { ownerOf } from '../domain/response/owner-question.ts';
import type { ReachSettings } from '../domain/response/reach.ts';
import type { Response } from '../domain/response/response.ts';
import { isUnresolved, theTargetOf } from '../domain/response/target.ts';
import { limits } from './limits.ts';
import { moreAction } from './more-view.ts';
import { clean, plain } from './text.ts';

interface Offers {
  readonly responses: readonly Response[];
  /** False: nobody changes IAM from Slack. */
  readonly remediatorsExist: boolean;
  readonly reach: ReachSettings;
  /** Who may be asked whether it was them. */
  readonly owners?: readonly Owner[];
}

/** What takes access, where the card offers that. */
export function leadOf(incident: Incident, offers: Offers): Response | undefined {
  return offersOf(incident, offers).user.find(({ access }) => access === 'takes');
}

function offersOf(incident: Incident, { responses, remediatorsExist, reach }: Offers): Offered {
  return offered(
    responses.filter(({ needs }) => remediatorsExist || needs === 'responder'),
    incident,
    reach,
  );
}

/** What the card offers: two rows at most. */
export function actions(incident: Incident, given: Offers): ActionsBlock[] {
  const { owners = [] } = given;
  const offers = offersOf(incident, given);
  const hasList = offers.hasList || (isUnresolved(incident) && incident.subjects.some((subject) => ownerOf(subject, owners) !== undefined));
  const first = [...offers.incident.map((response) => button(incident, response)), ...(hasList ? [listButton(incident)] : [])];
  const second = namedOnce(incident, offers.user);
  return [
    { type: 'actions', block_id: 'incident', elements: [...first, overflow(incident, offers)] },
    ...(second.length === 0 ? [] : [{ type: 'actions' as const, block_id: 'user', elements: second }]),
  ];
}

/** Whom a row is about is said by its first button, as long as the next ones are about the same. */
function namedOnce(incident: Incident, responses: readonly Response[]): Button[] {
  return responses.map((response, index) => {
    const before = responses[index - 1];
    const isSame = before !== undefined && whichOf(incident, before.target) === whichOf(incident, response.target);
    return button(incident, response, !isSame);
  });
}

function listButton({ id }: Incident): Button {
  return { type: 'button', action_id: moreAction, value: String(id), text: plain('More responses', limits.buttonText) };
}

function button(incident: Incident, { kind, target, button: { id, label, verb } }: Response, isNamed = true): Button {
  const style = kind === 'step' ? { style: 'primary' as const } : {};
  const about = isNamed ? whichOf(incident, target) : undefined;
  // “Contain alice”, but “Reset password · alice”.
  const text = about === undefined ? label : `${label}${label === verb ? ' ' : ' · '}${clean(about, 20)}`;
  return { type: 'button', action_id: id, value: String(incident.id), text: plain(text, limits.buttonText), ...style };
}

/** What a button is about, where that is known and there may be others. */
function whichOf(incident: Incident, target: Response['target']): string | undefined {
  // Several are in ALARM: the button says which one it is about.
  if (target === 'alarm') return incident.otherAlarms.length > 0 ? regionOf(incident) : undefined;
  const only = theTargetOf(incident, target);
  return only !== undefined && 'name' in only ? only.name : undefined;
}

const viewLabels: Record<ViewId, string> = { evidence: 'Evidence', timeline: 'Timeline', 'by-hand': 'What to do by hand' };

function overflow(incident: Incident, { more, views }: Offered): Overflow {
  const all = [...more.map(({ button: { id, label } }) => ({ id, label })), ...views.map((id) => ({ id, label: viewLabels[id] }))];
  const options = all.map(({ id, label }) => ({ text: plain(label, limits.optionText), value: `${id}:${incident.id}` }));
  return { type: 'overflow', action_id: 'more', options };
}
