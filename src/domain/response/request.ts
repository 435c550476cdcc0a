/**
 * A response that waits: for the approval of others, then for its requester to run it; or, where it takes access from somebody outside the
 * incident, for two minutes in which every responder may stop it. Pure: each decision is the next request with the text of its entry, or a
 * refusal with a named reason.
 */
import { duration, type Person } from '../incident/incident.ts';
import type { Facts } from './plan.ts';
import type { Answers } from './question.ts';
import type { Refused } from './refusal.ts';
import type { Target } from './target.ts';
import type { Home } from './who-may.ts';

/** `changed`: what was confirmed was no longer so. */
type RequestState = 'waiting' | 'approved' | 'denied' | 'cancelled' | 'expired' | 'run' | 'changed';

/** Somebody whose role is asked again when it is carried out. */
type Member = Person & { readonly home: Home };

export interface ResponseRequest {
  readonly incident: number;
  /** Of its entry. */
  readonly seq: number;
  readonly response: string;
  readonly target: Target;
  /** Whom it is about, where the target is none. */
  readonly about?: Target;
  readonly on: string;
  readonly facts: Facts;
  readonly answers: Answers;
  /** The requester's words. */
  readonly why: string;
  /** When the newest like response began that the requester was shown. */
  readonly seen: number;
  /** Of incident, response, facts and answers: an approval holds for nothing else. */
  readonly digest: string;
  readonly by: Member;
  readonly at: number;
  readonly mode: 'approval' | 'break-glass';
  /** How many others approve. */
  readonly needed: number;
  readonly approvedBy: readonly Member[];
  /** Slack user id of whose account it is, by the user's own tag: of what gives access only. */
  readonly owner?: string;
  readonly state: RequestState;
  /** When it lapses, or of a break-glass, is carried out; undefined: it is over. */
  readonly dueAt: number | undefined;
}

/** To be approved, and then again to be run. */
export const requestMs = 15 * 60_000;
export const breakGlassMs = 2 * 60_000;
/** Who joined the remediators so lately does not approve. */
const newcomerMs = 24 * 3_600_000;

export type Decision = { readonly ok: true; readonly request: ResponseRequest; readonly text: string } | Refused;

function no(reason: Refused['reason'], message: string): Refused {
  return { ok: false, reason, message };
}

const overWords: Record<Exclude<RequestState, 'waiting'>, string> = {
  approved: 'is approved already',
  denied: 'was denied',
  cancelled: 'was cancelled',
  expired: 'has lapsed',
  run: 'was carried out already',
  changed: 'was not carried out: the thread says why',
};

/** Each request rings: so many of one person, and of all together, may wait. */
const mostWaiting = { ofOne: 5, ofAll: 20 };

/** @param waiting Slack user ids of those whose requests are not over, one for each */
export function tooManyRequests(waiting: readonly string[], by: string): Refused | undefined {
  const own = waiting.filter((id) => id === by).length;
  if (own >= mostWaiting.ofOne)
    return no('capped', `${own} requests of yours wait already. Cancel one, or wait until one is over. Nothing was done.`);
  if (waiting.length >= mostWaiting.ofAll) return no('capped', `${waiting.length} requests wait already. Have some decided first. Nothing was done.`);
  return undefined;
}

/** Also those that are cancelled at once: in an hour no more of one person ring than these, and no more at once. */
export const requestsOfOne = { burst: 10, every: 6 * 60_000 };

export function tooOften(): Refused {
  const message = `You asked for ${requestsOfOne.burst} changes of late, and each request rings. Nothing was done. Wait, or have another remediator lift this for an hour by \`/signin-freeze lift\`.`;
  return no('capped', message);
}

function notWaiting({ state, dueAt = 0 }: ResponseRequest, now: number): Refused | undefined {
  if (state !== 'waiting') return no('request-over', `This request ${overWords[state]}. Nothing was done.`);
  return dueAt <= now ? no('request-over', `This request ${overWords.expired}. Nothing was done.`) : undefined;
}

/** What takes a second person takes one who was there before. @param not what who joined lately does not do */
export function joinedLately(since: Approver['since'], now: number, not: string): Refused | undefined {
  if (since === 'not-known') return no('joined-lately', 'Since when you are one of the remediators is not known yet. Try again in a minute.');
  if (since === undefined || now - since >= newcomerMs) return undefined;
  return no('joined-lately', `You joined the remediators ${duration(now - since)} ago. Who joined less than 24 h ago ${not}.`);
}

export interface Approver {
  readonly by: Member;
  readonly now: number;
  /** Digest of what the approver was shown. */
  readonly digest: string;
  /** Whether the account that is changed is the approver's own. */
  readonly isOwn: boolean;
  /** Since when the approver is one of the remediators; undefined: since before the bot knew them. */
  readonly since: number | 'not-known' | undefined;
}

export function approve(request: ResponseRequest, { by, now, digest, isOwn, since }: Approver): Decision {
  const over = notWaiting(request, now);
  if (over) return over;
  if (request.mode === 'break-glass') return no('request-over', 'This waits for nobody: it is carried out unless somebody cancels it.');
  if (by.id === request.by.id) return no('own-request', 'Nobody approves their own request. Another remediator has to.');
  if (isOwn) return no('own-account', 'It is about your own account: another remediator has to approve.');
  const newcomer = joinedLately(since, now, 'does not approve');
  if (newcomer) return newcomer;
  if (request.approvedBy.some(({ id }) => id === by.id)) return no('approved-already', 'You approved this already. It needs somebody else too.');
  if (digest !== request.digest) return no('request-changed', 'What was requested is no longer so. Nothing was approved.');
  const approvedBy = [...request.approvedBy, by];
  const left = request.needed - approvedBy.length;
  if (left > 0)
    return { ok: true, request: { ...request, approvedBy }, text: `${by.name} approved. ${left} more ${left === 1 ? 'is' : 'are'} needed.` };
  const text = `${by.name} approved. ${request.by.name} may run it within ${duration(requestMs)}.`;
  return { ok: true, request: { ...request, approvedBy, state: 'approved', dueAt: now + requestMs }, text };
}

export function deny(request: ResponseRequest, { by, now, isOwn }: Pick<Approver, 'now' | 'isOwn'> & { readonly by: Person }): Decision {
  const over = request.state === 'approved' ? undefined : notWaiting(request, now);
  if (over) return over;
  if (by.id === request.by.id) return no('own-request', 'It is your own request: cancel it.');
  if (isOwn) return no('own-account', 'It is about your own account: another remediator decides.');
  return { ok: true, request: { ...request, state: 'denied', dueAt: undefined }, text: `${by.name} denied this. Nothing was changed.` };
}

export function cancel(request: ResponseRequest, { by, now }: { readonly by: Person; readonly now: number }): Decision {
  const over = request.state === 'approved' ? undefined : notWaiting(request, now);
  if (over) return over;
  if (request.mode === 'approval' && by.id !== request.by.id)
    return no('not-requester', `Only ${request.by.name} cancels this. A remediator may deny it.`);
  return { ok: true, request: { ...request, state: 'cancelled', dueAt: undefined }, text: `${by.name} cancelled this. Nothing was changed.` };
}

/** @param by whoever presses Run; of a break-glass, its requester, for whom the bot does it */
export function run(request: ResponseRequest, by: Person, now: number): Decision {
  if (by.id !== request.by.id) return notRequester(request);
  const isDue = request.mode === 'break-glass' && request.state === 'waiting' && (request.dueAt ?? Number.POSITIVE_INFINITY) <= now;
  const isApproved = request.state === 'approved' && (request.dueAt ?? 0) > now;
  if (!isDue && !isApproved) {
    const words = request.state === 'waiting' ? 'is not approved yet' : overWords[request.state === 'approved' ? 'expired' : request.state];
    return no('request-over', `This request ${words}. Nothing was done.`);
  }
  const text = isDue ? `Nobody cancelled this within ${duration(breakGlassMs)}: the bot carries it out for ${by.name}.` : `${by.name} runs this.`;
  return { ok: true, request: { ...request, state: 'run', dueAt: undefined }, text };
}

export function notRequester({ by }: Pick<ResponseRequest, 'by'>): Refused {
  return no('not-requester', `Only ${by.name} runs this.`);
}

/** What is said of one whose time is over. */
export function lapseText({ state, needed, approvedBy }: ResponseRequest): string {
  return state === 'approved'
    ? `Approved, but not run within ${duration(requestMs)}. Nothing was changed.`
    : `Not approved within ${duration(requestMs)} (${approvedBy.length} of ${needed}). Nothing was changed.`;
}

/**
 * What is said of a break-glass that could not be carried out when its time came. It rings: whoever was told that access is taken in two minutes is
 * told that it was not, and the edit of a message rings nobody.
 * @param labels of responses, by their ids
 * @param fault why, in sentences
 */
export function notCarriedOut(
  { response, on, by }: Pick<ResponseRequest, 'response' | 'on' | 'by'>,
  labels: ReadonlyMap<string, string>,
  fault: string,
): { text: string; rings: string } {
  const next = `It is not carried out later by itself: ${by.name}, or another remediator, has to ask for it again, or take the access in AWS by hand.`;
  return { text: `Not carried out: ${fault}`, rings: `Not carried out: ${labels.get(response) ?? response}, ${on}. ${fault} ${next}` };
}
