/** What was done about the people of an incident because of others, on its card. */
import type { RichTextElement } from '@slack/types';
import type { DoneElsewhere } from '../domain/incident/elsewhere.ts';
import { type Incident, nameOf } from '../domain/incident/incident.ts';
import { keptWords } from '../domain/response/kept-state.ts';
import { bold, link, words } from './text.ts';

const shown = 5;

interface Done {
  readonly incident: number;
  /** `alice was contained`. */
  readonly what: string;
  readonly how: string;
}

/** @param permalink of another incident's card, where it has one */
export function elsewhereRows({ elsewhere = [] }: Pick<Incident, 'elsewhere'>, permalink: (id: number) => string | undefined): RichTextElement[][] {
  const all = elsewhere.flatMap(doneOn);
  const more = all.length - shown;
  const rows = all.slice(0, shown).map(({ incident, what, how }): RichTextElement[] => {
    const url = permalink(incident);
    const name = nameOf({ id: incident });
    return [bold(what), words(' on '), url === undefined ? words(name) : link(name, url), words(how === '' ? '.' : `: ${how}.`, 400)];
  });
  return more > 0 ? [...rows, [words(`and ${more} more, because of incidents that this one is linked to`)]] : rows;
}

/** One line for each of whom something was taken. */
function doneOn({ incident, contained, passwordsReset, rootsEmptied }: DoneElsewhere): Done[] {
  const byHolder = Map.groupBy(contained, ({ left: { holder } }) => `${holder.account}/${holder.name}`);
  const held = [...byHolder.values()].map((of): Done => {
    const how = of.map(({ left }) => keptWords(left)).join(', ');
    return { incident, what: `${of[0]?.left.holder.name} was contained`, how };
  });
  const reset = passwordsReset.filter((user) => !byHolder.has(user)).map((user) => user.slice(user.indexOf('/') + 1));
  return [
    ...held,
    ...reset.map((name) => ({ incident, what: `${name} got a new password`, how: '' })),
    ...rootsEmptied.map(({ account }) => ({ incident, what: `root of ${account} lost its credentials`, how: '' })),
  ];
}
