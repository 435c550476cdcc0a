/** Who may give a response. Pure: from what Slack knows of a person to a refusal with a named reason, or none. */

export type Role = 'responder' | 'remediator';

/** Where somebody who clicks belongs, as the other side says; undefined: it does not say. */
export interface Home {
  /** A workspace, or the organisation itself. */
  readonly team: string | undefined;
  readonly organisation: string | undefined;
}

/** Why it is not known who holds a role. */
export interface Unread {
  /** One sentence or two: what is broken, and the fix. */
  readonly says: string;
  /** True: until somebody fixes it; trying again changes nothing. */
  readonly isForGood: boolean;
}

/** What Slack knows of somebody who clicks. */
export interface Standing {
  /** False: neither of the bot's workspace nor of its organisation (Slack Connect). */
  readonly isOneOfUs: boolean;
  readonly roles: readonly Role[];
  /** By role, why there may be more who hold it: membership could not be read for longer than it may be trusted. */
  readonly unread: Readonly<Record<Role, Unread | undefined>>;
  /** False: REMEDIATORS is not set, so nobody changes IAM from Slack. */
  readonly remediatorsExist: boolean;
}

/** The last three are of somebody who answers what was asked of an owner. */
export type RefusalReason =
  | 'other-workspace'
  | 'no-remediators'
  | 'roles-unknown'
  | `not-a-${Role}`
  | 'not-the-owner'
  | 'question-over'
  | 'answered-already';
export type Refusal = { readonly reason: RefusalReason; readonly message: string };

/** Who may change IAM may do all that a responder may. */
function rolesThatMay(needs: Role): readonly Role[] {
  return needs === 'responder' ? ['responder', 'remediator'] : ['remediator'];
}

/** Why somebody may not do what needs a role; undefined when he may. */
export function refusalFor(needs: Role, label: string, standing: Standing): Refusal | undefined {
  if (!standing.isOneOfUs)
    return {
      reason: 'other-workspace',
      message: `You belong to another workspace, so you cannot use “${label}” here. Ask somebody of this workspace.`,
    };
  if (needs === 'remediator' && !standing.remediatorsExist) {
    return { reason: 'no-remediators', message: `“${label}” is switched off: REMEDIATORS is not set, so nobody changes IAM from Slack.` };
  }
  const sufficient = rolesThatMay(needs);
  if (sufficient.some((role) => standing.roles.includes(role))) return undefined;
  const unread = sufficient.flatMap((role) => standing.unread[role] ?? []);
  const [worst] = unread.toSorted((a, b) => Number(b.isForGood) - Number(a.isForGood));
  if (worst) return { reason: 'roles-unknown', message: unknownText(label, worst) };
  return {
    reason: `not-a-${needs}`,
    message: `“${label}” is for ${needs}s, and you are not one of them. Nothing was done. Ask a ${needs}.`,
  };
}

function unknownText(label: string, { says, isForGood }: Unread): string {
  const who = `Who may use “${label}” cannot be read from Slack, so nobody may for now.`;
  return isForGood ? `${who} ${says} Nothing was done; it works again within a minute of the fix.` : `${who} ${says} Try again in a minute.`;
}
