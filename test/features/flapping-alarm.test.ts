/** Many signals of one alarm: one card, and few calls to Slack. */
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openDatabase } from '../../src/db/database.ts';
import { understand } from '../../src/domain/signal/signal.ts';
import { receiveSignals } from '../../src/features/receive-signals.ts';
import { textOfBlocks } from '../../src/sandbox/slack/as-text.ts';
import { settled } from '../chaos/story.ts';
import { calm } from '../chaos/trial.ts';
import { chaosWorld } from '../chaos/world.ts';
import { type EmulatedAws, emulatedAws } from '../support/emulated-aws.ts';
import { newFolder } from '../support/folders.ts';
import { alarmText, topic } from '../support/sandbox.ts';

let aws: EmulatedAws;
beforeAll(async () => {
  aws = await emulatedAws();
});
afterAll(() => aws.stop());

it('an alarm that flaps 1,000 times is one card with the right counts and few calls', async () => {
  const database = await openDatabase(`file:${join(newFolder(), 'db')}`);
  const world = await chaosWorld(database, aws, calm);
  const at = world.time.now();
  // What comes within two seconds of a change is that change, told again.
  const changedAt = (index: number): number => at - (1_000 - index) * 3_000;
  const arrival = (index: number) => {
    const text = JSON.stringify(alarmText('Flapping', index % 2 === 0 ? 'ALARM' : 'OK', changedAt(index)));
    const message = { topicArn: topic, messageId: `m${index}`, subject: undefined, publishedAt: at, message: text };
    return { message, signals: understand(message) };
  };
  const publish = async (): Promise<void> => {
    for (let batch = 0; batch < 20; batch++) {
      await receiveSignals(
        world.process().ports,
        Array.from({ length: 50 }, (_, index) => arrival(batch * 50 + index)),
      );
      await world.time.clock().wait(1_000);
    }
    await settled(world);
  };
  await world.during(publish());
  const [card, ...others] = world.slack.messages();
  expect(others).toEqual([]);
  expect(textOfBlocks(card?.blocks ?? [])).toContain('Alarm fired 500×, back to OK 500×');
  expect(textOfBlocks(card?.blocks ?? [])).not.toContain('notifications');
  // The card, and edits 1, 2, 4, 8, 16 and 30 s apart, however often the log behind the alarm is read meanwhile.
  expect(Object.fromEntries(world.slack.calls)).toMatchObject({ 'chat.postMessage': 1 });
  expect(world.slack.calls.get('chat.update')).toBeLessThanOrEqual(7);
  expect([...world.slack.calls.keys()].toSorted()).toEqual(['chat.postMessage', 'chat.update']);
  for (const table of ['transitions', 'entries'] as const) {
    const found = await database.db.selectFrom(table).select(sql<number>`count(*)`.as('n')).where('incident', '=', 1).executeTakeFirst();
    expect(found).toEqual({ n: 1_000 });
  }
  world.end();
  await database.close();
});
