/** What /signin-status says while incidents wait in a storm without a card of their own. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { reportAlarm, reportStatus, type Status } from '../../src/features/report-status.ts';
import { textOfBlocks } from '../../src/sandbox/slack/as-text.ts';
import type { Block } from '../../src/sandbox/slack/workspace.ts';
import { drawStatus } from '../../src/slack/status.ts';
import { type FreshDatabase, freshDatabase } from '../support/stores.ts';
import { type Storming, storming } from '../support/storming.ts';

let database: FreshDatabase;
let here: Storming;
beforeEach(async () => {
  database = await freshDatabase('sqlite', '');
  here = await storming(database);
});
afterEach(async () => {
  await here.stop();
  await database.close();
});

function said(status: Status, alarm?: string): string {
  const options = { accounts: new Map(), permalink: (ts: string) => ts, refusals: new Map(), ...(alarm === undefined ? {} : { alarm }) };
  return textOfBlocks(drawStatus(status, { alarms: [], faults: [] }, options).blocks as readonly unknown[] as Block[]);
}

it('does not say that all cards are in Slack, neither of all nor of one alarm', async () => {
  await here.receive(...Array.from({ length: 14 }, here.alarm));
  await here.pass(20_000);
  const { incidents } = await here.store.folded({ count: 100 });
  const name = incidents.at(-1)?.alarm?.name ?? '';
  const wait = `${incidents.length} incidents wait in a storm card`;
  expect(said(await reportStatus(here.ports))).toContain(wait);
  const ofAlarm = said(await reportAlarm(here.ports, name, await here.store.alarmsNamed([name.toLowerCase()])), name);
  expect(ofAlarm).toContain('its card is not posted yet');
  expect(ofAlarm).toContain(wait);
}, 60_000);
