/** Brings one picture (a card or a reply) to what it should show: one call to Slack at a time, each written down before it is made. */
import { sha256 } from '../domain/digest.ts';
import { type AppError, asAppError } from '../domain/error.ts';
import { nameOf } from '../domain/incident/incident.ts';
import { attemptBefore, backoff, type NextStep, nextStep, type Shown, settleMs } from '../domain/incident/picture.ts';
import type { Chat, Draw, Message, Ports } from '../domain/ports.ts';
import type { Budget, ClaimedIncident } from '../domain/store.ts';

export type ProjectionPorts = Pick<Ports, 'clock' | 'log' | 'store'> & { readonly chat: Chat; readonly draw: Draw };

export interface Picture {
  /** `card`, or the number of the entry that a reply shows. */
  readonly name: string;
  readonly message: Message;
  readonly broadcast: boolean;
  /** Tells it from one of the same name in another database. */
  readonly hash: string;
  /** The card's ts, for a reply. */
  readonly thread: string | undefined;
}

/** How bringing a picture up to date ended. */
export interface End {
  /** What is known to be shown at the end. */
  readonly shown: Shown;
  /** When to go on. */
  readonly again?: number;
  /** The budget that is used up until then. */
  readonly waitsFor?: Budget;
  /** The lease is gone: somebody else goes on. */
  readonly lost?: true;
  readonly edited?: true;
  /** Whether Slack took a call. */
  readonly called?: boolean;
  readonly fault?: AppError;
}

type Step = Extract<NextStep, { do: 'post' | 'edit' | 'look-up' }>;
type Tried = { readonly shown: Shown; readonly end?: Omit<End, 'shown'> } | 'lost';

function digestOf(message: Message): string {
  return sha256(JSON.stringify([message.text, message.blocks]));
}

export async function showPicture(ports: ProjectionPorts, claimed: ClaimedIncident, picture: Picture): Promise<End> {
  let shown = claimed.shown.find((one) => one.name === picture.name) ?? neverShown(claimed.incident.id, picture.name);
  const rich = digestOf(picture.message);
  let called = false;
  for (;;) {
    const message = shown.refused === rich ? ports.draw.plain(picture.message) : picture.message;
    const digest = digestOf(message);
    const step = nextStep(shown, digest, ports.clock.now());
    if (step.do === 'nothing') return { shown, called };
    if (step.do === 'wait') return { shown, again: step.until, called };
    if (step.do !== 'look-up') {
      const until = await ports.store.take(step.do, ports.chat.channel, ports.clock.now());
      if (until !== undefined) return { shown, again: until, waitsFor: step.do, called };
    }
    const tried = await attempt(ports, claimed, picture, { shown, step, message, digest, rich });
    if (tried === 'lost') return { shown, lost: true };
    shown = tried.shown;
    if (tried.end) return { ...tried.end, shown };
    called = true;
    if (step.do === 'edit' && shown.digest === digest && shown.attempt === undefined) return { shown, edited: true, called };
  }
}

function neverShown(incident: number, name: string): Shown {
  return { incident, name, ts: undefined, digest: undefined, attempt: undefined, refused: undefined, failures: 0 };
}

interface Attempt {
  readonly shown: Shown;
  readonly step: Step;
  readonly message: Message;
  readonly digest: string;
  /** Digest of the message with its blocks. */
  readonly rich: string;
}

async function attempt(
  ports: ProjectionPorts,
  claimed: ClaimedIncident,
  picture: Picture,
  { shown, step, message, digest, rich }: Attempt,
): Promise<Tried> {
  const now = ports.clock.now();
  // Written before the call: whoever finds this after a crash knows that the message may be there.
  const during = step.do === 'look-up' ? shown : { ...shown, digest: undefined, attempt: attemptBefore(shown, step.do, now) };
  if (!(await ports.store.saveShown(claimed, during))) return 'lost';
  const wasUnsettled = during.attempt !== undefined && during.attempt === shown.attempt;
  let after: Shown;
  try {
    after = await call(ports, claimed, picture, during, { step, message, digest, wasUnsettled });
  } catch (thrown) {
    const error = asAppError(thrown);
    const where = { incident: claimed.incident.id, picture: picture.name, step: step.do };
    ports.log.warn({ ...where, reason: error.reason, err: error.cause }, 'Slack call failed');
    return failed(ports, claimed, { during, step, error, rich, wasUnsettled });
  }
  // A database that fails here leaves the attempt in place: the message is looked up before anything is posted again.
  return (await ports.store.saveShown(claimed, after)) ? { shown: after } : 'lost';
}

interface Planned {
  readonly step: Step;
  readonly message: Message;
  readonly digest: string;
  /** An earlier edit may still come and overwrite this one. */
  readonly wasUnsettled: boolean;
}

async function call(
  ports: ProjectionPorts,
  claimed: ClaimedIncident,
  picture: Picture,
  during: Shown,
  { step, message, digest, wasUnsettled }: Planned,
): Promise<Shown> {
  const key = `${nameOf(claimed.incident)}/${picture.name}`;
  if (step.do === 'post') {
    const ts = await ports.chat.post(message, { key, hash: picture.hash, thread: picture.thread, broadcast: picture.broadcast });
    return { ...during, ts, digest, attempt: undefined, failures: 0 };
  }
  if (step.do === 'edit') {
    await ports.chat.edit(step.ts, message);
    return { ...during, digest, attempt: wasUnsettled ? during.attempt : undefined, failures: 0 };
  }
  const ts = await ports.chat.find(key, picture.hash, step.since, picture.thread);
  return { ...during, ts, attempt: undefined };
}

interface Failure {
  readonly during: Shown;
  readonly step: Step;
  readonly error: AppError;
  readonly rich: string;
  readonly wasUnsettled: boolean;
}

async function failed(ports: ProjectionPorts, claimed: ClaimedIncident, { during, step, error, rich, wasUnsettled }: Failure): Promise<Tried> {
  const now = ports.clock.now();
  const counted: Shown = { ...during, failures: during.failures + 1 };
  const later = now + (error.retryAfterMs ?? backoff(counted.failures));
  const save = async (shown: Shown, end?: Omit<End, 'shown'>): Promise<Tried> => {
    if (!(await ports.store.saveShown(claimed, shown))) return 'lost';
    return end ? { shown, end: { ...end, fault: error } } : { shown };
  };
  if (step.do === 'look-up') return save(counted, { again: later });
  // A refusal is certain: nothing was posted or edited. An earlier edit without an answer may still come.
  const undone: Shown = { ...counted, attempt: wasUnsettled ? during.attempt : undefined };
  switch (error.code) {
    case 'ambiguous':
    case 'internal': {
      const attempt = { at: during.attempt?.at ?? now, settledAt: now + settleMs };
      return save({ ...counted, attempt }, { again: step.do === 'post' ? attempt.settledAt : later });
    }
    case 'throttled':
      await ports.store.pause(step.do, ports.chat.channel, later);
      return save(undone, { again: later, waitsFor: step.do });
    case 'gone':
      return save({ ...undone, ts: undefined, digest: undefined }, step.do === 'post' ? { again: later } : undefined);
    case 'invalid':
      return during.refused === rich ? save(undone, { again: later }) : save({ ...undone, refused: rich });
    default:
      return save(undone, { again: later });
  }
}
