/** Events by which somebody else gave back what was taken: the incident because of which it was taken is CRITICAL by them at once. */
import { withTold } from '../domain/incident/campaign.ts';
import { afterRead, type ReadBack } from '../domain/incident/contained.ts';
import { brokenByEntry, isNewsOf, mayGiveBack, readEntries, stateBy } from '../domain/incident/given-back.ts';
import type { Incident } from '../domain/incident/incident.ts';
import { withSignIns } from '../domain/incident/intake.ts';
import { changesQuarantine, underChanged, withQuarantineChanged } from '../domain/incident/quarantine-changed.ts';
import type { SignIn } from '../domain/sign-in/sign-in.ts';
import { noSurroundings } from '../domain/sign-in/surroundings.ts';
import type { Signal } from '../domain/signal/signal.ts';
import type { Tx } from '../domain/store.ts';

export interface GivenBack {
  readonly event: SignIn;
  /** The incidents that it concerns: locked before they are written to. */
  readonly incidents: readonly Pick<Incident, 'id' | 'key'>[];
}

/** Of those that are not the responder's own. Read before anything is locked. */
export async function givenBackBy(tx: Tx, signals: readonly Signal[]): Promise<GivenBack[]> {
  const events = signals.flatMap((signal) => (signal.kind === 'sign-in' && mayGiveBack(signal) ? [signal] : []));
  if (events.length === 0) return [];
  const containing = await tx.containing();
  return events.flatMap((event) => {
    const incidents = containing.filter(({ contained = [] }) => contained.some((one) => stateBy(event, one) !== undefined));
    return incidents.length === 0 ? [] : [{ event, incidents }];
  });
}

/** Of those that change what the quarantine says, whom it is on: beside the incident that each is by itself. Read before anything is locked. */
export async function quarantinesChangedBy(tx: Tx, signals: readonly Signal[]): Promise<GivenBack[]> {
  const events = signals.flatMap((signal) => (signal.kind === 'sign-in' && changesQuarantine(signal) ? [signal] : []));
  if (events.length === 0) return [];
  const containing = await tx.containing();
  return events.map((event) => ({ event, incidents: containing.filter((incident) => underChanged(incident, event).length > 0) }));
}

/** Under the locks of its incidents. */
export async function noteQuarantineChanged(tx: Tx, { event, incidents }: GivenBack, now: number): Promise<void> {
  for (const { id } of incidents) {
    const current = await tx.incident(id);
    const changed = current && withQuarantineChanged(current, event, now);
    if (changed === undefined) continue;
    await tx.append([changed.entry]);
    await tx.save([{ incident: changed.incident, due: 'now' }], now);
  }
}

/** Under the locks of its incidents. What a read found before does not ring again; who it was is added. */
export async function noteGivenBack(tx: Tx, { event, incidents }: GivenBack, now: number): Promise<void> {
  for (const { id } of incidents) {
    const current = await tx.incident(id);
    if (current !== undefined) await noteIn(tx, current, event, now);
  }
}

async function noteIn(tx: Tx, current: Incident, event: SignIn, now: number): Promise<void> {
  const reads = (current.contained ?? []).flatMap((contained): ReadBack[] => {
    const state = stateBy(event, contained);
    return state === undefined ? [] : [{ contained, now: state, isGivenBack: true, by: event }];
  });
  const fresh = reads.filter(({ contained }) => isNewsOf(event, contained));
  const known = reads.filter((read) => !fresh.includes(read));
  const isCurrent = await isTheOpenOne(tx, current);
  const after = afterRead(current, fresh, { now, isCurrent });
  const isReopened = current.resolved !== undefined && after.resolved === undefined;
  const { id } = current;
  await tx.append([
    ...fresh.flatMap((read) => readEntries(read, { id, isReopened }, now)),
    ...known.map(({ contained }) => brokenByEntry(event, contained, { id, at: now })),
  ]);
  await tx.keepSignIns([{ incident: id, signIn: event }]);
  const next = withSignIns(after, [event], noSurroundings);
  await tx.save([{ incident: fresh.length > 0 ? withTold(next) : next, due: 'now' }], now);
  await tx.schedule(
    (['contained', 'users', 'link'] as const).map((kind) => ({ kind, incident: id })),
    now,
  );
}

/** Whether no other incident is open for the same. */
export async function isTheOpenOne(tx: Tx, { id, key }: Pick<Incident, 'id' | 'key'>): Promise<boolean> {
  const newest = (await tx.newest([key])).get(key);
  return newest === undefined || newest.id === id || newest.resolved !== undefined;
}
