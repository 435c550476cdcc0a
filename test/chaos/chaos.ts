/** `npm run chaos -- [SECTION…] [--engine NAME] [--every N] [--kills N] [--json FILE]`: what holds, counted. Prints a table and JSON. */
import { writeFileSync } from 'node:fs';
import type { TestProject } from 'vitest/node';
import { readArguments, wholeNumber, wrongCall } from '../../src/arguments.ts';
import setUpPostgres from '../support/postgres.ts';
import { engines } from '../support/stores.ts';
import { hostile } from './hostile.ts';
import { kills } from './kills.ts';
import { faults, withoutSafeguards } from './runs.ts';
import { standstill } from './standstill.ts';
import { stopping } from './stopping.ts';
import { stories } from './stories.ts';

/** A line of the table. */
export interface Line {
  readonly section: string;
  readonly what: string;
  readonly found: Readonly<Record<string, number | string>>;
  readonly isWell: boolean;
}

export interface Options {
  readonly engines: readonly (typeof engines)[number][];
  readonly postgresUrl: string;
  /** Takes each so manieth case. */
  readonly every: number;
  readonly kills: number;
  readonly seed: number;
}

const sections: Record<string, (options: Options) => AsyncGenerator<Line>> = {
  faults,
  safeguards: withoutSafeguards,
  kills,
  standstill,
  hostile,
  stopping,
  stories,
};

const usage = `npm run chaos -- [${Object.keys(sections).join(' | ')}]… [--engine ${engines.join('|')}] [--every N] [--kills N] [--seed N] [--json FILE]`;
const { values, positionals } = readArguments(process.argv.slice(2), {
  usage,
  allowPositionals: true,
  options: {
    engine: { type: 'string' },
    every: { type: 'string', default: '1' },
    kills: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    json: { type: 'string' },
  },
});

const chosen = positionals.length > 0 ? positionals : Object.keys(sections);
const unknown = chosen.filter((name) => sections[name] === undefined);
if (unknown.length > 0) wrongCall(`There is no section ${unknown.join(', ')}.`, usage);
const chosenEngines = engines.filter((engine) => values.engine === undefined || engine === values.engine);
if (chosenEngines.length === 0) wrongCall(`There is no engine ${values.engine}.`, usage);
const numberOf = (name: 'every' | 'kills' | 'seed'): number => wholeNumber(name, values[name], usage);
const [every, killCount, seed] = [numberOf('every'), numberOf('kills'), numberOf('seed')];

let postgresUrl = '';
const stopPostgres = await setUpPostgres({ provide: (_name: string, url: string) => (postgresUrl = url) } as unknown as TestProject);
const options: Options = {
  engines: chosenEngines,
  postgresUrl,
  every,
  kills: killCount,
  seed,
};
const lines: Line[] = [];
for (const name of chosen) {
  for await (const line of sections[name]?.(options) ?? []) {
    lines.push(line);
    const found = Object.entries(line.found).map(([key, value]) => `${key} ${value}`);
    process.stdout.write(`${line.isWell ? '✓' : '✗'} ${line.section.padEnd(11)} ${line.what.padEnd(62)} ${found.join(', ')}\n`);
  }
}
await stopPostgres();
const report = JSON.stringify({ options: { ...options, postgresUrl: undefined }, lines });
if (values.json === undefined) process.stdout.write(`${report}\n`);
else writeFileSync(values.json, report);
process.exit(lines.every(({ isWell }) => isWell) ? 0 : 1);
