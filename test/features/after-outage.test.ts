/** What is told after an outage, by the sweep: what was missed and nothing else, once, and of which time. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Incident } from '../../src/domain/incident/incident.ts';
import { planSweeping, stillAlive } from '../../src/features/run-sweep.ts';
import { failure, rootFailure, rootSignIn } from '../support/found-sign-ins.ts';
import { type Sweeping, sweeping } from '../support/sweeping.ts';

let world: Sweeping;
beforeEach(async () => {
  world = await sweeping();
});
afterEach(() => world.stop());

const outages = (incidents: readonly Incident[]): string[] => incidents.flatMap(({ notice, title }) => (notice?.about === 'outage' ? [title] : []));
const ofAlarms = (incidents: readonly Incident[]) =>
  incidents.filter(({ origin }) => origin === 'alarm').map(({ alarm, counts, late }) => [alarm?.name, alarm?.state, counts.firings, late]);
const minute = 60_000;

describe('what is told of before it was watched', () => {
  it('history of one alarm is not told because another had not changed for long (install 2 h ago)', async () => {
    // Before the responder is installed: it fires and recovers 5 days ago.
    world.change('ConsoleSigninFailures', 'ALARM');
    await world.aws.clock.advance(600);
    world.change('ConsoleSigninFailures', 'OK');
    await world.aws.clock.advance(5 * 24 * 3_600);
    // Installed: everything is seen for the first time.
    await world.start();
    await world.passMinutes(30);
    expect(await world.incidents()).toEqual([]);
    // A stop of half an hour, in which another alarm fires.
    await world.aws.clock.advance(1_200);
    world.change('ConsoleSignInWithoutMfaAlarm', 'ALARM');
    await world.aws.clock.advance(600);
    await world.start();
    await world.passMinutes(7);
    const incidents = await world.incidents();
    expect(ofAlarms(incidents).map(([name]) => name)).toEqual(['ConsoleSignInWithoutMfaAlarm']);
  });

  it('what an alarm did while its actions were off is not told once they are on again', async () => {
    await world.start();
    await world.passMinutes(1);
    world.alarm('ConsoleSigninFailures').actionsEnabled = false;
    world.change('ConsoleSigninFailures', 'ALARM');
    await world.passMinutes(7);
    world.change('ConsoleSigninFailures', 'OK');
    await world.passMinutes(7);
    expect(await world.incidents()).toEqual([]);
    world.alarm('ConsoleSigninFailures').actionsEnabled = true;
    await world.passMinutes(7);
    const incidents = await world.incidents();
    expect(incidents.map(({ title }) => title)).toEqual([]);
  });
});

describe('an alarm that was never heard of', () => {
  /** An alarm that is made after the last sweep, and notifies the topic. */
  function make(name: string): void {
    const like = world.alarm('ConsoleSigninFailures');
    const arn = like.arn.replace(/[^:]+$/, name);
    const alarms = (world.aws.state.accounts['444455556666'] as { alarms: Record<string, unknown> }).alarms;
    alarms[name] = { ...structuredClone(like), name, arn, since: world.ports.clock.now(), history: [] };
  }
  const sweptAt = async (): Promise<void> => {
    // Right after the sweep of alarms, so that the next one is five minutes from now.
    await world.start();
    await world.passMinutes(11, 0.25);
  };

  it.each([
    ['whose first firing is 30 s old at the sweep is told at the next one', 270],
    ['whose first firing is two minutes old at the sweep is told', 180],
  ])('%s', async (_title, wait) => {
    await sweptAt();
    make('MadeLater');
    // Until so long before the sweep that comes next.
    const alarmsDue = async () => (await world.store.nextSweepAt()) ?? 0;
    while ((await alarmsDue()) - world.ports.clock.now() > (300 - wait) * 1_000 + 1_000) await world.aws.clock.advance(1);
    world.change('MadeLater', 'ALARM');
    await world.passMinutes(20, 0.25);
    const incidents = await world.incidents();
    expect(ofAlarms(incidents).map(([one]) => one)).toEqual(['MadeLater']);
  });

  it.each([
    ['half a minute', 30],
    ['two minutes', 120],
  ])('%s before the very first sweep is told', async (_title, seconds) => {
    world.change('ConsoleSigninFailures', 'ALARM');
    await world.aws.clock.advance(seconds);
    await world.start();
    await world.passMinutes(20);
    const incidents = await world.incidents();
    expect(ofAlarms(incidents).map(([one]) => one)).toEqual(['ConsoleSigninFailures']);
  });

  it('that fired and recovered between two sweeps is told', async () => {
    await sweptAt();
    make('MadeLater');
    await world.aws.clock.advance(20);
    world.change('MadeLater', 'ALARM');
    await world.aws.clock.advance(60);
    world.change('MadeLater', 'OK');
    await world.passMinutes(15, 0.25);
    const incidents = await world.incidents();
    expect(ofAlarms(incidents).map(([one]) => one)).toEqual(['MadeLater']);
  });
});

describe('an outage', () => {
  it('of days ago is not what SNS does not bring today', async () => {
    await world.start();
    await world.passMinutes(2);
    await world.aws.clock.advance(3_600);
    await world.start();
    // Three quiet days, the responder runs all the time.
    await world.passMinutes(3 * 24 * 60, 60);
    world.change('ConsoleSigninFailures', 'ALARM');
    await world.passMinutes(7);
    expect(outages(await world.incidents())).toEqual([expect.stringContaining('SNS did not bring 1 signal')]);
  });

  it.each(['without the old stop', 'after the old stop'])('%s, sign-ins beside what SNS does not bring today are found', async (title) => {
    await world.start();
    await world.passMinutes(2);
    if (title.includes('after')) {
      await world.aws.clock.advance(3_600);
      await world.start();
    }
    await world.passMinutes(3 * 24 * 60, 60);
    const at = world.ports.clock.now();
    world.aws.state.accounts['444455556666']?.trail.push({ region: 'us-east-1', visibleAt: 0, record: rootSignIn('root-9', at).detail as never });
    world.change('ConsoleSigninFailures', 'ALARM');
    await world.passMinutes(60);
    const incidents = await world.incidents();
    expect(incidents.some(({ detection }) => detection === 'root-sign-in')).toBe(true);
  });

  it.each(['stopped and started', 'suspended'])('is looked through for sign-ins where the machine was %s', async (how) => {
    await world.start();
    await world.passMinutes(20);
    const at = world.ports.clock.now() + 3_600_000;
    world.aws.state.accounts['444455556666']?.trail.push({ region: 'us-east-1', visibleAt: 0, record: rootSignIn('root-4', at).detail as never });
    await world.aws.clock.advance(3 * 3_600);
    if (how !== 'suspended') await world.start();
    await world.passMinutes(10);
    expect((await world.incidents()).map(({ detection }) => detection)).toContain('root-sign-in');
    expect(outages(await world.incidents())).toEqual([expect.stringMatching(/^I was away /)]);
  });

  it('is told once though two replicas start after it', async () => {
    await world.start();
    await world.passMinutes(2);
    await world.aws.clock.advance(1_800);
    world.change('ConsoleSigninFailures', 'ALARM');
    await world.aws.clock.advance(1_800);
    await planSweeping(world.ports);
    await world.aws.clock.advance(10);
    await world.sweepDue();
    // The second replica starts, within the minute before the first says that it is alive.
    await planSweeping(world.ports);
    await stillAlive(world.ports);
    const { envelope, putLetter, ports } = world;
    putLetter('arn:aws:sqs:us-east-1:111122223333:signin-alarms-dead-letters', envelope(rootSignIn('root-x', ports.clock.now() - 25 * minute)));
    await world.passMinutes(7);
    expect(outages(await world.incidents())).toHaveLength(1);
  });

  it('is looked through for sign-ins though the next stop follows before that was done', async () => {
    await world.start();
    await world.passMinutes(2);
    const at = world.ports.clock.now() + 1_800_000;
    await world.aws.clock.advance(7_200);
    world.aws.state.accounts['444455556666']?.trail.push({ region: 'us-east-1', visibleAt: 0, record: rootSignIn('root-4', at).detail as never });
    // It starts, is stopped in order before it came to the sign-ins, and is there again three minutes later.
    await planSweeping(world.ports);
    await stillAlive(world.ports);
    await world.aws.clock.advance(180);
    await world.start();
    await world.passMinutes(60);
    const found = (await world.incidents()).filter(({ notice }) => notice === undefined);
    expect(found.map(({ detection }) => detection)).toEqual(['root-sign-in']);
  });

  it('is told though the process died between finding and telling', async () => {
    await world.start();
    await world.passMinutes(2);
    await world.aws.clock.advance(3_600);
    world.change('ConsoleSigninFailures', 'ALARM');
    await world.aws.clock.advance(600);
    // Found, committed, and then it dies.
    await planSweeping(world.ports);
    const { sweepAlarms } = await import('../../src/features/sweep-alarms.ts');
    for (const account of world.ports.settings.accounts.keys()) await sweepAlarms(world.ports, await claimOf(`${account} us-east-1`));
    await stillAlive(world.ports);
    await world.aws.clock.advance(180);
    await world.start();
    await world.passMinutes(30);
    const incidents = await world.incidents();
    expect(outages(incidents)).toHaveLength(1);
  });

  it.each(['without', 'with'])('%s an old letter does not keep the stop from being looked through', async (title) => {
    await world.start();
    await world.passMinutes(2);
    const start = world.ports.clock.now();
    await world.aws.clock.advance(6 * 3_600);
    // Root signs in ten minutes before the end, and CloudTrail's event history has it a few minutes later.
    const at = world.ports.clock.now() - 60 * minute;
    const visibleAt = world.ports.clock.now() + 3 * minute;
    world.aws.state.accounts['444455556666']?.trail.push({ region: 'us-east-1', visibleAt, record: rootSignIn('root-5', at).detail as never });
    world.change('ConsoleSigninFailures', 'ALARM');
    await planSweeping(world.ports);
    await world.aws.clock.advance(1);
    // SNS reaches us again, and a letter of the day before is in the queue.
    await world.deliver();
    if (title === 'with')
      world.putLetter('arn:aws:sqs:us-east-1:111122223333:signin-alarms-dead-letters', world.envelope(rootFailure('old', start - 24 * 3_600_000)));
    await world.aws.clock.advance(9);
    await world.sweepDue();
    await world.passMinutes(60);
    const incidents = await world.incidents();
    expect(incidents.some(({ detection }) => detection === 'root-sign-in')).toBe(true);
  });

  it('one letter whose certificate cannot be had does not keep the others from being read', async () => {
    await world.start();
    await world.passMinutes(2);
    const queue = 'arn:aws:sqs:us-east-1:111122223333:signin-alarms-dead-letters';
    const at = world.ports.clock.now();
    const good = world.envelope(rootSignIn('root-7', at));
    const bad = {
      ...world.envelope(rootSignIn('made-up', at)),
      SigningCertURL: `https://sns.us-east-1.amazonaws.com/SimpleNotificationService-${'0'.repeat(32)}.pem`,
    };
    const { AppError } = await import('../../src/domain/error.ts');
    const readLetter = world.ports.readLetter;
    Object.assign(world.ports, {
      readLetter: async (body: string) => {
        // As fetchCertificate has it for 403 and 404.
        if (body.includes('0'.repeat(32))) throw new AppError('unavailable', 'The certificate that signs SNS messages could not be fetched.');
        return readLetter(body);
      },
    });
    world.putLetter(queue, bad);
    world.putLetter(queue, good);
    await world.passMinutes(24 * 60, 5);
    const incidents = await world.incidents();
    expect(incidents.some(({ detection }) => detection === 'root-sign-in')).toBe(true);
  }, 60_000);

  it.each([
    ['by a right clock', 0],
    ['by a clock that was six hours ahead', 6 * 3_600_000],
  ])('%s: what happened in a stop after which the clock is right is found', async (_title, ahead) => {
    await world.start();
    await world.passMinutes(12);
    // What the process wrote with its clock ahead, as it would have written it all along.
    const db = world.ports.store;
    await db.remember('alive', '', world.ports.clock.now() + ahead);
    for (const account of world.ports.settings.accounts.keys()) {
      const real = await claimOf(`${account} us-east-1`);
      await db.endSweep(real, { through: world.ports.clock.now() + ahead, again: world.ports.clock.now() + ahead + 300_000 });
    }
    // It stops for two hours. The clock is set right, root signs in, and an alarm fires and recovers.
    await world.aws.clock.advance(3_600);
    world.aws.state.accounts['444455556666']?.trail.push({
      region: 'us-east-1',
      visibleAt: 0,
      record: rootSignIn('root-8', world.ports.clock.now()).detail as never,
    });
    world.change('ConsoleSigninFailures', 'ALARM');
    await world.aws.clock.advance(600);
    world.change('ConsoleSigninFailures', 'OK');
    await world.aws.clock.advance(3_000);
    const { clockKeeper } = await import('../../src/features/keep-clock.ts');
    const aliveAt = await planSweeping(world.ports);
    const keep = clockKeeper(world.ports, aliveAt);
    await world.aws.clock.advance(5);
    await keep();
    await world.sweepDue();
    await world.passMinutes(45);
    const incidents = await world.incidents();
    expect(incidents.map(({ origin, notice }) => notice?.about ?? origin).toSorted()).toEqual(['alarm', 'outage', 'sign-in']);
  });

  it.each([900, 1_010])(
    'sign-ins: what %i failures stand before is found, or said to be not looked at',
    async (failures) => {
      await world.start();
      await world.passMinutes(2);
      const at = world.ports.clock.now() + 600_000;
      await world.aws.clock.advance(7_200);
      const trail = world.aws.state.accounts['444455556666']?.trail;
      trail?.push({ region: 'us-east-1', visibleAt: 0, record: rootSignIn('root-6', at).detail as never });
      for (let n = 0; n < failures; n++) trail?.push({ region: 'us-east-1', visibleAt: 0, record: failure(`f-${n}`, at + 60_000 + n) as never });
      await world.start();
      await world.passMinutes(30);
      const incidents = await world.incidents();
      expect(incidents.some(({ detection }) => detection === 'root-sign-in') || world.told.size > 0).toBe(true);
    },
    120_000,
  );
});

/** The row of a place, claimed. */
async function claimOf(of: string) {
  for (;;) {
    const due = await world.store.nextSweepAt();
    const claimed = await world.store.claimSweep(due ?? 0);
    if (claimed === undefined) throw new Error('none');
    if (claimed.kind === 'alarms' && claimed.of === of) return claimed;
    await world.store.endSweep(claimed, { through: world.ports.clock.now(), again: (due ?? 0) + 300_000 });
  }
}
