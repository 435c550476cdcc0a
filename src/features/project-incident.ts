/**
 * Brings Slack to what the database says of one incident: the card, then one reply per response or loud note. Level-triggered: it compares
 * and does what is missing, so a crash at any line leaves the incident due and nothing is posted twice.
 */
import { type AppError, asAppError, type ErrorCode } from '../domain/error.ts';
import { repliesOf, type Shown } from '../domain/incident/picture.ts';
import { type Freeze, freezeFact, freezeIn } from '../domain/response/brakes.ts';
import { isWorse } from '../domain/severity.ts';
import type { Budget, ClaimedIncident } from '../domain/store.ts';
import { reportChangedLog } from './report-changed-log.ts';
import { type End, type Picture, type ProjectionPorts, showPicture } from './show-picture.ts';

export interface Projected {
  /** The budgets that ran out and when each is ready again. */
  readonly held: ReadonlyMap<Budget, number>;
  readonly fault: AppError | undefined;
  /** Why a picture of it is out of date and stays so, whatever Slack does for others: it refuses this message or its content for good. */
  readonly outdated: AppError | undefined;
  /** Whether Slack took a call. */
  readonly called: boolean;
}

const ofThisMessage: ReadonlySet<ErrorCode> = new Set(['locked', 'invalid', 'gone']);

export async function projectIncident(ports: ProjectionPorts, claimed: ClaimedIncident): Promise<Projected> {
  await reportChangedLog(ports, claimed);
  const freeze = freezeIn(await ports.store.fact(freezeFact), ports.clock.now());
  const picture = cardOf(ports, claimed, freeze);
  const card = await foundAgain(ports, claimed, { picture, end: await showPicture(ports, claimed, picture) });
  const ends = [card, ...(card.shown.ts === undefined || card.lost ? [] : await showReplies(ports, claimed, card.shown, card.shown.ts))];
  if (!ends.some((end) => end.lost)) await release(ports, claimed, card, ends);
  const faults = ends.flatMap((end) => end.fault ?? []);
  return {
    held: new Map(ends.flatMap((end) => (end.waitsFor && end.again !== undefined ? [[end.waitsFor, end.again] as const] : []))),
    fault: faults.find(({ code }) => !ofThisMessage.has(code)),
    outdated: faults.find(({ code }) => ofThisMessage.has(code)),
    called: ends.some((end) => end.called),
  };
}

function cardOf(ports: ProjectionPorts, claimed: ClaimedIncident, freeze: Freeze | undefined): Picture {
  const { incident, origin, shown, begun } = claimed;
  const isNew = shown.every(({ name, ts }) => name !== 'card' || ts === undefined);
  return {
    name: 'card',
    message: ports.draw.card(claimed, freeze),
    broadcast: false,
    also: [],
    isGrave: isNew && isWorse(incident.severity, 'MEDIUM'),
    hash: origin,
    begun,
    thread: undefined,
  };
}

interface Showing {
  readonly picture: Picture;
  readonly end: End;
}

/**
 * A card in which nothing changes is not called about. Where somebody deleted one that has replies, Slack takes more of them, under “This message
 * was deleted”: so it is looked for before a reply goes there, and posted anew.
 */
async function foundAgain(ports: ProjectionPorts, claimed: ClaimedIncident, { picture, end }: Showing): Promise<End> {
  const { ts } = end.shown;
  const isKnown = ts === undefined || end.called === true || end.lost === true || end.fault !== undefined;
  if (isKnown || !hasNewReply(claimed) || (await mayBeThere(ports, ts))) return end;
  const gone: Shown = { ...end.shown, ts: undefined, digest: undefined, attempt: undefined };
  if (!(await ports.store.saveShown(claimed, gone))) return { ...end, lost: true };
  const others = claimed.shown.filter(({ name }) => name !== gone.name);
  return showPicture(ports, { ...claimed, shown: [...others, gone] }, picture);
}

function hasNewReply({ entries, shown }: ClaimedIncident): boolean {
  const posted = new Set(shown.flatMap(({ name, ts }) => (ts === undefined ? [] : [name])));
  return repliesOf(entries, shown).some(([{ entry }]) => !posted.has(String(entry.seq)));
}

/** Where Slack does not say, it is taken to be there: the reply tells more than the card. */
async function mayBeThere({ chat, log }: ProjectionPorts, ts: string): Promise<boolean> {
  return chat.exists(ts, undefined).catch((thrown: unknown) => {
    log.warn({ err: asAppError(thrown) }, 'whether a card is there was not told');
    return true;
  });
}

/** In their order; one that waits for a budget holds back only those that need the same. */
async function showReplies(ports: ProjectionPorts, claimed: ClaimedIncident, card: Shown, thread: string): Promise<End[]> {
  const ends: End[] = [];
  for (const told of repliesOf(claimed.entries, claimed.shown)) {
    const [{ entry }, ...others] = told;
    const end = await showPicture(ports, claimed, {
      name: String(entry.seq),
      message: ports.draw.reply(claimed.incident, told),
      broadcast: entry.reply === 'loud',
      also: others.map((one) => one.entry),
      isGrave: false,
      hash: entry.hash,
      thread,
    });
    ends.push(end);
    // The thread is gone with its card: the card is looked at again, and posted anew where it was deleted.
    if (end.fault?.code === 'gone') await ports.store.saveShown(claimed, { ...card, digest: undefined });
    if (end.lost || end.waitsFor === 'post') break;
  }
  return ends;
}

async function release(ports: ProjectionPorts, claimed: ClaimedIncident, card: End, ends: readonly End[]): Promise<void> {
  const waiting = ends.filter((end) => end.again !== undefined).toSorted((a, b) => (a.again as number) - (b.again as number));
  const budgets = new Set(waiting.map((end) => end.waitsFor));
  const [only] = budgets;
  const waitsFor = budgets.size === 1 && only !== undefined ? { waitsFor: only } : {};
  await ports.store.release(claimed, { at: waiting[0]?.again, edited: card.edited === true, ...waitsFor }, ports.clock.now());
}
