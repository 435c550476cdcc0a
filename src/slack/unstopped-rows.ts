/** Of an attack that was resolved: what nobody stopped from here, and what AWS said last of those whom it is about. */
import type { RichTextElement } from '@slack/types';
import type { Incident } from '../domain/incident/incident.ts';
import { unstoppedWords } from '../domain/response/unstopped.ts';
import { bold, words } from './text.ts';
import { notesRows } from './who.ts';

export function unstoppedRows(incident: Incident): RichTextElement[][] {
  const said = unstoppedWords(incident);
  if (said === undefined) return [];
  return [...notesRows(incident, incident.look?.since ?? incident.openedAt), [bold('Not stopped by the bot: '), words(said, 400)]];
}
