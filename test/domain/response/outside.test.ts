/** Who is of an incident: one rule, seen wherever it is asked. The table is printed. */
import { afterAll, describe, expect, it } from 'vitest';
import type { Incident } from '../../../src/domain/incident/incident.ts';
import { type Guard, guardOf } from '../../../src/domain/response/approval.ts';
import { read } from '../../../src/domain/response/iam-user.ts';
import { isOutsideOf } from '../../../src/domain/response/outside.ts';
import type { Target } from '../../../src/domain/response/target.ts';
import type { Subject } from '../../../src/domain/sign-in/subjects.ts';
import { planUserChange } from '../../../src/features/plan-user-change.ts';
import { isLoudFor } from '../../../src/features/requests.ts';
import { handOver } from '../../../src/features/responses/hand-over.ts';
import { lockOut } from '../../../src/features/responses/lock-out.ts';
import { settings } from '../../support/ports.ts';
import { account, userFacts } from '../../support/responding.ts';

const alice: Target = { kind: 'iam-user', account, name: 'alice' };
const subject = (over: Partial<Subject>): Subject =>
  ({ kind: 'iam-user', name: 'alice', account, successes: 0, failures: 0, changes: [], suffered: [], ...over }) as Subject;

interface Row {
  readonly what: string;
  readonly subjects: readonly Subject[];
  /** Of what gives access, and of what takes it: whether it is outside. */
  readonly outside: readonly [gives: boolean, takes: boolean];
}

const rows: Row[] = [
  { what: 'signed in', subjects: [subject({ successes: 1 })], outside: [false, false] },
  { what: 'was changed by somebody', subjects: [subject({ suffered: [{}] as never })], outside: [false, false] },
  { what: 'failed sign-ins only', subjects: [subject({ failures: 9 })], outside: [true, false] },
  {
    what: 'failed, and signed in elsewhere',
    subjects: [subject({ failures: 1 }), subject({ successes: 1, account: '999988887777' })],
    outside: [true, false],
  },
  { what: 'changed others only', subjects: [subject({ changes: [{}] as never })], outside: [true, false] },
  { what: 'a role of that name', subjects: [subject({ kind: 'role-session', name: 'alice/s', successes: 1 })], outside: [true, true] },
  { what: 'another user', subjects: [subject({ name: 'bella', successes: 1 })], outside: [true, true] },
  { what: 'nobody', subjects: [], outside: [true, true] },
];

const printed: Record<string, string | number | boolean>[] = [];
afterAll(() => console.table(printed));

const guardWords = (guard: Guard): string => (guard.is === 'approval' ? `${guard.needed} approve` : guard.is);

describe.each(rows)('$what', ({ what, subjects, outside: [gives, takes] }) => {
  const incident = { id: 1, subjects, users: {} } as unknown as Incident;
  const guarded = (response: typeof handOver): Guard =>
    guardOf({ response, calls: [response], target: alice, incident, by: 'U0BOB', tagged: { is: 'nobody' }, takesBackOwn: false }, settings);
  const isTyped = async (access: 'gives' | 'takes'): Promise<boolean> => {
    const identities = { facts: async () => userFacts('alice', { devices: read([]) }) };
    const ports = { clock: { now: () => 0 }, identities, settings } as unknown as Parameters<typeof planUserChange>[0];
    const answer = await planUserChange(ports, alice, { incident, access });
    return answer.ok && answer.plan.questions.some(({ kind }) => kind === 'typed-again');
  };

  it('is told alike by form, approvals, break-glass and what rings', async () => {
    const seen = {
      'hand over: typed again': await isTyped('gives'),
      'hand over: who agrees': guardWords(guarded(handOver)),
      'lock out: typed again': await isTyped('takes'),
      'lock out: who agrees': guardWords(guarded(lockOut)),
      'lock out rings': isLoudFor(lockOut, { target: alice }, incident),
    };
    printed.push({ alice: what, ...seen });
    expect([isOutsideOf(incident, alice, 'gives'), isOutsideOf(incident, alice, 'takes')]).toEqual([gives, takes]);
    expect(seen).toEqual({
      'hand over: typed again': gives,
      'hand over: who agrees': gives ? '2 approve' : '1 approve',
      'lock out: typed again': takes,
      'lock out: who agrees': takes ? 'break-glass' : 'none',
      'lock out rings': gives,
    });
  });
});
