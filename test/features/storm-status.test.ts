/** What /signin-status says while incidents wait in a storm without a card of their own. */
import { expect, it } from 'vitest';
import { reportAlarm, reportStatus, type Status } from '../../src/features/report-status.ts';
import { textOfBlocks } from '../../src/sandbox/slack/as-text.ts';
import type { Block } from '../../src/sandbox/slack/workspace.ts';
import { drawStatus } from '../../src/slack/status.ts';
import { alarm, inStorms, pass, receive, world } from '../support/storm-world.ts';

inStorms();

function said(status: Status, alarm?: string): string {
  const options = { accounts: new Map(), permalink: (ts: string) => ts, refusals: new Map(), ...(alarm === undefined ? {} : { alarm }) };
  return textOfBlocks(drawStatus(status, { alarms: [], faults: [] }, options).blocks as readonly unknown[] as Block[]);
}

it('does not say that all cards are in Slack, neither of all nor of one alarm', async () => {
  await receive(...Array.from({ length: 14 }, alarm));
  await pass(20_000);
  const { incidents } = await world.store.folded({ count: 100 });
  const name = incidents.at(-1)?.alarm?.name ?? '';
  const wait = `${incidents.length} incidents wait in a storm card`;
  expect(said(await reportStatus(world.ports))).toContain(wait);
  const ofAlarm = said(await reportAlarm(world.ports, name, await world.store.alarmsNamed([name.toLowerCase()])), name);
  expect(ofAlarm).toContain('its card is not posted yet');
  expect(ofAlarm).toContain(wait);
}, 60_000);
