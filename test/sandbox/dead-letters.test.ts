/** The emulated accounts have the queues that the templates make: nothing is red before anything happened. */
import { expect, it } from 'vitest';
import { Sandbox } from '../support/sandbox.ts';

it('every dead-letter queue that the bot asks for is there', async () => {
  const sandbox = await Sandbox.start();
  const asked = async () => (await sandbox.aws()).calls.filter(({ operation }) => operation === 'ReceiveMessage');
  const calls = await sandbox.until('the first sweep', async () => {
    const found = await asked();
    return found.some(({ input }) => String(input.QueueUrl).includes('rule-dead-letters')) && found;
  });
  expect(calls.map(({ error }) => error)).toEqual(calls.map(() => undefined));
  await sandbox.stop();
});
