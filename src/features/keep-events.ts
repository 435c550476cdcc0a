/** Keeps events with the incident they belong to, whichever way they were found: our own actions apart, and what they add up to assessed again. */
import { type Incident, nameOf } from '../domain/incident/incident.ts';
import { withSignIns } from '../domain/incident/intake.ts';
import { mayBeOwn, type OwnIdentity, ownActionIn, ownWindow } from '../domain/response/own-actions.ts';
import { sentence } from '../domain/sign-in/sentence.ts';
import type { SignIn } from '../domain/sign-in/sign-in.ts';
import { touchedBy } from '../domain/sign-in/surroundings.ts';
import type { Tx } from '../domain/store.ts';
import { rememberSignIns, surroundingsOf } from './remember-sign-ins.ts';
import { tellApart } from './tell-apart.ts';

export interface FoundEvents {
  readonly events: readonly SignIn[];
  readonly own: OwnIdentity;
  /** CloudTrail's event history, the log that the alarm counted in, or what came by itself and is remembered. */
  readonly source: keyof typeof sources;
  readonly now: number;
}

const sources = {
  trail: { what: 'found-in-trail', has: 'CloudTrail has' },
  log: { what: 'found-in-log', has: 'The alarm’s log has' },
  memory: { what: 'came-by-itself', has: 'There came' },
} as const;

/** @returns the incident with those that it did not have; the same one where it had them all */
export async function keepEvents(tx: Tx, incident: Incident, { events, own, source, now }: FoundEvents): Promise<Incident> {
  const { others, names } = await apartFromOwn(tx, await tellApart(tx, events), own);
  if (source !== 'memory') await rememberSignIns(tx, others, now);
  const fresh = await tx.keepSignIns(others.map((signIn) => ({ incident: incident.id, signIn })));
  const ownActions = [...new Set([...incident.ownActions, ...names])];
  if (fresh.length === 0 && ownActions.length === incident.ownActions.length) return incident;
  const found = (incident.look?.found ?? 0) + fresh.length;
  const around = await surroundingsOf(tx, touchedBy(fresh));
  const next = withSignIns({ ...incident, ownActions, look: incident.look && { ...incident.look, found } }, fresh, around);
  const { what, has } = sources[source];
  const text = `${has} ${fresh.length} more event${fresh.length === 1 ? ' that belongs' : 's that belong'} to this.`;
  const body = { what, text, reason: next.assessment?.verdict ?? what, details: detailsOf(fresh) };
  await tx.append([{ incident: incident.id, at: now, kind: 'note', reply: 'none', body }]);
  return next;
}

async function apartFromOwn(tx: Tx, signIns: readonly SignIn[], identity: OwnIdentity): Promise<{ others: SignIn[]; names: string[] }> {
  const changes = signIns.filter(mayBeOwn);
  if (changes.length === 0) return { others: [...signIns], names: [] };
  const { from, until } = ownWindow(changes.map(({ at }) => at));
  const begun = await tx.begun(Object.keys(identity.causes), from, until);
  const own = new Map(changes.flatMap((one) => [[one, ownActionIn(one, begun, identity)] as const]).filter(([, action]) => action !== undefined));
  return {
    others: signIns.filter((one) => !own.has(one)),
    names: [...own.values()].flatMap((action) => (action ? [nameOf({ id: action.incident })] : [])),
  };
}

const longestDetail = 300;
const mostDetails = 50;

/** The events themselves are kept with the incident; an entry names some. */
function detailsOf(fresh: readonly SignIn[]): string[] {
  const more = fresh.length - mostDetails;
  return [...fresh.slice(0, mostDetails).map(eventLine), ...(more > 0 ? [`and ${more} more, which the events of this incident show`] : [])];
}

function eventLine(signIn: SignIn): string {
  const { eventName, region, eventId, at } = signIn;
  return `${new Date(at).toISOString()} ${sentence(signIn)} (${eventName} in ${region}, ${eventId})`.slice(0, longestDetail);
}
