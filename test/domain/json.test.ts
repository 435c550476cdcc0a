import { expect, it } from 'vitest';
import { feeding, isOfSeries } from '../../src/domain/alarm/log.ts';
import { lookUp } from '../../src/domain/json.ts';
import { actOf } from '../../src/domain/sign-in/act.ts';

it.each(['constructor', '__proto__', 'toString', 'hasOwnProperty', 'valueOf'])('%s is in no table that does not hold it', (name) => {
  expect(lookUp({ a: 1 }, name)).toBeUndefined();
  expect(lookUp(JSON.parse(`{"${name}":7}`), name)).toBe(7);
});

it('a filter that spreads by what every object inherits reads nothing of it', () => {
  const filter = { dimensions: { User: '$.constructor' } } as never;
  const metric = { dimensions: { User: String(Object) } } as never;
  expect(feeding([filter], metric)).toHaveLength(1);
  expect(isOfSeries({}, filter, metric)).toBe(false);
});

it.each(['constructor', '__proto__', 'toString'])('a credential of the kind %s is one that is not known', (CredentialType) => {
  const record = { eventSource: 'signin.amazonaws.com', eventName: 'CredentialVerification', additionalEventData: { CredentialType } };
  expect(actOf(record)).toMatchObject({ factor: 'unknown' });
});
