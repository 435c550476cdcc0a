/** Reads whether what was taken from somebody stays taken: after a minute, after five, then as often as alarms are swept. */
import { AppError, asAppError } from '../domain/error.ts';
import { afterRead, inForce, newlyGone, nextReadAt, type ReadBack, withGone, withoutPast } from '../domain/incident/contained.ts';
import { goneEntry, readEntries } from '../domain/incident/given-back.ts';
import type { Incident } from '../domain/incident/incident.ts';
import type { Ports } from '../domain/ports.ts';
import { accessNow } from '../domain/response/center-removal.ts';
import { type Contained, denyAllArn, isGivenBack, isSameEntry, type KeptState, keptKey, keptKeys, keysOn } from '../domain/response/kept-state.ts';
import { isSameDocument } from '../domain/response/session-denies.ts';
import type { Tx } from '../domain/store.ts';
import { isTheOpenOne } from './given-back.ts';

/** Of what AWS has said is done and does not list as done yet. */
export const notReadBack = 'Not read back yet: it is read again in a minute.';

type ReadPorts = Pick<Ports, 'containment' | 'identityCenter' | 'sessionDenial' | 'settings'>;

/** The same as it is now. @throws AppError what AWS says */
export async function stateNow(ports: ReadPorts, left: KeptState): Promise<KeptState> {
  const { containment, identityCenter, settings } = ports;
  const { holder } = left;
  if (left.of === 'password') return left;
  if (left.of === 'access') {
    if (identityCenter === undefined) throw new AppError('refused', 'IDENTITY_CENTER_ROLE is not set any more.');
    return accessNow(left, await identityCenter.access({ userId: left.userId }));
  }
  if (left.of === 'sessions') return deniedNow(ports, left);
  if (left.of === 'keys') return keptKeys(left, await containment.keys(holder));
  const arn = denyAllArn(settings.regions[0] ?? '', holder.account);
  return { ...left, isOn: (await containment.policies(holder)).includes(arn) };
}

async function deniedNow({ sessionDenial }: ReadPorts, left: Extract<KeptState, { of: 'sessions' }>): Promise<KeptState> {
  if (sessionDenial === undefined) throw new AppError('refused', 'AWS_SESSIONS_ROLE is not set any more.');
  const found = await sessionDenial.policy(left.holder, left.policy);
  return { ...left, isThere: found !== undefined && isSameDocument(found, left.document) };
}

/** An undo that is under way, or was a moment ago, is not somebody else; what it is not of is. */
const undoMs = 5 * 60_000;

/** The chore `contained`. @returns when to read again; undefined: nothing stands any more */
export async function keepContained(ports: Ports, id: number): Promise<number | undefined> {
  const { store, clock } = ports;
  const incident = await store.incident(id);
  if (incident === undefined) return undefined;
  const read: ReadBack[] = [];
  const gone: Contained[] = [];
  for (const contained of inForce(incident)) {
    const found = await readBack(ports, contained);
    if (found === 'gone') gone.push(contained);
    else read.push(...found);
  }
  const next = await store.transact(async (tx) => {
    await tx.lock([incident.key]);
    const current = await tx.incident(id);
    return current && note(tx, current, { read, gone, now: clock.now() });
  });
  ports.wake();
  return next && nextReadAt(next, clock.now());
}

/** What cannot be read says nothing: it is read again the next time. */
async function readBack(ports: Ports, contained: Contained): Promise<ReadBack[] | 'gone'> {
  try {
    const now = await stateNow(ports, contained.left);
    return [{ contained, now, isGivenBack: isGivenBack(contained.left, now) }];
  } catch (thrown) {
    const error = asAppError(thrown);
    if (error.code === 'not-found') return 'gone';
    ports.log.warn({ on: contained.on, err: error }, 'what was contained could not be read back');
    return [];
  }
}

interface Found {
  readonly read: readonly ReadBack[];
  readonly gone: readonly Contained[];
  readonly now: number;
}

/** What undos are of, as their intents have it. */
async function undoneOf(tx: Tx, now: number): Promise<KeptState[]> {
  const intents: KeptState[] = [];
  for (const { incident, seq } of await tx.begun(['undo'], now - undoMs, now)) {
    const [intent] = await tx.entriesFrom(incident, seq);
    if (intent?.body.before !== undefined && intent.fault === undefined) intents.push(intent.body.before);
  }
  return intents;
}

/** Whether all of what is there again is what undos give back. */
function isGivenBackBy({ contained: { left }, now }: ReadBack, undone: readonly KeptState[]): boolean {
  const same = undone.filter((one) => keptKey(one) === keptKey(left));
  if (left.of !== 'keys') return same.length > 0;
  const given = new Set(same.flatMap((one) => (one.of === 'keys' ? one.keys.map(({ id }) => id) : [])));
  return keysOn(left, now).every((id) => given.has(id));
}

async function note(tx: Tx, current: Incident, { read, gone, now }: Found): Promise<Incident> {
  const undone = await undoneOf(tx, now);
  const standing = inForce(current);
  const stands = (one: Contained): boolean => standing.some((other) => isSameEntry(one, other));
  const counts = read.filter((one) => stands(one.contained) && !(one.isGivenBack && isGivenBackBy(one, undone)));
  const isCurrent = current.resolved === undefined || (await isTheOpenOne(tx, current));
  const after = afterRead(current, counts, { now, isCurrent });
  const isReopened = current.resolved !== undefined && after.resolved === undefined;
  const lost = newlyGone(after, gone);
  const entries = [
    ...counts.flatMap((one) => readEntries(one, { id: current.id, isReopened }, now)),
    ...lost.map((one) => goneEntry(one, current.id, now)),
  ];
  const next = withoutPast(withGone(after, lost, now), now);
  if (entries.length === 0 && next === after) return current;
  await tx.append(entries);
  await tx.save([{ incident: next, due: 'now' }], now);
  // Those that are linked to it say what stands.
  if (counts.some(({ isGivenBack: isBack }) => isBack) || next !== after) await tx.schedule([{ kind: 'link', incident: current.id }], now);
  return next;
}
