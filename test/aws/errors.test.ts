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

it.each([
  ['CredentialsProviderError', 'The responder has no AWS credentials. Give its process a role'],
  ['ExpiredToken', 'The responder’s AWS credentials have expired. Renew them'],
  ['ExpiredTokenException', 'The responder’s AWS credentials have expired. Renew them'],
  ['InvalidClientTokenId', 'AWS does not know the responder’s access key here. Correct AWS_ACCESS_KEY_ID'],
  ['UnrecognizedClientException', 'AWS does not know the responder’s access key here. Correct AWS_ACCESS_KEY_ID'],
  ['RegionDisabledException', 'STS is switched off in this region for the account. Switch it on'],
  ['SignatureDoesNotMatch', 'AWS does not accept the responder’s signature. Correct AWS_SECRET_ACCESS_KEY'],
])('%s is about credentials, and no policy is to be checked', async (name, says) => {
  for (const isChange of [false, true]) {
    const error = await thrownBy({ name }, 'GetUser', isChange);
    expect([error.code, error.message]).toEqual(['denied', expect.stringContaining(says)]);
    expect(error.message).not.toContain('policy');
  }
  expect((await thrownBy({ name }, 'DeleteUser', true)).message).toMatch(/\. Nothing was changed\.$/);
});

it('what nothing allows is a matter of the role’s policy', async () => {
  expect((await thrownBy(denied, 'GetUser', false)).message).toBe(
    "AWS does not let the responder call GetUser (AccessDenied). Check its role's policy.",
  );
});
