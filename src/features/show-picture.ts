/** Brings one picture (a card or a reply) to what it should show: one call to Slack at a time, each written down before it is made. */
import { sha256 } from '../domain/digest.ts';
import { AppError, asAppError } from '../domain/error.ts';
import {
  attemptBefore,
  backoff,
  type CallAttempt,
  type Claimed,
  type NextStep,
  neverShown,
  nextStep,
  type Shown,
  settleMs,
} from '../domain/incident/picture.ts';
import type { Chat, Draw, Message, Ports } from '../domain/ports.ts';
import type { Budget } from '../domain/store.ts';

export type ProjectionPorts = Pick<Ports, 'clock' | 'log' | 'store'> & { readonly chat: Chat; readonly draw: Draw };

export interface Picture {
  /** `card`, or the number of the entry that a reply shows. */
  readonly name: string;
  readonly message: Message;
  readonly broadcast: boolean;
  /** Tells it from one of the same name in another database. */
  readonly hash: string;
  /** Other entries that a reply tells. */
  readonly also: readonly { readonly seq: number; readonly hash: string }[];
  /** It may take the calls that are kept for what is grave and new. */
  readonly isGrave: boolean;
  /** Its first call is within budget, and written down. */
  readonly begun?: CallAttempt | undefined;
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

/** An edit that Slack refuses for good may be taken again when a setting of the workspace changes: it is tried so seldom. */
export const lockedRetryMs = 10 * 60_000;

/** A call that does not follow at once on what was written down of it is not made. */
const longestPauseMs = 10_000;

type Step = Extract<NextStep, { do: 'post' | 'edit' | 'look-up' }>;
type Tried = { readonly version: Version; readonly end?: Omit<End, 'shown'> } | 'lost';

function digestOf(message: Message): string {
  return sha256(JSON.stringify([message.text, message.blocks]));
}

export async function showPicture(ports: ProjectionPorts, claimed: Claimed, picture: Picture): Promise<End> {
  let version: Version = {
    shown: claimed.shown.find((one) => one.name === picture.name) ?? { ...neverShown(picture.name), also: picture.also.map(({ seq }) => seq) },
    left: claimed.shown.find((one) => one.name === leftName(picture)),
  };
  let { begun } = picture;
  let called = false;
  for (;;) {
    const { shown } = version;
    const wanted = isAgain(version) ? ports.draw.again(picture.message) : picture.message;
    const rich = digestOf(wanted);
    const message = shown.refused === rich ? ports.draw.plain(wanted) : wanted;
    const digest = digestOf(message);
    const step = nextStep(shown, digest, ports.clock.now());
    if (step.do === 'nothing') return { shown, called };
    if (step.do === 'wait') return { shown, again: step.until, called };
    if (step.do !== 'look-up' && begun === undefined) {
      const call = { budget: step.do, channel: ports.chat.channel, isGrave: picture.isGrave };
      const until = await ports.store.take(call, ports.clock.now());
      if (until !== undefined) return { shown, again: until, waitsFor: step.do, called };
    }
    const tried = await attempt(ports, claimed, picture, { version, step, message, digest, rich, begun });
    begun = undefined;
    if (tried === 'lost') return { shown, lost: true };
    version = tried.version;
    if (tried.end) return { ...tried.end, shown: version.shown };
    called = true;
    if (step.do === 'edit' && version.shown.digest === digest && version.shown.attempt === undefined)
      return { shown: version.shown, edited: true, called };
  }
}

/** The message that shows a picture, and the one before it that Slack lets nobody edit, where there is one. */
interface Version {
  readonly shown: Shown;
  readonly left: Shown | undefined;
}

function leftName({ name }: Picture): string {
  return `${name}/left`;
}

/** Written down first: where the process dies in between, the one that was left is the one that is shown still. */
function isAgain({ shown, left }: Version): boolean {
  return left !== undefined && left.ts !== shown.ts;
}

interface Attempt {
  readonly version: Version;
  readonly step: Step;
  readonly message: Message;
  readonly digest: string;
  /** Digest of the message with its blocks. */
  readonly rich: string;
  /** As it is written down already. */
  readonly begun: CallAttempt | undefined;
}

async function attempt(ports: ProjectionPorts, claimed: Claimed, picture: Picture, planned: Attempt): Promise<Tried> {
  const { version, step, rich, begun } = planned;
  const { shown } = version;
  const now = begun?.at ?? ports.clock.now();
  // Written before the call: whoever finds this after a crash knows that the message may be there.
  const during = step.do === 'look-up' ? shown : { ...shown, digest: undefined, attempt: begun ?? attemptBefore(shown, step.do, now) };
  if (begun === undefined && !(await ports.store.saveShown(claimed, during))) return 'lost';
  // Stopped meanwhile for longer than a lease lasts, it would call when somebody else has looked already for what it was about to post.
  if (ports.clock.now() - now > longestPauseMs) return { version: { ...version, shown: during }, end: { again: during.attempt?.settledAt ?? now } };
  const wasUnsettled = during.attempt !== undefined && during.attempt === shown.attempt;
  let after: Shown;
  try {
    after = await call(ports, claimed, picture, { ...planned, version: { ...version, shown: during }, wasUnsettled });
  } catch (thrown) {
    const error = asAppError(thrown);
    const where = { [claimed.of]: claimed.id, picture: picture.name, step: step.do };
    ports.log.warn({ ...where, reason: error.reason, err: error.cause }, 'Slack call failed');
    return failed(ports, claimed, picture, { version: { ...version, shown: during }, step, error, rich, wasUnsettled });
  }
  // A database that fails here leaves the attempt in place: the message is looked up before anything is posted again.
  return (await ports.store.saveShown(claimed, after)) ? { version: { ...version, shown: after } } : 'lost';
}

interface Planned extends Attempt {
  /** An earlier edit may still come and overwrite this one. */
  readonly wasUnsettled: boolean;
}

async function call(
  ports: ProjectionPorts,
  claimed: Claimed,
  picture: Picture,
  { version, step, message, digest, wasUnsettled }: Planned,
): Promise<Shown> {
  const during = version.shown;
  // The one that was left has the plain key, and must not be taken for this one.
  const key = `${claimed.name}/${picture.name}${isAgain(version) ? '/again' : ''}`;
  if (step.do === 'post') {
    const broadcast = picture.broadcast && !isAgain(version);
    const ts = await ports.chat.post(message, { key, hash: picture.hash, thread: picture.thread, broadcast, also: picture.also });
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
  readonly version: Version;
  readonly step: Step;
  readonly error: AppError;
  readonly rich: string;
  readonly wasUnsettled: boolean;
}

async function failed(ports: ProjectionPorts, claimed: Claimed, picture: Picture, failure: Failure): Promise<Tried> {
  const { version, step, error, rich, wasUnsettled } = failure;
  const during = version.shown;
  const now = ports.clock.now();
  const counted: Shown = { ...during, failures: during.failures + 1 };
  const later = now + (error.retryAfterMs ?? backoff(counted.failures));
  const save = (shown: Shown, end?: Omit<End, 'shown'>): Promise<Tried> =>
    saved(ports, claimed, { ...version, shown }, end && { fault: error, ...end });
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
    case 'locked':
    case 'gone':
      if (step.do === 'edit') return uneditable(ports, claimed, picture, { ...failure, version: { ...version, shown: undone } });
      return save({ ...undone, ts: undefined, digest: undefined }, { again: later });
    case 'invalid':
      // The plain text was refused too. What is shown is old, what is not posted yet is missing: that is tried sooner.
      if (during.refused === rich) return save(undone, { again: step.do === 'edit' ? now + lockedRetryMs : later });
      return save({ ...undone, refused: rich });
    default:
      return save(undone, { again: later });
  }
}

async function saved({ store }: ProjectionPorts, claimed: Claimed, version: Version, end?: Omit<End, 'shown'>): Promise<Tried> {
  if (!(await store.saveShown(claimed, version.shown))) return 'lost';
  return end ? { version, end } : { version };
}

/** What is gone is posted anew; what stands but may not be edited too, once. */
async function uneditable(ports: ProjectionPorts, claimed: Claimed, picture: Picture, failure: Failure): Promise<Tried> {
  const { version, error } = failure;
  const { shown } = version;
  const now = ports.clock.now();
  const state = await stateOf(ports, picture, shown.ts ?? '');
  if (state === 'unknown' && error.code !== 'locked') return saved(ports, claimed, version, { again: now + backoff(shown.failures), fault: error });
  const next: Shown = { ...shown, ts: undefined, digest: undefined, attempt: undefined };
  if (state === 'gone') return saved(ports, claimed, { ...version, shown: next });
  if (isAgain(version)) return saved(ports, claimed, version, { again: now + lockedRetryMs, fault: lockedOf(error) });
  const left: Shown = { ...neverShown(leftName(picture)), ts: shown.ts };
  if (!(await ports.store.saveShown(claimed, left))) return 'lost';
  return saved(ports, claimed, { shown: { ...next, failures: 0 }, left });
}

/** Slack says "no such message" also of one that is there: only what is gone may be posted as often as it is deleted. */
async function stateOf({ chat, log }: ProjectionPorts, { name, thread }: Picture, ts: string): Promise<'stands' | 'gone' | 'unknown'> {
  try {
    return (await chat.exists(ts, thread)) ? 'stands' : 'gone';
  } catch (thrown) {
    log.warn({ picture: name, err: asAppError(thrown) }, 'whether a message is there was not told');
    return 'unknown';
  }
}

function lockedOf(error: AppError): AppError {
  if (error.code === 'locked') return error;
  const message = `Slack says that there is no such message (${error.reason}), yet it is there, and cannot be edited.`;
  return new AppError('locked', message, { cause: error, reason: error.reason });
}
