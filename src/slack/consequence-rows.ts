/** What was done because of an incident, what that stopped and did not stop, and what is left to do. */
import type { RichTextElement } from '@slack/types';
import { quarantined } from '../domain/incident/contained.ts';
import type { Incident } from '../domain/incident/incident.ts';
import { bold, time, words } from './text.ts';

const shownDeeds = 6;

type Row = RichTextElement[];

export function consequenceRows(incident: Incident): Row[] {
  const rows: Row[] = [...containedRows(incident), ...incident.deeds.slice(-shownDeeds).map(deedRow)];
  if (incident.notStopped.length > 0) rows.push([bold('Not stopped: '), words(incident.notStopped.join(', '), 800)]);
  if (incident.leftToDo.length > 0) rows.push([bold('Left to do: '), words(incident.leftToDo.join(', '), 800)]);
  return rows;
}

/** Who is denied everything, and what somebody else gave back. */
function containedRows(incident: Incident): Row[] {
  const held = quarantined(incident).map(({ on }) => on);
  const broken = (incident.contained ?? []).flatMap(({ on, brokenAt }): Row[] =>
    brokenAt === undefined ? [] : [[bold('Given back by somebody else: '), words(`${on}, found `, 200), time(brokenAt)]],
  );
  return [...(held.length > 0 ? [[bold('Under quarantine: '), words(held.join('; '), 400)]] : []), ...broken];
}

function deedRow({ how, by, at, what, stops }: Incident['deeds'][number]): Row {
  if (stops) return [bold('Stopped: '), time(at), words(` ${what} (${by.name})`, 300)];
  return [words(how === 'bot' ? `By the bot (${by.name}): ` : `By hand (${by.name}): `), time(at), words(` ${what}`)];
}
