/**
 * What stands between a confirmed response and AWS: nothing, the approval of others, or two minutes in which anybody may stop it. Pure.
 * An approval proves two Slack accounts, not two people: Slack tells an app neither MFA nor device.
 */
import type { Incident } from '../incident/incident.ts';
import { type Access, isOutsideOf, outsideWords, targetName } from './outside.ts';
import type { Target, TargetKind } from './target.ts';

/** A user of IAM or Identity Center, and the Slack user whose it is. */
export interface Owner {
  readonly person: string;
  /** Undefined: in any account. */
  readonly account: string | undefined;
  readonly name: string;
}

export interface ApprovalSettings {
  /** How many others approve, by the response's id; what is not here has the response's own number. */
  readonly approvals: ReadonlyMap<string, number>;
  /** Empty: it is not told who owns which user. */
  readonly owners: readonly Owner[];
  /** False: what takes access from somebody outside the incident waits for another remediator. */
  readonly hasBreakGlass: boolean;
}

/**
 * Whose a user is by its own tag. Whoever may tag users could set it, so it only adds restrictions to what gives access: what takes access waits
 * for nobody's tag.
 */
export type TaggedOwner = { readonly is: 'nobody' } | { readonly is: 'person'; readonly id: string } | { readonly is: 'not-known' };

export type Guard =
  | { readonly is: 'none' }
  | { readonly is: 'approval'; readonly needed: number; readonly because: readonly string[] }
  | { readonly is: 'break-glass'; readonly because: readonly string[] };

const mostApprovals = 2;

/** What of a response decides who has to agree. */
interface Weighed {
  readonly id: string;
  readonly access: Access;
  readonly approvals?: 0 | 1 | 2;
  readonly isNeverBreakGlass?: true;
  readonly othersFor?: OthersFor;
}

/** Kinds of target for which another one approves, whatever APPROVALS says, and why. */
export type OthersFor = Partial<Readonly<Record<TargetKind, string>>>;

interface Guarded {
  readonly response: Weighed;
  /** The calls that it consists of. */
  readonly calls: readonly Weighed[];
  readonly target: Target;
  readonly incident: Incident;
  /** Slack user id of the requester. */
  readonly by: string;
  readonly tagged: TaggedOwner;
  /** Whether the requester takes back what they did themselves a moment ago. */
  readonly takesBackOwn: boolean;
}

export function guardOf(guarded: Guarded, settings: ApprovalSettings): Guard {
  const { response, target, incident, by, tagged } = guarded;
  if (response.access === 'unchanged') return { is: 'none' };
  const isOutside = isOutsideOf(incident, target, response.access);
  const outside = outsideWords(incident, target, response.access);
  const base = baseOf(guarded, settings);
  const wide = wideOf(guarded);
  if (response.access === 'takes' && isOutside)
    return settings.hasBreakGlass && response.isNeverBreakGlass === undefined && wide.length === 0
      ? { is: 'break-glass', because: [outside] }
      : { is: 'approval', needed: Math.min(mostApprovals, Math.max(base, 1)), because: [outside, ...wide] };
  const gives = response.access === 'gives';
  const reasons = gives ? doubts({ target, incident, tagged }, settings) : [];
  const isOwn = isOwnedBy(target, by, settings.owners) || (gives && tagged.is === 'person' && tagged.id === by);
  const mayBeOwn = gives && tagged.is === 'not-known';
  const wanted = base + (base > 0 && reasons.length > 0 ? 1 : 0);
  const needed = Math.min(mostApprovals, Math.max(wanted, isOwn || mayBeOwn ? 1 : 0));
  if (needed === 0) return { is: 'none' };
  const because = [...reasons, ...wide, ...(isOwn ? ['nobody changes their own account alone'] : [])];
  return { is: 'approval', needed, because };
}

/** Whoever takes back what they did a moment ago, to what it was, waits for nobody. */
function baseOf({ response, calls, target, takesBackOwn }: Guarded, { approvals }: ApprovalSettings): number {
  if (takesBackOwn) return 0;
  const wanted = approvals.get(response.id) ?? Math.max(0, ...calls.map((one) => approvals.get(one.id) ?? one.approvals ?? 0));
  return wideOf({ response, calls, target }).length > 0 ? Math.max(1, wanted) : wanted;
}

/** Why it hits more than the one whom it is about. */
function wideOf({ response, calls, target }: Pick<Guarded, 'response' | 'calls' | 'target'>): string[] {
  return [...new Set([response, ...calls].flatMap(({ othersFor }) => othersFor?.[target.kind] ?? []))];
}

/** Why what gives access needs one more. Of three different people at least one approves who is not the owner, whoever that is. */
function doubts({ target, incident, tagged }: Pick<Guarded, 'target' | 'incident' | 'tagged'>, { owners }: ApprovalSettings): string[] {
  const isOut = isOutsideOf(incident, target, 'gives');
  const isUnowned = owners.length > 0 && target.kind === 'iam-user' && ownersOf(target, owners).length === 0;
  return [
    ...(isOut ? [outsideWords(incident, target, 'gives')] : []),
    ...(isUnowned ? [`PEOPLE does not say whose ${targetName(target)} is`] : []),
    ...(tagged.is === 'not-known' ? [`whose ${targetName(target)} is by its tag email could not be read`] : []),
  ];
}

export function isOwnedBy(target: Target, person: string, owners: readonly Owner[]): boolean {
  return ownersOf(target, owners).includes(person);
}

/** Slack user ids of those whose a user is. */
export function ownersOf(target: Target, owners: readonly Owner[]): string[] {
  if (target.kind !== 'iam-user' && target.kind !== 'identity-center-user') return [];
  const { account, name } = target;
  // Neither IAM nor Identity Center tells names apart by case alone.
  const isNamed = (one: Owner): boolean => one.name.toLowerCase() === name?.toLowerCase();
  return owners.filter((one) => isNamed(one) && (one.account === undefined || one.account === account)).map(({ person }) => person);
}

/** The account that `U0123=prod/alice` names is none of these; undefined: it is, or names none. @param accounts names by id */
export function strangeAccountOf(pair: string, accounts: ReadonlyMap<string, string>): string | undefined {
  const { account } = ownerFrom(pair, accounts);
  return account === undefined || accounts.has(account) || (accounts.size === 0 && /^\d{12}$/.test(account)) ? undefined : account;
}

/** `U0123=prod/alice`. @param accounts names by id */
export function ownerFrom(pair: string, accounts: ReadonlyMap<string, string>): Owner {
  const [person = '', whole = ''] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)];
  const [name = '', place] = whole.split('/').toReversed();
  const account = place === undefined ? undefined : ([...accounts].find(([, known]) => known === place)?.[0] ?? place);
  return { person, account, name };
}
