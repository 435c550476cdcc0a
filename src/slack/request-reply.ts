/** A request in the thread: what, on whom, why in the requester's words, what it does and does not do, how it stands, and what may be pressed. */
import type { ActionsBlock, Button, RichTextElement } from '@slack/types';
import { type Incident, nameOf } from '../domain/incident/incident.ts';
import type { Entry } from '../domain/incident/timeline.ts';
import type { Message } from '../domain/ports.ts';
import { limits } from './limits.ts';
import { bold, fallback, lines, mention, plain, time, words } from './text.ts';

export interface Requested {
  readonly entry: Entry;
  /** The newest that was decided on it. */
  readonly decided: Entry | undefined;
  readonly label: string;
  readonly responders: readonly string[];
}

const buttonLabels = { approve: 'Approve…', deny: 'Deny', run: 'Run', cancel: 'Cancel' } as const;
type RequestAction = keyof typeof buttonLabels;
export const requestActions = Object.keys(buttonLabels) as RequestAction[];

export function drawRequest(incident: Incident, { entry, decided, label, responders }: Requested): Message {
  const { by, text, why, details = [] } = entry.body;
  const stands = decided?.body.request ?? entry.body.request;
  const rings: RichTextElement[] = responders.flatMap((id) => [words(' '), mention(id)]);
  const rows: RichTextElement[][] = [
    [bold(label), words(' · '), words(text, 1_000), ...rings],
    ...(why ? [[words(`Why, in the words of ${by?.name ?? 'the requester'}: “${why}”`, 1_000)]] : []),
    ...details.map((detail) => [words(detail, 1_000)]),
    ...(decided ? [[bold(decided.body.text)]] : []),
    ...(stands?.until === undefined
      ? []
      : [[words(untilWords[stands.mode][stands.state === 'approved' ? 'approved' : 'waiting']), time(stands.until)]]),
  ];
  const ids = actionsOf(stands?.state, stands?.mode);
  const buttons: ActionsBlock[] = ids.length === 0 ? [] : [{ type: 'actions', elements: ids.map((id) => button(entry, id)) }];
  const said = fallback(`${nameOf(incident)}: ${text} ${decided?.body.text ?? ''}`, limits.fallbackText);
  return { text: said, blocks: [lines(...rows), ...buttons] };
}

const untilWords = {
  approval: { waiting: 'It lapses ', approved: 'To be run before ' },
  'break-glass': { waiting: 'It is carried out ', approved: 'It is carried out ' },
} as const;

function actionsOf(state: string | undefined, mode: 'approval' | 'break-glass' | undefined): RequestAction[] {
  if (state === 'waiting') return mode === 'break-glass' ? ['cancel'] : ['approve', 'deny', 'cancel'];
  return state === 'approved' ? ['run', 'deny', 'cancel'] : [];
}

function button({ incident, seq }: Entry, id: RequestAction): Button {
  const style = id === 'approve' || id === 'run' ? { style: 'primary' as const } : {};
  return { type: 'button', action_id: id, value: `${incident}:${seq}`, text: plain(buttonLabels[id], limits.buttonText), ...style };
}
