import { expect, it } from 'vitest';
import type { Accounts } from '../../src/aws/accounts.ts';
import { alarmsOf } from '../../src/aws/alarms.ts';
import { alarmLogsOf } from '../../src/aws/logs.ts';

it('whoever asks for the status again and again has CloudWatch asked no more than one time after the other', async () => {
  let underWay = 0;
  let most = 0;
  let asked = 0;
  const send = async (): Promise<object> => {
    asked++;
    most = Math.max(most, ++underWay);
    await new Promise((resolve) => setImmediate(resolve));
    underWay--;
    return {};
  };
  const accounts = {
    cloudWatch: async () => ({ send }),
    called: (_name: string, _changes: boolean, call: () => unknown) => call(),
  } as unknown as Accounts;
  const { watched } = alarmsOf({
    accounts,
    places: [{ account: '123456789012', region: 'us-east-1' }],
    topicArns: [],
    canary: undefined,
    filters: alarmLogsOf(accounts).filters,
  });
  await Promise.all(Array.from({ length: 50 }, () => watched()));
  expect([asked, most]).toEqual([1, 1]);
  const first = watched();
  await new Promise((resolve) => setImmediate(resolve));
  await Promise.all([first, ...Array.from({ length: 50 }, () => watched())]);
  expect([asked, most]).toEqual([3, 1]);
});
