/** What goes on although something was taken: known by what of whom it is, whatever it is called. */
import { expect, it } from 'vitest';
import { type GoesOn, withGoingOn, withoutStopped } from '../../../src/domain/incident/goes-on.ts';
import { readIncident, storedIncident } from '../../../src/domain/incident/stored.ts';

const alice = { kind: 'iam-user' as const, name: 'alice', account: '1' };
const sessions: GoesOn = { text: 'what alice has open', of: { what: 'sessions', whose: alice } };
const keys: GoesOn = { text: 'the keys of alice', of: { what: 'keys', whose: alice } };
const other: GoesOn = { text: 'running sessions of alice' };

it('is taken away with what stops it, of that user or role in that account alone', () => {
  const all = [sessions, keys, other];
  expect(withoutStopped(all, 'sessions', alice)).toEqual([keys, other]);
  expect(withoutStopped(all, 'keys', alice)).toEqual([sessions, other]);
  for (const whose of [
    { ...alice, account: '2' },
    { ...alice, name: 'alicea' },
    { ...alice, kind: 'role' as const },
  ])
    expect(withoutStopped(all, 'sessions', whose)).toEqual(all);
});

it('is there once, and of each account', () => {
  const elsewhere: GoesOn = { ...sessions, of: { what: 'sessions', whose: { ...alice, account: '2' } } };
  expect(withGoingOn([sessions, other], [sessions, elsewhere])).toEqual([sessions, other, elsewhere]);
});

it.each<[string, 'sessions' | 'keys' | undefined, string?]>([
  ['running sessions of alice', 'sessions', 'iam-user'],
  ['2 active access keys of alice (AKIA…QQQQ, AKIA…RRRR)', 'keys', 'iam-user'],
  ['1 active access key of alice (AKIA…QQQQ)', 'keys', 'iam-user'],
  ['access keys of alice, if there are any (they could not be read)', 'keys', 'iam-user'],
  ['role alice, which bob assumed: its sessions run until 2026-11-26 07:00 UTC', 'sessions', 'role'],
  ['sessions of root of prod 4444-5555-6666 that run, until they expire', undefined],
  ['role sessions of alice that ran at 2026-11-26 07:00 UTC (for 12 h at most)', undefined],
  ['role back-door, made by alice 2026-11-26 06:00 UTC', undefined],
])('of an older version, “%s” is known as what it was', (text, what, kind) => {
  const older = { v: 1, key: 'k', status: 'open', severity: 'HIGH', users: {}, notStopped: [text] };
  const read = readIncident(JSON.stringify(older), { id: 7, revision: 1 });
  const of = what === undefined ? {} : { of: { what, whose: { kind, name: 'alice', account: undefined } } };
  expect(read.notStopped).toEqual([{ text, ...of }]);
  expect(readIncident(storedIncident(read), read).notStopped).toEqual(JSON.parse(JSON.stringify(read.notStopped)));
  if (what !== undefined) expect(withoutStopped(read.notStopped, what, { ...alice, kind: kind as 'iam-user' })).toEqual([]);
});
