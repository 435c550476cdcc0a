/** What is kept of responses that AWS goes on with: a newer version leaves it to an older one, and the other way round. */
import { describe, expect, it } from 'vitest';
import type { AppError } from '../../../src/domain/error.ts';
import { keptRemoval, type Removal, readRemoval, removalOf } from '../../../src/domain/response/center-removal.ts';
import { keptFollowed, readFollowed } from '../../../src/domain/response/following.ts';

const followed = { token: 'what the module needs', requests: ['request-1'] };
const instance = { arn: 'arn:aws:sso:::instance/ssoins-1', storeId: 'd-1', region: 'eu-central-1' } as unknown as Removal['instance'];
const user = { id: 'u-1', name: 'dora' } as unknown as Removal['user'];
const kept = { v: 1, of: 'access', holder: { kind: 'center-user', name: 'dora' }, userId: 'u-1', items: [] } as unknown as Removal['kept'];
const removal = removalOf({ instance, user } as never, { assignments: [], groups: [] } as never, { sessionMs: 1, at: 2, kept });

describe('what is kept of a response under way', () => {
  it.each([
    ['of any response', followed, keptFollowed(followed), readFollowed],
    ['of a removal of access', removal, keptRemoval(removal), readRemoval],
  ] as const)('%s: is read as it was written, by this version and by those that wrote none', (_what, value, written, read) => {
    expect(read(written)).toEqual(value);
    const { v, ...without } = JSON.parse(written);
    expect(v).toBe(1);
    expect(read(JSON.stringify(without))).toEqual(value);
  });

  it.each([
    ['of any response', keptFollowed(followed), readFollowed],
    ['of a removal of access', keptRemoval(removal), readRemoval],
  ] as const)('%s: is not guessed at where a newer version wrote it, or where something is missing', (_what, written, read) => {
    const codeOf = (text: string): string => {
      try {
        read(text);
        return 'read';
      } catch (thrown) {
        return (thrown as AppError).code;
      }
    };
    expect(codeOf(JSON.stringify({ ...JSON.parse(written), v: 2 }))).toBe('refused');
    expect(codeOf('{}')).toBe('internal');
  });
});
