import { type Incident, nameOf, reopened } from '../domain/incident/incident.ts';
import { withRung } from '../domain/incident/intake.ts';
import type { Ports } from '../domain/ports.ts';
import { isWorse } from '../domain/severity.ts';

const waitMs = 1_000;
/** However slow CloudTrail is, what is known is told by then. */
const mostWaits = 20;

/**
 * The chore `ring`: tells the responders aloud that what CloudTrail has makes an incident graver. It waits until the looks of one round are
 * in, so that several regions ring once.
 */
export async function ring(ports: Ports, id: number, tries: number): Promise<number | undefined> {
  const now = ports.clock.now();
  if (tries < mostWaits && (await ports.store.isLooking(id, now))) return now + waitMs;
  const told = await toldBy(ports, id);
  await ports.store.transact(async (tx) => {
    const incident = await tx.incident(id);
    if (incident === undefined || incident.mergedInto !== undefined || !shouldRing(incident)) return;
    const { severity, assessment } = incident;
    const current = (await tx.newest([incident.key])).get(incident.key);
    const isTaken = incident.resolved !== undefined && current !== undefined && current.id !== id && current.resolved === undefined;
    const why = assessment === undefined ? '' : ` ${assessment.line}: ${assessment.reasons.join('; ')}.`;
    const came = 'this came to light after it was resolved. ';
    const again = isTaken && current ? `${nameOf(current)} is open for the same; ${came}` : incident.resolved ? `Reopened, for ${came}` : '';
    const already = told === undefined ? '' : ` ${nameOf(told)} tells the same.`;
    const text = `${again}Now ${severity}.${why}${already}`;
    const body = { what: 'severity-rose', text, reason: assessment?.verdict ?? 'severity-rose' };
    await tx.append([{ incident: id, at: now, kind: 'note', reply: told === undefined ? 'loud' : 'quiet', body }]);
    // Whoever resolved or acknowledged it did not know of this.
    const open = isTaken ? incident : incident.resolved ? reopened(incident, undefined) : { ...incident, status: 'open' as const };
    await tx.save([{ incident: withRung(open), due: 'now' }], now);
  });
  ports.wake();
  return undefined;
}

/** An older linked incident with the same verdict: one story rings once. */
async function toldBy(ports: Ports, id: number): Promise<Incident | undefined> {
  const incident = await ports.store.incident(id);
  const older = (incident?.links ?? []).filter((link) => link.id < id);
  const linked = await Promise.all(older.map((link) => ports.store.incident(link.id)));
  return linked.find((one) => {
    const isOpen = one !== undefined && one.resolved === undefined && one.mergedInto === undefined;
    const isSame = one?.assessment?.line === incident?.assessment?.line && one?.assessment?.about === incident?.assessment?.about;
    return isOpen && isSame && one.severity === incident?.severity;
  });
}

/** It became graver, or the same became of somebody else. */
export function shouldRing({ severity, rung, assessment, rungAbout }: Incident): boolean {
  if (isWorse(severity, rung)) return true;
  const about = assessment?.about;
  return about !== undefined && isWorse(assessment?.severity ?? 'LOW', 'MEDIUM') && !rungAbout.includes(about);
}
