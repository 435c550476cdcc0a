/**
 * Commands that end sessions of a role by a deny in an inline policy: to copy, for the responder holds no permission to write a policy.
 * Source: IAM user guide, "Revoking IAM role temporary security credentials".
 */
import { shellWord } from './iam-user.ts';
import type { RoleFacts } from './role.ts';

interface Ending {
  /** Sessions that began before are denied; milliseconds. */
  readonly now: number;
  /** Name of the one session that it is about; undefined: all older ones. */
  readonly session: string | undefined;
}

export function endSessionsCommands({ name, id }: Pick<RoleFacts, 'name' | 'id'>, { now, session }: Ending): string[] {
  const role = shellWord(name);
  const deny = (Condition: object): string =>
    shellWord(JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Deny', Action: '*', Resource: '*', Condition }] }));
  const put = (policy: string, condition: object): string =>
    `aws iam put-role-policy --role-name ${role} --policy-name ${policy} --policy-document ${deny(condition)}`;
  const older = put('AWSRevokeOlderSessions', { DateLessThan: { 'aws:TokenIssueTime': new Date(now).toISOString() } });
  if (session === undefined || id === '') return [older];
  return [older, put('SigninResponderOneSession', { StringEquals: { 'aws:userId': `${id}:${session}` } })];
}
