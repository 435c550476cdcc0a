/** What is tried of a role: where it cannot be assumed, that is told once. */
import { expect, it } from 'vitest';
import { withRole } from '../../src/aws/permissions.ts';
import { AppError } from '../../src/domain/error.ts';

const denying = (message: string, operation: string) => () => Promise.reject(new AppError('denied', message, { operation }));

it.each(['no sentence names the call', 'AssumeRole is not allowed'])(
  'a role that cannot be assumed is told once, in whatever words: %s',
  async (message) => {
    const call = denying(message, 'AssumeRole');
    expect(
      await withRole('the role', async () => [
        ['iam:GetUser', call],
        ['iam:ListUsers', call],
      ]),
    ).toEqual([{ action: 'assume the role', fault: message }]);
  },
);

it('a call that is denied as all others are is told with each, also where its words name AssumeRole', async () => {
  const call = denying('Not allowed, unlike AssumeRole', 'GetUser');
  expect(
    await withRole('the role', async () => [
      ['iam:GetUser', call],
      ['iam:ListUsers', call],
    ]),
  ).toHaveLength(2);
});

it('what is not there proves that it may be asked for', async () => {
  const missing = () => Promise.reject(new AppError('not-found', 'No such user', { operation: 'GetUser' }));
  expect(await withRole('the role', async () => [['iam:GetUser', missing]])).toEqual([{ action: 'iam:GetUser', fault: undefined }]);
});
