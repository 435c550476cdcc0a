/** What AWS itself says of a filter and the labelled records, beside what this responder says: AWS is the judge over all evaluators. Pure. */
import { type Pattern, readPattern } from '../alarm/filter-pattern.ts';
import { runPattern } from '../alarm/run-pattern.ts';
import type { AwsSide, FilterFacts } from './coverage.ts';
import { alarmName, detectionIds } from './detections.ts';
import { judgePattern } from './judge.ts';
import { detectionIn, listed } from './judgement.ts';
import { type LabelledKind, labelledRecords } from './labelled/records.ts';

/** AWS takes so many lines a call. */
const mostLines = 50;
/** So many filters are asked about: ours and those that are about a detection, each pattern once. */
const mostAsked = 12;

/** A filter, and the lines that AWS is asked about. */
export interface Question {
  readonly filter: FilterFacts;
  readonly pattern: Pattern;
  readonly asked: readonly LabelledKind[];
  readonly lines: readonly string[];
}

/** The filters in use on the groups that trails deliver to, as far as they can be read here. */
export function questionsFor({ filters, trailLogGroups }: AwsSide): Question[] {
  const ours = new Set(detectionIds.map(alarmName));
  const inUse = filters.filter(({ account, region, logGroup }) => trailLogGroups?.includes(`${account} ${region} ${logGroup}`) ?? true);
  const ofDetections = inUse.filter(({ name, pattern }) => ours.has(name) || detectionIn(judgePattern(pattern)) !== undefined);
  // Those of others first: ours are tried by its tests too.
  const sorted = ofDetections.toSorted((a, b) => Number(ours.has(a.name)) - Number(ours.has(b.name)));
  const distinct = [...new Map(sorted.toReversed().map((filter) => [filter.pattern, filter])).values()].toReversed();
  return distinct.flatMap(questionOf).slice(0, mostAsked);
}

function questionOf(filter: FilterFacts): Question[] {
  const read = readPattern(filter.pattern);
  if (!('pattern' in read)) return [];
  const { pattern } = read;
  const [matching, others] = [true, false].map((is) => labelledRecords.filter(({ record }) => runPattern(pattern, record) === is));
  const room = mostLines / 2;
  const asked = [...(matching ?? []).slice(0, room), ...(others ?? []), ...(matching ?? []).slice(room)].slice(0, mostLines);
  return [{ filter, pattern, asked, lines: asked.map(({ record }) => JSON.stringify(record)) }];
}

/** What AWS counts otherwise than this responder, as one sentence; undefined: nothing. @param counted whether AWS counts each line */
export function difference({ filter, pattern, asked }: Question, counted: readonly boolean[]): string | undefined {
  const here = asked.map(({ record }) => runPattern(pattern, record));
  const kinds = (is: boolean): string[] =>
    asked.filter((_, index) => counted[index] !== here[index] && counted[index] === is).map(({ kind }) => kind);
  const [more, less] = [kinds(true), kinds(false)];
  if (more.length + less.length === 0) return undefined;
  const said = [more.length > 0 ? `counts ${listed(more)}` : '', less.length > 0 ? `does not count ${listed(less)}` : ''].filter(
    (part) => part !== '',
  );
  return `AWS judges the filter ${filter.name} (${filter.account} ${filter.region}) otherwise than this responder: it ${said.join(', and ')}.`;
}
