/** The small form of `npm run chaos`: one crash at each kind of step, and that the checker sees what a missing safeguard lets through. */
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { type EmulatedAws, emulatedAws } from '../support/emulated-aws.ts';
import { Sandbox } from '../support/sandbox.ts';
import { engines, type FreshDatabase, freshDatabase } from '../support/stores.ts';
import { crashAtEachKind, matrix, safeguards } from './cases.ts';
import { stopped } from './stopping.ts';
import { toldStory } from './stories.ts';
import { calm, type Ended, tried } from './trial.ts';

// A trial takes half a second of a processor.
vi.setConfig({ testTimeout: 180_000 });

let aws: EmulatedAws;
beforeAll(async () => {
  aws = await emulatedAws();
});
afterAll(() => aws.stop());

/** On Postgres a trial takes several times as long, and goes by the same rules. */
const every = { sqlite: 1, postgres: 8 };

describe.each(engines)('on %s', (engine) => {
  let database: FreshDatabase;
  let base: Ended;
  beforeAll(async () => {
    database = await freshDatabase(engine, inject('postgresUrl'));
    base = await tried({ database, aws }, calm);
  });
  afterAll(() => database.close());

  it('nothing is lost or doubled where nothing happens, wherever a process dies, and where it stands still for longer than a lease', async () => {
    expect(base.problems).toEqual([]);
    const stops = matrix(base, 1).filter(({ group }) => group === 'stopped for longer than a lease');
    const some = stops.filter((_, index) => index % 40 === 20).map(({ trial }) => trial);
    const trials = [...crashAtEachKind(base), ...some].filter((_, index) => index % every[engine] === 0);
    for (const trial of trials) expect(await tried({ database, aws }, trial)).toMatchObject({ problems: [] });
    expect(trials.length).toBeGreaterThan(1);
  });

  it.runIf(engine === 'sqlite').each(safeguards)('$name is needed: without it something is doubled', async ({ weakness, trials }) => {
    const found = [];
    for (const trial of trials(base)) {
      if (found.length === 0) found.push(...(await tried({ database, aws }, { ...trial, weakness })).problems);
    }
    expect(found.map((problem) => problem.is)).toContain('doubled');
  });
});

it('npm start gives SIGTERM to the bot: it says so, ends with 0, and leaves nothing running', async () => {
  const sandbox = await Sandbox.startProcesses({}, '--no-bot');
  expect(await stopped(['npm', 'start'], sandbox)).toEqual({ 'exit code': 0, saidStopping: 'yes', 'left running': 0 });
  await sandbox.stop();
});

it('a random story ends with every promise kept: one card, every reply, no queue that stalls, no page too many, a log that verifies', async () => {
  const { incidents, messages, problems } = await toldStory(5, 0.25);
  expect(problems).toEqual([]);
  // How many there are depends on how fast the machine is: real time runs beside the sandbox's.
  expect(incidents).toBeGreaterThan(1);
  expect(messages).toBeGreaterThan(1);
});
