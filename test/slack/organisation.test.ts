import { describe, expect, it } from 'vitest';
import { homeFrom, homeOf, isOneOfUs, type Payload } from '../../src/slack/organisation.ts';

const inGrid = { team: 'T01OURS', organisation: 'E01ORG' };
const alone = { team: 'T01OURS', organisation: undefined };
const acrossGrid = { team: 'E01ORG', organisation: 'E01ORG' };

const ours = { id: 'T01OURS', enterprise_id: 'E01ORG' };
const enterprise = { id: 'E01ORG' };

describe('a click', () => {
  const taken: [string, Payload][] = [
    ['of our own workspace', { team: ours, user: { team_id: 'T01OURS' }, enterprise }],
    ['without a team', { team: null, user: { team_id: 'T01OURS' }, enterprise }],
    ['of a sister workspace, made there', { team: { id: 'T09SISTER', enterprise_id: 'E01ORG' }, user: { team_id: 'T09SISTER' }, enterprise }],
    ['of somebody whose own workspace is a sister, made in ours', { team: ours, user: { team_id: 'T09SISTER' }, enterprise }],
    ['of a sister, without a team', { team: null, user: { team_id: 'T09SISTER' }, enterprise }],
    ['of a person of the whole organisation', { team: null, user: { team_id: 'E01ORG' } }],
    ['that names the person’s workspace nowhere but the organisation', { team: null, user: {}, enterprise }],
  ];
  it.each(taken)('%s is taken', (_what, payload) => {
    expect(isOneOfUs(inGrid, homeOf(payload))).toBe(true);
    expect(isOneOfUs(acrossGrid, homeOf({ ...payload, enterprise }))).toBe(true);
  });

  const strangers: [string, Payload][] = [
    ['of a partner without an organisation', { team: { id: 'T02PARTNER' }, user: { team_id: 'T02PARTNER' }, enterprise: null }],
    [
      'of a partner of another organisation',
      { team: { id: 'T02PARTNER', enterprise_id: 'E02ORG' }, user: { team_id: 'T02PARTNER' }, enterprise: { id: 'E02ORG' } },
    ],
    ['of a person of another organisation, made in our workspace', { team: ours, user: { team_id: 'E02ORG' }, enterprise }],
    ['that names two organisations', { team: ours, user: { team_id: 'T02PARTNER' }, enterprise: { id: 'E02ORG' } }],
    ['that says nothing', { team: null, user: {} }],
    ['of a partner, without a team', { team: null, user: { team_id: 'T02PARTNER' } }],
  ];
  it.each(strangers)('%s is refused', (_what, payload) => {
    for (const own of [inGrid, alone, acrossGrid]) expect(isOneOfUs(own, homeOf(payload))).toBe(false);
  });

  it('in a workspace outside any organisation is taken by the workspace alone', () => {
    expect(isOneOfUs(alone, homeOf({ team: { id: 'T01OURS' }, user: { team_id: 'T01OURS' } }))).toBe(true);
    expect(isOneOfUs(alone, homeOf({ team: { id: 'T09SISTER', enterprise_id: 'E01ORG' }, user: { team_id: 'T09SISTER' } }))).toBe(false);
  });

  it('and a bot that does not know where it belongs take nobody in', () => {
    expect(isOneOfUs(homeFrom(undefined, null), homeFrom(null, ''))).toBe(false);
  });
});
