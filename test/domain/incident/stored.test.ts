/** Incidents that older versions stored, as this one reads them. */
import { expect, it } from 'vitest';
import type { Incident } from '../../../src/domain/incident/incident.ts';
import { readIncident, storedIncident } from '../../../src/domain/incident/stored.ts';
import { isOnlyReported } from '../../../src/domain/sign-in/tally.ts';

const incident = {
  key: 'k',
  title: 't',
  status: 'open',
  severity: 'HIGH',
  rung: 'HIGH',
  told: {},
  tells: 'itself',
  campaign: { incidents: [], gravest: 'HIGH' },
  subjects: [],
  users: {},
  notStopped: [],
  leftToDo: [],
};
const numbers = { id: 7, revision: 3 };

function read(body: object): Incident {
  return readIncident(JSON.stringify(body), numbers);
}

const words = [
  ['failed', 'failed'],
  ['signed in', 'signed-in'],
  ['was refused by policy', 'refused'],
  ['was refused by a resource-based policy', 'refused'],
  ['signed in (says a message)', 'reported'],
  ['signed in, says a message', 'reported'],
  ['signed in from the command line (aws login)', 'let-in'],
  ['signed in from the command line', 'let-in'],
  ['signed in for an external client (such as MCP)', 'let-in'],
  ['signed in to the console', 'let-in'],
  ['signed in to the console or tried to (outcome not in the record)', 'other'],
  ['signed in to the access portal', 'other'],
  ['signed in to WorkSpaces', 'other'],
  ['allowed a sign-in from the command line (aws login)', 'allowed'],
  ['allowed a sign-in to the console or tried to (outcome not in the record)', 'other'],
  ['failed to switch role in the console', 'other'],
  ['RenewRole (outcome not in the record)', 'other'],
];

it.each([0, 1])('what somebody did, in the words of version %d, is known as what it was', (v) => {
  const did = words.map(([what], index) => ({ what, times: index + 1 }));
  const older = { ...(v === 0 ? {} : { v }), ...incident, subjects: [{ key: 's', did, changes: [], suffered: [] }] };
  expect(read(older).subjects[0]?.did).toEqual(words.map(([what, is], index) => ({ is, what, times: index + 1 })));
});

it('whom only messages name is still one of whom no account is known', () => {
  const reported = { key: 's', did: [{ what: 'signed in, says a message', times: 1 }], changes: [], suffered: [] };
  const { subjects } = read({ v: 1, ...incident, subjects: [reported] });
  expect(subjects.map(isOnlyReported)).toEqual([true]);
});

it('a subject of whom only numbers were kept stays as it is', () => {
  expect(read({ v: 1, ...incident, subjects: [{ key: 's', failures: 2, successes: 0 }] }).subjects).toEqual([
    { key: 's', failures: 2, successes: 0 },
  ]);
});

it('an IAM user is under one key, however older versions spelt it', () => {
  const [stored, now] = ['iam-user:123456789012:Alice', 'iam-user:123456789012:alice'];
  const concerns = [{ who: stored, severity: 'HIGH', verdict: 'takeover' }];
  const assessment = { verdict: 'takeover', severity: 'HIGH', about: stored, reasons: [], concerns };
  const older = { v: 3, ...incident, told: { [stored]: 'HIGH' }, subjects: [{ key: stored, name: 'Alice' }], users: { [stored]: {} }, assessment };
  const after = read(older);
  expect(after).toMatchObject({ subjects: [{ key: now, name: 'Alice' }], users: { [now]: {} }, told: { [now]: 'HIGH' } });
  expect(after.assessment).toMatchObject({ about: now, concerns: [{ who: now }] });
});

it('what this version stores is read as it was', () => {
  const did = [{ is: 'reported', what: 'failed', times: 1 }];
  const one = { ...read({ v: 1, ...incident }), subjects: [{ key: 's', did }] } as unknown as Incident;
  expect(readIncident(storedIncident(one), numbers)).toEqual(one);
});
