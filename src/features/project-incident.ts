/**
 * Brings Slack to what the database says of one incident: the card, then one reply per response or loud note. Level-triggered: it compares
 * and does what is missing, so a crash at any line leaves the incident due and nothing is posted twice.
 */
import { sha256 } from '../domain/digest.ts';
import { type AppError, asAppError } from '../domain/error.ts';
import { nameOf } from '../domain/incident.ts';
import { backoff, callLimitMs, nextStep, repliesOf, type Shown, settleMs } from '../domain/picture.ts';
import type { Budget, Chat, ClaimedIncident, Draw, Message, Ports } from '../domain/ports.ts';

export type ProjectionPorts = Pick<Ports, 'clock' | 'log' | 'store' | 'metrics'> & { readonly chat: Chat; readonly draw: Draw };

interface Picture {
  readonly name: string;
  readonly message: Message;
  readonly broadcast: boolean;
  readonly hash: string;
}

/** How bringing one picture up to date ended. */
type End = {
  readonly ts: string | undefined;
  readonly again?: number;
  readonly waitsFor?: Budget;
  readonly lost?: true;
  readonly edited?: true;
  readonly called?: boolean;
  readonly fault?: AppError;
};

export interface Projected {
  /** The budget that ran out and when it is ready again. */
  readonly held: { readonly budget: Budget; readonly until: number } | undefined;
  readonly fault: AppError | undefined;
  /** Whether Slack took a call. */
  readonly called: boolean;
}

export async function projectIncident(ports: ProjectionPorts, claimed: ClaimedIncident): Promise<Projected> {
  const card = await bring(ports, claimed, cardOf(ports, claimed), undefined);
  const ends = [card];
  const thread = card.ts;
  if (thread !== undefined && !card.lost) {
    for (const picture of repliesPictured(ports, claimed)) {
      const end = await bring(ports, claimed, picture, thread);
      ends.push(end);
      if (end.lost || end.waitsFor) break;
    }
  }
  const waiting = ends.filter((end) => end.again !== undefined).sort((a, b) => (a.again as number) - (b.again as number))[0];
  const onlyHeldBack = ends.every((end) => end.again === undefined || end.waitsFor !== undefined);
  if (!ends.some((end) => end.lost)) {
    const waitsFor = onlyHeldBack && waiting?.waitsFor ? { waitsFor: waiting.waitsFor } : {};
    await ports.store.release(claimed, { at: waiting?.again, edited: card.edited === true, ...waitsFor }, ports.clock.now());
  }
  const held = ends.find((end) => end.waitsFor !== undefined);
  return {
    held: held?.waitsFor ? { budget: held.waitsFor, until: held.again as number } : undefined,
    fault: ends.find((end) => end.fault)?.fault,
    called: ends.some((end) => end.called),
  };
}

function cardOf(ports: ProjectionPorts, { incident, origin }: ClaimedIncident): Picture {
  return { name: 'card', message: ports.draw.card(incident), broadcast: false, hash: origin };
}

function repliesPictured(ports: ProjectionPorts, { incident, entries }: ClaimedIncident): Picture[] {
  return repliesOf(entries).map(({ entry, outcome }) => ({
    name: String(entry.seq),
    message: ports.draw.reply(incident, entry, outcome),
    broadcast: entry.reply === 'loud',
    hash: entry.hash,
  }));
}

function digestOf(message: Message): string {
  return sha256(JSON.stringify([message.text, message.blocks]));
}

async function bring(ports: ProjectionPorts, claimed: ClaimedIncident, picture: Picture, thread: string | undefined): Promise<End> {
  const unknown: Shown = {
    incident: claimed.incident.id,
    name: picture.name,
    ts: undefined,
    digest: undefined,
    attempt: undefined,
    plain: false,
    failures: 0,
  };
  let shown = claimed.shown.find((one) => one.name === picture.name) ?? unknown;
  let called = false;
  for (;;) {
    const message = shown.plain ? ports.draw.plain(picture.message) : picture.message;
    const digest = digestOf(message);
    const step = nextStep(shown, digest, ports.clock.now());
    if (step.do === 'nothing') return { ts: shown.ts, called };
    if (step.do === 'wait') return { ts: undefined, again: step.until };
    if (step.do !== 'look-up') {
      const budget = step.do;
      const until = await ports.store.take(budget, ports.chat.channel, ports.clock.now());
      if (until !== undefined) return { ts: shown.ts, again: until, waitsFor: budget };
    }
    const tried = await attempt(ports, claimed, picture, shown, message, digest, thread);
    if (tried === 'lost') return { ts: shown.ts, lost: true };
    shown = tried.shown;
    if (tried.end) return { ...tried.end, ts: shown.ts };
    called = true;
    if (step.do === 'edit' && shown.digest === digest) return { ts: shown.ts, edited: true, called };
  }
}

type Tried = { readonly shown: Shown; readonly end?: Omit<End, 'ts'> } | 'lost';

async function attempt(
  ports: ProjectionPorts,
  claimed: ClaimedIncident,
  picture: Picture,
  before: Shown,
  message: Message,
  digest: string,
  thread: string | undefined,
): Promise<Tried> {
  const { store, chat, clock } = ports;
  const now = clock.now();
  const step = nextStep(before, digest, now);
  const key = `${nameOf(claimed.incident)}/${picture.name}`;
  // Written before the call: whoever finds this after a crash knows that the message may be there.
  const during: Shown =
    step.do === 'post'
      ? { ...before, attempt: { at: now, settledAt: now + callLimitMs + settleMs } }
      : step.do === 'edit'
        ? { ...before, digest: undefined }
        : before;
  if (!(await store.saveShown(claimed.incident.id, during))) return 'lost';
  try {
    let after: Shown;
    if (step.do === 'post') {
      const ts = await chat.post(message, { key, hash: picture.hash, thread, broadcast: picture.broadcast });
      after = { ...during, ts, digest, attempt: undefined, failures: 0 };
    } else if (step.do === 'edit') {
      await chat.edit(step.ts, message);
      after = { ...during, digest, failures: 0 };
    } else {
      const found = await chat.find(key, picture.hash, before.attempt?.at ?? now, thread);
      after = { ...during, ts: found, attempt: undefined };
    }
    return (await store.saveShown(claimed.incident.id, after)) ? { shown: after } : 'lost';
  } catch (thrown) {
    const error = asAppError(thrown);
    ports.log.warn(
      { incident: claimed.incident.id, picture: picture.name, step: step.do, reason: error.reason, err: error.cause },
      'Slack call failed',
    );
    return failed(ports, claimed, during, step.do, error);
  }
}

async function failed(ports: ProjectionPorts, claimed: ClaimedIncident, during: Shown, step: string, error: AppError): Promise<Tried> {
  const now = ports.clock.now();
  const counted: Shown = { ...during, failures: during.failures + 1 };
  const later = now + backoff(counted.failures);
  const save = async (shown: Shown, end?: Omit<End, 'ts'>): Promise<Tried> => {
    if (!(await ports.store.saveShown(claimed.incident.id, shown))) return 'lost';
    return end ? { shown, end: { ...end, fault: error } } : { shown };
  };
  if (step === 'look-up') return save(counted, { again: later });
  const isPost = step === 'post';
  const undone: Shown = isPost ? { ...counted, attempt: undefined } : counted;
  switch (error.code) {
    case 'ambiguous':
    case 'internal':
      return isPost
        ? save({ ...counted, attempt: { at: during.attempt?.at ?? now, settledAt: now + settleMs } }, { again: now + settleMs })
        : save(counted, { again: later });
    case 'throttled': {
      const until = now + (error.retryAfterMs ?? backoff(counted.failures));
      const budget: Budget = isPost ? 'post' : 'edit';
      await ports.store.pause(budget, ports.chat.channel, until);
      return save(undone, { again: until, waitsFor: budget });
    }
    case 'gone':
      return save({ ...undone, ts: undefined, digest: undefined });
    case 'invalid':
      return during.plain ? save(undone, { again: later }) : save({ ...undone, plain: true });
    default:
      return save(undone, { again: later });
  }
}
