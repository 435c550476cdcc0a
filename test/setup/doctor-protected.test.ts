import { describe, expect, it } from 'vitest';
import type { AwsInspection, UserName } from '../../src/domain/inspection.ts';
import { protectedUsersFrom } from '../../src/domain/response/protected.ts';
import { checkProtected } from '../../src/setup/doctor-protected.ts';
import type { DoctorOptions } from '../../src/setup/finding.ts';

const [prod, dev, other] = ['111111111111', '222222222222', '333333333333'];
const users: UserName[] = [
  { account: prod, name: 'break-glass', path: '/emergency/' },
  { account: prod, name: 'alice', path: '/' },
];

async function said(written: readonly string[], of: AwsInspection['users']): Promise<string[]> {
  const protectedUsers = written.flatMap((one) => {
    const understood = protectedUsersFrom(one);
    return understood.ok ? [understood.users] : [];
  });
  const accounts = new Map([
    [prod, 'prod'],
    [dev, 'dev'],
  ]);
  const options: Pick<DoctorOptions, 'accounts' | 'protectedUsers'> & { aws: Pick<AwsInspection, 'users'> } = {
    accounts,
    protectedUsers,
    aws: { users: of },
  };
  return (await checkProtected(options as DoctorOptions)).map(({ state, says }) => `${state}: ${says}`);
}

const listed: AwsInspection['users'] = async (account) => users.filter((one) => one.account === account);

describe('the doctor says of PROTECTED_USERS', () => {
  it('whom each entry protects, and which protect nobody', async () => {
    expect(await said(['/emergency/', 'brake-glass', `arn:aws:iam::${dev}:user/alice`, `arn:aws:iam::${other}:user/alice`], listed)).toEqual([
      'ok: /emergency/ protects break-glass in prod',
      'fault: brake-glass matches no IAM user: it protects nobody.',
      `fault: arn:aws:iam::${dev}:user/alice matches no IAM user: it protects nobody.`,
      `note: arn:aws:iam::${other}:user/alice is about account ${other}, which is not in AWS_ACCOUNTS: nothing is changed there anyway.`,
    ]);
  });

  it('of which accounts the users could not be read', async () => {
    const partly: AwsInspection['users'] = (account) => (account === prod ? listed(account) : Promise.reject(new Error('no')));
    expect(await said(['alice', 'bob'], partly)).toEqual([
      expect.stringMatching(/^fault: The users of dev 222222222222 were not read: /),
      'ok: alice protects alice in prod',
      'note: bob matches no IAM user of the accounts that were read: it protects nobody.',
    ]);
  });
});
