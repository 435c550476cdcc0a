/**
 * What the clock asks of an incident, each thing once: somebody to acknowledge it, its owner whether he is still on it, and about what is still
 * open. Pure; a row wakes somebody up to ask it, and says no more than when.
 */
import { sha256 } from '../digest.ts';
import { isWorse } from '../severity.ts';
import { isUnderWay, leadOf } from './campaign.ts';
import type { Incident, Person } from './incident.ts';
import type { Held, TimerSettings, Timers } from './timers.ts';

/** An attempt whose answer is lost may have been published: so each of these counts. */
export const mostPages = 2;

export const untimed: Timers = { pages: 0 };

export function timersOf({ timers }: Incident): Timers {
  return timers ?? untimed;
}

/** The incident as it is saved. The same object where nothing about its timers changes. */
export function withTimers(incident: Incident, now: number): Incident {
  const before = timersOf(incident);
  const after = withLeft(withHeld(notAhead(before, now), incident, now), incident, now);
  return after === before ? incident : { ...incident, timers: after };
}

/** Whether a clock that has been set back wrote when something was. */
export function isAhead(incident: Incident, now: number): boolean {
  const timers = timersOf(incident);
  return notAhead(timers, now) !== timers;
}

/** What lies in the future was just now. */
function notAhead(timers: Timers, now: number): Timers {
  const { held, leftSince, pagedAt, remindedAt, askedOwnerAt, askedLeftAt } = timers;
  if ([held?.since, leftSince, pagedAt, remindedAt, askedOwnerAt, askedLeftAt].every((at = now) => at <= now)) return timers;
  return {
    ...timers,
    ...(pagedAt === undefined ? {} : { pagedAt: Math.min(pagedAt, now) }),
    held: held && { ...held, since: Math.min(held.since, now) },
    leftSince: leftSince && Math.min(leftSince, now),
    remindedAt: remindedAt && Math.min(remindedAt, now),
    askedOwnerAt: askedOwnerAt && Math.min(askedOwnerAt, now),
    askedLeftAt: askedLeftAt && Math.min(askedLeftAt, now),
  };
}

function withHeld(timers: Timers, incident: Incident, now: number): Timers {
  const held = heldBy(incident, timers, now);
  return held === timers.held ? timers : { ...timers, held, askedOwnerAt: undefined };
}

function heldBy(incident: Incident, { held }: Timers, now: number): Held | undefined {
  if (!isUnderWay(incident) || isWorse('HIGH', incident.severity)) return undefined;
  if (isHeldAs(incident, held)) return held;
  if (incident.status !== 'open') return { by: 'owner', since: now, owner: incident.owner?.id };
  return { by: 'nobody', since: now, ...(held?.by === 'owner' ? { isReleased: true } : {}) };
}

/** Whether it is open, or with its owner, as is kept of it. */
export function isHeldAs({ status, owner }: Incident, held: Held | undefined): boolean {
  if (status === 'open') return held?.by === 'nobody';
  return held?.by === 'owner' && (held.owner === undefined || held.owner === owner?.id);
}

/** Whether somebody was on what nobody is on now. */
export function isReleased(incident: Incident): boolean {
  return incident.owner === undefined && timersOf(incident).held?.isReleased === true;
}

/** What came after it was asked about what is left is asked about too. */
function withLeft(timers: Timers, incident: Incident, now: number): Timers {
  const { leftSince, askedLeftAt, askedLines = [] } = timers;
  const lines = incident.mergedInto === undefined ? linesLeft(incident).map(digestOfLine) : [];
  const anew = { ...timers, askedLeftAt: undefined, askedLines: undefined };
  if (lines.length === 0) return leftSince === undefined ? timers : { ...anew, leftSince: undefined };
  if (leftSince === undefined) return { ...anew, leftSince: now };
  if (askedLeftAt === undefined || askedLeftAt < leftSince || timers.askedLines === undefined) return timers;
  if (lines.some((line) => !askedLines.includes(line))) return { ...anew, leftSince: now };
  const still = askedLines.filter((line) => lines.includes(line));
  return still.length === askedLines.length ? timers : { ...timers, askedLines: still };
}

export function digestOfLine(line: string): string {
  return sha256(line).slice(0, 12);
}

function linesLeft({ notStopped, leftToDo }: Incident): readonly string[] {
  return [...notStopped.map(({ text }) => text), ...leftToDo];
}

/** When to look first after its timers changed; undefined: nothing is to be asked. */
export function firstLookAt(incident: Incident, settings: TimerSettings): number | undefined {
  const { held, leftSince } = timersOf(incident);
  const after = held?.by === 'owner' ? settings.askOwnerAfter : isToldAtOnce(incident) ? 0 : settings.escalateAfter;
  return earliest([plus(held?.since, after), plus(leftSince, settings.askLeftOpenAfter)]);
}

/** The card itself may not be seen, or not come: the pager is told beside it. */
function isToldAtOnce({ notice }: Incident): boolean {
  return notice?.about === 'chain-cut';
}

export type Timed =
  | { readonly do: 'nothing' }
  | { readonly do: 'wait'; readonly until: number }
  /** Whoever published is gone, and whether he did is not known. */
  | { readonly do: 'conclude'; readonly entry: number }
  /** `page`: the how-maniest publish of the campaign. `reminds`: the thread notifies as well. */
  | { readonly do: 'escalate'; readonly page: number | undefined; readonly reminds: boolean }
  | { readonly do: 'ask-owner'; readonly owner: Person; readonly quietSince: number }
  | { readonly do: 'ask-left-open'; readonly asks: Person | undefined; readonly lines: readonly string[] };

export interface TimerFacts {
  /** The others of its campaign. */
  readonly others: readonly Incident[];
  /** When somebody last took a step in any of them; undefined: never. */
  readonly lastStepAt: number | undefined;
  readonly hasPager: boolean;
}

/** What is to be done for an incident now, the most urgent first; it is asked again after that is done. */
export function timed(incident: Incident, facts: TimerFacts, settings: TimerSettings, now: number): Timed {
  const { paging } = timersOf(incident);
  if (paging !== undefined) return { do: 'conclude', entry: paging };
  const all = [...escalations(incident, facts, settings, now), ...questions(incident, facts, settings)].toSorted((a, b) => a.at - b.at);
  const [first] = all;
  if (first === undefined) return { do: 'nothing' };
  return first.at > now ? { do: 'wait', until: first.at } : first.what;
}

interface Dated {
  readonly at: number;
  readonly what: Timed;
}

/**
 * Once the one that rang is closed, the oldest that somebody is on stands for all; while nobody is on any, each for itself.
 * @param mayStandIn of those that somebody is on
 */
function isLead(incident: Incident, others: readonly Incident[], mayStandIn: (one: Incident) => boolean = () => true): boolean {
  const all = [incident, ...others];
  const isOn = (one: Incident): boolean => isUnderWay(one) && one.status === 'acknowledged' && mayStandIn(one);
  const [oldestOn] = all.filter(isOn).toSorted((a, b) => a.id - b.id);
  return (leadOf(all) ?? oldestOn ?? incident).id === incident.id;
}

function escalations(incident: Incident, { others, hasPager }: TimerFacts, { escalateAfter }: TimerSettings, now: number): Dated[] {
  const { held } = timersOf(incident);
  if (held?.by !== 'nobody') return [];
  // The one that tells for the campaign asks for it; should that one be closed, another takes its place.
  const isAsGrave = (one: Incident): boolean => !isWorse(incident.severity, one.severity);
  if (!isLead(incident, others, isAsGrave)) return escalateAfter === undefined ? [] : [{ at: now + escalateAfter, what: { do: 'nothing' } }];
  const members = [incident, ...others].map(timersOf);
  const begun = members.reduce((sum, { pages }) => sum + pages, 0);
  const pagedAt = Math.max(0, ...members.map((one) => one.pagedAt ?? 0));
  const due = held.since + (escalateAfter ?? 0);
  const remindAt = escalateAfter === undefined || members.some((one) => isRemindedOf(held, one)) ? undefined : due;
  const pageAt = hasPager ? nextPageAt(incident, { begun, pagedAt, since: held.since }, escalateAfter) : undefined;
  const at = earliest([remindAt, pageAt]);
  if (at === undefined) return [];
  const reminds = remindAt !== undefined && remindAt <= Math.max(at, now);
  const page = pageAt !== undefined && pageAt <= Math.max(at, now) ? begun + 1 : undefined;
  return [{ at, what: { do: 'escalate', page, reminds } }];
}

/** What was released since is reminded of once more: whoever was reminded before saw that somebody is on it. */
function isRemindedOf(held: Held, { isReminded, remindedAt = 0 }: Timers): boolean {
  return isReminded === true && (held.isReleased !== true || remindedAt >= held.since);
}

interface Paged {
  readonly begun: number;
  readonly pagedAt: number;
  readonly since: number;
}

/** After that time, and after twice that; one that is late keeps its distance from the one before. */
function nextPageAt(incident: Incident, { begun, pagedAt, since }: Paged, escalateAfter: number | undefined): number | undefined {
  if (begun >= mostPages) return undefined;
  const times = isToldAtOnce(incident) ? [0, escalateAfter] : [escalateAfter, plus(escalateAfter, escalateAfter)];
  const at = plus(since, times[begun]);
  return at === undefined || pagedAt === 0 ? at : Math.max(at, pagedAt + (escalateAfter ?? 0));
}

function questions(incident: Incident, { others, lastStepAt = 0 }: TimerFacts, { askOwnerAfter, askLeftOpenAfter }: TimerSettings): Dated[] {
  const { held, leftSince, askedOwnerAt = 0, askedLeftAt = 0 } = timersOf(incident);
  const { owner, resolved } = incident;
  const asked: Dated[] = [];
  if (held?.by === 'owner' && owner !== undefined && askOwnerAfter !== undefined && askedOwnerAt < held.since && isLead(incident, others)) {
    const quietSince = Math.max(held.since, lastStepAt);
    asked.push({ at: quietSince + askOwnerAfter, what: { do: 'ask-owner', owner, quietSince } });
  }
  if (leftSince !== undefined && askLeftOpenAfter !== undefined && askedLeftAt < leftSince && incident.mergedInto === undefined)
    asked.push({ at: leftSince + askLeftOpenAfter, what: { do: 'ask-left-open', asks: owner ?? resolved?.by, lines: linesLeft(incident) } });
  return asked;
}

function plus(at: number | undefined, ms: number | undefined): number | undefined {
  return at === undefined || ms === undefined ? undefined : at + ms;
}

function earliest(times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter((at) => at !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}
