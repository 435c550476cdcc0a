/** What is wrong with .env is said, and not passed over. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { newFolder } from './support/folders.ts';

const main = new URL('../src/main.ts', import.meta.url).pathname;
let home: string;
beforeEach(() => {
  home = newFolder();
});

function said(env: Record<string, string> = {}): string {
  const { status, stderr } = spawnSync(process.execPath, [main, 'migrate'], { cwd: home, env, encoding: 'utf8' });
  expect(status).toBe(1);
  return stderr;
}

describe('a .env', () => {
  it('that is a folder is the fault, and not what it would have held', () => {
    mkdirSync(join(home, '.env'));
    expect(said()).toBe(
      'The configuration has 1 fault.\n  .env is a folder: give the variables in a file, or in the environment of the process\nSee .env.example.\n',
    );
  });

  it.each(['NODE_EXTRA_CA_CERTS=/etc/rds.pem', 'NODE_OPTIONS=--use-system-ca'])(
    'with %s does nothing by that, and says so beside the rest',
    (line) => {
      writeFileSync(join(home, '.env'), `${line}\n`);
      const [name = ''] = line.split('=');
      const refused = `  ${name} does nothing in .env, which Node reads too late for it: set it in the environment of the process\n`;
      expect(said()).toContain(refused);
      expect(said()).toContain('  SLACK_BOT_TOKEN is missing');
      expect(said({ [name]: line.slice(name.length + 1) })).not.toContain('does nothing');
    },
  );

  it.each([
    ['PROTECTED_USER', 'PROTECTED_USERS'],
    ['READONLY', 'READ_ONLY'],
    ['REMEDIATOR', 'REMEDIATORS'],
    ['aws_accounts', 'AWS_ACCOUNTS'],
    ['APROVALS', 'APPROVALS'],
    ['APPROVLAS', 'APPROVALS'],
    ['RAED_ONLY', 'READ_ONLY'],
    ['AUDIT_KEY_FILES', 'AUDIT_KEY_FILE'],
  ])('with %s is refused: %s is meant, whose default would hold', (name, meant) => {
    writeFileSync(join(home, '.env'), `${name}=x\n`);
    expect(said()).toContain(`  ${name} in .env is not a variable of the responder: write ${meant}, or take it out\n`);
  });

  it('may hold variables of others', () => {
    const others = [
      'AWS_REGION',
      'AWS_PROFILE',
      'AWS_ACCESS_KEY_ID',
      'AWS_ROLE_ARN',
      'HTTPS_PROXY',
      'PGPASSWORD',
      'TZ',
      'HOSTNAME',
      'NODE_DEBUG',
      'LANG',
      'APP_PORT',
      'APP_HOST',
      'SSL_KEY_FILE',
    ];
    writeFileSync(join(home, '.env'), others.map((name) => `${name}=x\n`).join(''));
    expect(said()).not.toContain('not a variable');
  });
});
