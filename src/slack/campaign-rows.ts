/** One attack over several incidents: on the card, and where somebody resolves it. */
import type { KnownBlock, RichTextElement } from '@slack/types';
import { whatHappened } from '../domain/incident/headline.ts';
import { type Incident, nameOf } from '../domain/incident/incident.ts';
import { isWorse } from '../domain/severity.ts';
import { bold, link, words } from './text.ts';
import { option, severalOf } from './view.ts';

const shown = 5;
/** A checkbox group of Slack's takes ten. */
const choosable = 10;

/** @param permalink of another incident's card, where it has one */
export function campaignRows({ campaign, severity, assessment }: Incident, permalink: (id: number) => string | undefined): RichTextElement[][] {
  const { incidents, gravest } = campaign;
  if (incidents.length === 0) return [];
  const isAttack = !isWorse('HIGH', gravest);
  const parts = incidents.slice(0, shown).flatMap((id, index): RichTextElement[] => {
    const url = permalink(id);
    const name = nameOf({ id });
    return [...(index === 0 ? [] : [words(', ')]), url === undefined ? words(name) : link(name, url)];
  });
  const more = incidents.length > shown ? ` and ${incidents.length - shown} more` : '';
  const isForOthers = assessment !== undefined && isWorse(severity, assessment.severity) && severity === gravest;
  const why = isForOthers ? ` It is ${severity} for what is in them.` : isWorse(gravest, severity) ? ` The gravest of them is ${gravest}.` : '';
  return [[bold(isAttack ? 'Part of one attack with ' : 'Same user or network as '), ...parts, words(`${more}.${why}`)]];
}

/** Which incidents of a campaign are resolved at once; none: it stands alone. */
export function whichOf(incident: Incident, others: readonly Incident[]): KnownBlock[] {
  if (others.length === 0) return [];
  const all = [incident, ...others].slice(0, choosable).map((one) => option(String(one.id), `${nameOf(one)} ${one.severity}: ${whatHappened(one)}`));
  return [severalOf('incidents', 'Which of this attack?', all, { chosen: all })];
}
