/** `npm run fuzz -- [--cases N] [--port-cases N] [--seed N]`; ends with 1 where anything went wrong. */
import { readArguments, wholeNumber } from '../../src/arguments.ts';
import { emptyReport, fuzzParts, fuzzPort } from './run.ts';

const usage = 'npm run fuzz -- [--cases N] [--port-cases N] [--seed N]';
const { values } = readArguments(process.argv.slice(2), {
  usage,
  options: { cases: { type: 'string', default: '100000' }, 'port-cases': { type: 'string', default: '2000' }, seed: { type: 'string' } },
});
const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : wholeNumber('seed', values.seed, usage);
const [cases, portCases] = [wholeNumber('cases', values.cases, usage), wholeNumber('port-cases', values['port-cases'], usage)];
const report = emptyReport();
process.stdout.write(`seed ${seed}\n`);
fuzzParts(cases, seed, report);
await fuzzPort(portCases, seed, report);

const total = [...report.counts.values()].reduce((sum, one) => sum + one, 0);
for (const [name, cases] of report.counts) process.stdout.write(`${String(cases).padStart(7)}  ${name}\n`);
for (const [answer, times] of [...report.statuses].toSorted()) process.stdout.write(`${String(times).padStart(7)}  answers of ${answer}\n`);
for (const what of report.wrong) process.stdout.write(`WRONG  ${what}\n`);
process.stdout.write(`${total} cases, ${report.wrong.length} wrong\n`);
process.exitCode = report.wrong.length > 0 ? 1 : 0;
