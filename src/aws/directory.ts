import { asAppError } from '../domain/error.ts';
import type { Directory } from '../domain/ports.ts';
import type { Accounts } from './accounts.ts';
import { sdk } from './sdk.ts';

const keptNames = 1_000;

/** The Directory port over the identity store of IAM Identity Center. Names are kept: an id never changes its name's owner. */
export function directoryOf(accounts: Accounts): Directory {
  const names = new Map<string, string>();
  return {
    userName: async (storeArn, userId, region) => {
      const known = names.get(`${storeArn} ${userId}`);
      if (known !== undefined) return known;
      const [, , , , account = '', store = ''] = storeArn.split(':');
      const client = await accounts.identityStore(account, region);
      const input = { IdentityStoreId: store.split('/').at(-1), UserId: userId };
      try {
        const { UserName } = await accounts.called('DescribeUser', false, () => client.send(new sdk.identityStore.DescribeUserCommand(input)));
        if (UserName === undefined) return undefined;
        if (names.size >= keptNames) names.clear();
        names.set(`${storeArn} ${userId}`, UserName);
        return UserName;
      } catch (thrown) {
        if (asAppError(thrown).code === 'not-found') return undefined;
        throw thrown;
      }
    },
  };
}
