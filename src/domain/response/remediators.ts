/** Who the remediators are, and since when: what changed of it, in words. Pure. */
import { sha256 } from '../digest.ts';
import { nameIn, placeOf } from '../place.ts';
import type { Notice } from '../signal/notice.ts';

/** By Slack user id: when the bot first saw them as remediators; 0: at its first reading. */
export type Since = Readonly<Record<string, number>>;

/** Who the remediators are, as one process reads it. */
export interface Reading {
  /** Slack user ids. */
  readonly ids: readonly string[];
  /** When the oldest part of it was read. */
  readonly at: number;
  /** What it was read from: REMEDIATORS. */
  readonly from: string;
  /** When the process that reads began. */
  readonly begunAt: number;
}

/** What is kept of the newest reading that said anything new. */
export interface Known extends Omit<Reading, 'ids'> {
  readonly since: Since;
}

export interface Changed {
  readonly joined: readonly string[];
  readonly left: readonly string[];
  readonly known: Known;
}

/**
 * Replicas read at different times, and while they are restarted one by one from different settings: the newest reading, and the newest process,
 * is right.
 * @param before undefined: the first reading, at which nobody joins
 * @returns undefined: nothing changed, or what was read is older than what is known
 */
export function changedRemediators(before: Known | undefined, reading: Reading, now: number): Changed | undefined {
  const { ids, ...read } = reading;
  if (before === undefined) return { joined: [], left: [], known: { ...read, since: Object.fromEntries(ids.map((id) => [id, 0])) } };
  if (reading.at < before.at || (reading.from !== before.from && reading.begunAt < before.begunAt)) return undefined;
  const isKnown = (id: string): boolean => Object.hasOwn(before.since, id);
  const joined = ids.filter((id) => !isKnown(id));
  const left = Object.keys(before.since).filter((id) => !ids.includes(id));
  if (joined.length + left.length === 0) return undefined;
  const since = Object.fromEntries(ids.map((id) => [id, isKnown(id) ? (before.since[id] ?? 0) : now]));
  return { joined, left, known: { ...read, since } };
}

const mostNamed = 10;

/** `Frida Gold (U07FRIDA) joined`. @param names by id */
export function changedText({ joined, left }: Pick<Changed, 'joined' | 'left'>, names: ReadonlyMap<string, string>): string {
  const called = (id: string): string => (names.has(id) ? `${names.get(id)} (${id})` : id);
  const parts = [...joined.map((id) => `${called(id)} joined`), ...left.map((id) => `${called(id)} left`)];
  const more = parts.length > mostNamed ? ` and ${parts.length - mostNamed} more` : '';
  const newcomers = joined.length > 0 ? ' Who joined does not approve for 24 h.' : '';
  return `The remediators changed: ${parts.slice(0, mostNamed).join(', ')}${more}.${newcomers}`;
}

/** @param topicArn a topic that the responder listens to: its account and region stand for the responder's own */
export function remediatorsNotice(text: string, topicArn: string, now: number): Notice {
  return {
    kind: 'notice',
    about: 'remediators',
    severity: 'MEDIUM',
    title: 'Who may change IAM from Slack changed',
    says: text,
    text,
    ...placeOf(topicArn),
    isPlaceTold: false,
    topic: nameIn(topicArn),
    at: now,
    digest: sha256(`remediators ${topicArn}`).slice(0, 24),
  };
}
