/**
 * Administrators whom nothing protects: the responder may replace their password, so whoever steals it is administrator by that. Told by the names of
 * AWS's own policies; of a policy of the account's it cannot be told.
 */
import { asAppError } from '../domain/error.ts';
import type { UserName } from '../domain/inspection.ts';
import { powerOf } from '../domain/response/administrator.ts';
import { shellWord } from '../domain/response/iam-user.ts';
import { coversUser, protectedTag } from '../domain/response/protected.ts';
import type { DoctorOptions, Finding } from './finding.ts';

/** Each takes some calls: of more than these nothing is told. */
const mostLooked = 200;
const atOnce = 5;
const mostNames = 5;

export async function checkAdministrators({ aws, protectedUsers }: DoctorOptions, id: string, name: string): Promise<Finding[]> {
  const about = `Administrators of ${name} ${id}`;
  const open = (await aws.users(id)).filter((user) => !protectedUsers.some((entry) => coversUser(entry, user)));
  const looked = open.slice(0, mostLooked);
  const found: UserName[] = [];
  for (let from = 0; from < looked.length; from += atOnce) {
    const some = looked.slice(from, from + atOnce);
    const held = await Promise.all(some.map((user) => aws.held(user).catch((thrown: unknown) => asAppError(thrown).message)));
    const fault = held.find((one) => typeof one === 'string');
    if (fault !== undefined)
      return [{ about, state: 'note', says: `Not looked for: ${fault}`, fix: 'Deploy the member-roles template in this account.' }];
    found.push(...some.filter((_user, index) => isOpen(held[index])));
  }
  const rest = open.length > mostLooked ? ` Of ${open.length - mostLooked} more users nothing is told.` : '';
  if (found.length === 0) return [{ about, state: 'ok', says: `none whom nothing protects, as far as AWS’s own policies tell.${rest}` }];
  return [{ about, state: 'note', says: `${openWords(found)}${rest}`, fix: fixFor(found) }];
}

function openWords(found: readonly UserName[]): string {
  const names = found.slice(0, mostNames).map(({ name }) => name);
  const more = found.length > mostNames ? ` and ${found.length - mostNames} more` : '';
  return `Not protected: ${names.join(', ')}${more}. Whoever steals the responder may replace their passwords.`;
}

function fixFor([first]: readonly UserName[]): string {
  const tag = `Key=${protectedTag.key},Value=${protectedTag.value}`;
  return `aws iam tag-user --user-name ${shellWord(first?.name ?? '')} --tags ${tag}, for each; or name them in PROTECTED_USERS.`;
}

type Held = Awaited<ReturnType<DoctorOptions['aws']['held']>>;

function isOpen(held: Held | string | undefined): boolean {
  return typeof held === 'object' && !held.isTagged && powerOf(held) === 'administrator';
}
