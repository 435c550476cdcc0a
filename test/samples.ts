/**
 * `npm run samples`: for each of AWS's sample sign-in records, what each face of the catalogue says of it; and for each filter pattern that is met
 * in life, what the run over the labelled records says of it.
 */
import { eventPattern, filterPattern, matches } from '../src/domain/detection/condition.ts';
import { detectionIds, detections } from '../src/domain/detection/detections.ts';
import { judgePattern } from '../src/domain/detection/judge.ts';
import { detectionIn, filterWords } from '../src/domain/detection/judgement.ts';
import type { Json } from '../src/domain/json.ts';
import { eventMatches } from './support/event-pattern.ts';
import { filterMatches } from './support/filter-pattern.ts';
import { published, variations } from './support/pattern-variations.ts';
import { samplesExist, samplesIn } from './support/samples.ts';

const says = (face: (id: (typeof detectionIds)[number]) => boolean): string => detectionIds.filter(face).join(' ') || '–';

if (!samplesExist) process.stdout.write('The samples are not beside the project; nothing to show.\n');
for (const { name, text } of samplesIn('signin')) {
  const { source, event } = JSON.parse(text) as { source: { expected: string | null }; event: Json };
  const faces = [
    says((id) => matches(detections[id].condition, event)),
    says((id) => filterMatches(filterPattern(detections[id].condition), event)),
    says((id) => eventMatches(eventPattern(detections[id].condition), { detail: event })),
  ];
  const [own = ''] = faces;
  const alike = new Set(faces).size === 1 ? 'alike in all three' : `NOT ALIKE: ${faces.join(' | ')}`;
  process.stdout.write(`${name}\n  ${own} (${alike}; the source expects: ${source.expected ?? 'nothing said'})\n`);
}

process.stdout.write('\nFilter patterns, by what they count\n\n');
const rows = [...published, ...variations].map(({ what, pattern }) => ({ what, pattern, judgement: judgePattern(pattern) }));
const width = Math.max(...rows.map(({ what }) => what.length));
for (const { what, pattern, judgement } of rows) {
  const about = detectionIn(judgement);
  process.stdout.write(`${what.padEnd(width)}  ${judgement.is}${about === undefined ? '' : ` · ${about}`}\n`);
  for (const line of [pattern, filterWords(judgement)]) if (line !== undefined) process.stdout.write(`${' '.repeat(width)}  ${line}\n`);
}
