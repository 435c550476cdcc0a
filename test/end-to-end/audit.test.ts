/** The log as people meet it: a row that was edited, a file of it, anchors in S3, and the verification of all three against Slack. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { auditBucket, readerKey } from '../../src/sandbox/aws/names.ts';
import { botEnvironment } from '../../src/sandbox/bot.ts';
import { channel, type Interaction, people, Sandbox, textOf } from '../support/sandbox.ts';

const key = 'a key that is long enough to be one';
const env = { AUDIT_KEY: key, AUDIT_BUCKET: auditBucket };
let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await Sandbox.start(env);
});
afterAll(() => sandbox.stop());

/** As whoever has credentials that may read the bucket. */
async function verify(): Promise<{ code: number; said: string }> {
  const options = { port: 0, opsPort: 0, databaseUrl: undefined, logLevel: 'info', onLine: () => undefined };
  const bot = botEnvironment({ ...options, sandboxUrl: sandbox.url, dataDir: join(sandbox.dataDir, 'bot'), over: env });
  const { PATH = '', HOME = '' } = process.env;
  const args = ['src/main.ts', 'audit', 'verify', '--with-bucket', '--with-slack'];
  const called = promisify(execFile)(process.execPath, args, { env: { PATH, HOME, ...bot, AWS_ACCESS_KEY_ID: readerKey } });
  return called.then(
    ({ stdout }) => ({ code: 0, said: stdout }),
    ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({ code, said: stdout + stderr }),
  );
}

const shown = async (): Promise<string> => (await sandbox.messages()).map((message) => `${message.ts} ${textOf(message)}`).join('\n');
const command = (user: string, text: string) =>
  sandbox.call<Interaction>('POST', '/api/slack/command', { user, channel, command: '/signin-audit', text });
const press = async (id: string, option?: string) => sandbox.click(people.dana, (await sandbox.card()).ts, id, option);

it('a row that was edited changes nothing in Slack, and responses go on', async () => {
  await sandbox.scenario('sign-in-failures');
  await press('acknowledge');
  await sandbox.until('the reply', async () => (await shown()).includes('acknowledged this'));
  // The anchor of an hour later, in the bucket too.
  await sandbox.call('POST', '/api/clock', { advanceSeconds: 3_700 });
  await sandbox.until('an anchor in the bucket', async () => {
    const { buckets } = (await sandbox.call('GET', '/api/aws')) as unknown as { buckets: { versions: unknown[] }[] };
    return (buckets[0]?.versions.length ?? 0) > 0;
  });
  const clean = await verify();
  expect(clean.said).toContain('Everything is what was written.');
  expect(clean.said).toMatch(/The bucket signin-responder-audit has \d+ anchors of this log, from .* to /);
  expect(clean.said).toMatch(/Slack: \d+ messages compared, of SIN-1 to SIN-1, the first of /);
  expect(clean.code).toBe(0);

  const before = await shown();
  const database = new DatabaseSync(join(sandbox.dataDir, 'bot', 'responder.db'));
  database.exec(`update entries set body = replace(body, 'acknowledged', 'never saw') where incident = 1 and body like '%acknowledged%'`);
  database.close();
  await press('more', 'release');
  const after = await sandbox.until('the next response', async () => {
    const said = await shown();
    return said.includes('The log was changed in the database') && said.includes('released') && said;
  });
  // All that was there is there as it was; what is new came after it.
  const replies = before.split('\n').filter((line) => line.includes('acknowledged this'));
  expect(replies.length).toBeGreaterThan(0);
  for (const line of replies) expect(after).toContain(line);
  expect(after).not.toContain('never saw');
  const found = await verify();
  expect(found.code).toBe(1);
  expect(found.said).toMatch(/SIN-1 entry \d+: its text is not what was written \(found by the chain\)/);
  process.stdout.write(found.said);
});

it('/signin-audit sends the file to whoever asked, and to nobody else', async () => {
  const asked = await command(people.dana, 'SIN-1');
  expect(asked.status).toBe(200);
  const { files } = await sandbox.until('the file', async () => {
    const listed = (await sandbox.call('GET', '/api/slack/files')) as unknown as { files: { user: string; content: string }[] };
    return listed.files.length > 0 && listed;
  });
  expect(files.map(({ user }) => user)).toEqual([people.dana]);
  expect(files[0]?.content).toContain('body-changed');
  const refused = await command(people.erik, 'since 7d');
  expect(refused.ephemerals.map(textOf).join()).toContain('is for remediators');
  expect((await sandbox.messages()).some(({ text }) => text.includes('signin-audit-') && text.includes(channel))).toBe(false);
});
