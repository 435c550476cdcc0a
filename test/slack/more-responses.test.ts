/** Two rows of buttons at most, and everything that is offered within reach: from the card, or from the list behind “More responses”. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Incident } from '../../src/domain/incident/incident.ts';
import type { Contained, KeptState } from '../../src/domain/response/kept-state.ts';
import { offered } from '../../src/domain/response/offers.ts';
import type { CallResponse, Response } from '../../src/domain/response/response.ts';
import type { TargetKind } from '../../src/domain/response/target.ts';
import type { Role } from '../../src/domain/response/who-may.ts';
import { severities } from '../../src/domain/severity.ts';
import type { Subject } from '../../src/domain/sign-in/subjects.ts';
import { listResponses } from '../../src/features/list-responses.ts';
import type { World } from '../../src/features/prepare-response.ts';
import { lockOut } from '../../src/features/responses/lock-out.ts';
import { responses } from '../../src/features/responses.ts';
import { faultsOfBlocks, faultsOfView } from '../../src/sandbox/slack/validate.ts';
import { actions, leadOf } from '../../src/slack/card-actions.ts';
import { moreView } from '../../src/slack/more-view.ts';
import { nextStepFor } from '../../src/slack/next-step.ts';
import { oneSignIn } from '../support/one-sign-in.ts';
import { settings } from '../support/ports.ts';
import { person } from '../support/responding.ts';

const account = '123456789012';

function subject(kind: Subject['kind'], name: string | undefined, over: Partial<Subject> = {}): Subject {
  const nothing = { failures: 0, mfaFailures: 0, firstMfaFailureAt: undefined, contacts: [], mfaOfSuccess: undefined, userAgent: undefined };
  const seen = { firstSeen: 0, lastSeen: 0, changes: [], suffered: [], workflows: [], mfa: 'no' as const };
  return { key: `${kind} ${name}`, kind, name, account, directory: undefined, successes: 1, ...nothing, ...seen, ...over };
}

const about = (subjects: readonly Subject[], over: Partial<Incident> = {}): Incident => ({ ...oneSignIn, subjects, ...over });

interface Pretended {
  readonly place: ReturnType<Response['offered']>;
  readonly access: Response['access'];
  readonly target: TargetKind;
  readonly rank?: number;
  readonly approvals?: 0 | 1 | 2;
}

function pretend(id: string, { place, access, target, rank, approvals = 0 }: Pretended): CallResponse {
  const label = `Do ${id}`;
  return {
    ...(lockOut as CallResponse),
    id,
    label,
    button: { id, label, heading: label, verb: 'Do' },
    access,
    target,
    approvals,
    offered: () => place,
    ...(rank === undefined ? {} : { rank: () => rank }),
  };
}

function worldOf(all: readonly Response[], roles: readonly Role[]): World {
  const standing = () => ({ isOneOfUs: true, roles, unread: { responder: undefined, remediator: undefined }, remediatorsExist: true });
  return { ports: { settings, people: { standing } } as unknown as World['ports'], responses: all };
}

const remediator: readonly Role[] = ['responder', 'remediator'];

/** All pages of the list. */
function pages(incident: Incident, all: readonly Response[], roles = remediator): string[] {
  const groups = listResponses(worldOf(all, roles), person('bob'), incident);
  const found: string[] = [];
  for (let page = 0; page === 0 || page < groups.length / 4; page++) {
    const view = moreView(incident, { groups, page, accounts: new Map() });
    expect(faultsOfView(view as unknown as Record<string, unknown>)).toEqual([]);
    found.push(JSON.stringify(view.blocks));
  }
  return found;
}

function card(incident: Incident, all: readonly Response[]): string[][] {
  const rows = actions(incident, { responses: all, remediatorsExist: true, reach: settings });
  expect(faultsOfBlocks(rows, 'message')).toEqual([]);
  return rows.map(({ elements }) =>
    elements.flatMap((one) => (one.type === 'overflow' ? one.options.map(({ value }) => String(value).split(':')[0] ?? '') : [one.action_id ?? ''])),
  );
}

const kinds = ['iam-user', 'root', 'role-session', 'federated-user', 'identity-center-user', 'service', 'unknown'] as const;
const hostile = fc.oneof(fc.string({ maxLength: 70 }), fc.constantFrom('alice', '__proto__', '<!channel>', 'a\u202eb', 'web/i-1', '*bold*'));
const incidents = fc
  .record({
    subjects: fc.array(
      fc.record({ kind: fc.constantFrom(...kinds), name: fc.option(hostile, { nil: undefined }), successes: fc.nat(2), known: fc.boolean() }),
      { maxLength: 14 },
    ),
    status: fc.constantFrom('open' as const, 'acknowledged' as const, 'resolved' as const, 'merged' as const),
    severity: fc.constantFrom(...severities),
    moreSubjects: fc.nat(1),
  })
  .map(({ subjects, ...over }) =>
    about(
      subjects.map(({ kind, name, successes, known }, index) => subject(kind, known ? name : undefined, { key: `${index}`, successes })),
      over,
    ),
  );
const pretended = fc
  .array(
    fc.record({
      place: fc.constantFrom('incident' as const, 'user' as const, 'more' as const, 'listed' as const, undefined),
      access: fc.constantFrom('gives' as const, 'takes' as const, 'unchanged' as const),
      target: fc.constantFrom<TargetKind>('incident', 'iam-user', 'role', 'identity-center-user', 'root', 'entry'),
      rank: fc.nat(99),
    }),
    { maxLength: 14 },
  )
  .map((all) => all.map((one, index) => pretend(`pretend-${index}`, one)));

describe('whatever is offered', () => {
  it('fits two rows, and is on the card or in the list', () => {
    fc.assert(
      fc.property(incidents, pretended, (incident, more) => {
        const all = [...responses, ...more];
        const rows = card(incident, all);
        expect(rows.length).toBeLessThanOrEqual(2);
        expect(rows[1]?.length ?? 0).toBeLessThanOrEqual(4);
        const within = `${rows.flat().join(' ')} ${rows.flat().includes('more-responses') ? pages(incident, all).join(' ') : ''}`;
        for (const response of all) if (response.offered(incident, settings)) expect(within).toContain(response.button.id);
      }),
      { numRuns: 300 },
    );
  });
});

describe('what comes first', () => {
  const shut = pretend('shut', { place: 'user', access: 'takes', target: 'iam-user', rank: 1 });
  const lamp = pretend('lamp', { place: 'user', access: 'gives', target: 'iam-user', rank: 0 });
  const alice = subject('iam-user', 'alice');

  it('is what the response’s own rank says', () => {
    expect(card(about([alice], { severity: 'MEDIUM' }), [...responses, shut, lamp])[1]).toEqual(['lamp', 'shut', 'look-up-mfa', 'reset-password']);
  });

  it('is what takes access, while an attack is under way', () => {
    const row = card(about([alice], { severity: 'CRITICAL' }), [...responses, lamp, shut])[1];
    expect(row).toEqual(['shut', 'contain', 'reset-password', 'lamp']);
  });

  it('names whom it is about, and reads as a sentence where the label is a verb', () => {
    const verb: Response = { ...shut, label: 'Contain', button: { id: 'contain', label: 'Contain', heading: 'Contain', verb: 'Contain' } };
    const said = JSON.stringify(actions(about([alice]), { responses: [verb, lockOut], remediatorsExist: true, reach: settings }));
    expect(said).toContain('"Contain alice"');
    expect(said).toContain('"Reset password"');
    const alone = actions(about([alice]), { responses: [lockOut], remediatorsExist: true, reach: settings });
    expect(JSON.stringify(alone)).toContain('"Reset password · alice"');
  });

  it('is nothing that nobody may: without REMEDIATORS the row has room for the rest', () => {
    const rows = actions(about([alice]), { responses: [...responses, shut], remediatorsExist: false, reach: settings });
    expect(JSON.stringify(rows)).not.toMatch(/contain|shut|reset-password/);
    expect(JSON.stringify(rows)).toContain('look-up-mfa');
  });
});

describe('what is done is not put forward again, and what is left is', () => {
  const holder = { kind: 'iam-user' as const, account, name: 'alice' };
  const by = { id: 'U0BOB', name: 'bob' };
  const took = (before: KeptState, left: KeptState, over: Partial<Contained> = {}): Contained => {
    return { incident: 1, seq: 2, response: left.of, on: left.holder.name, by, at: 1, before, left, ...over };
  };
  const password = (isReplaced: boolean): KeptState => ({ v: 1, of: 'password', holder, isReplaced });
  const keys = (isActive: boolean): KeptState => ({ v: 1, of: 'keys', holder, keys: [{ id: 'AKIA1', isActive }] });
  const held = (isOn: boolean, of: KeptState['holder'] = holder): KeptState => ({ v: 1, of: 'quarantine', holder: of, isOn });
  const web: KeptState['holder'] = { kind: 'role', account, name: 'web' };
  const dora: KeptState['holder'] = { kind: 'identity-center-user', account: '111122223333', name: 'dora' };
  const access = (isThere: boolean): KeptState => ({ v: 1, of: 'access', holder: dora, userId: 'd1', items: [{ id: 'a', name: 'A', isThere }] });
  const [lockedOut, keysOff, quarantined] = [took(password(false), password(true)), took(keys(true), keys(false)), took(held(false), held(true))];
  const reach = { ...settings, identityCenterAccount: '111122223333', rootAccessAccount: '111122223333' };
  const takeover = { verdict: 'takeover', reasons: [], severity: 'CRITICAL', about: 'iam-user alice', concerns: [] } as const;
  const ofAlice = (contained: readonly Contained[], over: Partial<Incident> = {}): Incident =>
    about([subject('iam-user', 'alice')], { severity: 'CRITICAL', assessment: takeover, contained, ...over });
  const root = subject('root', undefined, { lastSeen: 5 });
  const missing = { iam: undefined, fault: undefined, isMissing: true, hadDevice: undefined, activity: undefined };
  const active = {
    'iam-user alice': { at: 1, listed: { sessions: [{ arn: 'a', region: 'us-east-1', client: 'CLI', issuedAt: 0 }], faults: {} } },
  } as unknown as NonNullable<Incident['signInSessions']>;

  it.each<[string, Incident, string, RegExp]>([
    ['nothing', ofAlice([]), 'contain reset-password look-up-mfa reset-mfa', /^Contain alice, then call alice/],
    [
      'nothing, of one whom IAM does not have, beside one who failed',
      about([subject('iam-user', 'alice'), subject('iam-user', 'bella', { successes: 0, failures: 1 })], { users: { 'iam-user alice': missing } }),
      'look-up-mfa reset-password reset-mfa contain',
      /^Find out who alice is: IAM has no such user/,
    ],
    ['locked out', ofAlice([lockedOut]), 'contain look-up-mfa reset-password reset-mfa', /^Contain alice for what is left, then call/],
    ['all but the quarantine', ofAlice([lockedOut, keysOff]), 'contain look-up-mfa reset-password reset-mfa', /^Contain alice for what is left/],
    ['all', ofAlice([lockedOut, keysOff, quarantined]), 'look-up-mfa reset-password reset-mfa', /^Call alice\.$/],
    ['all but sessions', ofAlice([lockedOut, keysOff, quarantined], { signInSessions: active }), 'contain end-sessions', /^Contain alice for what/],
    ['all, and the quarantine given back', ofAlice([lockedOut, keysOff, { ...quarantined, brokenAt: 9 }]), 'contain', /^Contain alice for what/],
    ['root, who failed to get in', about([{ ...root, successes: 0, failures: 2 }]), 'audit-root', /was it them\? Make sure root has MFA/],
    ['root, emptied', about([root], { rootsEmptied: [{ account, at: 6 }] }), 'audit-root-credentials', /was it planned\?$/],
    ['root, emptied and seen since', about([root], { rootsEmptied: [{ account, at: 4 }] }), 'audit-root-credentials delete-root', /Delete root/],
    [
      'a role, quarantined',
      about([subject('role-session', 'web/i-1')], { contained: [took(held(false, web), held(true, web))] }),
      '',
      /^Find out who/,
    ],
    [
      'access removed',
      about([subject('identity-center-user', 'dora')], { contained: [took(access(true), access(false))] }),
      '',
      /^Call dora: was it them\? Block the user/,
    ],
  ])('%s', (_what, incident, row, next) => {
    const given = { responses, remediatorsExist: true, reach };
    const [, second] = actions(incident, given);
    const ids = (second?.elements ?? []).map((one) => ('action_id' in one ? one.action_id : ''));
    expect(ids.join(' ')).toMatch(new RegExp(`^${row}`));
    if (row === '') expect(ids).toEqual([]);
    expect(nextStepFor(incident, reach, leadOf(incident, given))).toMatch(next);
    const listed = offered(responses, incident, reach).listed.map(({ id }) => id);
    for (const response of responses) if (response.offered(incident, reach)) expect(listed).toContain(response.id);
  });
});

describe('the list', () => {
  const approved = pretend('approved', { place: 'listed', access: 'gives', target: 'iam-user', approvals: 2 });
  const ofRole = pretend('of-role', { place: 'listed', access: 'takes', target: 'role' });
  const all = [...responses, approved, ofRole];
  const both = about([subject('iam-user', 'alice'), subject('role-session', 'web/i-1'), subject('iam-user', 'bella', { successes: 0, failures: 2 })]);

  it('says of each whom, what, who may, and who has to approve', () => {
    const said = pages(both, all).join();
    for (const part of ['alice (IAM user) in account 1234-5678-9012', 'web/i-1 (role session)', 'Somebody else, by name', 'SIN-1 itself']) {
      expect(said).toContain(part);
    }
    expect(said).toMatch(/Do approved: .*?remediators, 2 others approve\./);
    expect(said).toMatch(/Lock out: .*?shown to nobody\. .*?remediators, no approval\./);
    expect(said).toMatch(/MFA devices: .*?\(responders\.\)/);
  });

  it('explains each response once a page, and leaves out who is no user of the account', () => {
    const users = { 'iam-user frank': { iam: undefined, fault: undefined, isMissing: true, hadDevice: undefined, activity: undefined } };
    const [first = ''] = pages(
      about([subject('iam-user', 'alice'), subject('iam-user', 'bella'), subject('iam-user', 'frank')], { users }),
      responses,
    );
    expect(first.split(lockOut.effect)).toHaveLength(2);
    expect(first.match(/Lock out(?!:)/g)).toHaveLength(2);
    expect(first).not.toContain('frank');
  });

  it('gives a button only to who may', () => {
    const said = pages(both, all, ['responder']).join();
    expect(said).toContain('"action_id":"look-up-mfa"');
    expect(said).not.toMatch(/"action_id":"(reset-password|approved|of-role)/);
    expect(said).toContain('You are not a remediator.');
  });

  it('has pages: two hundred users are as many windows as it takes, the ones who got in first', () => {
    const many = Array.from({ length: 200 }, (_, index) => subject('iam-user', `user${index}`, { successes: index === 150 ? 1 : 0 }));
    const found = pages(about(many), all);
    expect(found.length).toBeGreaterThan(40);
    expect(found[0]).toContain('user150 (IAM user)');
  });

  it('leaves out whom the bot does not reach', () => {
    const elsewhere = about([subject('iam-user', 'alice'), subject('iam-user', 'zoe', { account: '999988887777' })]);
    const reach = { ...settings, accounts: new Map([[account, 'prod']]) };
    const world = worldOf(all, remediator);
    const groups = listResponses({ ...world, ports: { ...world.ports, settings: reach } }, person('bob'), elsewhere);
    expect(JSON.stringify(groups)).not.toContain('zoe');
    expect(offered(all, elsewhere, reach).hasList).toBe(true);
  });
});
