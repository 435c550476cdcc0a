/** A freeze on a card: with times that stay right for as long as the card is not drawn again. */
import type { RichTextElement } from '@slack/types';
import type { Incident } from '../domain/incident/incident.ts';
import type { Message } from '../domain/ports.ts';
import type { Freeze } from '../domain/response/brakes.ts';
import { isUnresolved } from '../domain/response/target.ts';
import { bold, lines, time, words } from './text.ts';

/** The same message with what is frozen right under the headline; of an incident that is over, as it was. */
export function withFreeze(message: Message, incident: Incident, freeze: Freeze | undefined): Message {
  if (freeze === undefined || !isUnresolved(incident) || incident.mergedInto !== undefined) return message;
  const [headline, ...rest] = message.blocks;
  return { ...message, blocks: [...(headline === undefined ? [] : [headline]), lines(frozenRow(freeze)), ...rest] };
}

function frozenRow({ by, at, why, until }: Freeze): RichTextElement[] {
  const ends =
    until === undefined ? [words(', until another remediator ends it')] : [words(', until '), time(until), words(' unless a remediator confirms it')];
  const said = why === '' ? '.' : `: “${why}”`;
  const since = at === undefined ? [] : [words(' '), time(at)];
  return [bold('Frozen: '), words(`${by.name} stopped all changes to AWS from Slack`, 200), ...since, ...ends, words(said, 310)];
}
