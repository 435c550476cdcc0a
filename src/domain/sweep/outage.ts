/** A time in which what happened did not reach the responder, and the one message that says so. */
import { sha256 } from '../digest.ts';
import { duration } from '../incident/incident.ts';
import { nameIn, placeOf } from '../place.ts';
import type { Notice } from '../signal/notice.ts';

export interface Outage {
  readonly id: number;
  readonly from: number;
  readonly until: number;
  /** The responder itself did not run; else SNS did not reach it, for as long as is known. */
  readonly isStop: boolean;
  /** When something of it was found last. */
  readonly foundAt: number;
  /** How many signals were found that had not come, and how many of them the message tells. */
  readonly found: number;
  readonly told: number;
}

/** Something that was found: when it happened, and how many. */
export interface Found {
  readonly from: number;
  readonly until: number;
  readonly count: number;
}

/** SNS gives a message up after an hour at most: what is found so far apart may well be of one outage. */
const nearMs = 60 * 60_000;

/**
 * Whether what was found belongs to an outage: it happened within an hour of it, or SNS, which it is about, has delivered nothing since.
 * @param heardAt when SNS delivered something last; undefined: never
 */
export function isOf({ from, until, foundAt, isStop }: Outage, found: Found, heardAt: number | undefined): boolean {
  const isWithin = found.until >= from - nearMs && found.from <= until + nearMs;
  return isWithin || (!isStop && (heardAt === undefined || heardAt <= foundAt));
}

const clockTime = (at: number): string => new Date(at).toISOString().slice(11, 16);
const dayAndTime = (at: number): string => new Date(at).toISOString().slice(0, 16).replace('T', ' ');

/** `I was away 01:10–04:12 UTC; found 3`. Of SNS only what it did not bring is known, not how long it was away. */
function titleOf({ from, until, isStop, found }: Outage): string {
  const isOneDay = dayAndTime(from).slice(0, 10) === dayAndTime(until).slice(0, 10);
  const isOneMinute = dayAndTime(from) === dayAndTime(until);
  const span = isOneMinute
    ? `${clockTime(from)} UTC`
    : isOneDay
      ? `${clockTime(from)}–${clockTime(until)} UTC`
      : `${dayAndTime(from)} – ${dayAndTime(until)} UTC`;
  return isStop ? `I was away ${span}; found ${found}` : `SNS did not bring ${found} signal${found === 1 ? '' : 's'} of ${span}`;
}

/** @param topicArn a topic that the responder listens to: its account and region stand for the responder's own */
export function noticeOf(outage: Outage, topicArn: string): Notice {
  const { from, until, isStop, found, id } = outage;
  const what = isStop
    ? `The responder did not run for ${duration(until - from)}.`
    : 'SNS delivered nothing of this; since when it could not is not known.';
  const says = `${what} ${found} ${found === 1 ? 'signal was' : 'signals were'} found afterwards, in CloudWatch, in dead-letter queues or in CloudTrail. Each is on its own card, marked so.`;
  return {
    kind: 'notice',
    about: 'outage',
    severity: 'LOW',
    title: titleOf(outage),
    says,
    text: `${titleOf(outage)}. ${says}`,
    ...placeOf(topicArn),
    isPlaceTold: false,
    topic: nameIn(topicArn),
    at: until,
    digest: sha256(`outage ${id} ${topicArn}`).slice(0, 24),
  };
}
