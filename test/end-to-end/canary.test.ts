/** The canary through the whole chain, and the heartbeat that depends on it. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Account } from '../../src/sandbox/aws/shapes.ts';
import { changeAws } from '../support/deploy.ts';
import { people, Sandbox, textOf, topic } from '../support/sandbox.ts';

const hub = '111122223333';
const canary = 'signin-responder-canary';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await Sandbox.start();
});
afterAll(() => sandbox.stop());

const notifies = (targets: string[]) =>
  changeAws(sandbox, (accounts) => {
    const found = (accounts[hub] as Account).alarms[canary];
    if (found) found.alarmActions = targets;
  });

async function setOff(): Promise<number> {
  const { calls } = await sandbox.aws();
  return calls.filter(({ operation, input }) => operation === 'SetAlarmState' && input.AlarmName === canary && input.StateValue === 'ALARM').length;
}

async function beats(): Promise<number> {
  return (await sandbox.call<{ heartbeats: number[] }>('GET', '/api/heartbeats')).heartbeats.length;
}

async function pages(): Promise<{ subject: string }[]> {
  return (await sandbox.call<{ pages: { subject: string }[] }>('GET', '/api/aws/pages')).pages;
}

async function taken(): Promise<number> {
  return (await sandbox.log()).filter((line) => line.includes('canary')).length;
}

it('comes back unseen; when it does not, the chain is cut: a card and a page, no heartbeat, until it comes back', async () => {
  await sandbox.advance(3_600);
  await sandbox.until('the canary is set off', async () => (await setOff()) === 1);
  await sandbox.until('a heartbeat', async () => (await beats()) > 0, 180);
  for (let minute = 0; minute < 10; minute++) await sandbox.advance(60);
  expect(await sandbox.messages()).toEqual([]);
  expect(await pages()).toEqual([]);
  expect(await taken()).toBe(0);
  const status = (await sandbox.command(people.dana, '')).ephemerals.map(textOf).join();
  expect(status).not.toContain('canary');

  await notifies([]);
  await sandbox.advance(3_600);
  await sandbox.until('the next one is set off', async () => (await setOff()) === 2);
  await sandbox.advance(300);
  const cut = await sandbox.cardSaying('OPEN · The chain from CloudWatch to here is cut');
  expect(cut).toContain('signin-responder-canary was set to ALARM');
  expect(await sandbox.until('a page', async () => (await pages())[0])).toMatchObject({ subject: expect.stringMatching(/^SIN-1 HIGH: The chain/) });
  const before = await beats();
  for (let minute = 0; minute < 3; minute++) await sandbox.advance(60);
  expect(await beats()).toBe(before);

  await notifies([topic]);
  await sandbox.until('another is set off', async () => (await setOff()) === 3, 400);
  expect(await sandbox.cardSaying('RESOLVED')).toContain('A canary came back');
  await sandbox.until('heartbeats again', async () => (await beats()) > before, 180);
  expect(await sandbox.cards()).toHaveLength(1);
  expect(await pages()).toHaveLength(1);
});
