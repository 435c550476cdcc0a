/** Whether each entry of PROTECTED_USERS protects somebody: one that matches no user is a slip, and the user it was meant for can be changed. */
import { asAppError } from '../domain/error.ts';
import type { UserName } from '../domain/inspection.ts';
import { coversUser, type ProtectedUsers } from '../domain/response/protected.ts';
import type { DoctorOptions, Finding } from './finding.ts';

const about = 'PROTECTED_USERS';
const mostNames = 5;

export async function checkProtected({ aws, accounts, protectedUsers }: DoctorOptions): Promise<Finding[]> {
  if (accounts.size === 0 || protectedUsers.length === 0) return [];
  const read = await Promise.all(
    [...accounts].map(async ([id, name]) => {
      const users = await aws.users(id).catch((thrown: unknown) => asAppError(thrown).message);
      return { id, name, users };
    }),
  );
  const users = read.flatMap((one) => (typeof one.users === 'string' ? [] : one.users));
  const unread = read.flatMap((one) => (typeof one.users === 'string' ? [{ ...one, why: one.users }] : []));
  const fix = 'Deploy the member-roles template in this account.';
  return [
    ...unread.map(({ id, name, why }): Finding => ({ about, state: 'fault', says: `The users of ${name} ${id} were not read: ${why}`, fix })),
    ...protectedUsers.map((entry) => resolved(entry, users, { accounts, isAll: unread.length === 0 })),
  ];
}

interface Looked {
  readonly accounts: ReadonlyMap<string, string>;
  /** Whether the users of all accounts were read. */
  readonly isAll: boolean;
}

function resolved(entry: ProtectedUsers, users: readonly UserName[], { accounts, isAll }: Looked): Finding {
  const { written, account } = entry;
  const found = users.filter((user) => coversUser(entry, user)).map((user) => `${user.name} in ${accounts.get(user.account)}`);
  const more = found.length > mostNames ? ` and ${found.length - mostNames} more` : '';
  if (found.length > 0) return { about, state: 'ok', says: `${written} protects ${found.slice(0, mostNames).join(', ')}${more}` };
  if (account !== '*' && !accounts.has(account))
    return { about, state: 'note', says: `${written} is about account ${account}, which is not in AWS_ACCOUNTS: nothing is changed there anyway.` };
  const says = `${written} matches no IAM user${isAll ? '' : ' of the accounts that were read'}: it protects nobody.`;
  return { about, state: isAll ? 'fault' : 'note', says, fix: 'Write the name or the path as IAM has it; * stands for any text. Or take it out.' };
}
