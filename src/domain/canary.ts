/**
 * The canary: an alarm of ours that is set off every hour, so that its message shows that what CloudWatch says comes through. When it does not
 * come back, the chain is cut, and that is an incident that nothing else would tell. Pure.
 */
import { sha256 } from './digest.ts';
import { alarmNameIn, placeOf } from './place.ts';
import type { Notice } from './signal/notice.ts';
import type { Signal } from './signal/signal.ts';
import { utc } from './utc.ts';

/** An alarm of ours that notifies the topic and watches nothing. Changes throw as those of Identities do. */
export interface CanaryAlarm {
  readonly arn: string;
  /** Sets it to ALARM, with that reason. */
  setOff(reason: string): Promise<void>;
}

export const canaryEveryMs = 3_600_000;
const patienceMs = 5 * 60_000;
/** Who looks later than that was away, or had no database: what came meanwhile was not taken, and comes again. */
const lateMs = 60_000;
/** So far the clock of one replica may be ahead of another’s; one that was set off later than that was set off by a clock that was set back since. */
const aheadMs = 10 * 60_000;

export interface Canary {
  /** When it was set off last; undefined: never. */
  readonly sentAt: number | undefined;
  /** When the one that came back last was set off. */
  readonly backOf: number | undefined;
  /** Set off once more, for whoever should have looked for the one before was late. */
  readonly isRepeated: boolean;
}

export type CanaryStep =
  | { readonly do: 'wait'; readonly until: number }
  | { readonly do: 'set-off'; readonly isRepeated: boolean }
  | { readonly do: 'tell-cut'; readonly sentAt: number }
  | { readonly do: 'tell-whole' };

/** @param isCut whether it is told already that the chain is cut */
export function canaryStep({ sentAt, backOf, isRepeated }: Canary, isCut: boolean, now: number): CanaryStep {
  if (sentAt === undefined || sentAt > now + aheadMs) return { do: 'set-off', isRepeated: false };
  if (backOf === sentAt) {
    if (isCut) return { do: 'tell-whole' };
    return now < sentAt + canaryEveryMs ? { do: 'wait', until: sentAt + canaryEveryMs } : { do: 'set-off', isRepeated: false };
  }
  const until = sentAt + patienceMs;
  if (now < until) return { do: 'wait', until };
  if (isCut) return { do: 'set-off', isRepeated: false };
  const isLate = now > until + lateMs;
  return isLate && !isRepeated ? { do: 'set-off', isRepeated: true } : { do: 'tell-cut', sentAt };
}

const marker = 'Canary of the sign-in responder, set off at ';

/** The reason that the alarm is set off with: its message brings it back. */
export function canaryReason(sentAt: number): string {
  return `${marker}${sentAt}`;
}

/** Whether something is said of the canary alarm, which is no incident whatever it is. */
export function isOfCanary(signal: Signal, alarm: string | undefined): boolean {
  return signal.kind === 'alarm-change' && signal.arn === alarm;
}

/** When the canary was set off that a message brings back; undefined: it brings none. */
export function canaryIn(signal: Signal): number | undefined {
  if (signal.kind !== 'alarm-change' || signal.state !== 'ALARM' || !signal.reason.startsWith(marker)) return undefined;
  const sentAt = Number(signal.reason.slice(marker.length));
  return Number.isSafeInteger(sentAt) ? sentAt : undefined;
}

/** @param alarm the canary's ARN */
export function chainCut(alarm: string, sentAt: number, now: number): Notice {
  const name = alarmNameIn(alarm);
  const says = [
    `The canary alarm ${name} was set to ALARM at ${utc(sentAt)}, and its message has not come here since.`,
    'Other alarms may not come either: CloudWatch, the topic, its subscription, the network before this responder or the alarm’s action is broken.',
    'npm run doctor looks at all of them. This incident is resolved by itself once a canary comes back.',
  ].join(' ');
  return {
    kind: 'notice',
    about: 'chain-cut',
    severity: 'HIGH',
    title: 'The chain from CloudWatch to here is cut',
    says,
    text: says,
    ...placeOf(alarm),
    isPlaceTold: true,
    topic: '',
    at: now,
    digest: sha256(`chain-cut ${alarm}`).slice(0, 24),
  };
}
