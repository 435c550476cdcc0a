import { detectionOf } from '../domain/detection/detections.ts';
import { asCampaign, graveByItself, isUnderWay, leadOf, newsOf, untoldOf, untoldWords, withTold } from '../domain/incident/campaign.ts';
import { type Incident, nameOf } from '../domain/incident/incident.ts';
import { alsoWords, reasonWords, verdictLine } from '../domain/incident/reasons.ts';
import { reopened } from '../domain/incident/reopened.ts';
import type { NewEntry } from '../domain/incident/timeline.ts';
import type { Ports } from '../domain/ports.ts';
import { isWorse, worseOf } from '../domain/severity.ts';
import type { Due, Tx } from '../domain/store.ts';
import { linkIncidents } from './link-incidents.ts';

const waitMs = 1_000;
/** However slow CloudTrail is, what is known is told by then. */
const mostWaits = 20;

/**
 * The chore `ring`: notifies the responders that an incident became graver, or that it is about somebody else too: once for its campaign and
 * the person concerned, in the thread of the incident that rang first. It waits until the looks of one round are in, so that several regions
 * ring once.
 */
export async function ring(ports: Ports, id: number, repeats: number): Promise<number | undefined> {
  const now = ports.clock.now();
  if (repeats < mostWaits && (await ports.store.isLooking(id, now))) return now + waitMs;
  const again = await linkIncidents(ports, id);
  if (again !== undefined) return again;
  const isTold = await ringAsRead(ports, id, now);
  ports.wake();
  return isTold ? undefined : now;
}

/** @returns false: others came into its campaign meanwhile, which were not read */
async function ringAsRead(ports: Ports, id: number, now: number): Promise<boolean> {
  const asked = await ports.store.incident(id);
  if (asked === undefined) return true;
  const others = await ports.store.incidents(asked.campaign.incidents);
  return ports.store.transact(async (tx) => {
    await tx.lock([asked, ...others].map(({ key }) => key));
    const incident = await tx.incident(id);
    if (incident === undefined || incident.mergedInto !== undefined || newsOf(incident) === 'none') return true;
    if (incident.campaign.incidents.some((one) => !asked.campaign.incidents.includes(one))) return false;
    await tell(tx, { incident, others: await tx.incidents(others.map((one) => one.id)), now });
    return true;
  });
}

/** What is known when an incident is to be told. */
interface Telling {
  readonly incident: Incident;
  /** Of its campaign. */
  readonly others: readonly Incident[];
  readonly now: number;
}

async function tell(tx: Tx, telling: Telling): Promise<void> {
  const { incident, others, now } = telling;
  const lead = leadOf([incident, ...others]) ?? incident;
  const isTold = newsOf(incident, others) === 'none';
  const changed = isTold || lead.id !== incident.id ? await toldByLead(tx, telling, { lead, isTold }) : await toldByItself(tx, telling);
  const after = [incident, ...others].map((one) => changed.find(({ id }) => id === one.id) ?? one);
  const known = new Set<Incident>([incident, ...others]);
  const dueOf = ({ id }: Incident): Due => (!isTold && id === lead.id ? 'loud' : changed.some((one) => one.id === id) ? 'now' : 'paced');
  const drawn = after.length > 1 && after.every(isUnderWay) ? asCampaign(after) : after;
  await tx.save(
    drawn.filter((one) => !known.has(one)).map((one) => ({ incident: one, due: dueOf(one) })),
    now,
  );
}

/** In its own thread. Whoever resolved or acknowledged it did not know of this. */
async function toldByItself(tx: Tx, telling: Telling): Promise<Incident[]> {
  const { incident } = telling;
  const current = (await tx.newest([incident.key])).get(incident.key);
  const isTaken = incident.resolved !== undefined && current !== undefined && current.id !== incident.id && current.resolved === undefined;
  const came = 'this came to light after it was resolved. ';
  const again = isTaken && current ? `${nameOf(current)} is open for the same; ${came}` : incident.resolved ? `Reopened, for ${came}` : '';
  await tx.append([note(incident, telling, `${again}${whatIsNew(telling)}`, 'loud')]);
  // What is resolved is no part of an attack that goes on; open again it is.
  if (incident.resolved && !isTaken) await tx.schedule([{ kind: 'link', incident: incident.id }], telling.now);
  const open = isTaken ? incident : incident.resolved ? reopened(incident) : { ...incident, status: 'open' as const };
  return [withTold({ ...open, tells: 'itself' })];
}

/** In the thread of the incident that tells for the campaign, which is as grave as the gravest; there is no second ring for what was told. */
async function toldByLead(tx: Tx, telling: Telling, { lead, isTold }: { lead: Incident; isTold: boolean }): Promise<Incident[]> {
  const { incident } = telling;
  const news = whatIsNew(telling);
  const isOther = lead.id !== incident.id;
  const where = isOther ? ` ${nameOf(lead)} ${isTold ? 'says the same' : 'tells the channel'}.` : '';
  await tx.append([
    note(incident, telling, `${news}${where}`, 'none'),
    ...(isTold ? [] : [note(lead, telling, `${nameOf(incident)}: ${news}`, 'loud')]),
  ]);
  const own = withTold({ ...incident, tells: isOther ? 'lead' : incident.tells });
  if (!isOther) return [own];
  const graver = { severity: worseOf(lead.severity, incident.severity), rung: worseOf(lead.rung, incident.severity) };
  return [own, isTold ? { ...lead, ...graver } : { ...lead, ...graver, status: 'open', told: { ...lead.told, ...own.told } }];
}

/** Its verdict, unless only others than that is about are news; and those. */
function whatIsNew({ incident, others }: Telling): string {
  const { severity, assessment, subjects, look, detection } = incident;
  const alone = graveByItself(incident, others);
  const untold = untoldOf(incident, others);
  const what = alone && detection ? detectionOf(detection).title : undefined;
  if (what && !untold.some((one) => alone && isWorse(one.severity, alone)))
    return `${what} (${alone} whoever it was). ${untoldWords(incident, others)}`.trim();
  if (assessment === undefined) return `Now ${severity}.`;
  const isAboutOthers = untold.length > 0 && untold.every(({ who }) => who !== assessment.about);
  if (isAboutOthers) return `Somebody else too. ${untoldWords(incident, others)}`;
  const also = alsoWords({ ...assessment, concerns: untold }, subjects);
  return `${what ? `${what}. ` : ''}Now ${severity}. ${verdictLine(assessment, subjects)}: ${reasonWords(assessment.reasons, { subjects, look })}.${also === '' ? '' : ` Also: ${also}`}`;
}

function note(of: Incident, { incident: { assessment }, now }: Telling, text: string, reply: NewEntry['reply']): NewEntry {
  const body = { what: 'severity-rose', text, reason: assessment?.verdict ?? 'severity-rose' };
  return { incident: of.id, at: now, kind: 'note', reply, body };
}
