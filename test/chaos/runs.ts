/** The fault matrix, and what the checker says without the safeguards. */
import { emulatedAws } from '../support/emulated-aws.ts';
import { freshDatabase } from '../support/stores.ts';
import { matrix, safeguards } from './cases.ts';
import type { Line, Options } from './chaos.ts';
import { calm, type Ended, type Stage, tried } from './trial.ts';

async function* onEachEngine({ engines, postgresUrl }: Options, run: (stage: Stage, engine: string) => AsyncGenerator<Line>): AsyncGenerator<Line> {
  for (const engine of engines) {
    const database = await freshDatabase(engine, postgresUrl);
    const aws = await emulatedAws();
    yield* run({ database, aws }, engine);
    aws.stop();
    await database.close();
  }
}

export function faults(options: Options): AsyncGenerator<Line> {
  return onEachEngine(options, async function* (stage, engine) {
    const base = await tried(stage, calm);
    const groups = Map.groupBy(matrix(base, options.seed), ({ group }) => group);
    for (const [group, cases] of groups) {
      const chosen = cases.filter((_, index) => index % options.every === 0);
      const ended: Ended[] = [];
      for (const { trial } of chosen) ended.push(await tried(stage, trial));
      yield lineOf(`${engine}: ${group}`, ended);
    }
  });
}

function lineOf(what: string, ended: readonly Ended[]): Line {
  const problems = ended.flatMap((one) => one.problems);
  const count = (is: string): number => problems.filter((problem) => problem.is === is).length;
  for (const { trial, problems: found } of ended) if (found.length > 0) process.stderr.write(`${JSON.stringify({ what, trial, found })}\n`);
  return {
    section: 'faults',
    what,
    found: { cases: ended.length, lost: count('lost'), doubled: count('doubled') },
    isWell: problems.length === 0 && ended.length > 0,
  };
}

export function withoutSafeguards(options: Options): AsyncGenerator<Line> {
  return onEachEngine(options, async function* (stage, engine) {
    const base = await tried(stage, calm);
    for (const { name, weakness, trials } of safeguards) {
      const ended: Ended[] = [];
      for (const trial of trials(base)) ended.push(await tried(stage, { ...trial, weakness }));
      const reported = ended.filter(({ problems }) => problems.some(({ is }) => is === 'doubled')).length;
      yield { section: 'safeguards', what: `${engine}: without ${name}`, found: { cases: ended.length, reported }, isWell: reported > 0 };
    }
  });
}
