/** Messages, as they arrive, and the card that they make: without a store, Slack or AWS. */
import { rememberAlarm } from '../../src/domain/incident/alarm-memory.ts';
import type { Incident } from '../../src/domain/incident/incident.ts';
import { apply, withSignIns } from '../../src/domain/incident/intake.ts';
import { type AlarmMemory, meaningOf, triage } from '../../src/domain/incident/triage.ts';
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
export function signalsIn(message: object | string, publishedAt = t0 + 24 * hour): Signal[] {
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

/** The incident of these changes of one alarm, in the order in which they arrive. */
export function ofChanges(...messages: readonly object[]): Incident {
  let incident: Incident | undefined;
  let alarm: AlarmMemory | undefined;
  for (const signal of messages.flatMap((one) => signalsIn(one))) {
    if (signal.kind !== 'alarm-change') throw new Error(`No change of an alarm: ${signal.kind}.`);
    const decision = triage(signal, { incident, alarm }, 'MEDIUM', signal.at);
    const meaning = meaningOf(signal, alarm, settings);
    const circumstances = { ...alone({ before: incident, meaning, now: signal.at }), alarm };
    incident = apply(signal, decision, circumstances).incident ?? incident;
    alarm = rememberAlarm(alarm, signal, undefined, signal.at);
  }
  if (incident === undefined) throw new Error('None of them opened an incident.');
  return { ...incident, id: 1 };
}
