/** Where alarms are looked for, and how soon: the responder is installed first, for its endpoint confirms the subscription, and the alarms after it. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Sweeping, sweeping } from '../support/sweeping.ts';

let world: Sweeping;
let alarms: Record<string, unknown>;
beforeEach(async () => {
  world = await sweeping();
  alarms = world.aws.state.accounts['444455556666']?.alarms as Record<string, unknown>;
});
afterEach(() => world.stop());

/** The responder starts, and the alarms are made before or after that. */
async function installed(when: string): Promise<void> {
  const all = { ...alarms };
  if (when === 'after') for (const name of Object.keys(alarms)) delete alarms[name];
  await world.start();
  await world.passMinutes(12);
  Object.assign(alarms, all);
}

it.each(['before', 'after'])('an alarm that was made %s the first start, and fired while the responder was away, is told soon', async (when) => {
  await installed(when);
  await world.passMinutes(60);
  await world.aws.clock.advance(3_600);
  world.change('ConsoleSigninFailures', 'ALARM');
  await world.aws.clock.advance(3_600);
  await world.start();
  await world.passMinutes(15);
  expect((await world.incidents()).filter(({ origin }) => origin === 'alarm').map(({ alarm }) => alarm?.name)).toEqual(['ConsoleSigninFailures']);
});

it.each(['before', 'after'])(
  'of an alarm that was made %s the first start, and heard of, an OK that SNS did not bring is read soon',
  async (when) => {
    await installed(when);
    world.change('ConsoleSigninFailures', 'ALARM');
    await world.deliver();
    expect((await world.incidents()).map(({ alarm }) => alarm?.state)).toEqual(['ALARM']);
    await world.aws.clock.advance(120);
    world.change('ConsoleSigninFailures', 'OK');
    await world.passMinutes(15);
    expect((await world.incidents())[0]?.alarm?.state).toBe('OK');
  },
);
