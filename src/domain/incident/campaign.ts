/**
 * One attack over several incidents: those with one user, or with one network that is not shared. The first of them that rang keeps its thread;
 * it rings once per person concerned. Pure.
 */
import { detectionOf, isOfSignIns } from '../detection/detections.ts';
import { isWorse, type Severity, worseOf } from '../severity.ts';
import { type Surroundings, sharedNetworks, type Trace } from '../sign-in/surroundings.ts';
import type { Concerned } from './assessment.ts';
import { type Decision, quietPeriod } from './decision.ts';
import type { Incident } from './incident.ts';
import { alsoWords } from './reasons.ts';

/** An incident with the users and networks by which it came up; none: by its campaign only. */
export interface Related {
  readonly incident: Incident;
  readonly traces: readonly Trace[];
}

/** So many know each other: the one that tells, and the oldest. The others know these, and are told by them; these do not know them. */
export const mostInCampaign = 30;
export const mayBeLeft = 'Others of this attack may be open: /signin-status lists them.';

/** Whether others may be of its campaign than it knows. */
export function isOfMore({ campaign }: Pick<Incident, 'campaign'>): boolean {
  return campaign.incidents.length >= mostInCampaign - 1;
}

/**
 * The incidents that are of one campaign with something of these users and networks.
 * @param known what those have together, and the campaigns of these
 */
export function tiedBy(traces: readonly Trace[], around: Surroundings, known: readonly Related[]): Incident[] {
  const shared = sharedNetworks(around);
  const ties = new Set(traces.flatMap(({ by, value }) => (by === 'network' && shared.has(value) ? [] : [`${by} ${value}`])));
  const tied = known.filter((one) => one.traces.some(({ by, value }) => ties.has(`${by} ${value}`))).map(({ incident }) => incident);
  const numbers = new Set(tied.flatMap(({ id, campaign }) => [id, ...campaign.incidents]));
  return [...tied, ...known.map(({ incident }) => incident).filter((one) => numbers.has(one.id) && !tied.includes(one))];
}

export function isUnderWay({ resolved, mergedInto }: Incident): boolean {
  return resolved === undefined && mergedInto === undefined;
}

/** Which of some incidents tells for all: the first of those under way that rang itself. */
export function leadOf(incidents: readonly Incident[]): Incident | undefined {
  const rang = incidents.filter((one) => isUnderWay(one) && one.tells === 'itself' && !isWorse('HIGH', one.rung));
  // One of this very batch has no number yet: it is the last.
  return rang.toSorted((a, b) => (a.id || Number.MAX_SAFE_INTEGER) - (b.id || Number.MAX_SAFE_INTEGER))[0];
}

/** What the responders have not been told of an incident, by it or by the others of its campaign. */
export type News = 'none' | 'graver' | 'another-person';

export function newsOf(incident: Incident, others: readonly Incident[] = []): News {
  const tellers = tellersOf(incident, others);
  if (tellers.every(({ rung }) => isWorse(incident.severity, rung)) || graveByItself(incident, others) !== undefined) return 'graver';
  const [first] = untoldOf(incident, others);
  if (first === undefined) return 'none';
  return tellers.some(({ told }) => told[first.who] !== undefined) ? 'graver' : 'another-person';
}

/** What others of an attack told holds for what comes while it goes on. */
function tellersOf(incident: Incident, others: readonly Incident[]): Incident[] {
  return [incident, ...others.filter((one) => isUnderWay(one) && lastSeenOf(one) + quietPeriod >= incident.firstSignalAt)];
}

function lastSeenOf({ lastSignalAt, newest, subjects }: Incident): number {
  return Math.max(lastSignalAt, newest?.at ?? 0, ...subjects.map(({ lastSeen }) => lastSeen));
}

/**
 * How grave it is whoever did it, as a sign-in as root is, where that is not told yet; once in an attack for each kind. What others told is about
 * somebody or something else, unless it is about whoever signed in here.
 */
export function graveByItself(incident: Incident, others: readonly Incident[]): Severity | undefined {
  const { detection, countedAs, subjects, rung } = incident;
  if (detection === undefined || countedAs !== undefined || subjects.length === 0) return undefined;
  const { severity, alone = severity } = detectionOf(detection);
  if (!isWorse(alone, worseOf(rung, 'MEDIUM')) || isWorse(alone, incident.severity)) return undefined;
  const tellers = tellersOf(incident, others);
  const isKnown = tellers.some((one) => one !== incident && one.detection === detection && !isWorse(alone, one.rung));
  const isTold = isOfSignIns(detection) && subjects.every(({ key }) => tellers.some(({ told }) => !isWorse(alone, told[key] ?? 'LOW')));
  return isKnown || isTold ? undefined : alone;
}

/** Of whom the responders have not heard, or not that it is so grave. */
export function untoldOf(incident: Incident, others: readonly Incident[]): Concerned[] {
  const tellers = tellersOf(incident, others);
  return (incident.assessment?.concerns ?? []).filter(({ who, severity }) => tellers.every(({ told }) => isWorse(severity, told[who] ?? 'LOW')));
}

/**
 * A new incident as its first picture tells it: it rings by itself, unless another one tells for its campaign; that one has nothing told of it
 * yet, and does so next.
 */
export function onFirstPicture(incident: Incident, others: readonly Incident[]): Incident {
  const isForLead = !isWorse('HIGH', incident.severity) && leadOf(others) !== undefined;
  return isForLead ? { ...incident, tells: 'lead', rung: 'LOW', told: {} } : withTold({ ...incident, tells: 'itself' });
}

/** How what a signal made of an incident that was there is told: `by-lead` in the thread of the incident that tells for its campaign. */
type Telling = 'rings' | 'by-lead' | 'quietly';

/** @param others of its campaign, as far as they are known */
export function tellingOf(incident: Incident, decision: Decision, others: readonly Incident[]): Telling {
  const isLoud = decision.do === 'reopen' || (decision.do === 'fold' && decision.loud);
  // What is of low severity rings nobody, reopened or not.
  if (!isLoud || incident.severity === 'LOW') return 'quietly';
  const lead = leadOf([incident, ...others]);
  const isOfCampaign = decision.do === 'fold' && (decision.reason === 'severity-rose' || decision.reason === 'another-person');
  return isOfCampaign && lead !== undefined && lead.id !== incident.id ? 'by-lead' : 'rings';
}

/** The decision as it is with the news that a sign-in brings: a fold is loud when it is graver than was told, once per campaign and person. */
export function withNews(decision: Decision, incident: Incident, others: readonly Incident[]): Decision {
  if (decision.do !== 'fold') return decision;
  const news = newsOf(incident, others);
  if (news === 'graver') return { do: 'fold', loud: true, reason: 'severity-rose' };
  if (news === 'another-person') return { do: 'fold', loud: true, reason: 'another-person' };
  return decision.reason === 'severity-rose' ? { do: 'fold', loud: false, reason: 'told-by-its-campaign' } : decision;
}

export function asTold(incident: Incident, telling: 'on-first-picture' | Telling, others: readonly Incident[]): Incident {
  switch (telling) {
    case 'on-first-picture':
      return onFirstPicture(incident, others);
    case 'rings':
      return withTold(leadOf(others) === undefined ? { ...incident, tells: 'itself' } : incident);
    case 'by-lead':
      return { ...incident, tells: 'lead' };
    case 'quietly':
      return incident;
  }
}

/** Of whom the responders have not heard, in words; empty: nobody. */
export function untoldWords(incident: Incident, others: readonly Incident[]): string {
  return alsoWords({ about: undefined, reasons: [], concerns: untoldOf(incident, others) }, incident.subjects);
}

/** The incident as one whose state has just been notified of, wherever that was. */
export function withTold(incident: Incident): Incident {
  const told = Object.fromEntries((incident.assessment?.concerns ?? []).map(({ who, severity }) => [who, severity]));
  return { ...incident, rung: incident.severity, told: { ...incident.told, ...told } };
}

/** The incidents as one campaign: each knows the one that tells, the oldest and the gravest. Those that knew it already are the same objects. */
export function asCampaign(incidents: readonly Incident[]): Incident[] {
  const lead = leadOf(incidents);
  const byAge = incidents.toSorted((a, b) => Number(b === lead) - Number(a === lead) || a.id - b.id);
  const core = byAge.slice(0, mostInCampaign).toSorted((a, b) => a.id - b.id);
  const gravest = gravestOf(core);
  return incidents.map((incident) => {
    const others = core.filter(({ id }) => id !== incident.id).map(({ id }) => id);
    const campaign = { incidents: others, gravest: worseOf(gravest, incident.severity) };
    return JSON.stringify(campaign) === JSON.stringify(incident.campaign) ? incident : { ...incident, campaign };
  });
}

function gravestOf(incidents: readonly Incident[]): Severity {
  return incidents.map(({ severity }) => severity).reduce(worseOf, 'LOW');
}
