/** The endpoint cannot be reached for two hours, in which things go on. */
import { consoleLogin, failing, inLog, root } from './records.ts';
import { alarm, direct, type Scenario } from './scenario.ts';
import type { World } from './world.ts';

const outageSeconds = 2 * 3_600;
/** Twice the time between two sweeps. */
const sweptSeconds = 600;
const stepSeconds = 600;

async function pass(world: World, seconds: number): Promise<void> {
  for (let passed = 0; passed < seconds; passed += stepSeconds) {
    await world.clock.advance(stepSeconds);
    await world.activity.quiet(150, 5_000);
  }
}

export const outageScenarios: Readonly<Record<string, Scenario>> = {
  'endpoint-outage': {
    title: 'SNS cannot reach the endpoint for two hours, in which an alarm recovers, another fires, and root signs in',
    // One of each, one that says what was found, and one of the canary, which did not come back either.
    cards: 5,
    // Nobody acknowledges what was found: two of them go to the pager twice, and are reminded of.
    pages: 4,
    replies: 5,
    signals: async (world) => {
      inLog(world, [consoleLogin(world, failing('bella'), 'Failure', 'No')]);
      await alarm(world, 'ConsoleSigninFailures', 'ALARM', false);
      world.faults.sns.push({ mode: 'unreachable', until: world.clock.now() + outageSeconds * 1_000 });
      await pass(world, 1_800);
      await alarm(world, 'ConsoleSigninFailures', 'OK', false);
      await alarm(world, 'ConsoleSignInWithoutMfaAlarm', 'ALARM', false);
      const published = await direct(world, consoleLogin(world, root, 'Success', 'No', { sourceIPAddress: '198.51.100.77' }));
      await pass(world, outageSeconds - 1_800 + sweptSeconds);
      return published;
    },
  },
};
