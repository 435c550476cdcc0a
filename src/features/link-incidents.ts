import type { Incident, IncidentLink } from '../domain/incident/incident.ts';
import type { Ports } from '../domain/ports.ts';
import type { SignInTraces } from '../domain/sign-in/memory.ts';

/** Incidents this far apart may be one story. */
const storyMs = 24 * 3_600_000;

/** The chore `link`: incidents that share a subject or an address name each other on their cards. */
export async function linkIncidents(ports: Ports, id: number): Promise<void> {
  const now = ports.clock.now();
  const related = await ports.store.related(id, now - storyMs);
  const all = await Promise.all([id, ...related.map((one) => one.id)].map((one) => ports.store.incident(one)));
  const known = all.filter((one): one is Incident => one !== undefined && one.mergedInto === undefined);
  if (known.length < 2 || known[0]?.id !== id) return;
  const because = new Map(related.map((one) => [one.id, reason(one)]));
  await ports.store.transact(async (tx) => {
    await tx.lock(known.map(({ key }) => key));
    const changed: Incident[] = [];
    const before = await tx.incident(id);
    if (before === undefined) return;
    let self = before;
    for (const { id: other } of known.slice(1)) {
      const found = await tx.incident(other);
      if (found === undefined || found.mergedInto !== undefined) continue;
      const why = because.get(other) ?? '';
      self = withLink(self, { id: other, because: why });
      const next = withLink(found, { id, because: why });
      if (next !== found) changed.push(next);
    }
    await tx.save(
      [...(self === before ? [] : [self]), ...changed].map((incident) => ({ incident, due: 'paced' as const })),
      now,
    );
  });
  ports.wake();
}

function reason({ subject, network }: SignInTraces): string {
  return network ?? subject?.split(':').slice(2).join(':') ?? '';
}

function withLink(incident: Incident, link: IncidentLink): Incident {
  if (incident.links.some((one) => one.id === link.id && one.because === link.because)) return incident;
  return { ...incident, links: [...incident.links.filter((one) => one.id !== link.id), link].toSorted((a, b) => a.id - b.id) };
}
