/** Signals as AWS would send them, one story each. */
import { alarmScenarios } from './alarm-scenarios.ts';
import { attackScenarios } from './attack-scenarios.ts';
import { centerScenarios } from './center-scenarios.ts';
import { containmentScenarios } from './containment-scenarios.ts';
import { outageScenarios } from './outage-scenarios.ts';
import type { Scenario } from './scenario.ts';
import { signInScenarios } from './sign-in-scenarios.ts';
import type { Published } from './sns.ts';
import { stormScenarios } from './storm-scenarios.ts';
import type { World } from './world.ts';

const scenarios: Readonly<Record<string, Scenario>> = {
  ...alarmScenarios,
  ...signInScenarios,
  ...attackScenarios,
  ...centerScenarios,
  ...containmentScenarios,
  ...stormScenarios,
  ...outageScenarios,
};

export function scenarioOf(name: string): Scenario | undefined {
  return scenarios[name];
}

export const scenarioNames: readonly string[] = Object.keys(scenarios);

export function titleOfScenario(name: string): string {
  return scenarios[name]?.title ?? name;
}

export async function playSignals(world: World, name: string): Promise<Published[]> {
  const scenario = scenarios[name];
  world.faults.refuseInScenario(scenario?.refused ?? []);
  return (await scenario?.signals(world)) ?? [];
}
