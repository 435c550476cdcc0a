/** What the doctor says of people and of the database's files; AWS is not there. */
import { describe, expect, it } from 'vitest';
import { AppError } from '../../src/domain/error.ts';
import type { AwsInspection, SlackInspection } from '../../src/domain/inspection.ts';
import { diagnose } from '../../src/setup/doctor.ts';
import type { DoctorOptions } from '../../src/setup/finding.ts';

const members: Record<string, string[]> = { S01: ['U01', 'U02'], S02: ['U01'], S03: [] };
const slack: SlackInspection = {
  identity: async () => ({ workspace: 'W', bot: 'b', scopes: ['chat:write'] }),
  channel: async () => ({ name: 'c', isMember: true, isArchived: false, isPrivate: true, isShared: false, people: 3 }),
  channelMembers: async () => ['U01', 'U02', 'UBOT'],
  groupMembers: async (id) => members[id] ?? [],
  testMessage: async () => undefined,
  openSocket: undefined,
  person: async (id) => (id === 'U09' ? 'deactivated' : 'active'),
};
const nowhere = new Proxy({}, { get: () => async () => Promise.reject(new AppError('unavailable', 'AWS is not there.')) }) as AwsInspection;

async function said(over: Partial<DoctorOptions>): Promise<string[]> {
  const database = async () => ({ where: 'a file at /data/db', isFleeting: false, openToOthers: [], lackingKeys: undefined });
  const none = {
    protectedUsers: [],
    topicArns: [],
    escalationTopic: undefined,
    canaryAlarm: undefined,
    trailAccount: undefined,
    auditBucket: undefined,
    isLogSigned: true,
    misspelt: [],
    owners: [],
    tls: () => undefined,
  };
  const options: DoctorOptions = {
    ...none,
    slack,
    aws: nowhere,
    scopes: ['chat:write'],
    responders: ['S01'],
    remediators: ['S01'],
    requireVersion2: true,
    accounts: new Map(),
    homeRegion: 'us-east-1',
    regions: ['us-east-1'],
    database,
    ...over,
  };
  return (await diagnose(options)).map(({ about, state, says }) => `${state} ${about}: ${says}`);
}

describe('the doctor says', () => {
  it.each([
    [['S02'], 'one group of one'],
    [['S02', 'U01'], 'the same person by group and by id'],
    [['U02', 'S03'], 'one person and an empty group'],
  ])('what one remediator means: %j, %s', async (remediators) => {
    expect((await said({ remediators })).join('\n')).toMatch(/^note REMEDIATORS: One person: what waits for approval/m);
  });

  it.each([[['S01']], [['S02', 'U02']]])('nothing of it where there are two: %j', async (remediators) => {
    expect((await said({ remediators })).join('\n')).not.toContain('One person');
  });

  it('who is named by id and has left: nobody misses them until they are needed', async () => {
    expect(await said({ responders: ['S01', 'U01', 'U09'], owners: ['U09'] })).toEqual(
      expect.arrayContaining(['fault RESPONDERS: U09 is deactivated in Slack.', 'fault PEOPLE: U09 is deactivated in Slack.']),
    );
    expect(await said({ responders: ['S01', 'U01'] })).toContain('ok Slack users: 1 named by id, all active');
  });

  it('who is mentioned in a channel that they are not in, and so not notified', async () => {
    expect(await said({ responders: ['S01', 'U03'], remediators: ['S02'] })).toContain(
      'note RESPONDERS: U03 is not in the incident channel: they are mentioned there, and not notified.',
    );
    expect((await said({ responders: ['S01'], remediators: ['S02'] })).join()).not.toContain('not notified');
    const many = { ...slack, channelMembers: async () => undefined };
    expect((await said({ responders: ['U03'], slack: many })).join()).not.toContain('not notified');
  });

  it('that nothing is read in a TRAIL_ACCOUNT that AWS_ACCOUNTS does not name, where it names any', async () => {
    const accounts = new Map([['123456789012', 'prod']]);
    const trailAccount = '210987654321';
    const says = 'TRAIL_ACCOUNT is not in AWS_ACCOUNTS: its alarms and the log behind them are not read, nor is an alarm there reset.';
    expect(await said({ accounts, trailAccount })).toContain(`fault Trail ${trailAccount}: ${says}`);
    expect((await said({ trailAccount })).join()).not.toContain('TRAIL_ACCOUNT');
  });

  it('which variable of the environment is almost one of the responder’s', async () => {
    expect(await said({ misspelt: [{ name: 'PROTECTED_USER', meant: 'PROTECTED_USERS' }] })).toContainEqual(
      'note Environment: PROTECTED_USER is set, but the responder does not read it.',
    );
  });

  it('which of the database’s files others may open', async () => {
    const database = async () => ({ where: 'a file at /data/db', isFleeting: false, openToOthers: ['/data/db (0644)'], lackingKeys: undefined });
    expect(await said({ database })).toContainEqual(
      expect.stringMatching(/^fault Database: .*Other users of this machine may open \/data\/db \(0644\)/),
    );
    expect(await said({})).toContainEqual('ok Database: a file at /data/db');
  });

  it('which keys AUDIT_KEY lacks, in the words of the start', async () => {
    const database = async () => ({ where: 'Postgres', isFleeting: false, openToOthers: [], lackingKeys: 'AUDIT_KEY lacks abc.' });
    expect(await said({ database })).toEqual(expect.arrayContaining(['ok Database: Postgres', 'fault AUDIT_KEY: AUDIT_KEY lacks abc.']));
  });

  it('how it stands with the TLS files, where there are some', async () => {
    const until = Date.UTC(2030, 0, 2, 3, 4);
    const ofTls = async (tls: DoctorOptions['tls']): Promise<string[]> => (await said({ tls })).filter((line) => line.includes(' TLS: '));
    expect(await ofTls(() => undefined)).toEqual([]);
    expect(await ofTls(() => ({ until, fault: undefined }))).toEqual(['ok TLS: certificate and key belong together, until 2030-01-02 03:04 UTC']);
    expect(await ofTls(() => ({ until, fault: 'It expired.' }))).toEqual(['fault TLS: It expired.']);
    const missing = () => {
      throw new AppError('invalid', 'TLS_CERT_FILE: /c.pem does not exist.');
    };
    expect(await ofTls(missing)).toEqual(['fault TLS: TLS_CERT_FILE: /c.pem does not exist.']);
  });

  it.each([['denied'], ['unavailable']] as const)('once that AWS does not take the credentials, and looks no further: %s', async (code) => {
    const lost = async () => Promise.reject(new AppError(code, 'No credentials.'));
    const aws = { caller: lost, permissions: lost, trails: lost, topic: lost, users: lost, awsSide: lost } as unknown as AwsInspection;
    const lines = await said({ aws, accounts: new Map([['123456789012', 'prod']]), topicArns: ['arn:aws:sns:us-east-1:123456789012:a'] });
    const ofAws = lines.filter((line) => line.includes('No credentials.'));
    if (code === 'denied') expect([lines.at(-1), ofAws.length]).toEqual(['fault AWS credentials: No credentials.', 1]);
    else expect(ofAws.length).toBeGreaterThan(3);
  });
});
