/** What stops changes altogether: a freeze that any responder declares, READ_ONLY, and how many changes there may be in an hour. Pure. */
import { duration, type Person } from '../incident/incident.ts';
import { asObject, parseObject } from '../json.ts';
import type { Refused } from './refusal.ts';

/** Kept as a fact, for all replicas. */
export interface Freeze {
  /** An empty id: not known. */
  readonly by: Person;
  /** Undefined: not known. */
  readonly at: number | undefined;
  readonly why: string;
  /** Undefined: a remediator confirmed it, and it lasts until it is ended. */
  readonly until?: number;
}

export const freezeFact = 'freeze';
export const liftFact = 'caps lifted';
/** A freeze that no remediator confirms lapses after this. */
export const freezeMs = 60 * 60_000;
const hourMs = 60 * 60_000;
export const capWindowMs = hourMs;
const mostPerPerson = 5;
const mostTogether = 20;

/** The freeze that holds; undefined: none, or it has lapsed. What cannot be read stops all changes, until it is ended. @param stored the fact's value */
export function freezeIn(stored: string | undefined, now: number): Freeze | undefined {
  if (stored === undefined || stored === '') return undefined;
  const { by, at, why, until } = parseObject(stored) ?? {};
  const person = personIn(by);
  if (person === undefined || typeof at !== 'number' || typeof why !== 'string') return unreadable;
  if (typeof until !== 'number') return { by: person, at, why };
  return until <= now ? undefined : { by: person, at, why, until };
}

const unreadable: Freeze = { by: { id: '', name: 'Somebody' }, at: undefined, why: 'what the database has of a freeze cannot be read' };

function personIn(value: unknown): Person | undefined {
  const { id, name } = asObject(value);
  return typeof id === 'string' && typeof name === 'string' ? { id, name } : undefined;
}

export function freezeWords({ by, at, why, until }: Freeze, now: number): string {
  const ends = until === undefined ? 'until another remediator ends it' : `for ${duration(until - now)} more, unless a remediator confirms it`;
  const since = at === undefined ? '' : ` ${duration(now - at)} ago`;
  return `${by.name} froze all changes${since}, ${ends}${why === '' ? '' : `: “${why}”`}`;
}

export function frozen(stored: string | undefined, now: number): Refused | undefined {
  const freeze = freezeIn(stored, now);
  return (
    freeze && {
      ok: false,
      reason: 'frozen',
      message: `${freezeWords(freeze, now)}. Nothing was done. ${freeze.by.id === '' ? 'A remediator' : `Another remediator than ${freeze.by.name}`} ends it: /signin-freeze end.`,
    }
  );
}

/** A second remediator lets others go on for an hour. */
export interface Lift {
  readonly by: Person;
  readonly until: number;
}

/** Whether another remediator lifted the numbers for somebody. @param stored the fact's value */
export function isLifted(stored: string | undefined, person: string, now: number): boolean {
  const { by, until } = parseObject(stored ?? '') ?? {};
  const lifter = personIn(by)?.id;
  return lifter !== undefined && typeof until === 'number' && until > now && lifter !== person;
}

/** @param counted whose changes of the last hour count, by Slack user id */
export function capped(
  counted: readonly string[],
  person: string,
  { stored, now }: { stored: string | undefined; now: number },
): Refused | undefined {
  if (isLifted(stored, person, now)) return undefined;
  const own = counted.filter((id) => id === person).length;
  const who =
    own >= mostPerPerson
      ? `You made ${own} changes`
      : counted.length >= mostTogether
        ? `There were ${counted.length} changes by all together`
        : undefined;
  if (who === undefined) return undefined;
  const message = `${who} within an hour, and no more are made than ${mostPerPerson} by one person or ${mostTogether} together. Nothing was done. Another remediator lifts this for an hour by /signin-freeze lift.`;
  return { ok: false, reason: 'capped', message };
}

export const readOnly: Refused = {
  ok: false,
  reason: 'read-only',
  message: 'READ_ONLY is set: nothing is changed in AWS from Slack. Nothing was done.',
};
