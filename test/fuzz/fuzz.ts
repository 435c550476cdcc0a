/** `npm run fuzz -- [--cases N] [--port-cases N] [--seed N]`; ends with 1 where anything went wrong. */
import { parseArgs } from 'node:util';
import { emptyReport, fuzzParts, fuzzPort } from './run.ts';

const { values } = parseArgs({
  options: { cases: { type: 'string', default: '100000' }, 'port-cases': { type: 'string', default: '2000' }, seed: { type: 'string' } },
});
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
const report = emptyReport();
process.stdout.write(`seed ${seed}\n`);
fuzzParts(Number(values.cases), seed, report);
await fuzzPort(Number(values['port-cases']), seed, report);

const total = [...report.counts.values()].reduce((sum, one) => sum + one, 0);
for (const [name, cases] of report.counts) process.stdout.write(`${String(cases).padStart(7)}  ${name}\n`);
for (const [answer, times] of [...report.statuses].toSorted()) process.stdout.write(`${String(times).padStart(7)}  answers of ${answer}\n`);
for (const what of report.wrong) process.stdout.write(`WRONG  ${what}\n`);
process.stdout.write(`${total} cases, ${report.wrong.length} wrong\n`);
process.exitCode = report.wrong.length > 0 ? 1 : 0;
