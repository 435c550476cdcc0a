import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { newFolder } from './support/folders.ts';

const fileAt = (path: string): string => new URL(path, import.meta.url).pathname;
const main = fileAt('../src/main.ts');

interface Ended {
  readonly code?: number;
  readonly stdout: string;
  readonly stderr: string;
}

function run(file: string, command: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const all = { PATH: process.env.PATH ?? '', ...env };
  return promisify(execFile)(process.execPath, [file, ...command], { cwd: newFolder(), env: all }).catch((thrown) => thrown);
}

const settings = {
  SLACK_BOT_TOKEN: 'xoxb-1',
  SLACK_SIGNING_SECRET: 'abcdefgh',
  INCIDENT_CHANNEL: 'C0123456789',
  SNS_TOPIC_ARNS: 'arn:aws:sns:us-east-1:123456789012:a',
  RESPONDERS: 'S0123456789',
};

it.each([['migrate'], ['thaw'], ['prune'], ['audit', 'verify']])('`%s` says in one line what keeps it from the database', async (...command) => {
  const failed = await run(main, command, { ...settings, DATABASE_URL: 'postgres://a:b@127.0.0.1:1/none' });
  expect(failed).toMatchObject({
    code: 1,
    stdout: '',
    stderr: 'DATABASE_URL: Postgres: nothing listens there. Start Postgres, or correct host and port.\n',
  });
});

it.each([['thaw'], ['prune'], ['audit', 'verify']])('`%s` makes no database where there is none, and names the file', async (...command) => {
  const failed = await run(main, command, { ...settings, DATABASE_URL: 'file:./data/none.db' });
  expect(failed).toMatchObject({ code: 1, stdout: '', stderr: 'DATABASE_URL: there is no file ./data/none.db.\n' });
});

it('a command that does not exist is answered with those that npm has', async () => {
  const { scripts } = JSON.parse(await readFile(fileAt('../package.json'), 'utf8')) as { scripts: Record<string, string> };
  const { code, stderr } = await run(main, ['thow']);
  expect(code).toBe(2);
  const [what, how = ''] = stderr.split('\n');
  expect(what).toBe('There is no command thow.');
  expect(
    how
      .replace('Usage: npm start, or npm run -s ', '')
      .split(' | ')
      .filter((name) => scripts[name] === undefined),
  ).toEqual([]);
});

it.each([
  ['doctor', '--quick'],
  ['run', 'doctor'],
  ['migrate', 'now'],
  ['template', 'central', '--region=eu-west-1'],
  ['manifest', '--hots', 'responder.example.com'],
  ['manifest', '--host', 'https://responder.example.com'],
  ['manifest', '--socket-mode', '--host', 'responder.example.com'],
  ['audit', 'verify', '--with-bukcet'],
  ['audit', 'verify', '--anchor', '7'],
  ['audit', 'export', '--from', '2026-11-01'],
  ['audit', 'export', '--from', '2026-11-01', '--to', 'yesterday'],
  ['audit', 'export', '--from', '2026-11-02', '--to', '2026-11-01'],
  ['audit', 'export', '--from', '2026-11-01T10:00', '--to', '2026-11-02'],
  ['audit', 'export', '--from', '2026-11-01', '--to', '2026-11-02', '--format', 'xml'],
])('`%s %s` says which word is wrong and how to call it, before anything is read', async (...command) => {
  const { code, stdout, stderr } = await run(main, command);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  const [what = '', how = ''] = stderr.split('\n');
  expect(what).toMatch(/--quick|doctor|now|--region|--hots|https:|--socket-mode|--with-bukcet|"7"|--to|yesterday|2026-11-01|10:00|xml/);
  expect(how).toMatch(/^Usage: npm /);
  expect(stderr).not.toMatch(/\n\s+at /);
});

it.each([
  ['../src/sandbox/server.ts', '--lits'],
  ['../src/sandbox/server.ts', '--play'],
  ['bench/bench.ts', 'lone', '--rounds', 'many'],
  ['bench/bench.ts', 'everything'],
  ['chaos/chaos.ts', 'faults', '--every', '0'],
  ['chaos/chaos.ts', 'faults', '--engine', 'mysql'],
  ['fuzz/fuzz.ts', '--cases', '1e'],
])('%s %s does not begin', async (file, ...command) => {
  const { code, stdout, stderr } = await run(fileAt(file), command);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(/--lits|--play|many|everything|"0"|mysql|1e/);
  expect(stderr).toMatch(/\nUsage: npm run /);
  expect(stderr).not.toMatch(/\n\s+at /);
});
