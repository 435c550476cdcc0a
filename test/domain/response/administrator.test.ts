import { expect, it } from 'vitest';
import { type Power, powerOf } from '../../../src/domain/response/administrator.ts';

const aws = (name: string): string => `arn:aws:iam::aws:policy/${name}`;
const own = (name: string): string => `arn:aws:iam::123456789012:policy/${name}`;

it.each<[string, readonly string[], boolean, Power]>([
  ['nothing', [], false, 'no-administrator'],
  ['AdministratorAccess', [aws('ReadOnlyAccess'), aws('AdministratorAccess')], false, 'administrator'],
  ['one for a service', [aws('AdministratorAccess-Amplify')], false, 'administrator'],
  ['PowerUserAccess', [aws('PowerUserAccess')], false, 'administrator'],
  ['IAMFullAccess, in another partition', ['arn:aws-cn:iam::aws:policy/IAMFullAccess'], false, 'administrator'],
  ['a job function', [aws('job-function/SystemAdministrator')], false, 'administrator'],
  ['AWS’s own that are none of those', [aws('ReadOnlyAccess'), aws('AmazonS3FullAccess'), aws('job-function/Billing')], false, 'no-administrator'],
  ['the quarantine', [aws('ReadOnlyAccess'), own('signin-responder/deny-all')], false, 'no-administrator'],
  ['one of the account’s', [own('Everything')], false, 'not-known'],
  ['one of the account’s that is called so', [own('AdministratorAccess')], false, 'not-known'],
  ['one that is written into it', [aws('ReadOnlyAccess')], true, 'not-known'],
  ['both', [aws('AdministratorAccess')], true, 'administrator'],
])('%s', (_what, managed, hasOthers, power) => {
  expect(powerOf({ managed, hasOthers })).toBe(power);
});
