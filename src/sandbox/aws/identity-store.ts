/** The identity store of Identity Center. Source: DescribeUser in its API reference. */
import { AwsError } from './errors.ts';
import type { Operations } from './operation.ts';
import type { AwsState } from './state.ts';

export function identityStoreOperations(state: AwsState): Operations {
  return {
    DescribeUser: ({ account }, { UserId, IdentityStoreId }) => {
      const UserName = state.accounts[account]?.directory[String(UserId)];
      if (UserName === undefined) throw new AwsError('ResourceNotFoundException', 'USER not found.');
      return { UserName, UserId, IdentityStoreId };
    },
  };
}
