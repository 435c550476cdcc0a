import { expect, it } from 'vitest';
import type { Accounts } from '../../src/aws/accounts.ts';
import { trailOf } from '../../src/aws/trail.ts';

it('what CloudTrail tells without a record that can be read is not left out in silence', async () => {
  const Events = [{ CloudTrailEvent: '{"eventID":"e1"}' }, { CloudTrailEvent: '{"eventID":' }, { EventId: 'e3' }];
  const accounts = {
    cloudTrail: async () => ({ send: async () => ({ Events }) }),
    called: (_name: string, _changes: boolean, call: () => unknown) => call(),
  } as unknown as Accounts;
  const warned: object[] = [];
  const look = { account: '123456789012', region: 'us-east-1', attribute: 'EventName', value: 'ConsoleLogin', from: 0 } as const;
  const trail = trailOf(accounts, { warn: (fields) => void warned.push(fields) });
  expect((await trail.page(look, 1_000, undefined)).records).toEqual([{ eventID: 'e1' }]);
  expect(warned).toEqual([{ account: '123456789012', region: 'us-east-1', EventName: 'ConsoleLogin', leftOut: 2 }]);
});
