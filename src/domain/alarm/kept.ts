/**
 * What an alarm's message holds beside its change: why its actions are not carried out, what its contributor stands for, and the log lines of
 * a log alarm. Sources: "Alarm events and EventBridge" and "Alarm mute rules" (CloudWatch user guide) for suppression and mute; the names of
 * the keys for contributors and log lines are in no page that we could read, so whatever says so by its name is taken.
 */
import { asList, asObject, asText, type Json, printed } from '../json.ts';
import { isMasked, recordIn } from './log.ts';

/** Why the alarm's own actions are not carried out: an EventBridge event comes all the same. Times in milliseconds since the epoch. */
export type Silence =
  | { readonly by: 'mute-rule'; readonly rule: string | undefined; readonly until: number | undefined }
  | { readonly by: 'suppressor'; readonly suppressor: string | undefined; readonly how: string };

/** The log lines in the message of a log alarm. */
export interface LogLines {
  /** Those that are CloudTrail records. */
  readonly records: readonly Json[];
  /** How many are something else: anybody's text, which stays in the log. */
  readonly others: number;
  readonly groups: readonly string[];
}

export interface Kept {
  readonly silence: Silence | undefined;
  /** What the contributor stands for, by the name of the attribute. */
  readonly attributes: Readonly<Record<string, string>> | undefined;
  readonly lines: LogLines | undefined;
}

/** `This alarm is muted by the rule nightly until 2026-01-01 12:00 UTC: …`. */
export function silenceWords(silence: Silence): string {
  if (silence.by === 'suppressor')
    return `Its actions are suppressed${silence.suppressor === undefined ? '' : ` by ${silence.suppressor}`} (${silence.how}): they are not carried out.`;
  const until = silence.until === undefined ? '' : ` until ${new Date(silence.until).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return `This alarm is muted${until}${silence.rule === undefined ? '' : ` by the rule ${silence.rule}`}: its own actions are not carried out.`;
}

/** `userName = alice, sourceIPAddress = 203.0.113.7`. */
export function attributeWords(attributes: NonNullable<Kept['attributes']>): string {
  return Object.entries(attributes)
    .map(([name, value]) => `${name} = ${value}`)
    .join(', ');
}

const lineKey = /^(action)?log(line|event|record|message|result)s?$/i;

/** Whether a key holds log lines, which are not shown as they are. */
export function isLineKey(key: string): boolean {
  return lineKey.test(key);
}

/** What an incident keeps of it; the log lines themselves go where their events go. */
export interface KeptOfAlarm {
  readonly silence: Silence | undefined;
  /** What each contributor that fires stands for, by its id. */
  readonly contributors: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly lines: { readonly events: number; readonly others: number; readonly groups: readonly string[] } | undefined;
}

/** @param firing the contributors that are in ALARM after this message */
export function keptAfter(
  before: KeptOfAlarm | undefined,
  message: Kept & { contributor: string | undefined },
  firing: readonly string[],
): KeptOfAlarm {
  const { silence, attributes, lines, contributor } = message;
  const known = { ...before?.contributors, ...(attributes === undefined ? {} : { [contributor ?? '']: attributes }) };
  return {
    silence,
    contributors: Object.fromEntries(Object.entries(known).filter(([id]) => firing.includes(id) || (id === '' && contributor === undefined))),
    lines: lines === undefined ? before?.lines : { events: lines.records.length, others: lines.others, groups: lines.groups },
  };
}

/** @param bodies the message, and the parts of it in which these things may stand */
export function keptOf(...bodies: readonly Json[]): Kept {
  return { silence: firstOf(bodies, silenceOf), attributes: firstOf(bodies, attributesOf), lines: firstOf(bodies, linesOf) };
}

function firstOf<T>(bodies: readonly Json[], read: (body: Json) => T | undefined): T | undefined {
  for (const body of bodies) {
    const found = read(body);
    if (found !== undefined) return found;
  }
  return undefined;
}

function silenceOf(body: Json): Silence | undefined {
  const mute = asObject(body.muteDetail ?? body.MuteDetail);
  const rule = entry(mute, /^mutedby|rule/i);
  const until = Date.parse(asText(entry(mute, /end|until/i)) ?? '');
  if (Object.keys(mute).length > 0)
    return { by: 'mute-rule', rule: asText(rule)?.split(':alarm-mute-rule:').at(-1), until: Number.isNaN(until) ? undefined : until };
  const state = asObject(body.state);
  const how = asText(state.actionsSuppressedBy) ?? asText(body.ActionsSuppressedBy);
  const suppressor = asText(asObject(body.configuration).actionsSuppressor) ?? asText(body.ActionsSuppressor);
  return how === undefined ? undefined : { by: 'suppressor', suppressor: suppressor?.split(':alarm:').at(-1), how };
}

function attributesOf(body: Json): Kept['attributes'] {
  for (const [key, value] of Object.entries(body)) {
    if (!/contributor/i.test(key)) continue;
    const own = /attributes$/i.test(key) ? value : entry(asObject(value), /attributes$/i);
    const told = Object.entries(asObject(own)).flatMap(([name, one]) => (typeof one === 'string' ? [[name, one] as const] : []));
    if (told.length > 0) return Object.fromEntries(told.map(([name, one]) => [name, one.replaceAll('\0', '').toWellFormed()]));
  }
  return undefined;
}

function linesOf(body: Json): LogLines | undefined {
  const key = Object.keys(body).find((one) => isLineKey(one) && Array.isArray(body[one]));
  if (key === undefined) return undefined;
  const lines = asList(body[key]);
  const records = lines.map(toldRecord).filter((record) => record !== undefined);
  const groups = [body.LogGroups, body.LogGroupNames, body.LogGroupIdentifiers, body.logGroupIdentifiers]
    .flatMap(asList)
    .flatMap((one) => asText(one) ?? []);
  return {
    records,
    others: lines.length - records.length,
    groups: groups.map((group) => group.replace(/^arn:.*:log-group:/, '').replace(/:\*$/, '')),
  };
}

/** A line as CloudTrail writes it: alone, or as the message of a log event. What a data protection policy has masked names nobody. */
function toldRecord(line: unknown): Json | undefined {
  const text = asText(line) ?? asText(asObject(line).message) ?? asText(asObject(line)['@message']) ?? printed(line);
  const record = recordIn(text ?? '');
  return record === undefined || isMasked(record) ? undefined : record;
}

function entry(body: Json, key: RegExp): unknown {
  return Object.entries(body).find(([name]) => key.test(name))?.[1];
}
