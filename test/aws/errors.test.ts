/** What an error of AWS is known by, whatever is said of it. */
import { expect, it } from 'vitest';
import { calling } from '../../src/aws/errors.ts';
import type { AppError } from '../../src/domain/error.ts';
import { silentMetrics } from '../support/ports.ts';

async function thrownBy(error: object, operation: string, isChange: boolean): Promise<AppError> {
  return calling(silentMetrics)(operation, isChange, () => Promise.reject(error)).then(
    () => expect.fail('not thrown'),
    (thrown: AppError) => thrown,
  );
}

const denied = { name: 'AccessDenied', message: 'User: x is not authorized to perform: iam:PutUserPolicy' };
const explicit = { ...denied, message: `${denied.message} with an explicit deny in an identity-based policy` };

it('a change that a policy denies is told from one that nothing allows', async () => {
  expect(await thrownBy(explicit, 'PutUserPolicy', true)).toMatchObject({ code: 'denied', isExplicit: true });
  expect(await thrownBy(denied, 'PutUserPolicy', true)).toMatchObject({ code: 'denied', isExplicit: false });
});

it('which call it was is known', async () => {
  expect(await thrownBy(denied, 'AssumeRole', false)).toMatchObject({ operation: 'AssumeRole' });
  expect(await thrownBy({ name: 'NoSuchEntity' }, 'GetUser', false)).toMatchObject({ operation: 'GetUser' });
});
