/** Secrets stay out of all that the bot writes and says, at log level trace and while every adapter fails. Ten leaks, planted in turn, are each found. */
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../src/domain/error.ts';
import { withDeed } from '../../src/domain/incident/deeds.ts';
import type { Ports } from '../../src/domain/ports.ts';
import type { Ended } from '../../src/domain/response/plan.ts';
import type { CallResponse } from '../../src/domain/response/response.ts';
import { responses } from '../../src/features/responses.ts';
import type { Running } from '../../src/sandbox/running.ts';
import { playSignals } from '../../src/sandbox/scenarios.ts';
import { signingSecret } from '../../src/sandbox/slack/interact.ts';
import { sandboxWithBotInside } from '../support/bot-inside.ts';
import { newFolder } from '../support/folders.ts';
import { leaksIn, placesOf } from '../support/leaks.ts';
import { channel, people, prod } from '../support/sandbox.ts';

const token = 'xoxb-sandbox';
const awsSecret = 'aws-secret-access-key-of-the-bot';
const auditKey = 'key-of-the-audit-log-0123456789abcdef';
/** Nobody answers there, so it is a fault each minute. */
const heartbeat = { url: 'http://127.0.0.1:1/beat/secret-of-the-heartbeat', secret: 'secret-of-the-heartbeat' };

type Plant = (ports: Ports, password: string, ended: Ended) => Ended | undefined | Promise<Ended>;
let plant: Plant | undefined;

/** Whoever sees the password in between does what was planted. */
const lockOut = responses.find(({ id }) => id === 'lock-out') as CallResponse;
const leaky: CallResponse = {
  ...lockOut,
  act: async (ports, plan, doing) => {
    let password = '';
    const replacePassword: Ports['identities']['replacePassword'] = async (ref, secret, actor) => {
      password = secret.reveal();
      await ports.identities.replacePassword(ref, secret, actor);
    };
    const ended = await lockOut.act({ ...ports, identities: { ...ports.identities, replacePassword } }, plan, doing);
    if ('later' in ended) return ended;
    return (await plant?.(ports, password, ended)) ?? ended;
  },
};

let folder: string;
let sandbox: Running;
const dataDir = (): string => join(folder, 'bot');
beforeAll(async () => {
  folder = newFolder();
  const given = responses.map((one) => (one.id === 'lock-out' ? leaky : one));
  sandbox = await sandboxWithBotInside(
    {
      dataDir: dataDir(),
      databaseUrl: undefined,
      logLevel: 'trace',
      over: { AWS_SECRET_ACCESS_KEY: awsSecret, AUDIT_KEY: auditKey, HEARTBEAT_URL: heartbeat.url },
    },
    given,
  );
  await sandbox.world.bot.start();
});
afterAll(() => sandbox.stop());
beforeEach(async () => {
  plant = undefined;
  sandbox.world.faults.clear();
  await sandbox.world.reset();
});

async function until<T>(read: () => T | undefined | false): Promise<T> {
  const end = Date.now() + 40_000;
  while (Date.now() < end) {
    const found = read();
    if (found) return found;
    await sandbox.world.clock.advance(1);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`Not in time:\n${sandbox.world.log.slice(-5).join('\n')}`);
}

const said = (): string => JSON.stringify(sandbox.world.workspace.messages);

/** @returns what AWS took for the password in the end */
async function lockedOut(): Promise<string> {
  const { workspace, interactions, aws } = sandbox.world;
  const before = passwordIn();
  await playSignals(sandbox.world, 'sign-in-without-mfa');
  const card = await until(() =>
    workspace.messages.find((message) => message.thread_ts === undefined && JSON.stringify(message.blocks).includes('reset-password')),
  );
  await interactions.click({ user: people.bob, channel, ts: card.ts, action_id: 'reset-password' });
  const view = await until(() => workspace.views.find((one) => one.user === people.bob && one.view.submit !== undefined));
  await interactions.submit({ user: people.bob, view_id: view.id, values: { mode: 'lock-out', why: 'drill' } });
  await until(
    () =>
      aws.calls.some(({ operation }) => operation === 'UpdateLoginProfile') && /Password of alice replaced|Outcome unknown|not|refused/i.test(said()),
  );
  await until(() => workspace.messages.some((message) => message.thread_ts !== undefined));
  return passwordIn() === before ? '' : passwordIn();
}

function passwordIn(): string {
  return sandbox.world.aws.accounts[prod]?.users.alice?.loginProfile?.password ?? '';
}

async function leaks(...more: string[]): Promise<string[]> {
  const sessions = sandbox.world.aws.calls.length > 0 ? ['token-ASIA'] : [];
  return leaksIn(await placesOf(sandbox.world, dataDir()), [
    token,
    signingSecret,
    awsSecret,
    auditKey,
    heartbeat.secret,
    'sandboxtoken0123456789',
    ...sessions,
    ...more,
  ]);
}

describe('secrets', () => {
  it('are in nothing that the bot writes and says', async () => {
    await sandbox.world.publish({ message: 'confirm', type: 'SubscriptionConfirmation' });
    const password = await lockedOut();
    expect(password.length).toBeGreaterThan(20);
    expect(await leaks(password)).toEqual([]);
  });

  it.each(['denied', 'throttle', '500', 'reset-after'] as const)('stay out where AWS answers a change with %s', async (mode) => {
    sandbox.world.faults.aws.push({ operation: 'UpdateLoginProfile', mode, times: 9 });
    const password = await lockedOut();
    expect(await leaks(...(password === '' ? [] : [password]))).toEqual([]);
  });

  it.each(['500', 'error', 'reset-after'] as const)('stay out where Slack answers with %s', async (mode) => {
    for (const method of ['auth.test', 'chat.update', 'usergroups.users.list', 'users.lookupByEmail', 'users.info'])
      sandbox.world.faults.slack.push({ method, mode, times: 2, ...(mode === 'error' ? { error: 'internal_error' } : {}) });
    const password = await lockedOut();
    expect(await leaks(password)).toEqual([]);
  });
});

const plants: readonly (readonly [string, place: string, Plant])[] = [
  ['a log line', 'log', (ports, password) => void ports.log.info({}, `set to ${password}`)],
  ['a field of a log line', 'log', (ports, password) => void ports.log.debug({ request: { input: { value: password } } }, 'sent')],
  [
    'the cause of an error',
    'log',
    (ports, password) => void ports.log.error({ err: new AppError('refused', 'No.', { cause: new Error(`PUT ${password}`) }) }, 'x'),
  ],
  ['a log line, as base64', 'log', (ports, password) => void ports.log.warn({ body: Buffer.from(password).toString('base64') }, 'x')],
  ['the address of a call', 'log', (ports, _password) => void ports.log.warn({ url: `https://slack.com/api/x?token=${token}` }, 'x')],
  ['the label of a metric', 'metrics', (ports, password) => void ports.metrics.count('aws_calls', `UpdateLoginProfile ${password}`)],
  ['the message of an error', 'messages', (_ports, password) => Promise.reject(new AppError('refused', `AWS refused ${password}.`))],
  ['the details of an entry', 'database', (_ports, password, ended) => ({ ...ended, details: [`Set to ${password}.`] })],
  [
    'the card',
    'messages',
    (_ports, password, ended) => ({
      ...ended,
      change: (incident, at) => withDeed(incident, { at, by: { id: people.bob, name: 'bob' }, how: 'bot', what: `password ${password}` }, {}),
    }),
  ],
  ['a window', 'windows', (_ports, password, ended) => ({ ...ended, shown: { blocks: [[[`Set to ${password}.`]]] } })],
];

describe('a leak that is planted is found', () => {
  it.each(plants)('in %s', async (_what, place, planted) => {
    plant = planted;
    const password = await lockedOut();
    await until(() => sandbox.world.workspace.messages.length > 1);
    const found = async (): Promise<string[]> => leaks(password);
    await expect.poll(found, { timeout: 20_000 }).toContain(place);
  });
});
