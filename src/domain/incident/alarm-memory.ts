/** What is remembered of an alarm, beside the incidents that it opens. */
import type { AlarmChange } from '../alarm/alarm.ts';
import { readBody, type Shape, storedBody } from '../stored-body.ts';
import type { PendingReset } from './decision.ts';
import { type AlarmMemory, memoryId, resetWindow } from './triage.ts';

/** How long an alarm is remembered of which nothing was heard and that CloudWatch was not seen to have. */
export const rememberedAlarmMs = 365 * 24 * 3_600_000;
/** So often it is noted that CloudWatch has an alarm that does not change. */
export const seenEveryMs = 30 * 24 * 3_600_000;

export function lastSeen({ at, seenAt = 0 }: Pick<AlarmMemory, 'at' | 'seenAt'>): number {
  return Math.max(at, seenAt);
}

const shape: Shape<AlarmMemory> = { of: 'alarm', upgrades: [(older) => older], needs: ['arn'] };

export function storedAlarm(alarm: AlarmMemory): string {
  return storedBody(shape, alarm);
}

/** @param body as this or an older version wrote it */
export function readAlarm(body: string): AlarmMemory {
  return readBody(shape, body);
}

/** What is remembered of an alarm after a change: the newest state by the alarm's own time, and resets whose OK may still come. */
export function rememberAlarm(before: AlarmMemory | undefined, signal: AlarmChange, used: PendingReset | undefined, now: number): AlarmMemory {
  const resets = (before?.resets ?? []).filter((one) => one !== used && now - one.at <= resetWindow);
  const { arn, name, account, region } = signal;
  const { recognised, judgement, unread, log, seenAt } = before ?? {};
  const told = { id: memoryId(signal), arn, name, account, region, recognised, judgement, unread, log, seenAt };
  if (before && signal.at < before.at) return { ...before, resets };
  return { ...told, ...changeIn(signal), resets };
}

/** Of a change, what is remembered of the newest. */
export function changeIn({ state, at, reason, evaluation, toldBy }: AlarmChange): Pick<AlarmMemory, 'state' | 'at' | 'reason' | 'cause' | 'toldBy'> {
  return { state, at, reason, cause: evaluation.cause, toldBy };
}

/** A contributor's OK may be caused by a reset of the whole alarm, and what the alarm means is known for the whole. */
export function recalled(alarms: ReadonlyMap<string, AlarmMemory>, signal: AlarmChange): AlarmMemory | undefined {
  const known = alarms.get(memoryId(signal));
  const whole = signal.contributor === undefined ? undefined : alarms.get(signal.arn);
  if (whole === undefined) return known;
  if (known === undefined) return undefined;
  const { recognised, judgement, unread } = whole.recognised === undefined && whole.judgement === undefined ? known : whole;
  return { ...known, resets: [...known.resets, ...whole.resets], recognised, judgement, unread };
}
