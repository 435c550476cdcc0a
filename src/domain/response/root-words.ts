/** What there is of a root user's credentials, in words. Pure. */
import { duration } from '../incident/incident.ts';
import { utc } from '../utc.ts';
import { deviceKind, deviceName, deviceWords, type Fact, shortened } from './iam-user.ts';
import type { Facts, Line } from './plan.ts';
import type { RootCredential, RootFacts } from './root-access.ts';
import { devicesWords, passwordWords, shortFact, withoutStop } from './user-words.ts';

function countWords<T>(fact: Fact<readonly T[]>, what: string): string {
  if (fact.is === 'not-read') return `${what}s: could not be read: ${withoutStop(fact.why)}`;
  const { length } = fact.value;
  return `${length === 0 ? 'no' : length} ${what}${length > 1 ? 's' : ''}`;
}

/** `console password set up 900 days ago · 1 MFA device · 1 access key · no signing certificate`. */
export function rootWords({ password, devices, keys, certificates }: RootFacts, now: number): string {
  return [passwordWords(password, now), devicesWords(devices), countWords(keys, 'access key'), countWords(certificates, 'signing certificate')].join(
    ' · ',
  );
}

/** One line for each credential. */
export function rootLines({ devices, keys, certificates }: RootFacts, now: number): Line[] {
  const of = <T>(fact: Fact<readonly T[]>): readonly T[] => (fact.is === 'read' ? fact.value : []);
  return [
    ...of(keys).map(({ id, active, createdAt, lastUsed }): Line => {
      const used =
        lastUsed.is === 'not-read'
          ? 'last use not read'
          : lastUsed.value === 'none-known'
            ? 'never used, or not known'
            : `last used ${duration(now - lastUsed.value.at)} ago`;
      return [`Access key ${shortened(id)}: `, { bold: active ? 'active' : 'inactive' }, `, ${duration(now - createdAt)} old, ${used}`];
    }),
    ...of(certificates).map(
      ({ id, active, uploadedAt }): Line => [`Signing certificate ${shortened(id)}: ${active ? 'active' : 'inactive'}, since ${utc(uploadedAt)}`],
    ),
    ...of(devices).map(({ serial, enrolledAt }): Line => [`${deviceWords[deviceKind(serial)]} ${deviceName(serial)}: since ${utc(enrolledAt)}`]),
  ];
}

/** What is confirmed. */
export function rootFacts(account: string, { password, devices, keys, certificates }: RootFacts): Facts {
  const told = <T>(fact: Fact<T>, words: (value: T) => string): string => shortFact(fact.is === 'read' ? words(fact.value) : 'could not be read');
  return {
    account,
    'console password': told(password, (one) => (one === 'none' ? 'none' : `set up ${utc(one.createdAt)}`)),
    'MFA devices': told(devices, (list) => list.map(({ serial }) => serial).join(', ')),
    'access keys': told(keys, (list) => list.map(({ id, active }) => `${id} ${active ? 'active' : 'inactive'}`).join(', ')),
    'signing certificates': told(certificates, (list) => list.map(({ id }) => id).join(', ')),
  };
}

export function credentialWords(credential: RootCredential): string {
  switch (credential.kind) {
    case 'password':
      return 'console password';
    case 'key':
      return `access key ${shortened(credential.id)}`;
    case 'certificate':
      return `signing certificate ${shortened(credential.id)}`;
    case 'device':
      return `MFA device ${deviceName(credential.serial)}`;
  }
}
