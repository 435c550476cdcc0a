import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { newFolder } from './support/folders.ts';

const main = new URL('../src/main.ts', import.meta.url).pathname;

it.each([['migrate'], ['thaw'], ['prune'], ['audit', 'verify']])('`%s` says in one line what keeps it from the database', async (...command) => {
  const env = {
    PATH: process.env.PATH ?? '',
    SLACK_BOT_TOKEN: 'xoxb-1',
    SLACK_SIGNING_SECRET: 'abcdefgh',
    INCIDENT_CHANNEL: 'C0123456789',
    SNS_TOPIC_ARNS: 'arn:aws:sns:us-east-1:123456789012:a',
    RESPONDERS: 'S0123456789',
    DATABASE_URL: 'postgres://a:b@127.0.0.1:1/none',
  };
  const failed = await promisify(execFile)(process.execPath, [main, ...command], { cwd: newFolder(), env }).catch((thrown) => thrown);
  expect(failed).toMatchObject({
    code: 1,
    stdout: '',
    stderr: 'DATABASE_URL: Postgres: nothing listens there. Start Postgres, or correct host and port.\n',
  });
});
