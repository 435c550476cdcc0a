/** STS: who calls, and role sessions. Source: the STS API reference. */
import { AwsError } from './errors.ts';
import type { Operations } from './operation.ts';
import type { AwsState } from './state.ts';

export function stsOperations(state: AwsState): Operations {
  return {
    GetCallerIdentity: ({ account }) => ({ Account: account, Arn: `arn:aws:iam::${account}:user/responder`, UserId: 'AIDASANDBOX' }),
    AssumeRole: (_caller, input) => {
      const account = /^arn:aws[\w-]*:iam::(\d{12}):role\//.exec(String(input.RoleArn))?.[1] ?? '';
      if (state.accounts[account] === undefined)
        throw new AwsError('AccessDenied', `Not authorized to perform sts:AssumeRole on ${input.RoleArn}`, 403);
      if (!/^[\w+=,.@-]{2,64}$/.test(String(input.RoleSessionName))) throw new AwsError('ValidationError', 'RoleSessionName is not valid');
      const AccessKeyId = `ASIA${String(state.sessions.size + 1).padStart(16, '0')}`;
      const tags = tagsIn(input);
      state.sessions.set(AccessKeyId, {
        account,
        roleArn: String(input.RoleArn),
        roleSessionName: String(input.RoleSessionName),
        sourceIdentity: input.SourceIdentity === undefined ? undefined : String(input.SourceIdentity),
        ...(Object.keys(tags).length > 0 ? { tags } : {}),
      });
      const Expiration = new Date(Date.now() + Number(input.DurationSeconds ?? 3_600) * 1_000).toISOString();
      return {
        Credentials: { AccessKeyId, SecretAccessKey: 'sandbox', SessionToken: `token-${AccessKeyId}`, Expiration },
        AssumedRoleUser: { Arn: String(input.RoleArn), AssumedRoleId: 'AROASANDBOX' },
      };
    },
  };
}

/** Session tags, as the query protocol writes lists: `Tags.member.1.Key`. */
function tagsIn(input: Record<string, unknown>): Record<string, string> {
  const keys = Object.entries(input).filter(([name]) => /^Tags\.member\.\d+\.Key$/.test(name));
  return Object.fromEntries(keys.map(([name, key]) => [String(key), String(input[name.replace(/Key$/, 'Value')] ?? '')]));
}
