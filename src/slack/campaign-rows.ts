/** One attack over several incidents, on the card. */
import type { RichTextElement } from '@slack/types';
import { isOfMore } from '../domain/incident/campaign.ts';
import { type Incident, nameOf } from '../domain/incident/incident.ts';
import { isWorse } from '../domain/severity.ts';
import { bold, link, words } from './text.ts';

const shown = 5;

/** @param permalink of another incident's card, where it has one */
export function campaignRows(incident: Incident, permalink: (id: number) => string | undefined): RichTextElement[][] {
  const { severity, assessment } = incident;
  const { incidents, gravest } = incident.campaign;
  if (incidents.length === 0) return [];
  const isAttack = !isWorse('HIGH', gravest);
  const parts = incidents.slice(0, shown).flatMap((id, index): RichTextElement[] => {
    const url = permalink(id);
    const name = nameOf({ id });
    return [...(index === 0 ? [] : [words(', ')]), url === undefined ? words(name) : link(name, url)];
  });
  const more = incidents.length > shown ? ` and ${isOfMore(incident) ? 'at least ' : ''}${incidents.length - shown} more` : '';
  const isForOthers = assessment !== undefined && isWorse(severity, assessment.severity) && severity === gravest;
  const why = isForOthers ? ` It is ${severity} for what is in them.` : isWorse(gravest, severity) ? ` The gravest of them is ${gravest}.` : '';
  return [[bold(isAttack ? 'Part of one attack with ' : 'Same user or network as '), ...parts, words(`${more}.${why}`)]];
}
