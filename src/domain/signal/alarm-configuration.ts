/** Somebody made, changed or deleted an alarm. Source: "Alarm configuration change events" (CloudWatch user guide). */
import { namedAlarm } from '../alarm/named.ts';
import { asList, asObject, asText, type Json } from '../json.ts';
import { alarmArn } from '../place.ts';
import type { Severity } from '../severity.ts';

export interface AlarmConfigurationChange {
  readonly severity: Severity;
  readonly title: string;
  readonly says: string;
}

/** Who did it is not in the event. */
export function alarmConfigurationIn(event: Json): AlarmConfigurationChange | undefined {
  const detail = asObject(event.detail);
  const name = asText(detail.alarmName);
  const operation = asText(detail.operation);
  if (name === undefined || operation === undefined) return undefined;
  const arn = asText(asList(event.resources)[0]) ?? alarmArn({ region: asText(event.region) ?? '', account: asText(event.account) ?? '' }, name);
  const after = asObject(detail.configuration);
  const before = asObject(detail.previousConfiguration);
  const warns = warningIn(operation, before, after);
  const isOff = operation === 'update' && warns.isRaised;
  const done = { create: 'made', update: isOff ? 'changed, and its actions are switched off' : 'changed', delete: 'deleted' }[operation] ?? operation;
  const title = `Alarm ${namedAlarm({ name, arn })} was ${done}`;
  const changes = operation === 'update' ? changesBetween(before, after) : [];
  const state = asText(asObject(detail.state).value);
  const was = operation === 'delete' && state !== undefined ? [`It was ${state}.`] : [];
  const what = changes.length > 0 ? [`Changed: ${changes.join(', ')}.`] : [];
  return {
    severity: warns.isRaised ? 'MEDIUM' : 'LOW',
    title,
    says: [`${title}.`, ...was, ...what, ...warns.says, 'Who did it is not in this event.'].join(' '),
  };
}

/** Whether somebody is warned less than before; that it is `any more` only where it is told that somebody was. */
function warningIn(operation: string, before: Json, after: Json): { readonly isRaised: boolean; readonly says: readonly string[] } {
  const isOff = after.actionsEnabled === false;
  if (operation === 'delete') return { isRaised: true, says: [isOff ? 'Its actions were switched off before.' : 'It warns nobody any more.'] };
  if (operation !== 'update' || !isOff) return { isRaised: false, says: [] };
  if (before.actionsEnabled === false) return { isRaised: false, says: ['Its actions were switched off before, and are.'] };
  return { isRaised: true, says: [before.actionsEnabled === true ? 'It warns nobody any more.' : 'It warns nobody.'] };
}

/** `threshold 70 → 80`, or the key alone where its value is long. */
function changesBetween(before: Json, after: Json): string[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((key) => key !== 'timestamp' && key !== 'alarmName');
  return keys.filter((key) => comparable(before[key]) !== comparable(after[key])).map((key) => changed(key, before[key], after[key]));
}

/** CloudWatch gives a metric that has no name in metric math another id with every change. */
function comparable(value: unknown): string {
  const isMade = (key: string, one: unknown): boolean => key === 'id' && typeof one === 'string' && /^[0-9a-f]{8}-/.test(one);
  return JSON.stringify(value, (key, one: unknown) => (isMade(key, one) ? undefined : one)) ?? '';
}

function changed(key: string, before: unknown, after: unknown): string {
  const isPlain = (value: unknown): boolean => ['string', 'number', 'boolean'].includes(typeof value) && String(value).length <= 40;
  return isPlain(before) && isPlain(after) ? `${key} ${String(before)} → ${String(after)}` : key;
}
