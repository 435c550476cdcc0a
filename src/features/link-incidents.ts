import { asCampaign, isUnderWay } from '../domain/incident/campaign.ts';
import type { Incident } from '../domain/incident/incident.ts';
import type { IncidentLink } from '../domain/incident/link.ts';
import { propagationMs } from '../domain/incident/user-notes.ts';
import type { Ports } from '../domain/ports.ts';
import { isToBeTold, withDoneOn, withoutElsewhere } from '../domain/response/done-elsewhere.ts';
import type { SignInTraces } from '../domain/sign-in/memory.ts';
import { sharedNetworks } from '../domain/sign-in/surroundings.ts';
import type { Tx } from '../domain/store.ts';
import { surroundingsOf } from './remember-sign-ins.ts';

/** Incidents this far apart may be one story. */
const storyMs = 24 * 3_600_000;

type Tie = { readonly id: number } & SignInTraces;

/**
 * The chore `link`: incidents that share a user or a network name each other on their cards, and each says what was done about its people because
 * of another one. Those with one user, or one network that is not shared, are one campaign.
 * @returns when to try again, where others were linked meanwhile and what they are linked to was not read
 */
export async function linkIncidents(ports: Ports, id: number): Promise<number | undefined> {
  const isLinked = await linkAsRead(ports, id);
  ports.wake();
  return isLinked ? undefined : ports.clock.now();
}

/** @returns false: others were linked meanwhile, and what they are linked to was not read */
async function linkAsRead(ports: Ports, id: number): Promise<boolean> {
  const now = ports.clock.now();
  const ties = await ports.store.related(id, now - storyMs);
  const { asked, known } = await withCampaigns(ports, [id, ...ties.map((tie) => tie.id), ...(await toBeTold(ports, id))]);
  if (known.length < 2) return true;
  const merged = await mergedAmong(ports, known);
  return ports.store.transact(async (tx) => {
    await tx.lock(known.map(({ key }) => key));
    const found = await tx.incidents(known.map((one) => one.id));
    const current = new Map(found.filter(({ mergedInto }) => mergedInto === undefined).map((one) => [one.id, one]));
    const self = current.get(id);
    if (self === undefined) return true;
    const named = [self, ...ties.flatMap((tie) => current.get(tie.id) ?? [])].flatMap(({ campaign }) => campaign.incidents);
    if (named.some((one) => !asked.has(one))) return false;
    const linked = withLinks(current, self, ties);
    const after = withDone(joined(linked, self, await attackTies(tx, self, ties)), id, merged);
    await saveLinked(tx, { current, after }, now);
    return true;
  });
}

async function saveLinked(tx: Tx, { current, after }: Record<'current' | 'after', ReadonlyMap<number, Incident>>, now: number): Promise<void> {
  const changed = [...current.keys()].flatMap((one) => (after.get(one) === current.get(one) ? [] : [after.get(one) as Incident]));
  await tx.save(
    changed.map((incident) => ({ incident, due: 'paced' as const })),
    now,
  );
  // What was taken there is not what was read here.
  const told = changed.filter((one) => one.elsewhere !== current.get(one.id)?.elsewhere);
  await tx.schedule(
    told.map((one) => ({ kind: 'users' as const, incident: one.id })),
    now + propagationMs,
  );
}

/** Whoever is linked to an incident because of which something was done, however long ago that was. */
async function toBeTold({ store }: Ports, id: number): Promise<number[]> {
  const self = await store.incident(id);
  return self !== undefined && isToBeTold(self) ? [...self.links.map((link) => link.id), ...self.campaign.incidents] : [];
}

/** Those that some incidents tell of and that go on as others. */
async function mergedAmong({ store }: Ports, known: readonly Incident[]): Promise<Set<number>> {
  const told = new Set(known.flatMap(({ elsewhere = [] }) => elsewhere.map((one) => one.incident)));
  const others = await store.incidents([...told.difference(new Set(known.map(({ id }) => id)))]);
  return new Set(others.flatMap(({ id, mergedInto }) => (mergedInto === undefined ? [] : [id])));
}

/** What was done because of one is told by all others, and what was done because of those by the one. */
function withDone(current: ReadonlyMap<number, Incident>, self: number, merged: ReadonlySet<number>): Map<number, Incident> {
  const next = new Map([...current].map(([id, one]) => [id, withoutElsewhere(one, merged)]));
  for (const id of current.keys()) {
    const [here, there] = [next.get(self), next.get(id)];
    if (id === self || here === undefined || there === undefined) continue;
    next.set(self, withDoneOn(here, there));
    next.set(id, withDoneOn(there, here));
  }
  return next;
}

interface Read {
  readonly asked: ReadonlySet<number>;
  /** Those of them that are not merged into others. */
  readonly known: readonly Incident[];
}

/** Some incidents, and those of their campaigns. */
async function withCampaigns(ports: Ports, ids: readonly number[]): Promise<Read> {
  const first = new Set(ids);
  const direct = await readAll(ports, [...first]);
  const numbers = new Set(direct.flatMap(({ campaign }) => campaign.incidents));
  return { asked: first.union(numbers), known: [...direct, ...(await readAll(ports, [...numbers.difference(first)]))] };
}

async function readAll(ports: Ports, ids: readonly number[]): Promise<Incident[]> {
  return (await ports.store.incidents(ids)).filter(({ mergedInto }) => mergedInto === undefined);
}

function withLinks(current: ReadonlyMap<number, Incident>, self: Incident, ties: readonly Tie[]): Map<number, Incident> {
  const next = new Map(current);
  for (const tie of ties) {
    const other = next.get(tie.id);
    if (other === undefined) continue;
    const because = tie.network ?? tie.subject?.split(':').slice(2).join(':') ?? '';
    next.set(self.id, withLink(next.get(self.id) ?? self, { id: tie.id, because }));
    next.set(tie.id, withLink(other, { id: self.id, because }));
  }
  return next;
}

function withLink(incident: Incident, link: IncidentLink): Incident {
  if (incident.links.some((one) => one.id === link.id && one.because === link.because)) return incident;
  return { ...incident, links: [...incident.links.filter((one) => one.id !== link.id), link].toSorted((a, b) => a.id - b.id) };
}

/** Of the incidents that share something those that are of one attack. */
async function attackTies(tx: Tx, { firstSignalAt, lastSignalAt }: Incident, ties: readonly Tie[]): Promise<number[]> {
  const networks = new Set(ties.flatMap(({ network, subject }) => (subject === undefined && network !== undefined ? [network] : [])));
  const touched = [...networks].map((value) => ({ by: 'network' as const, value, from: firstSignalAt, until: lastSignalAt }));
  const shared = sharedNetworks(await surroundingsOf(tx, touched));
  return ties.filter(({ subject, network }) => subject !== undefined || !shared.has(network ?? '')).map(({ id }) => id);
}

/** With the campaigns of all of them made one. What is resolved is no part of what goes on. */
function joined(current: ReadonlyMap<number, Incident>, self: Incident, tied: readonly number[]): Map<number, Incident> {
  const direct = [self.id, ...tied];
  const numbers = new Set(direct.flatMap((id) => [id, ...(current.get(id)?.campaign.incidents ?? [])]));
  const members = [...numbers].flatMap((id) => current.get(id) ?? []).filter(isUnderWay);
  const next = new Map(current);
  if (!isUnderWay(self) || members.length < 2) return next;
  for (const member of asCampaign(members)) next.set(member.id, member);
  return next;
}
