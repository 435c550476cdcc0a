/** Reads whether what was taken from somebody stays taken: after a minute, after five, then as often as alarms are swept. */
import { AppError, asAppError } from '../domain/error.ts';
import { afterRead, firstReadsIn, inForce, nextReadAt, type ReadBack } from '../domain/incident/contained.ts';
import { duration, type Incident } from '../domain/incident/incident.ts';
import type { NewEntry } from '../domain/incident/timeline.ts';
import type { Ports } from '../domain/ports.ts';
import { accessNow } from '../domain/response/center-removal.ts';
import { type Contained, denyAllArn, isGivenBack, type KeptState, keptKeys, keptWords } from '../domain/response/kept-state.ts';
import type { Tx } from '../domain/store.ts';

type ReadPorts = Pick<Ports, 'containment' | 'identityCenter' | 'settings'>;

/** The same as it is now. @throws AppError what AWS says */
export async function stateNow({ containment, identityCenter, settings }: ReadPorts, left: KeptState): Promise<KeptState> {
  const { holder } = left;
  if (left.of === 'password') return left;
  if (left.of === 'access') {
    if (identityCenter === undefined) throw new AppError('refused', 'IDENTITY_CENTER_ROLE is not set any more.');
    return accessNow(left, await identityCenter.access({ userId: left.userId }));
  }
  if (left.of === 'keys') return keptKeys(left, await containment.keys(holder));
  const arn = denyAllArn(settings.regions[0] ?? '', holder.account);
  return { ...left, isOn: (await containment.policies(holder)).includes(arn) };
}

/** An undo that is under way, or was a moment ago, is not somebody else. */
const undoMs = 5 * 60_000;

/** The chore `contained`. @returns when to read again; undefined: nothing stands any more */
export async function keepContained(ports: Ports, id: number): Promise<number | undefined> {
  const { store, clock } = ports;
  const incident = await store.incident(id);
  if (incident === undefined) return undefined;
  const read: ReadBack[] = [];
  for (const contained of inForce(incident)) read.push(...(await readBack(ports, contained)));
  const next = await store.transact(async (tx) => {
    await tx.lock([incident.key]);
    const current = await tx.incident(id);
    return current && note(tx, current, { read, now: clock.now() });
  });
  ports.wake();
  return next && nextReadAt(next, clock.now());
}

/** What cannot be read says nothing: it is read again the next time. */
async function readBack(ports: Ports, contained: Contained): Promise<ReadBack[]> {
  try {
    const now = await stateNow(ports, contained.left);
    return [{ contained, now, isGivenBack: isGivenBack(contained.left, now) }];
  } catch (thrown) {
    const error = asAppError(thrown);
    // Whoever is gone has no access.
    if (error.code !== 'not-found') ports.log.warn({ on: contained.on, err: error }, 'what was contained could not be read back');
    return [];
  }
}

async function note(tx: Tx, current: Incident, { read, now }: { read: readonly ReadBack[]; now: number }): Promise<Incident> {
  const undone = new Set((await tx.begun(['undo'], now - undoMs, now)).map(({ subject }) => subject));
  const standing = new Set(inForce(current).map(({ seq }) => seq));
  const counts = read.filter(({ contained: { seq, on }, isGivenBack: isBack }) => standing.has(seq) && !(isBack && undone.has(on)));
  const entries = counts.flatMap((one) => entryOf(one, current, now));
  const next = afterRead(current, counts, now);
  if (entries.length === 0) return current;
  await tx.append(entries);
  await tx.save([{ incident: next, due: 'now' }], now);
  return next;
}

function entryOf({ contained, now: state, isGivenBack: isBack }: ReadBack, { id, resolved }: Incident, at: number): NewEntry[] {
  const { on, seq, by, at: since } = contained;
  if (isBack) {
    const again = resolved === undefined ? '' : 'Reopened. ';
    const text = `${again}Somebody else gave access back: ${on} is ${keptWords(state)}, which ${by.name} had taken ${duration(at - since)} ago (entry ${seq}). Take it again, and look in CloudTrail for ${eventsOf(contained.left)}: whoever did it is part of the attack, or did not know.`;
    return [
      { incident: id, at, kind: 'note', reply: 'loud', body: { what: 'containment-broken', reason: 'containment-broken', on, text, after: state } },
    ];
  }
  if (firstReadsIn(contained, at).length === 0) return [];
  const text = `Read back ${duration(at - since)} after it was done: ${on} is ${keptWords(state)}.`;
  return [{ incident: id, at, kind: 'note', reply: 'none', body: { what: 'read-back', on, text, details: [`Of entry ${seq}`], after: state } }];
}

function eventsOf({ of, holder: { kind } }: KeptState): string {
  if (of === 'keys') return 'UpdateAccessKey';
  if (of === 'access')
    return 'CreateAccountAssignment and CreateGroupMembership (an identity provider that owns the directory makes them with its runs)';
  return kind === 'role' ? 'DetachRolePolicy' : 'DetachUserPolicy';
}
