/** Messages, as they arrive, and the card that they make: without a store, Slack or AWS. */
import { fold, type Remembered } from '../../src/domain/incident/fold.ts';
import type { Incident } from '../../src/domain/incident/incident.ts';
import { apply, withSignIns } from '../../src/domain/incident/intake.ts';
import { meaningOf } from '../../src/domain/incident/triage.ts';
import { noSurroundings } from '../../src/domain/sign-in/surroundings.ts';
import { type Signal, understand } from '../../src/domain/signal/signal.ts';
import { textOfBlocks } from '../../src/sandbox/slack/as-text.ts';
import { drawCard } from '../../src/slack/card.ts';
import { alone, around } from './memory.ts';
import { settings } from './ports.ts';
import { topic } from './sandbox.ts';

export const t0 = Date.parse('2026-11-22T03:00:00Z');
export const minute = 60_000;
const hour = 60 * minute;

let sent = 0;

/** @param publishedAt milliseconds since the epoch */
function signalsIn(message: object | string, publishedAt = t0 + 24 * hour): Signal[] {
  const text = typeof message === 'string' ? message : JSON.stringify(message);
  return understand({ topicArn: topic, messageId: `m${++sent}`, subject: undefined, publishedAt, message: text });
}

/** The text of its card. */
export function drawn(incident: Incident): string {
  const options = { accounts: new Map(), responders: [], remediatorsExist: true, responses: [], reach: settings, permalink: () => '' };
  return textOfBlocks(drawCard(incident, options, new Map()).blocks as never);
}

/** The incident of these sign-ins, in the order in which they arrive, with all of them remembered. */
export function ofSignIns(...messages: readonly (object | string)[]): Incident {
  const [first, ...rest] = messages.flatMap((one) => signalsIn(one)).filter((one) => one.kind === 'sign-in');
  if (first === undefined) throw new Error('No sign-in among them.');
  const known = around([first, ...rest]);
  const circumstances = { ...alone({ before: undefined, meaning: meaningOf(first, undefined, settings), now: t0 }), around: known };
  const { incident } = apply(first, { do: 'open', reason: 'first-sign-in' }, circumstances);
  return { ...withSignIns(incident as Incident, rest, known), id: 1 };
}

/** The incident of these changes of one alarm, in the order in which they arrive, each by itself. */
export function ofChanges(...messages: readonly object[]): Incident {
  let incident: Incident | undefined;
  let alarms: Remembered['alarms'] = new Map();
  for (const signal of messages.flatMap((one) => signalsIn(one))) {
    const meaning = meaningOf(signal, undefined, settings);
    const newest = new Map(incident === undefined ? [] : [[incident.key, incident]]);
    const known = { newest, alarms, changes: new Map(), kept: new Set<string>(), around: noSurroundings, related: [] };
    const folded = fold([{ signal, messageId: `m${sent}`, meaning }], known, signal.at);
    incident = folded.works[0]?.incident ?? incident;
    alarms = folded.alarms;
  }
  if (incident === undefined) throw new Error('None of them opened an incident.');
  return { ...incident, id: 1 };
}
