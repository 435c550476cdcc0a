import { expect, it } from 'vitest';
import type { AwsInspection } from '../../src/domain/inspection.ts';
import { protectedUsersFrom } from '../../src/domain/response/protected.ts';
import { checkAdministrators } from '../../src/setup/doctor-administrators.ts';
import type { DoctorOptions } from '../../src/setup/finding.ts';

const prod = '111111111111';
const admin = { managed: ['arn:aws:iam::aws:policy/AdministratorAccess'], hasOthers: false };
const users: Record<string, Awaited<ReturnType<AwsInspection['held']>> | Error> = {
  admin2: { ...admin, isTagged: false },
  tagged: { ...admin, isTagged: true },
  'break-glass': { ...admin, isTagged: false },
  alice: { managed: ['arn:aws:iam::aws:policy/ReadOnlyAccess'], hasOthers: false, isTagged: false },
  own: { managed: ['arn:aws:iam::111111111111:policy/Everything'], hasOthers: true, isTagged: false },
};

async function said(over: typeof users): Promise<string[]> {
  const of = { ...users, ...over };
  const understood = protectedUsersFrom('break-glass');
  const aws: Pick<AwsInspection, 'users' | 'held'> = {
    users: async (account) => Object.keys(of).map((name) => ({ account, name, path: '/' })),
    held: async ({ name }) => {
      const held = of[name];
      if (held === undefined || held instanceof Error) throw held ?? new Error('nobody');
      return held;
    },
  };
  const options = { aws, protectedUsers: understood.ok ? [understood.users] : [] } as unknown as DoctorOptions;
  return (await checkAdministrators(options, prod, 'prod')).map(({ state, says, fix }) => `${state}: ${says} ${fix ?? ''}`.trim());
}

it('names administrators whom neither a tag nor PROTECTED_USERS protects, with the fix', async () => {
  expect(await said({})).toEqual([
    'note: Not protected: admin2. Whoever steals the responder may replace their passwords. aws iam tag-user --user-name admin2 --tags Key=signin-responder,Value=protected, for each; or name them in PROTECTED_USERS.',
  ]);
});

it('says that there is none, and that it could not look', async () => {
  expect(await said({ admin2: { ...admin, isTagged: true } })).toEqual(['ok: none whom nothing protects, as far as AWS’s own policies tell.']);
  expect(await said({ alice: new Error('no') })).toEqual([expect.stringMatching(/^note: Not looked for: .*Deploy the member-roles template/)]);
});

it('says of how many it does not tell', async () => {
  const many = Object.fromEntries(Array.from({ length: 300 }, (_, nth) => [`u${nth}`, { ...admin, isTagged: nth > 0 }]));
  expect((await said({ ...many, admin2: { ...admin, isTagged: true } }))[0]).toMatch(
    /^note: Not protected: u0\. .* Of 104 more users nothing is told\./,
  );
});
