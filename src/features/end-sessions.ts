/** Ends the sign-in sessions that AWS lists of somebody, region by region, a few at a time. */

import { asAppError } from '../domain/error.ts';
import { withDeed } from '../domain/incident/deeds.ts';
import { withGoingOn, withoutStopped } from '../domain/incident/goes-on.ts';
import { type Incident, nameOf, type Person } from '../domain/incident/incident.ts';
import { withSessions } from '../domain/incident/session-notes.ts';
import type { Ports } from '../domain/ports.ts';
import type { Call, Ended, Line, Plan } from '../domain/response/plan.ts';
import type { Answer } from '../domain/response/refusal.ts';
import type { Doing } from '../domain/response/response.ts';
import {
  listedWords,
  longestReason,
  type Revoked,
  revokedAtOnce,
  type SessionOwner,
  sessionOwner,
  sessionWords,
} from '../domain/response/sign-in-session.ts';
import { type Target, targetOf } from '../domain/response/target.ts';
import type { Listed, SignInSession } from '../domain/sign-in/session-list.ts';
import { certainly } from './certainly.ts';
import { sessionRegions } from './read-sessions.ts';

export const action = 'signin:BatchRevokeSessions';

export interface SessionsPlan extends Plan {
  readonly owner: SessionOwner;
  readonly listed: Listed;
}

/** @param base what identifies whose they are; what AWS lists comes with it. @throws AppError where no region could be asked */
export async function withListed<P extends Plan>(ports: Ports, base: P): Promise<Answer<{ plan: P & SessionsPlan }>> {
  const regions = sessionRegions(ports.settings);
  const owner = sessionOwner(base.target, regions[0] ?? '');
  if (owner === undefined) throw new Error(`A response to sessions was given a target of kind ${base.target.kind}.`);
  const listed = await ports.sessions.active(owner, regions);
  const unread = Object.entries(listed.faults);
  const isNone = listed.sessions.length === 0 && unread.length === 0;
  const newest = listed.sessions.toSorted((a, b) => b.issuedAt - a.issuedAt).slice(0, shownSessions);
  const more = listed.sessions.length - newest.length;
  const lines: Line[] = [
    [{ bold: `${counted(listed.sessions)} that AWS lists, active:` }],
    ...newest.map((session): Line => [sessionWords(session)]),
    ...(more > 0 ? [[`and ${more} older`]] : []),
  ];
  return {
    ok: true,
    plan: {
      ...base,
      owner,
      listed,
      lines: [...base.lines, ...lines],
      notes: [...base.notes, 'What AWS lists by then is ended too: sessions are read again right before.'],
      warnings: [...base.warnings, ...unread.map(([region, why]) => `Not asked in ${region}: ${why}`)],
      ...(isNone ? { already: `AWS lists no active sign-in session of ${base.on}, in ${regions.join(', ')}.` } : {}),
    },
  };
}

const shownSessions = 8;

/** The service names no resource in its reference yet: the role is given the action on all, the session for the one account. */
export function sessionCalls({ owner }: SessionsPlan): Call[] {
  return [{ action, resource: '*', account: owner.account }];
}

interface Outcome extends Revoked {
  /** Those of which it is not known. */
  readonly unknown: readonly string[];
}

/** Partial errors are told one by one; after an end without an answer the list is read. */
export async function endSessions(ports: Ports, plan: SessionsPlan, doing: Doing): Promise<Ended> {
  const { owner } = plan;
  const regions = sessionRegions(ports.settings);
  const { sessions, faults } = await ports.sessions.active(owner, regions);
  const outcomes: Outcome[] = [];
  for (const [region, own] of Map.groupBy(sessions, (session) => session.region)) {
    for (let from = 0; from < own.length; from += revokedAtOnce)
      outcomes.push(await revoke(ports, owner, { region, sessions: own.slice(from, from + revokedAtOnce), doing }));
  }
  const after = await ports.sessions.active(owner, regions).catch(() => undefined);
  return endedOf({ plan, sessions, faults, outcomes, after }, doing);
}

interface Batch {
  readonly region: string;
  readonly sessions: readonly SignInSession[];
  readonly doing: Doing;
}

async function revoke(ports: Ports, owner: SessionOwner, { region, sessions, doing }: Batch): Promise<Outcome> {
  const { actor, incident, why, by } = doing;
  const arns = sessions.map(({ arn }) => arn);
  const notEnded = (message: string): Outcome => ({ revoked: [], refused: Object.fromEntries(arns.map((arn) => [arn, message])), unknown: [] });
  const stopped = await doing.stopped();
  if (stopped !== undefined) return notEnded(stopped);
  const reason = `${nameOf(incident)}, ${by.name}: ${why}`.slice(0, longestReason);
  let answer: Revoked = { revoked: arns, refused: {} };
  try {
    const how = await certainly(
      ports,
      async () => {
        answer = await ports.sessions.revoke(owner, { region, arns, reason }, actor);
      },
      async () => {
        const { sessions: left, faults } = await ports.sessions.active(owner, [region]);
        return Object.keys(faults).length === 0 && !left.some(({ arn }) => arns.includes(arn));
      },
    );
    return how === 'unknown' ? { revoked: [], refused: {}, unknown: arns } : { ...answer, unknown: [] };
  } catch (thrown) {
    return notEnded(asAppError(thrown).message);
  }
}

interface Told {
  readonly plan: SessionsPlan;
  readonly sessions: readonly SignInSession[];
  readonly faults: Listed['faults'];
  readonly outcomes: readonly Outcome[];
  /** Read back; undefined: it could not be. */
  readonly after: Listed | undefined;
}

function endedOf(told: Told, { by }: Doing): Ended {
  const { plan, sessions, faults, outcomes, after } = told;
  const revoked = outcomes.flatMap((one) => one.revoked).length;
  const unknown = outcomes.flatMap((one) => one.unknown);
  const refused = outcomes.flatMap((one) => Object.entries(one.refused));
  const unread = Object.entries(faults);
  const isWhole = refused.length === 0 && unread.length === 0;
  const wordsOf = (arn: string): string => sessionWords(sessions.find((one) => one.arn === arn) as SignInSession);
  return {
    result: unknown.length > 0 ? 'unknown' : isWhole ? 'done' : revoked > 0 ? 'partly' : 'failed',
    text: `${revoked} of ${counted(sessions)} that AWS lists of ${plan.on} ended.`,
    details: [
      ...refused.map(([arn, why]) => `Not ended: ${wordsOf(arn)}. ${why}`),
      ...unknown.map((arn) => `Not known whether ended: ${wordsOf(arn)}. AWS gave no answer, and its list does not show it.`),
      ...unread.map(([region, why]) => `Not asked in ${region}: ${why}`),
      ...(after === undefined ? [] : [`Read back: ${listedWords(after)}.`]),
      ...(revoked === 0 ? [] : [`Not stopped: ${goesOn(plan.on)}.`]),
    ],
    change: (incident, at) =>
      afterEnding(isWhole && unknown.length === 0 ? withoutRenewing(incident, plan.target) : incident, told, { revoked, by, at }),
  };
}

function afterEnding(
  incident: Incident,
  { plan: { target, on }, after }: Told,
  { revoked, by, at }: { revoked: number; by: Person; at: number },
): Incident {
  const subject = incident.subjects.find((one) => isSameOwner(targetOf(one, target.kind), target));
  const known = subject && after ? withSessions(incident, subject.key, { at, listed: after }) : incident;
  if (revoked === 0) return known;
  const what = `${revoked} sign-in session${revoked === 1 ? '' : 's'} of ${on} ended`;
  return withDeed(known, { at, by, how: 'bot', what, stops: true }, { notStopped: withGoingOn(known.notStopped, [{ text: goesOn(on) }]) });
}

/** Those that renewed their credentials are ended. */
function withoutRenewing(incident: Incident, target: Target): Incident {
  if (target.kind !== 'iam-user' && target.kind !== 'role') return incident;
  const { kind, account, name } = target;
  return { ...incident, notStopped: withoutStopped(incident.notStopped, 'sign-in-sessions', { kind, account, name }) };
}

/** Of a role whichever session of it: they are listed together. */
export function isSameOwner(one: Target | undefined, other: Target): boolean {
  if (one?.kind !== other.kind) return false;
  const of = (target: Target): string => ('account' in target ? `${target.account}/${'name' in target ? target.name : ''}` : '');
  return of(one) === of(other);
}

function goesOn(on: string): string {
  return `credentials that ended sessions of ${on} gave out (for some minutes), and browser sessions, which AWS may not list`;
}

function counted(sessions: readonly SignInSession[]): string {
  return `${sessions.length} sign-in session${sessions.length === 1 ? '' : 's'}`;
}
