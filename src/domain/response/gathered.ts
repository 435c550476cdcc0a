/**
 * Refusals of one person, gathered: the first is an entry at once, those that follow become one entry a minute together, so that who may nothing
 * cannot make the log grow without end. Pure.
 */
import { nameOf, type Person } from '../incident/incident.ts';
import type { EntryBody } from '../incident/timeline.ts';
import { utc } from '../utc.ts';

const gatheredMs = 60_000;
/** Kinds that are told apart; what comes beside them is only counted. */
const mostKinds = 20;

/** What was asked for, where, and why it was refused. */
export interface RefusedAsk {
  /** 0: none. */
  readonly incident: number;
  readonly label: string;
  readonly reason: string;
}

export interface Gathered {
  readonly by: Person;
  readonly until: number;
  readonly more: readonly (RefusedAsk & { readonly count: number })[];
  /** Beside the kinds of `more`. */
  readonly others: number;
}

export function begunWith({ id, name }: Person, now: number): Gathered {
  return { by: { id, name }, until: now + gatheredMs, more: [], others: 0 };
}

export function withOneMore(gathered: Gathered, { incident, label, reason }: RefusedAsk): Gathered {
  const isSame = (one: RefusedAsk): boolean => one.incident === incident && one.label === label && one.reason === reason;
  if (gathered.more.some(isSame)) return { ...gathered, more: gathered.more.map((one) => (isSame(one) ? { ...one, count: one.count + 1 } : one)) };
  if (gathered.more.length === mostKinds) return { ...gathered, others: gathered.others + 1 };
  return { ...gathered, more: [...gathered.more, { incident, label, reason, count: 1 }] };
}

/** The entry of those that followed the first; undefined: none did. It may be written long after, so it says when that was. */
export function gatheredBody({ by, until, more, others }: Gathered): EntryBody | undefined {
  const count = more.reduce((sum, one) => sum + one.count, others);
  if (count === 0) return undefined;
  const details = more.map((one) => `${one.count} × “${one.label}”${one.incident === 0 ? '' : ` on ${nameOf({ id: one.incident })}`}: ${one.reason}`);
  return {
    what: 'refused-click',
    by,
    reason: 'gathered',
    result: 'refused',
    text: `${by.name} was refused ${count} more time${count === 1 ? '' : 's'} within a minute from ${utc(until - gatheredMs)}.`,
    details: [...details, ...(others === 0 ? [] : [`${others} × something else`])],
  };
}
