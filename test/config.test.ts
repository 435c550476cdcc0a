import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { type ConfigError, readConfig } from '../src/config.ts';
import { newFolder } from './support/folders.ts';

const good = {
  SLACK_BOT_TOKEN: 'xoxb-1',
  SLACK_SIGNING_SECRET: 'abcdefgh',
  INCIDENT_CHANNEL: 'C0123456789',
  SNS_TOPIC_ARNS: 'arn:aws:sns:us-east-1:123456789012:a, arn:aws:sns:us-east-1:123456789012:b',
  RESPONDERS: 'S0123456789,U0123456789',
  AWS_ACCOUNTS: 'prod=123456789012',
};

function faultsOf(env: Record<string, string>): readonly string[] {
  try {
    readConfig(env);
    return [];
  } catch (thrown) {
    return (thrown as ConfigError).faults;
  }
}

describe('the configuration', () => {
  it('is read with its defaults', () => {
    const config = readConfig({ ...good, PORT: ' ' });
    expect(config).toMatchObject({
      PORT: 3000,
      OPS_PORT: 9464,
      REMEDIATORS: [],
      AWS_REGIONS: ['us-east-1'],
    });
    expect(config.DATABASE_URL.reveal()).toBe('file:./data/responder.db');
    expect(config.SNS_TOPIC_ARNS).toHaveLength(2);
    expect(config.accounts.get('123456789012')).toBe('prod');
  });

  it('is read without the spaces around its values', () => {
    const config = readConfig({ ...good, SLACK_BOT_TOKEN: ' xoxb-1\n', SLACK_SIGNING_SECRET: '\tabcdefgh ', OPS_HOST: ' ::1 ', LOG_LEVEL: 'warn ' });
    expect([config.SLACK_BOT_TOKEN.reveal(), config.SLACK_SIGNING_SECRET.reveal()]).toEqual(['xoxb-1', 'abcdefgh']);
    expect(config).toMatchObject({ OPS_HOST: '::1', LOG_LEVEL: 'warn' });
    expect(readConfig({ ...good, PORT: '0', OPS_PORT: '0' })).toMatchObject({ PORT: 0, OPS_PORT: 0 });
  });

  it('prints none of its secrets', () => {
    const secrets = { SLACK_BOT_TOKEN: 'xoxb-topsecret', SLACK_SIGNING_SECRET: 'topsecret', SLACK_APP_TOKEN: 'xapp-topsecret' };
    const config = readConfig({ ...good, ...secrets, DATABASE_URL: 'postgres://a:topsecret@localhost/b' });
    expect(`${JSON.stringify(config)}${inspect(config, { depth: 9 })}`).not.toContain('topsecret');
  });

  it('takes each secret from a file of its own', () => {
    const file = join(newFolder(), 'secret');
    writeFileSync(file, 'postgres://a:b@localhost/c\n');
    expect(readConfig({ ...good, DATABASE_URL_FILE: file }).DATABASE_URL.reveal()).toBe('postgres://a:b@localhost/c');
    expect(faultsOf({ ...good, SLACK_BOT_TOKEN_FILE: file })).toEqual(['SLACK_BOT_TOKEN and SLACK_BOT_TOKEN_FILE are both set: leave one out']);
    const { SLACK_BOT_TOKEN: _, ...others } = good;
    expect(faultsOf({ ...others, SLACK_BOT_TOKEN_FILE: `${file}s` })).toEqual([
      `SLACK_BOT_TOKEN cannot be read from SLACK_BOT_TOKEN_FILE: ${file}s does not exist`,
    ]);
    expect(faultsOf({ ...others, SLACK_BOT_TOKEN_FILE: file })).toEqual(['SLACK_BOT_TOKEN must begin with xoxb-: copy the Bot User OAuth Token']);
  });

  it.each([
    'postgres://a:b@db.example.com/c?sslmode=verify-full',
    'postgres://a:b@db.example.com/c?sslmode=disable',
    'postgres://a:b@127.0.0.1:5432/c',
    'postgres://a:b@[::1]/c',
    'postgres:///c?host=/run/postgresql',
  ])('takes the database %s', (DATABASE_URL) => {
    expect(faultsOf({ ...good, DATABASE_URL })).toEqual([]);
  });

  it.each([
    'postgres://a:b@db.example.com/c',
    'postgres://a:b@db.example.com/c?sslmode=prefer',
    'postgres://a:b@127.0.0.1.evil.example/c',
    'postgres://a:b@localhost/c?host=db.example.com',
  ])('refuses the database %s, which would be spoken to without TLS', (DATABASE_URL) => {
    expect(faultsOf({ ...good, DATABASE_URL }).join()).toMatch(/^DATABASE_URL would send its password and all incidents to .* without TLS/);
  });

  it('with several faults tells them all, each with its variable and its fix', () => {
    const faults = faultsOf({
      ...good,
      SLACK_BOT_TOKEN: 'xapp-1',
      INCIDENT_CHANNEL: '#alarms',
      PORT: 'http',
      AWS_MEMBER_ROLE: 'arn:aws:iam::1:role/x',
      LOG_LEVEL: 'loud',
    });
    expect(faults).toHaveLength(5);
    expect(faults.join('\n')).toMatch(
      /SLACK_BOT_TOKEN must begin with xoxb-.*\nINCIDENT_CHANNEL must be a channel id such as.*\nPORT is no port.*\nAWS_MEMBER_ROLE must be.*\nLOG_LEVEL must be/s,
    );
  });

  it.each([
    [{ SLACK_BOT_TOKEN: 'xoxb-' }, 'SLACK_BOT_TOKEN is xoxb- alone: copy all of the token'],
    [{ SLACK_BOT_TOKEN: 'xoxb-1-“x”' }, 'SLACK_BOT_TOKEN holds a space, a quotation mark or another character that it cannot have: copy it again'],
    [{ SLACK_BOT_TOKEN: 'xoxb-1 2' }, 'SLACK_BOT_TOKEN holds a space'],
    [{ SLACK_APP_TOKEN: 'xapp-1\u200b' }, 'SLACK_APP_TOKEN holds a space'],
    [{ SLACK_SIGNING_SECRET: '"abcdefgh"' }, 'SLACK_SIGNING_SECRET holds a space, a quotation mark'],
    [{ PORT: '9464' }, 'OPS_PORT is PORT too: give each a port of its own'],
    [{ SNS_TOPIC_ARNS: 'arn:aws:sns:us-east-1:123456789012:a.fifo' }, 'SNS_TOPIC_ARNS names a FIFO topic, which cannot deliver over HTTPS'],
    [{ AWS_ACCOUNTS: 'prod=123456789012,test=123456789012' }, 'AWS_ACCOUNTS names 123456789012 twice: give each account one name'],
    [{ AWS_ACCOUNTS: 'prod=123456789012,prod=210987654321' }, 'AWS_ACCOUNTS names prod twice'],
    [{ TLS_CERT_FILE: 'a' }, 'TLS_KEY_FILE and TLS_CERT_FILE go together'],
    [{ SANDBOX_URL: 'http://127.0.0.1:4000', NODE_ENV: 'production' }, 'SANDBOX_URL is refused with NODE_ENV=production'],
    [{ SANDBOX_URL: 'http://example.com' }, 'SANDBOX_URL must be a loopback address'],
    [{ SANDBOX_URL: 'http://127.0.0.1.evil.example' }, 'SANDBOX_URL must be a loopback address'],
    [{ RESPONDERS: '' }, 'RESPONDERS is missing'],
    [{ AWS_ACCOUNTS: '', AWS_MEMBER_ROLE: 'arn:aws:iam::{account}:role/read' }, 'AWS_ACCOUNTS is missing: AWS_MEMBER_ROLE is assumed in'],
    [{ AWS_RESPOND_ROLE: 'arn:aws:iam::{account}:role/respond' }, 'AWS_RESPOND_ROLE is for changes only: set AWS_MEMBER_ROLE too'],
    [{ AWS_SESSIONS_ROLE: 'arn:aws:iam::{account}:role/s' }, 'AWS_SESSIONS_ROLE only denies sessions: set AWS_MEMBER_ROLE'],
    [
      { AWS_MEMBER_ROLE: 'arn:aws:iam::{account}:role/read', AWS_SESSIONS_ROLE: 'arn:aws:iam::{account}:role/read' },
      'AWS_SESSIONS_ROLE must be a role of its own',
    ],
    [{ PROTECTED_USERS: 'alice;bob' }, 'PROTECTED_USERS would protect nobody: “alice;bob” holds ;'],
    [{ APPROVALS: 'handover:1' }, 'APPROVALS names handover, which nobody approves: give lock-out, hand-over, reset-mfa'],
    [{ APPROVALS: 'acknowledge:1,constructor:2' }, 'APPROVALS names acknowledge, constructor, which nobody approves'],
    [{ APPROVALS: 'hand-over:1,hand-over:0' }, 'APPROVALS names hand-over twice: leave one out'],
    [{ APPROVALS: 'hand-over:3' }, 'APPROVALS must be response:number pairs'],
    [{ PEOPLE: 'U0123456789=prdo/alice' }, 'PEOPLE names the account prdo, which AWS_ACCOUNTS does not'],
    [{ PEOPLE: 'U0123456789=210987654321/alice' }, 'PEOPLE names the account 210987654321, which AWS_ACCOUNTS does not'],
    [{ ALARM_DETECTIONS: 'a=root-sign-in,a=federated-sign-in' }, 'ALARM_DETECTIONS names a twice: leave one out'],
    [{ ALARM_DETECTIONS: '=root-sign-in' }, 'ALARM_DETECTIONS must be alarm=detection pairs'],
    // Beyond what the database takes, nothing would be committed any more.
    [{ ESCALATE_AFTER: '99999999999999d' }, 'ESCALATE_AFTER must be a time such as 90s, 5m, 2h or 1d, of ten years at most'],
    [{ BREAK_GLASS: 'yes' }, 'BREAK_GLASS must be true or false'],
    [
      { PROTECTED_USERS: 'arn:aws-cn:iam::123456789012:user/alice' },
      'PROTECTED_USERS would protect nobody: “arn:aws-cn:iam::123456789012:user/alice” must begin with arn:aws:',
    ],
  ])('with %j is refused', (more, said) => {
    expect(faultsOf({ ...good, ...more }).join()).toContain(said);
  });

  it('takes what stands twice in a list once: a region twice would tell every alarm twice', () => {
    const config = readConfig({ ...good, AWS_REGIONS: 'us-east-1, eu-west-1,us-east-1', RESPONDERS: 'U0123456789,U0123456789' });
    expect(config).toMatchObject({ AWS_REGIONS: ['us-east-1', 'eu-west-1'], RESPONDERS: ['U0123456789'] });
  });

  it('names an owner’s account by its name or its id', () => {
    const { owners } = readConfig({ ...good, PEOPLE: 'U0123456789=prod/alice,U0223456789=123456789012/bob,U0323456789=carl' });
    expect(owners.map(({ account, name }) => `${account} ${name}`)).toEqual(['123456789012 alice', '123456789012 bob', 'undefined carl']);
  });

  const china = { SNS_TOPIC_ARNS: 'arn:aws-cn:sns:cn-north-1:123456789012:a' };

  it.each([
    { ...china, AWS_REGIONS: 'cn-north-1,cn-northwest-1', AWS_MEMBER_ROLE: 'arn:aws-cn:iam::{account}:role/read' },
    { SNS_TOPIC_ARNS: 'arn:aws-us-gov:sns:us-gov-west-1:123456789012:a', AWS_REGIONS: 'us-gov-west-1' },
    { SNS_TOPIC_ARNS: 'arn:aws-eusc:sns:eusc-de-east-1:123456789012:a', AWS_REGIONS: 'eusc-de-east-1' },
  ])('of one partition alone is taken: %j', (more) => {
    expect(faultsOf({ ...good, ...more })).toEqual([]);
  });

  it.each<[Record<string, string>, string]>([
    [{ AWS_REGIONS: 'us-east-1,cn-north-1' }, 'AWS_REGIONS names regions of AWS and AWS China, whose accounts and credentials are separate: run one'],
    [china, 'SNS_TOPIC_ARNS names topics of AWS China and AWS_REGIONS regions of AWS, whose accounts and credentials are separate'],
    [{ AWS_REGIONS: 'us-gov-west-1' }, 'SNS_TOPIC_ARNS names topics of AWS and AWS_REGIONS regions of AWS GovCloud (US)'],
    [
      { ...china, AWS_REGIONS: 'cn-north-1', AWS_MEMBER_ROLE: 'arn:aws:iam::{account}:role/read' },
      'AWS_MEMBER_ROLE must begin with arn:aws-cn: because AWS_REGIONS names regions of AWS China',
    ],
    [
      { IDENTITY_CENTER_ROLE: 'arn:aws-us-gov:iam::123456789012:role/signin-responder-identity-center' },
      'IDENTITY_CENTER_ROLE must begin with arn:aws: because AWS_REGIONS names regions of AWS',
    ],
    [{ ROOT_ACCESS_ROLE: 'arn:aws-cn:iam::123456789012:role/signin-responder-root-access' }, 'ROOT_ACCESS_ROLE must begin with arn:aws:'],
    [{ SNS_TOPIC_ARNS: 'arn:aws:sns:cn-north-1:123456789012:a' }, 'SNS_TOPIC_ARNS must be topic ARNs'],
    [{ AWS_REGIONS: 'us-iso-east-1' }, 'AWS_REGIONS must be region codes such as us-east-1'],
    [{ AWS_REGIONS: 'global' }, 'AWS_REGIONS must be region codes such as us-east-1'],
  ])('of partitions that cannot work together is refused: %j', (more, said) => {
    const faults = faultsOf({ ...good, ...more });
    expect(faults).toHaveLength(1);
    expect(faults.join()).toContain(said);
  });

  it('being faulty ends the start with status 1 and every fault on standard error', () => {
    const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
    const { status, stderr } = spawnSync(process.execPath, [main], {
      cwd: newFolder(),
      env: {},
      encoding: 'utf8',
    });
    expect(status).toBe(1);
    for (const name of ['SLACK_BOT_TOKEN', 'SLACK_SIGNING_SECRET', 'INCIDENT_CHANNEL', 'SNS_TOPIC_ARNS', 'RESPONDERS'])
      expect(stderr).toContain(`  ${name} is missing`);
  });
});
