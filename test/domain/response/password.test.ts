import { randomInt } from 'node:crypto';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { shellWord } from '../../../src/domain/response/iam-user.ts';
import { generatePassword } from '../../../src/domain/response/password.ts';
import { Secret } from '../../../src/domain/secret.ts';

it('a generated password satisfies every policy, in groups of four without look-alikes or what Slack formats', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 128 }), (minimumLength) => {
      const password = generatePassword({ minimumLength }, (below) => randomInt(below)).reveal();
      expect(password.length).toBeGreaterThanOrEqual(Math.max(29, minimumLength));
      expect(password.length).toBeLessThanOrEqual(128);
      for (const wanted of [/[a-z]/, /[A-Z]/, /[2-9]/, /-/]) expect(password).toMatch(wanted);
      expect(password).toMatch(/^[A-Za-z2-9-]+$/);
      expect(password).not.toMatch(/[lIO01]/);
      expect(
        password
          .split('-')
          .slice(0, 6)
          .every((group) => group.length === 4),
      ).toBe(true);
    }),
  );
});

it('a secret prints as [secret] everywhere', () => {
  const secret = new Secret('hunter2');
  expect([`${secret}`, JSON.stringify({ secret }), inspect(secret), inspect({ deep: { secret } }), String(secret)].join()).not.toContain('hunter2');
  expect(secret.reveal()).toBe('hunter2');
});

it('a name becomes one word of a shell', () => {
  expect(shellWord('alice@example.com')).toBe('alice@example.com');
  expect(shellWord("a'; rm -rf /")).toBe("'a'\\''; rm -rf /'");
});
