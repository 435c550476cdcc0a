/** Whose account the target is, by its own tag. */
import { asAppError } from '../domain/error.ts';
import type { Ports } from '../domain/ports.ts';
import type { TaggedOwner } from '../domain/response/approval.ts';
import type { Plan } from '../domain/response/plan.ts';
import type { Response } from '../domain/response/response.ts';

/** Asked for what gives access alone. What IAM or Slack does not tell is not taken for nobody. */
export async function taggedOwnerOf(
  { people, log }: Pick<Ports, 'people' | 'log'>,
  { access }: Response,
  { ownerEmail, areTagsUnread, on }: Pick<Plan, 'ownerEmail' | 'areTagsUnread' | 'on'>,
): Promise<TaggedOwner> {
  if (access !== 'gives') return { is: 'nobody' };
  if (areTagsUnread === true) return { is: 'not-known' };
  if (ownerEmail === undefined) return { is: 'nobody' };
  try {
    const id = await people.withEmail(ownerEmail);
    return id === undefined ? { is: 'nobody' } : { is: 'person', id };
  } catch (thrown) {
    log.warn({ on, err: asAppError(thrown) }, 'Slack does not say whose the address in the tag is');
    return { is: 'not-known' };
  }
}
