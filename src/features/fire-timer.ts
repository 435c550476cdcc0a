import { asAppError } from '../domain/error.ts';
import { duration, type Incident, type Person } from '../domain/incident/incident.ts';
import { type Page, pageOf } from '../domain/incident/page.ts';
import {
  digestOfLine,
  isAhead,
  isReleased,
  mostPages,
  type Timed,
  type TimerFacts,
  timed,
  timersOf,
  withTimers,
} from '../domain/incident/reminders.ts';
import type { Entry, EntryBody, Reply, Result } from '../domain/incident/timeline.ts';
import type { Timers } from '../domain/incident/timers.ts';
import type { Ports } from '../domain/ports.ts';
import type { Due, Tx } from '../domain/store.ts';

/** However many incidents nobody acknowledges: one escalation in so many milliseconds, and when a next one tries again. */
const escalations = { every: 5_000, pauseMs: 15_000 };

/** What was committed, and what is to be done then. */
interface Fired {
  /** When to look again; undefined: there is nothing to look for. */
  readonly again: number | undefined;
  /** A publish of before, of which nobody knows what became. */
  readonly wasInterrupted?: true;
  readonly publish?: { readonly entry: number; readonly nth: number; readonly incident: Incident };
}

/**
 * The chore `timer`: does what the clock asks of an incident. That it was done is committed with its entry, so a timer that is claimed again
 * does nothing twice. A publish has its intent before and its outcome after, and is not repeated when the outcome is not known.
 */
export async function fireTimer(ports: Ports, id: number): Promise<number | undefined> {
  const asked = await ports.store.incident(id);
  if (asked === undefined) return undefined;
  const known = { asked, others: await ports.store.incidents(asked.campaign.incidents) };
  const lastStepAt = await ports.store.lastStepAt([id, ...known.others.map((one) => one.id)]);
  const { again, publish, wasInterrupted } = await ports.store.transact((tx) => fire(ports, tx, { ...known, lastStepAt }));
  if (wasInterrupted) ports.metrics.count('pages', 'unknown');
  ports.wake();
  if (publish === undefined) return again;
  await publishPage(ports, publish);
  return ports.clock.now();
}

interface Known extends Pick<TimerFacts, 'others' | 'lastStepAt'> {
  readonly asked: Incident;
}

async function fire(ports: Ports, tx: Tx, { asked, others, lastStepAt }: Known): Promise<Fired> {
  await tx.lock([asked, ...others].map(({ key }) => key));
  const incident = await tx.incident(asked.id);
  if (incident === undefined) return { again: undefined };
  const members = await tx.incidents(others.map(({ id }) => id));
  const now = ports.clock.now();
  // Others came into its campaign meanwhile: what was published for them counts.
  if (incident.campaign.incidents.some((id) => !asked.campaign.incidents.includes(id))) return { again: now };
  const ahead = [incident, ...members].filter((one) => isAhead(one, now));
  if (ahead.length > 0) {
    const changes = ahead.map((one) => ({ incident: withTimers(one, now), due: 'planned' as const }));
    await tx.save(changes, now);
    return { again: now };
  }
  const facts = { others: members, lastStepAt, hasPager: ports.pager !== undefined };
  const due = timed(incident, facts, ports.settings.timers, now);
  if (due.do === 'nothing') return { again: undefined };
  if (due.do === 'wait') return { again: due.until };
  if (due.do === 'conclude') {
    await conclude(tx, incident, { entry: due.entry, result: 'unknown', text: interrupted, isGuess: true }, now);
    return { again: now, wasInterrupted: true };
  }
  if (due.do === 'escalate' && !(await tx.first('escalation', now, escalations.every))) return { again: now + escalations.pauseMs };
  const { body, reply, timers } = told(due, { now, isReleased: isReleased(incident), topicArn: ports.pager?.topicArn });
  const [entry] = await tx.append([{ incident: incident.id, at: now, kind: 'note', reply, body }]);
  const { seq } = entry as Entry;
  const page = due.do === 'escalate' ? due.page : undefined;
  await tx.save(noted({ incident, members, timers, paging: page === undefined ? undefined : seq }, now), now);
  return { again: now, ...(page === undefined ? {} : { publish: { entry: seq, nth: page, incident } }) };
}

interface Noted {
  readonly incident: Incident;
  /** The others of its campaign. */
  readonly members: readonly Incident[];
  readonly timers: Partial<Timers>;
  /** The entry of what is published; undefined: nothing is. */
  readonly paging: number | undefined;
}

/** What was published and reminded of is counted on the oldest, which all of a campaign know. */
function noted({ incident, members, timers, paging }: Noted, now: number): { incident: Incident; due: Due }[] {
  const isOfAll = paging !== undefined || timers.isReminded === true;
  const oldest = isOfAll ? members.reduce((one, other) => (other.id < one.id ? other : one), incident) : incident;
  const { pages } = timersOf(oldest);
  const counted = { ...timers, ...(paging === undefined ? {} : { pages: pages + 1, pagedAt: now }) };
  const own = paging === undefined ? {} : { paging };
  const after = (one: Incident): Incident => {
    return { ...one, timers: { ...timersOf(one), ...(one === oldest ? counted : {}), ...(one === incident ? own : {}) } };
  };
  return [{ incident: after(incident), due: 'now' }, ...(oldest === incident ? [] : [{ incident: after(oldest), due: 'planned' as const }])];
}

interface Told {
  readonly body: EntryBody;
  readonly reply: Reply;
  readonly timers: Partial<Timers>;
}

type Act = Extract<Timed, { do: 'escalate' | 'ask-owner' | 'ask-left-open' }>;

interface Telling {
  readonly now: number;
  readonly isReleased: boolean;
  readonly topicArn: string | undefined;
}

function told(act: Act, telling: Telling): Told {
  const { now } = telling;
  switch (act.do) {
    case 'escalate':
      return escalated(act, telling);
    case 'ask-owner': {
      const text = `${act.owner.name} is on this, and no step of it was recorded for ${duration(now - act.quietSince)}. Still on it? Record a step, Release or Resolve it.`;
      return { body: asking('ask-owner', act.owner, text), reply: 'quiet', timers: { askedOwnerAt: now } };
    }
    case 'ask-left-open': {
      const text = `Still open: ${act.lines.join('; ')}. Record a step for what is done.`;
      return { body: asking('ask-left-open', act.asks, text), reply: 'quiet', timers: { askedLeftAt: now, askedLines: act.lines.map(digestOfLine) } };
    }
  }
}

function asking(what: string, asks: Person | undefined, text: string): EntryBody {
  return { what, text, ...(asks === undefined ? {} : { asks }) };
}

function escalated({ page, reminds }: Extract<Timed, { do: 'escalate' }>, { isReleased: wasOn, topicArn, now }: Telling): Told {
  const unacknowledged = !reminds ? '' : wasOn ? 'Nobody is on this any more.' : 'Nobody is on this.';
  const paged = page === undefined ? '' : `Paging (${page} of ${mostPages} at most).`;
  const intent = page === undefined || topicArn === undefined ? {} : { phase: 'intent' as const, on: topicArn };
  return {
    body: { what: reminds ? 'reminder' : 'page', reason: 'not-acknowledged', text: `${unacknowledged} ${paged}`.trim(), ...intent },
    reply: reminds ? 'loud' : 'quiet',
    timers: reminds ? { isReminded: true, remindedAt: now } : {},
  };
}

const interrupted = 'The responder stopped while this was under way. The pager may have been notified or not; it is not repeated.';

async function publishPage(ports: Ports, { entry, nth, incident }: NonNullable<Fired['publish']>): Promise<void> {
  const { result, text } = await publishing(ports, await drawn(ports, incident, nth));
  ports.metrics.count('pages', result);
  await ports.store.transact(async (tx) => {
    const current = await tx.incident(incident.id);
    if (current !== undefined) await conclude(tx, current, { entry, result, text, isGuess: false }, ports.clock.now());
  });
  ports.wake();
}

async function drawn({ store, settings, permalink }: Ports, incident: Incident, nth: number): Promise<Page> {
  const card = await store.card(incident.id);
  const name = settings.accounts.get(incident.account);
  const where = name === undefined ? incident.account : `${name} ${incident.account}`;
  return pageOf(incident, { where, nth, link: card === undefined ? undefined : permalink(card) });
}

async function publishing({ pager, log }: Ports, page: Page): Promise<{ result: Result; text: string }> {
  if (pager === undefined) return { result: 'failed', text: 'ESCALATION_TOPIC_ARN is not set any more.' };
  try {
    const messageId = await pager.publish(page);
    return { result: 'done', text: `SNS took it as message ${messageId}. Whether anybody read it is not known here.` };
  } catch (thrown) {
    const { code, message } = asAppError(thrown);
    log.error({ err: asAppError(thrown) }, 'pager not notified');
    if (code === 'ambiguous' || code === 'internal') return { result: 'unknown', text: `${message} The pager may have been notified or not.` };
    return { result: 'failed', text: `${message} The pager was not notified.` };
  }
}

interface Conclusion {
  readonly entry: number;
  readonly result: Result;
  readonly text: string;
  /** Whoever published is gone: it gives way to what he wrote. */
  readonly isGuess: boolean;
}

async function conclude(tx: Tx, incident: Incident, { entry, result, text, isGuess }: Conclusion, now: number): Promise<void> {
  const { paging, ...timers } = timersOf(incident);
  if (isGuess && paging !== entry) return;
  const body: EntryBody = { what: 'page', phase: 'outcome', intent: entry, result, text };
  await tx.append([{ incident: incident.id, at: now, kind: 'note', reply: 'none', body }]);
  const isUnderWayStill = paging !== undefined && paging !== entry;
  await tx.save([{ incident: { ...incident, timers: isUnderWayStill ? { ...timers, paging } : timers }, due: 'now' }], now);
}
