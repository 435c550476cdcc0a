/** One flow for all responses that call AWS: what was confirmed is compared with what is so, then intent → AWS → outcome. */
import { AppError, asAppError } from '../domain/error.ts';
import type { Person } from '../domain/incident/incident.ts';
import type { Ports } from '../domain/ports.ts';
import { requestsKept } from '../domain/response/attribution.ts';
import { changedWords, differences } from '../domain/response/confirmed.ts';
import { actingMs } from '../domain/response/following.ts';
import { type Ended, type Facts, type Later, type Plan, type Reveal, takesBackOwn } from '../domain/response/plan.ts';
import type { Answers, Problems } from '../domain/response/question.ts';
import type { Answer, Refused } from '../domain/response/refusal.ts';
import { run } from '../domain/response/request.ts';
import { notAsWritten } from '../domain/response/request-log.ts';
import type { CallResponse, Doing, Response } from '../domain/response/response.ts';
import { refusalFor } from '../domain/response/who-may.ts';
import { stoppedNow } from './brakes.ts';
import { goOn } from './go-on.ts';
import { type LadderStep, ladderOutcome, skippedIn } from './ladder-outcome.ts';
import { type Asked, answersOf, likeOf, type Prepared, planned, prepareUnrecorded, problemsOf, type Rung, type World } from './prepare-response.ts';
import { readingAs } from './read-as.ts';
import { type AskedFor, recordRefusal, recordThrown } from './record-refusal.ts';
import { guardFor, isLoudFor, makeRequest, takeRequest, verbLabels } from './requests.ts';
import { type Begun, begin, concluding, type Intent, missing } from './respond.ts';
import { taggedOwnerOf } from './tagged-owner.ts';

/** What the person saw and answered. */
export interface Confirmed {
  readonly facts: Facts;
  readonly answers: Answers;
  readonly why: string;
  /** When the newest like response began that was shown. */
  readonly seen: number;
  /** Of the request that was approved, or whose two minutes are over. */
  readonly request?: number;
}

/** `asked-again`: nothing was done; what changed, or what is wrong with the answers, is shown with what is so now. */
export type Given =
  | { readonly is: 'refused'; readonly refused: Refused }
  | { readonly is: 'asked-again'; readonly prepared: Prepared; readonly changed: readonly string[]; readonly problems: Problems }
  /** It waits for others, or for its two minutes. */
  | { readonly is: 'requested'; readonly text: string }
  | { readonly is: 'begun'; readonly finish: (reveal: Reveal) => Promise<Ended | Later> };

/** Commits the intent; `finish` calls AWS and writes the outcome. A refusal is recorded. @throws AppError what AWS says while it is read */
export async function give(world: World, asked: Asked, confirmed: Confirmed): Promise<Given> {
  const { ports } = world;
  const what = askedFor(asked);
  try {
    const given = await giveIt(world, asked, confirmed);
    if (given.is === 'refused') await recordRefusal(ports, what, given.refused);
    if (given.is === 'asked-again' && given.changed.length > 0)
      await recordRefusal(ports, what, { reason: 'changed-since-confirmed', message: changedWords(given.prepared.plan, confirmed.facts) });
    return given;
  } catch (thrown) {
    await recordThrown(ports, what, thrown);
    throw thrown;
  }
}

function askedFor({ clicker, incident, response }: Asked): AskedFor {
  return { by: clicker, incident, label: response.button.label };
}

async function giveIt(world: World, wanted: Asked, confirmed: Confirmed): Promise<Given> {
  const answer = await prepareUnrecorded(world, wanted);
  if (!answer.ok) return { is: 'refused', refused: answer };
  const { prepared } = answer;
  const asked = { ...wanted, target: prepared.plan.target };
  const changed = differences(prepared.plan, confirmed.facts);
  if (changed.length > 0) return { is: 'asked-again', prepared, changed, problems: {} };
  const at = await requestedAt(world, asked, confirmed);
  const problems = problemsOf(prepared, asked.response, { answers: confirmed.answers, by: asked.clicker, at });
  if (Object.keys(problems).length > 0) return { is: 'asked-again', prepared, changed: [], problems };
  const waits = confirmed.request === undefined ? await requested(world, asked, { prepared, confirmed }) : undefined;
  if (waits) return waits;
  const [first, ...rest] = prepared.rungs.filter((rung) => rung.planned.ok);
  const skipped = skippedIn(prepared.rungs);
  const begun = await beginRung(world, asked, { rung: first as Rung, confirmed, isFirst: true, skipped });
  if (!begun.ok) return begun.reason === 'done-meanwhile' ? askedAgain(world, asked, begun) : { is: 'refused', refused: begun };
  return { is: 'begun', finish: (reveal) => climb(world, asked, { first: begun.done, rest, skipped, confirmed, reveal }) };
}

/** Where others have to agree it is written down, and waits; undefined: nobody has to. */
async function requested(
  world: World,
  asked: Asked,
  { prepared, confirmed }: { prepared: Prepared; confirmed: Confirmed },
): Promise<Given | undefined> {
  const tagged = await taggedOwnerOf(world.ports, asked.response, prepared.plan);
  const guard = guardFor(world, asked, { ...prepared, tagged });
  if (guard.is === 'none') return undefined;
  const made = await makeRequest(world, asked, { prepared, guard, tagged, confirmed });
  return made.ok ? { is: 'requested', text: made.text } : { is: 'refused', refused: made };
}

/** What holds for a request is measured when it is made, not when it is run. */
async function requestedAt({ ports }: World, { incident }: Asked, { request }: Confirmed): Promise<number> {
  const made = request === undefined ? undefined : await ports.store.request(incident, request);
  return made?.at ?? ports.clock.now();
}

/** Somebody did the same since the form was drawn: it is drawn anew, with that on it. */
async function askedAgain(world: World, asked: Asked, refused: Refused): Promise<Given> {
  const answer = await prepareUnrecorded(world, asked);
  return answer.ok ? { is: 'asked-again', prepared: answer.prepared, changed: [], problems: {} } : { is: 'refused', refused };
}

interface BegunRung {
  readonly begun: Begun;
  readonly response: CallResponse;
  readonly plan: Plan;
  readonly answers: Answers;
}

async function beginRung(
  world: World,
  { clicker, incident, response: asked }: Asked,
  { rung, confirmed, isFirst, skipped = [] }: { rung: Rung; confirmed: Confirmed; isFirst: boolean; skipped?: readonly string[] },
): Promise<Answer<{ done: BegunRung }>> {
  if (!rung.planned.ok) return rung.planned;
  const { response } = rung;
  const { plan } = rung.planned;
  const answers = answersOf(asked, rung, confirmed.answers);
  const intent = {
    clicker,
    incident,
    response,
    like: likeOf(world, response),
    on: plan.on,
    changes: plan.changes,
    before: plan.before,
    why: confirmed.why,
    text: [response.intent(plan, clicker, answers), ...skipped].join(' '),
    seen: confirmed.seen,
    ...(await standing(world, { clicker, incident, response: asked, plan, isFirst })),
    ...(isFirst && confirmed.request !== undefined ? { allowed: asRequested(world.ports, clicker, confirmed.request) } : {}),
  };
  const answer = await begin(world.ports, intent);
  return answer.ok ? { ok: true, done: { begun: answer.begun, response, plan, answers } } : answer;
}

interface OfRung {
  readonly clicker: Person;
  readonly incident: number;
  readonly response: Response;
  readonly plan: Plan;
  readonly isFirst: boolean;
}

/** A ladder counts once, and rings once; taking back what one did oneself a moment ago counts not at all. */
async function standing({ ports }: World, { clicker, incident: id, response, plan, isFirst }: OfRung): Promise<Pick<Intent, 'reply' | 'counts'>> {
  const incident = await ports.store.incident(id);
  const isLoud = isFirst && incident !== undefined && isLoudFor(response, plan, incident);
  const counts = isFirst && response.access !== 'unchanged' && !takesBackOwn(plan, clicker.id, ports.clock.now());
  return { reply: isLoud ? 'loud' : 'quiet', counts };
}

function approverGone({ name }: Person): Refused {
  return { ok: false, reason: 'approver-gone', message: `${name} approved this and is no remediator any more. Nothing was done: ask again.` };
}

/** Approved by remediators who are it still, not run before, and still in time: asked in the transaction that begins it. */
function asRequested({ people }: Pick<Ports, 'people'>, { id, name }: Person, seq: number): NonNullable<Intent['allowed']> {
  return async (tx, incident, now) => {
    const request = await tx.request(incident.id, seq);
    if (request === undefined) return missing(incident.id);
    const decision = run(request, { id, name }, now);
    if (!decision.ok) return decision;
    const changed = notAsWritten(request, await tx.entriesFrom(incident.id, seq));
    if (changed) return changed;
    const gone = request.approvedBy.find((approver) => refusalFor('remediator', verbLabels.approve, people.standing(approver)) !== undefined);
    if (gone) return approverGone(gone);
    await takeRequest(tx, incident, { decision, now });
    return undefined;
  };
}

interface Climb {
  readonly first: BegunRung;
  readonly rest: readonly Rung[];
  readonly skipped: readonly string[];
  readonly confirmed: Confirmed;
  readonly reveal: Reveal;
}

/** One rung after the other; it stops at the first that is not done. */
async function climb(world: World, asked: Asked, { first, rest, skipped, confirmed, reveal }: Climb): Promise<Ended | Later> {
  const ended = [{ label: first.response.label, ended: await act(world, first, reveal) }];
  for (const rung of rest) {
    const { ended: last } = ended.at(-1) as LadderStep;
    if ('later' in last || last.result !== 'done') break;
    ended.push({ label: rung.response.label, ended: await next(world, asked, { rung, confirmed, reveal }) });
  }
  const [only, another] = ended;
  if (another === undefined && rest.length + skipped.length === 0) return (only as LadderStep).ended;
  return ladderOutcome({ ended, labels: [first.response.label, ...rest.map(({ response }) => response.label)], skipped });
}

interface NextRung {
  readonly rung: Rung;
  readonly confirmed: Confirmed;
  readonly reveal: Reveal;
}

/** What came before may have changed what is so: each rung is planned anew. */
async function next(world: World, asked: Asked, { rung, confirmed, reveal }: NextRung): Promise<Ended | Later> {
  try {
    const incident = await world.ports.store.incident(asked.incident);
    if (incident === undefined) return notDone(world, asked, missing(asked.incident));
    const { id, name } = asked.clicker;
    const reading = readingAs(world.ports, { person: { id, name }, incident: incident.id, response: rung.response.id });
    const now = { ...rung, planned: await planned(reading, rung.response, { target: asked.target, incident, isRung: true }) };
    if (!now.planned.ok && now.planned.reason === 'already-so') return { result: 'done', text: now.planned.message };
    if (!now.planned.ok) return notDone(world, asked, now.planned);
    const answer = await beginRung(world, asked, { rung: now, confirmed: { ...confirmed, seen: Number.MAX_SAFE_INTEGER }, isFirst: false });
    return answer.ok ? act(world, answer.done, reveal) : notDone(world, asked, answer);
  } catch (thrown) {
    const { message, code } = asAppError(thrown);
    return { result: 'failed', code, text: message };
  }
}

/** A rung that is refused has neither intent nor outcome: the refusal is its entry. */
async function notDone({ ports }: World, asked: Asked, refused: Refused): Promise<Ended> {
  await recordRefusal(ports, askedFor(asked), refused);
  return { result: 'refused', text: refused.message };
}

function act({ ports }: World, { begun, response, plan, answers }: BegunRung, reveal: Reveal): Promise<Ended | Later> {
  const { by, seq, incident, intent } = begun;
  const { sent, kept: requests } = requestsKept();
  const reader = { person: by, incident: incident.id, response: response.id };
  const actor = { ...reader, calls: response.calls(plan, answers), sent };
  const own = readingAs(ports, reader);
  const keep: Doing['keep'] = async (token, progress) => {
    const goesOn = await goOn(ports, { incident: incident.id, seq, by, token, progress, requests: requests(), inMs: actingMs });
    if (!goesOn) throw new AppError('ambiguous', 'The responder stood still, and its outcome was told meanwhile. What was left to do was not done.');
  };
  const doing = { by, seq, incident, answers, why: intent.why, actor, reveal, keep, stopped: () => stoppedNow(ports) };
  return concluding(ports, begun, { act: () => response.act(own, plan, doing), requests });
}
