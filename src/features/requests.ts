/** Requests that wait: made, decided on, carried out, and over when their time is. */
import { asAppError } from '../domain/error.ts';
import type { Incident } from '../domain/incident/incident.ts';
import type { EntryBody } from '../domain/incident/timeline.ts';
import type { Ports } from '../domain/ports.ts';
import { type Guard, guardOf, isOwnedBy, type TaggedOwner } from '../domain/response/approval.ts';
import { digestOf } from '../domain/response/confirmed.ts';
import { isOutsideOf } from '../domain/response/outside.ts';
import { type Facts, type Plan, takesBackOwn } from '../domain/response/plan.ts';
import { type Answers, answeredWords } from '../domain/response/question.ts';
import type { Answer } from '../domain/response/refusal.ts';
import {
  approve,
  breakGlassMs,
  cancel,
  type Decision,
  deny,
  lapseText,
  notCarriedOut,
  type ResponseRequest,
  requestMs,
} from '../domain/response/request.ts';
import { notAsWritten, type Terms, termsOf } from '../domain/response/request-log.ts';
import { labelsOf, type Response } from '../domain/response/response.ts';
import type { Tx } from '../domain/store.ts';
import { brakeIn, mayNotAsk } from './brakes.ts';
import { type Asked, callsOf, type Prepared, type World } from './prepare-response.ts';
import { recorded } from './record-refusal.ts';
import { sinceWhen } from './remediators.ts';
import { closedAlready, mayNot, missing } from './respond.ts';

interface Guarded extends Pick<Prepared, 'incident'> {
  readonly tagged: TaggedOwner;
  /** Undefined: AWS was not asked yet. */
  readonly plan?: Plan;
}

/** What stands before a response that was confirmed. */
export function guardFor(world: World, { clicker, response, target }: Asked, { incident, plan, tagged }: Guarded): Guard {
  const about = plan?.about ?? plan?.target ?? target;
  const isOwn = plan !== undefined && takesBackOwn(plan, clicker.id, world.ports.clock.now());
  const guarded = { response, calls: callsOf(world, response), target: about, incident, by: clicker.id, tagged, takesBackOwn: isOwn };
  return guardOf(guarded, world.ports.settings);
}

/** Whether it rings: what gives a password to somebody, and whatever is done to somebody who is in the incident by failed sign-ins alone, or not. */
export function isLoudFor(response: Response, plan: Pick<Plan, 'target'>, incident: Incident): boolean {
  return response.isLoud === true || (response.access !== 'unchanged' && isOutsideOf(incident, plan.target, 'gives'));
}

interface Wanted {
  readonly prepared: Prepared;
  readonly guard: Exclude<Guard, { is: 'none' }>;
  readonly tagged: TaggedOwner;
  readonly confirmed: { readonly facts: Facts; readonly answers: Answers; readonly why: string; readonly seen: number };
}

/** Writes the request down, loudly: somebody has to decide on it. */
export async function makeRequest({ ports }: World, asked: Asked, { prepared, guard, tagged, confirmed }: Wanted): Promise<Answer<{ text: string }>> {
  const { clicker, response, incident: id } = asked;
  const by = { id: clicker.id, name: clicker.name };
  const made = await ports.store.transact(async (tx): Promise<Answer<{ text: string }>> => {
    await tx.lock(['log']);
    const incident = await tx.incident(id);
    if (incident === undefined) return missing(id);
    const now = ports.clock.now();
    const closed = closedAlready(incident, now) ?? (await brakeIn(tx, ports, { by, counts: true })) ?? (await mayNotAsk(tx, by, now));
    if (closed) return closed;
    const terms = termsFor(asked, { prepared, guard, tagged, confirmed }, now);
    const { mode } = terms;
    const until = now + (mode === 'approval' ? requestMs : breakGlassMs);
    const text = requestText(asked, prepared.plan, guard);
    const chosen = answeredWords(prepared.plan.questions, confirmed.answers);
    const details = [...chosen, `${response.effect} ${response.nonEffect}`, ...guard.because.map((because) => `Because ${because}.`)];
    const body: EntryBody = {
      what: response.id,
      by,
      on: prepared.plan.on,
      why: confirmed.why,
      phase: 'request',
      text,
      details,
      request: { state: 'waiting', mode, until, terms: termsOf(terms) },
    };
    const [entry] = await tx.append([{ incident: id, at: now, kind: 'response', reply: 'loud', body }]);
    await tx.saveRequest({ ...terms, seq: entry?.seq ?? 0, digest: digestOf(terms), approvedBy: [], state: 'waiting', dueAt: until });
    await tx.save([{ incident, due: { person: by.id } }], now);
    return { ok: true, text };
  });
  ports.wake();
  return made;
}

function termsFor({ clicker, incident, response, target }: Asked, { prepared, guard, tagged, confirmed }: Wanted, at: number): Terms {
  const { about, on } = prepared.plan;
  const { facts, answers, why, seen } = confirmed;
  return {
    incident,
    response: response.id,
    target,
    ...(about === undefined ? {} : { about }),
    on,
    facts,
    answers,
    why,
    seen,
    by: { id: clicker.id, name: clicker.name, home: clicker.home },
    at,
    mode: guard.is,
    needed: guard.is === 'approval' ? guard.needed : 0,
    ...(tagged.is === 'person' ? { owner: tagged.id } : {}),
  };
}

function requestText({ clicker: { name }, response }: Asked, { on }: Plan, guard: Wanted['guard']): string {
  if (guard.is === 'break-glass')
    return `${name} takes access by break-glass: ${response.label}, ${on}. It is carried out in 2 min unless somebody cancels it.`;
  const others = guard.needed === 1 ? 'another remediator' : `${guard.needed} other remediators`;
  return `${name} asks for ${response.label}, ${on}. It needs ${others}, within 15 min.`;
}

export type Verb = 'approve' | 'deny' | 'cancel';
export const verbLabels: Record<Verb, string> = { approve: 'Approve', deny: 'Deny', cancel: 'Cancel' };

export interface Deciding {
  readonly incident: number;
  readonly seq: number;
  readonly verb: Verb;
  /** What the approver was shown of the target. */
  readonly facts?: Facts;
}

type Decided = Answer<{ text: string; request: ResponseRequest }>;

/** Who approves and denies is a remediator; every responder may cancel what is carried out without approval. A refusal is recorded. */
export function decide(world: World, clicker: Asked['clicker'], deciding: Deciding): Promise<Decided> {
  const asked = { by: clicker, incident: deciding.incident, label: verbLabels[deciding.verb] };
  return recorded(world.ports, asked, decideIt(world, clicker, deciding));
}

async function decideIt(world: World, clicker: Asked['clicker'], deciding: Deciding): Promise<Decided> {
  const { ports } = world;
  const { incident, seq, verb, facts } = deciding;
  const refused = mayNot(ports, clicker, { needs: verb === 'cancel' ? 'responder' : 'remediator', label: verbLabels[verb] });
  if (refused) return refused;
  const by = { id: clicker.id, name: clicker.name };
  const done = await ports.store.transact(async (tx): Promise<Decision> => {
    await tx.lock(['log']);
    const here = await tx.incident(incident);
    const request = await tx.request(incident, seq);
    if (here === undefined || request === undefined) return missing(incident);
    const now = ports.clock.now();
    const isOwn = request.owner === by.id || isOwnedBy(request.about ?? request.target, by.id, ports.settings.owners);
    const digest = digestOf({ incident, response: request.response, facts: facts ?? {}, answers: request.answers });
    const since = await sinceWhen(tx, by.id);
    const closed = verb === 'approve' ? await notToApprove(tx, ports, here, request) : undefined;
    if (closed) return closed;
    const decision =
      verb === 'approve'
        ? approve(request, { by: { ...by, home: clicker.home }, now, digest, isOwn, since })
        : verb === 'deny'
          ? deny(request, { by, now, isOwn })
          : cancel(request, { by, now });
    if (decision.ok) await write(tx, here, { decision, what: verb, by, now });
    return decision;
  });
  ports.wake();
  return done;
}

/** Before who approves is looked at. */
async function notToApprove(tx: Tx, ports: Pick<Ports, 'clock' | 'settings'>, incident: Incident, request: ResponseRequest) {
  const closed = closedAlready(incident, ports.clock.now()) ?? (await brakeIn(tx, ports, { by: request.by, counts: false }));
  return closed ?? notAsWritten(request, await tx.entriesFrom(request.incident, request.seq));
}

interface Written {
  readonly decision: { readonly request: ResponseRequest; readonly text: string };
  readonly what: string;
  readonly by: { readonly id: string; readonly name: string } | undefined;
  readonly now: number;
}

async function write(tx: Tx, incident: Incident, { decision: { request, text }, what, by, now }: Written): Promise<void> {
  const { state, mode, dueAt, seq } = request;
  await tx.saveRequest(request);
  const body: EntryBody = {
    what,
    intent: seq,
    text,
    request: { state, mode, ...(dueAt === undefined ? {} : { until: dueAt }) },
    ...(by ? { by } : {}),
  };
  await tx.append([{ incident: incident.id, at: now, kind: 'response', reply: 'none', body }]);
  await tx.save([{ incident, due: by ? { person: by.id } : 'now' }], now);
}

/** In the transaction that begins it: it is carried out once. */
export async function takeRequest(tx: Tx, incident: Incident, { decision, now }: { decision: Written['decision']; now: number }): Promise<void> {
  const { id, name } = decision.request.by;
  await write(tx, incident, { decision, what: 'run', by: { id, name }, now });
}

/** The same response again, as it was requested. */
export function askedIn({ responses }: Pick<World, 'responses'>, { incident, response: id, target, by }: ResponseRequest): Asked | undefined {
  const response = responses.find((one) => one.id === id);
  return response === undefined || response.kind === 'step' ? undefined : { clicker: by, incident, response, target };
}

/** It could not be carried out as it was confirmed, or its time is over. */
async function endRequest(
  { ports }: World,
  { incident: id, seq }: ResponseRequest,
  why: { state: 'expired' | 'changed'; text: string | undefined; rings?: string },
): Promise<void> {
  await ports.store.transact(async (tx) => {
    const [incident, request] = [await tx.incident(id), await tx.request(id, seq)];
    const now = ports.clock.now();
    if (incident === undefined || request?.dueAt === undefined || request.dueAt > now) return;
    const text = why.text ?? lapseText(request);
    if (why.rings !== undefined) {
      const body = { what: 'not-carried-out', text: why.rings, asks: { id: request.by.id, name: request.by.name } };
      await tx.append([{ incident: id, at: now, kind: 'note', reply: 'loud', body }]);
    }
    await write(tx, incident, {
      decision: { request: { ...request, state: why.state, dueAt: undefined }, text },
      what: why.state,
      by: undefined,
      now,
    });
  });
  ports.wake();
}

/** Those whose time has come: carried out where they are break-glass, else over. @param carryOut returns why it was not begun, if so */
export async function settleRequests(world: World, carryOut: (request: ResponseRequest) => Promise<string | undefined>): Promise<void> {
  const { store, clock, log } = world.ports;
  for (const request of await store.requestsDue(clock.now())) {
    try {
      if (request.mode === 'approval') await endRequest(world, request, { state: 'expired', text: undefined });
      else {
        const fault = await carryOut(request);
        if (fault !== undefined) await endRequest(world, request, { state: 'changed', ...notCarriedOut(request, labelsOf(world.responses), fault) });
      }
    } catch (thrown) {
      log.error({ incident: request.incident, seq: request.seq, err: asAppError(thrown) }, 'request not settled');
    }
  }
}
