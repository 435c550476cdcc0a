/** One target of each kind in the emulated accounts, and a record by which an incident is about it. */
import type { Json } from '../../src/domain/json.ts';
import type { Target, TargetKind } from '../../src/domain/response/target.ts';
import { directoryUser, hubAccount, prodAccount } from '../../src/sandbox/aws/names.ts';
import { consoleLogin, iamUser, identityCenter } from './records.ts';
import { alarmText } from './sandbox.ts';

export const alarmName = 'ConsoleSigninFailures';

export const everyTarget: Readonly<Record<TargetKind, Target>> = {
  incident: { kind: 'incident' },
  alarm: { kind: 'alarm', arn: `arn:aws:cloudwatch:us-east-1:${prodAccount}:alarm:${alarmName}` },
  'iam-user': { kind: 'iam-user', account: prodAccount, name: 'bella' },
  role: { kind: 'role', account: prodAccount, name: 'web', session: 'i-0123456789abcdef0' },
  'identity-center-user': { kind: 'identity-center-user', account: prodAccount, userId: directoryUser },
  root: { kind: 'root', account: prodAccount },
  /** Which one is known once something was taken. */
  entry: { kind: 'entry', incident: 1, seq: 0 },
};

/** What SIN-1 is about. */
export function recordOf({ kind }: Target, now: number): Json {
  const at = { eventTime: new Date(now - 60_000).toISOString(), recipientAccountId: prodAccount };
  const signsIn = (userIdentity: object): Json => consoleLogin({ ...userIdentity, accountId: prodAccount }, 'Success', 'No', at);
  if (kind === 'alarm') return alarmText(alarmName, 'ALARM', now) as Json;
  if (kind === 'root') return signsIn({ type: 'Root', arn: `arn:aws:iam::${prodAccount}:root` });
  if (kind === 'role')
    return signsIn({
      type: 'AssumedRole',
      principalId: 'AROAWEB:i-0123456789abcdef0',
      arn: `arn:aws:sts::${prodAccount}:assumed-role/web/i-0123456789abcdef0`,
      sessionContext: { sessionIssuer: { type: 'Role', userName: 'web' } },
    });
  if (kind !== 'identity-center-user') return signsIn(iamUser('bella'));
  const onBehalfOf = { userId: directoryUser, identityStoreArn: `arn:aws:identitystore::${hubAccount}:identitystore/d-9067642ac7` };
  const userIdentity = { type: 'IdentityCenterUser', accountId: prodAccount, onBehalfOf };
  const failed = { CredentialVerification: 'Failure' };
  return identityCenter('CredentialVerification', { AuthWorkflowID: 'w1', CredentialType: 'TOTP' }, failed, { userIdentity, ...at });
}
