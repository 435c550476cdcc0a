import { type Incident, nameOf, reopened } from '../domain/incident.ts';
import type { Ports } from '../domain/ports.ts';
import { isWorse } from '../domain/severity.ts';

/**
 * The chore `ring`: tells the responders aloud that what CloudTrail has makes an incident graver. It waits until the looks of one round are
 * in, so that several regions ring once.
 */
export async function ring(ports: Ports, id: number): Promise<void> {
  const now = ports.clock.now();
  const told = await toldBy(ports, id);
  await ports.store.transact(async (tx) => {
    const incident = await tx.incident(id);
    if (incident === undefined || incident.mergedInto !== undefined || !isWorse(incident.severity, incident.rung)) return;
    const { severity, assessment } = incident;
    const why = assessment === undefined ? '' : ` ${assessment.line}: ${assessment.reasons.join('; ')}.`;
    const again = incident.resolved ? 'Reopened, for this came to light after it was resolved. ' : '';
    const already = told === undefined ? '' : ` ${nameOf(told)} tells the same.`;
    const text = `${again}Now ${severity}.${why}${already}`;
    const body = { what: 'severity-rose', text, reason: assessment?.verdict ?? 'severity-rose' };
    await tx.append([{ incident: id, at: now, kind: 'note', reply: told === undefined ? 'loud' : 'quiet', body }]);
    // Whoever resolved or acknowledged it did not know of this.
    const open = incident.resolved ? reopened(incident, undefined) : { ...incident, status: 'open' as const };
    await tx.save([{ incident: { ...open, rung: severity }, due: 'now' }], now);
  });
  ports.wake();
}

/** An older linked incident with the same verdict: one story rings once. */
async function toldBy(ports: Ports, id: number): Promise<Incident | undefined> {
  const incident = await ports.store.incident(id);
  const older = (incident?.links ?? []).filter((link) => link.id < id);
  const linked = await Promise.all(older.map((link) => ports.store.incident(link.id)));
  return linked.find((one) => {
    const isOpen = one !== undefined && one.resolved === undefined && one.mergedInto === undefined;
    return isOpen && one.assessment?.line === incident?.assessment?.line && one.severity === incident?.severity;
  });
}
