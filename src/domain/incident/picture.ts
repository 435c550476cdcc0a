/**
 * What Slack shows of an incident: a card, and one reply per response or loud note. Pure: what should be shown, what was last known to be
 * shown, and the next step between the two. Edits may be repeated; a post may not, so after an ambiguous post the key is looked up first.
 */
import { isolated } from '../visible.ts';
import type { Entry } from './timeline.ts';

/** How long after an ambiguous end a message may still appear in Slack. */
export const settleMs = 15_000;
/** A post whose end was never written down (the process died) may have been under way this long. */
const callLimitMs = 10_000;

/** One message in Slack, as last known. */
export interface Shown {
  /** `card`, or the number of the entry that the reply shows. */
  readonly name: string;
  readonly ts: string | undefined;
  /** Digest of the content shown; undefined: not known. */
  readonly digest: string | undefined;
  /**
   * Set from before a call until its end is known: when it began, and from when nothing of it can still come. After a post the key is
   * looked up then; after an edit the content is asserted again then, because a late edit would overwrite a newer one.
   */
  readonly attempt: { readonly at: number; readonly settledAt: number } | undefined;
  /** Digest of the content whose blocks Slack refused: that content is shown as plain text. */
  readonly refused: string | undefined;
  /** Edits or posts that failed in a row. */
  readonly failures: number;
  /** Numbers of other entries that a reply tells too; fixed from its first try on. */
  readonly also?: readonly number[];
}

/** When a call began, and from when nothing of it can still come. */
export type CallAttempt = NonNullable<Shown['attempt']>;

export function neverShown(name: string): Shown {
  return { name, ts: undefined, digest: undefined, attempt: undefined, refused: undefined, failures: 0 };
}

/** What is shown in Slack, in the hands of one worker. */
export interface Claimed {
  readonly of: 'incident' | 'storm';
  readonly id: number;
  /** `SIN-42`, `STORM-3`. */
  readonly name: string;
  readonly shown: readonly Shown[];
  /** Names this claim: a lapsed one does not pass for a later one, not even of the same process. */
  readonly lease: string;
}

export type NextStep =
  | { readonly do: 'nothing' }
  | { readonly do: 'post' }
  | { readonly do: 'edit'; readonly ts: string }
  | { readonly do: 'look-up'; readonly since: number }
  | { readonly do: 'wait'; readonly until: number };

export function nextStep(shown: Shown | undefined, digest: string, now: number): NextStep {
  if (shown?.ts !== undefined) return nextEdit(shown, shown.ts, digest, now);
  if (shown?.attempt === undefined) return { do: 'post' };
  return now < shown.attempt.settledAt ? { do: 'wait', until: shown.attempt.settledAt } : { do: 'look-up', since: shown.attempt.at };
}

function nextEdit(shown: Shown, ts: string, digest: string, now: number): NextStep {
  if (shown.digest !== digest) return { do: 'edit', ts };
  if (shown.attempt === undefined) return { do: 'nothing' };
  return now < shown.attempt.settledAt ? { do: 'wait', until: shown.attempt.settledAt } : { do: 'edit', ts };
}

/** The attempt as written down before a call. An edit keeps an earlier one that is not settled yet. */
export function attemptBefore(shown: Shown, step: 'post' | 'edit', now: number): CallAttempt {
  const isUnsettled = step === 'edit' && shown.attempt !== undefined && now < shown.attempt.settledAt;
  return isUnsettled && shown.attempt ? shown.attempt : { at: now, settledAt: now + callLimitMs + settleMs };
}

/** An entry that the thread shows, with its outcome where that is known. */
export interface Told {
  readonly entry: Entry;
  readonly outcome: Entry | undefined;
}

/** Of metadata no more than a kilobyte is kept, and a message without blocks takes some thousand characters, with all that it says around them. */
const shared = { entries: 10, characters: 2_000 };

/**
 * The replies that an incident's entries ask for, oldest first. Steps of one person that wait together share one, and stay together once that was
 * tried; what changes AWS, and what is loud, has its own. One that was changed in the database asks for none, and while it may be an outcome that
 * is missed, the reply to its intent stays as it was posted.
 */
export function repliesOf(entries: readonly Entry[], shown: readonly Shown[]): (readonly [Told, ...Told[]])[] {
  const outcomes = new Map(entries.flatMap((entry) => (entry.body.intent === undefined ? [] : [[entry.body.intent, entry] as const])));
  const isAnyChanged = entries.some(({ fault }) => fault !== undefined);
  const all = entries
    .filter(({ reply, body, fault }) => fault === undefined && reply !== 'none' && body.intent === undefined)
    .map((entry): Told => ({ entry, outcome: outcomes.get(entry.seq) }))
    .filter(({ entry, outcome }) => !isAnyChanged || entry.body.phase !== 'intent' || outcome !== undefined);
  const bySeq = new Map(all.map((told) => [told.entry.seq, told]));
  const tried = new Map(shown.map((one) => [one.name, one]));
  const told = new Set(shown.filter(({ name, ts }) => ts !== undefined || bySeq.has(Number(name))).flatMap(({ also = [] }) => also));
  const replies: [Told, ...Told[]][] = [];
  const waiting = new Map<string, Told[]>();
  for (const one of all.filter(({ entry }) => !told.has(entry.seq))) {
    const before = tried.get(String(one.entry.seq));
    const who = before === undefined ? sharedBy(one.entry) : undefined;
    const others = who === undefined ? undefined : waiting.get(who);
    if (others !== undefined && hasRoom(others, one)) {
      others.push(one);
      continue;
    }
    const also = before?.also ?? [];
    // One of those that it tells was changed.
    if (before?.ts !== undefined && also.some((seq) => !bySeq.has(seq))) continue;
    const reply: [Told, ...Told[]] = [one, ...also.flatMap((seq) => bySeq.get(seq) ?? [])];
    replies.push(reply);
    if (who !== undefined) waiting.set(who, reply);
  }
  return replies;
}

/** Whose step it is; undefined: it has a reply of its own. */
function sharedBy({ kind, reply, body }: Entry): string | undefined {
  return kind === 'response' && reply === 'quiet' && body.phase === undefined ? body.by?.id : undefined;
}

function hasRoom(others: readonly Told[], { entry }: Told): boolean {
  const characters = others.reduce((sum, one) => sum + lengthOf(one.entry), lengthOf(entry));
  return others.length < shared.entries && characters <= shared.characters;
}

/** In a message without blocks some characters are written as several, and others are marked. */
function lengthOf({ body }: Entry): number {
  return isolated(body.text).replace(/[&<>]/g, '     ').length;
}

/** How long until a failed call is tried again: 2, 4, 8 … 60 s. */
export function backoff(failures: number): number {
  return Math.min(60_000, 1_000 * 2 ** Math.min(failures, 6));
}
