import { expect, it } from 'vitest';
import { newestText } from '../../../src/domain/incident/newest.ts';
import type { Subject } from '../../../src/domain/sign-in/subjects.ts';

it('the newest event names whom the directory named since', () => {
  const newest = { at: 0, text: 'Identity Center user u-1 (name not known) failed at the MFA step' };
  const told = (name: string | undefined): string | undefined => {
    const directory = { userId: 'u-1', storeArn: undefined, region: undefined };
    return newestText({ newest, subjects: [{ kind: 'identity-center-user', name, directory } as Subject] });
  };
  expect(told('dora')).toBe('Identity Center user dora failed at the MFA step');
  expect(told(undefined)).toBe(newest.text);
});
