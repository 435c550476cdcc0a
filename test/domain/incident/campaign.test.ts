import { describe, expect, it } from 'vitest';
import type { Assessment } from '../../../src/domain/incident/assessment.ts';
import { asCampaign, leadOf, newsOf, onFirstPicture, tiedBy, withTold } from '../../../src/domain/incident/campaign.ts';
import type { Incident } from '../../../src/domain/incident/incident.ts';
import { apply } from '../../../src/domain/incident/intake.ts';
import { reasonWords, verdictLine } from '../../../src/domain/incident/reasons.ts';
import { readIncident, storedIncident } from '../../../src/domain/incident/stored.ts';
import { meaningOf } from '../../../src/domain/incident/triage.ts';
import type { Severity } from '../../../src/domain/severity.ts';
import type { LookState } from '../../../src/domain/sign-in/looks.ts';
import type { Subject } from '../../../src/domain/sign-in/subjects.ts';
import { noSurroundings } from '../../../src/domain/sign-in/surroundings.ts';
import type { Tallied } from '../../../src/domain/sign-in/tally.ts';
import { alone } from '../../support/memory.ts';
import { signIn } from '../../support/office.ts';
import { settings } from '../../support/ports.ts';

const t0 = Date.parse('2026-11-22T18:00:00Z');
const minute = 60_000;
const event = signIn('alice', t0, 'Success');
const plain = apply(
  event,
  { do: 'open', reason: 'first-firing' },
  alone({ before: undefined, meaning: meaningOf(event, undefined, settings), now: t0 }),
).incident as Incident;

function takeover(who: string, severity: Severity = 'CRITICAL'): Assessment {
  return { verdict: 'takeover', reasons: [], severity, about: who, concerns: [{ who, severity, verdict: 'takeover' }] };
}

/** One that nothing was told of yet. */
function incident(id: number, severity: Severity, assessment?: Assessment): Incident {
  return { ...plain, id, severity, rung: 'LOW', told: {}, assessment };
}

const alice = 'iam-user:1:alice';
const bob = 'iam-user:1:bob';

describe('what is told of the incidents of one campaign', () => {
  it('is told once for a person, whichever of them it is', () => {
    const lead = withTold(incident(1, 'CRITICAL', takeover(alice)));
    expect(newsOf(lead)).toBe('none');
    expect(newsOf(incident(2, 'CRITICAL', takeover(alice)), [lead])).toBe('none');
    expect(newsOf(incident(2, 'HIGH', takeover(bob, 'HIGH')), [lead])).toBe('another-person');
    expect(newsOf(incident(2, 'CRITICAL', takeover(alice)), [withTold(incident(1, 'HIGH', takeover(alice, 'HIGH')))])).toBe('graver');
  });

  it('without a person is told when it is graver than all that was told', () => {
    const lead = withTold(incident(1, 'HIGH'));
    expect(newsOf(incident(2, 'HIGH'), [lead])).toBe('none');
    expect(newsOf(incident(2, 'CRITICAL'), [lead])).toBe('graver');
    expect(newsOf(incident(2, 'HIGH'), [{ ...lead, resolved: { by: { id: 'U', name: 'u' }, at: t0, verdict: 'test', note: '' } }])).toBe('graver');
  });

  it('is told by the first that rang, and by itself where that is resolved or none did', () => {
    const first = withTold(incident(1, 'LOW'));
    const rang = withTold(incident(2, 'HIGH'));
    const later = withTold(incident(3, 'CRITICAL'));
    expect(leadOf([later, first, rang])?.id).toBe(2);
    expect(leadOf([first])).toBeUndefined();
    expect(onFirstPicture(incident(4, 'CRITICAL', takeover(bob)), [rang])).toMatchObject({ tells: 'lead', rung: 'LOW' });
    expect(onFirstPicture(incident(4, 'CRITICAL', takeover(bob)), [first])).toMatchObject({
      tells: 'itself',
      rung: 'CRITICAL',
      told: { [bob]: 'CRITICAL' },
    });
    expect(onFirstPicture(incident(4, 'MEDIUM'), [rang])).toMatchObject({ tells: 'itself' });
  });

  it('names the others and the gravest on each, and leaves those alone that knew it', () => {
    const all = asCampaign([incident(1, 'LOW'), incident(2, 'HIGH'), incident(3, 'MEDIUM')]);
    expect(all.map(({ campaign }) => campaign)).toEqual([
      { incidents: [2, 3], gravest: 'HIGH' },
      { incidents: [1, 3], gravest: 'HIGH' },
      { incidents: [1, 2], gravest: 'HIGH' },
    ]);
    expect(asCampaign(all)).toEqual(all);
    for (const [index, one] of asCampaign(all).entries()) expect(one).toBe(all[index]);
  });

  it('is known to the oldest thirty; who comes later knows these, is told by them, and is not known to them', () => {
    const oldest = Array.from({ length: 30 }, (_, index) => incident(index + 1, 'HIGH'));
    const all = asCampaign([incident(40, 'CRITICAL'), ...oldest, incident(31, 'LOW')]);
    const knownTo = (id: number): readonly number[] => all.find((one) => one.id === id)?.campaign.incidents ?? [];
    expect(knownTo(1)).toEqual(oldest.slice(1).map(({ id }) => id));
    for (const late of [31, 40]) expect(knownTo(late)).toEqual(oldest.map(({ id }) => id));
    expect(all.find(({ id }) => id === 40)?.campaign.gravest).toBe('CRITICAL');
    const again = asCampaign(all.filter(({ id }) => id !== 31));
    for (const one of again) expect(all).toContain(one);
  });

  it('is of one campaign by a user or a network, but not by a network that many use', () => {
    const office = { by: 'network' as const, value: '192.0.2.10' };
    const known = [{ incident: incident(1, 'LOW'), traces: [office] }];
    expect(tiedBy([office], noSurroundings, known)).toHaveLength(1);
    const shared = { ...noSurroundings, stories: new Map([[office.value, { sprays: [], isShared: true }]]) };
    expect(tiedBy([office], shared, known)).toEqual([]);
    const user = { by: 'subject' as const, value: alice };
    expect(tiedBy([office, user], shared, [{ incident: incident(1, 'LOW'), traces: [office, user] }])).toHaveLength(1);
  });
});

describe('that nobody got in', () => {
  const look: LookState = { since: t0, nextAt: undefined, found: 0, faults: {}, through: {} };
  const names = ['ConsoleLogin', 'CreateOAuth2Token'];
  const place = (region: string, account = '1', name = 'ConsoleLogin') => `${account} ${region} ${name}`;
  const looked = (at: number, region: string, account = '1') => Object.fromEntries(names.map((name) => [place(region, account, name), at]));
  const said = (state: LookState | undefined, accounts = ['1'], subjects: readonly Subject[] = []) =>
    reasonWords([{ is: 'no-success-known', since: t0, accounts }], { subjects, look: state });
  const regions = ['us-east-1', 'us-east-2', 'eu-north-1', 'ap-southeast-2'];
  const four = Object.assign({}, ...regions.map((region, index) => looked(t0 + (20 + index) * minute, region)));

  it('is said with what was looked through, and until when', () => {
    expect(said({ ...look, through: four })).toBe('no success after it in 4 regions until 18:20 UTC');
    expect(said({ ...look, through: four }, ['1', '2'])).toBe('no success after it in 4 regions of 1 of 2 accounts until 18:20 UTC');
    const both = { ...looked(t0 + minute, 'us-east-1'), ...looked(t0 + minute, 'us-east-1', '2') };
    expect(said({ ...look, through: both }, ['1', '2'])).toBe('no success after it in 1 region of 2 accounts until 18:01 UTC');
  });

  it.each([
    ['nothing was looked through', undefined],
    ['no place has answered', look],
    ['one was refused', { ...look, through: four, faults: { [place('eu-west-1')]: 'AWS does not let the responder call LookupEvents.' } }],
    ['what is known ends before it', { ...look, through: looked(t0, 'us-east-1') }],
    ['what is known of the command line ends before it', { ...look, through: { ...four, [place('us-east-1', '1', 'CreateOAuth2Token')]: t0 } }],
    ['one region was not asked for the command line yet', { ...look, through: { ...four, [place('eu-west-1')]: t0 + minute } }],
    ['other events were looked for', { ...look, through: { '1 us-east-1 SetAlarmState': t0 + minute } }],
  ])('is not said where %s', (_why, state) => {
    expect(said(state)).toBe('');
  });

  it('is said of somebody of Identity Center only once the sign-ins there were looked through as well', () => {
    const somebody = plain.subjects.map((subject): Subject => ({ ...subject, kind: 'identity-center-user' }));
    const there = (at: number) => Object.fromEntries(regions.map((region) => [place(region, '1', 'UserAuthentication'), at]));
    expect(said({ ...look, through: four }, ['1'], somebody)).toBe('');
    expect(said({ ...look, through: { ...four, ...there(t0 - 15 * minute) } }, ['1'], somebody)).toBe('');
    expect(said({ ...look, through: { ...four, ...there(t0 + minute) } }, ['1'], somebody)).toBe('no success after it in 4 regions until 18:01 UTC');
  });
});

describe('that somebody got in', () => {
  const kinds = (...all: readonly Tallied[]): readonly Subject[] =>
    plain.subjects.map((subject): Subject => ({ ...subject, key: alice, did: all.map((is) => ({ is, what: is, times: 1 })) }));
  const said = (subjects: readonly Subject[]): string =>
    reasonWords([{ is: 'signed-in-after-failures-elsewhere', who: alice, failures: 12 }], { subjects, look: undefined });

  it('is left open where it was from the command line alone, which a session of before may do', () => {
    expect(said(kinds('failed', 'allowed', 'let-in'))).toBe(
      'alice signed in, or went on from a session of before, after 12 failures from other networks',
    );
    expect(said(kinds('failed', 'allowed', 'let-in', 'signed-in'))).toBe('alice signed in after 12 failures from other networks');
    expect(said([])).toBe('alice signed in after 12 failures from other networks');
  });
});

describe('an incident that an older version stored', () => {
  const { told: _told, tells: _tells, campaign: _campaign, ...rest } = { ...plain, severity: 'CRITICAL' as const, rung: 'CRITICAL' as const };
  const older = {
    ...rest,
    rungAbout: [alice],
    assessment: {
      verdict: 'takeover',
      line: 'Likely takeover of alice',
      reasons: ['alice signed in after 6 failures', 'without MFA'],
      severity: 'CRITICAL',
      about: alice,
    },
  };

  it('reads as one of this version, with what it said', () => {
    const read = readIncident(JSON.stringify(older), { id: 7, revision: 3 });
    expect(read).toMatchObject({ id: 7, told: { [alice]: 'CRITICAL' }, tells: 'itself', campaign: { incidents: [], gravest: 'CRITICAL' } });
    expect(newsOf(read)).toBe('none');
    const { assessment } = read;
    if (assessment === undefined) throw new Error('no assessment');
    expect(verdictLine(assessment, [])).toBe('Likely takeover of alice');
    expect(reasonWords(assessment.reasons, { subjects: [], look: undefined })).toBe('alice signed in after 6 failures; without MFA');
    expect(readIncident(storedIncident(read), read)).toEqual(read);
  });
});
