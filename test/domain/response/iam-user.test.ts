import { describe, expect, it } from 'vitest';
import { emailIn } from '../../../src/domain/response/iam-user.ts';

const said = (Value: string, Key = 'email') =>
  emailIn([
    { Key: 'team', Value: 'a@b.example' },
    { Key, Value },
  ]);

describe('the address in a user’s tag', () => {
  it.each(['alice@example.com', 'a.b+c@sub.example.co.uk'])('is %s', (address) => expect(said(address)).toBe(address));

  it('is found under a key of any case, without spaces around it', () => {
    expect(said(' alice@example.com ', 'Email')).toBe('alice@example.com');
    expect(emailIn([])).toBeUndefined();
    expect(emailIn([{}])).toBeUndefined();
  });

  it.each(['', 'alice', '@', 'a@', '@b', 'a@b@c', 'a b@c', '<!channel>\n@x', 'a@b\0', `${'a'.repeat(300)}@b`])('is none in %j', (text) => {
    expect(said(text)).toBeUndefined();
  });
});
