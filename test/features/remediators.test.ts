import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Ports } from '../../src/domain/ports.ts';
import type { Reading } from '../../src/domain/response/remediators.ts';
import { noteRemediators, sinceWhen } from '../../src/features/remediators.ts';
import { faultsOfBlocks } from '../../src/sandbox/slack/validate.ts';
import { drawReply } from '../../src/slack/reply.ts';
import { settings } from '../support/ports.ts';
import { type Replica, replica } from '../support/replica.ts';
import { topic } from '../support/sandbox.ts';
import { type FreshDatabase, freshDatabase } from '../support/stores.ts';

const t0 = Date.parse('2026-11-25T03:00:00Z');
let database: FreshDatabase;
let one: Replica;
let ports: Ports;
beforeEach(async () => {
  database = await freshDatabase('sqlite', '');
  one = await replica(database, t0);
  const people = { ...one.ports.people, nameOf: async (id: string) => (id === 'U03' ? '<!channel> Frida' : id) };
  ports = { ...one.ports, people, settings: { ...settings, topicArns: [topic] } };
});
afterEach(() => database.close());

const read = (ids: readonly string[], over: Partial<Reading> = {}): Reading => ({ ids, at: one.now, from: 'S02', begunAt: t0, ...over });
const since = (id: string) => one.store.transact((tx) => sinceWhen(tx, id));

it('those found at the first reading are it from before; who is not known since is told so', async () => {
  expect(await since('U01')).toBe('not-known');
  await noteRemediators(ports, undefined);
  expect(await since('U01')).toBe('not-known');
  await noteRemediators(ports, read(['U01', 'U02']));
  expect(await since('U01')).toBeUndefined();
  expect(await since('__proto__')).toBe('not-known');
  expect(await one.incidents()).toEqual([]);
});

it('each change rings once, in one card, and names who it is', async () => {
  await noteRemediators(ports, read(['U01', 'U02']));
  one.now += 60_000;
  await noteRemediators(ports, read(['U01', 'U03']));
  await noteRemediators(ports, read(['U01', 'U03']));
  expect(await since('U03')).toBe(t0 + 60_000);
  one.now += 60_000;
  await noteRemediators(ports, read(['U01']));
  const [incident, another] = await one.incidents();
  expect(another).toBeUndefined();
  expect(incident).toMatchObject({ severity: 'MEDIUM', status: 'open', title: 'Who may change IAM from Slack changed' });
  expect(await one.rings()).toEqual([
    'The remediators changed: <!channel> Frida (U03) joined, U02 (U02) left. Who joined does not approve for 24 h.',
    'The remediators changed: <!channel> Frida (U03) left.',
  ]);
  const { entries } = await one.store.entries(1, { from: 0, count: 50 });
  const entry = entries.find(({ reply }) => reply === 'loud');
  if (incident === undefined || entry === undefined) throw new Error('Nothing rang.');
  const { blocks, text } = drawReply(incident, [{ entry, outcome: undefined }], { responders: ['S01'], labels: new Map() });
  expect(faultsOfBlocks(blocks, 'message')).toEqual([]);
  expect(JSON.stringify(blocks)).toContain('"usergroup_id":"S01"');
  expect(text).not.toContain('<!channel>');
});

it('a replica that read earlier, or began earlier with other settings, changes nothing back', async () => {
  await noteRemediators(ports, read(['U01', 'U02']));
  one.now += 60_000;
  await noteRemediators(ports, read(['U01', 'U03']));
  await noteRemediators(ports, read(['U01', 'U02'], { at: t0 + 30_000 }));
  expect(await since('U02')).toBe('not-known');
  await noteRemediators(ports, read(['U01', 'U04'], { from: 'U01,U04', begunAt: t0 + 60_000 }));
  one.now += 60_000;
  await noteRemediators(ports, read(['U01', 'U03']));
  expect(await since('U04')).toBe(t0 + 60_000);
  expect(await one.rings()).toHaveLength(2);
});
