/** From an alarm to what it counted: its metrics, the metric filters that feed them, and the lines of their log groups in the alarm's periods. */
import type { AlarmState } from '../domain/alarm/alarm.ts';
import { type Evaluation, evaluationOf } from '../domain/alarm/evaluation.ts';
import {
  expectedCount,
  extentOf,
  feeding,
  isInPeriods,
  isMasked,
  isOfSeries,
  isOpaque,
  type LogLine,
  type MetricFilter,
  type NotRead,
  nobodyCounted,
  recordIn,
  windowOf,
} from '../domain/alarm/log.ts';
import type { AlarmRule, MeasuredMetric } from '../domain/alarm/rule.ts';
import { asAppError } from '../domain/error.ts';
import { type Counted, groupsOf, type Reading } from '../domain/incident/counted.ts';
import type { AlarmFacts, Ports } from '../domain/ports.ts';
import { personWords } from '../domain/sign-in/sentence.ts';
import { type SignIn, signInFromRecord } from '../domain/sign-in/sign-in.ts';
import { notReadFor, readPages } from './log-pages.ts';

export type CountingPorts = Pick<Ports, 'alarms' | 'clock' | 'log' | 'logs' | 'settings' | 'store'>;

/** A firing of an alarm that measures something itself. */
export interface Firing {
  readonly arn: string;
  readonly name: string;
  readonly account: string;
  readonly region: string;
  readonly firedAt: number;
  readonly measures: AlarmRule | undefined;
  readonly evaluation: Evaluation;
}

export interface Counting {
  readonly counted: Counted;
  /** The CloudTrail records among the lines, of whatever event, oldest first. */
  readonly events: readonly SignIn[];
}

/**
 * The alarms that fired and measure something themselves: the alarm, or the children of a composite one that are in ALARM, down to the last.
 * @throws AppError what CloudWatch says of a child
 */
export async function firingsOf(ports: CountingPorts, firing: Firing): Promise<Firing[]> {
  const told = await completed(ports, firing);
  if (told.measures?.expression?.of !== 'composite') return [told];
  const found: Firing[] = [];
  const seen = new Set([told.arn]);
  let level = childrenOf(told);
  for (let depth = 0; depth < deepest && level.length > 0; depth++) {
    const next: string[] = [];
    for (const arn of level.filter((one) => !seen.has(one)).slice(0, mostChildren)) {
      seen.add(arn);
      const facts = await ports.alarms.describe(arn);
      if (facts?.state !== 'ALARM') continue;
      const child = firingFrom(facts);
      if (child.measures?.expression?.of === 'composite') next.push(...childrenOf(child));
      else found.push(child);
    }
    level = next;
  }
  return found;
}

const deepest = 5;
const mostChildren = 20;

/** Named by CloudWatch as what made it change, or else by its rule: `ALARM("name")` or `ALARM(arn)`. */
function childrenOf({ arn, evaluation, measures }: Firing): string[] {
  if (evaluation.children.length > 0) return [...evaluation.children];
  const rule = measures?.expression?.text ?? '';
  const named = [...rule.matchAll(/\bALARM\s*\(\s*(?:"([^"]+)"|'([^']+)'|([^\s()"']+))\s*\)/g)].map(
    (match) => match[1] ?? match[2] ?? match[3] ?? '',
  );
  const prefix = arn.split(':').slice(0, 6).join(':');
  return named.map((name) => (name.startsWith('arn:') ? name : `${prefix}:${name}`));
}

/** The message may leave out what is measured, and its sentence names five periods at most: CloudWatch itself knows, where it still says so. */
async function completed(ports: CountingPorts, firing: Firing): Promise<Firing> {
  const { evaluation, measures } = firing;
  const isComposite = measures?.expression?.of === 'composite';
  const isWhole = measures !== undefined && (isComposite ? evaluation.children.length > 0 : evaluation.areAll);
  if (isWhole || nobodyCounted(evaluation) !== undefined) return firing;
  const facts = await ports.alarms.describe(firing.arn).catch((thrown: unknown) => {
    ports.log.warn({ alarm: firing.name, err: asAppError(thrown) }, 'alarm not described');
    return undefined;
  });
  if (facts === undefined) return firing;
  const known = { ...firing, measures: measures ?? facts.measures };
  const isOfThisChange = facts.state === 'ALARM' && facts.reasonData !== undefined && Math.abs(facts.since - firing.firedAt) <= furthestMs;
  if (isOfThisChange) return { ...known, evaluation: firingFrom({ ...facts, measures: known.measures }).evaluation };
  return { ...known, evaluation: (await notedEvaluation(ports, known)) ?? evaluation };
}

/** The alarm may have changed again meanwhile: its history keeps what CloudWatch saw. */
async function notedEvaluation(ports: CountingPorts, { arn, name, firedAt, measures }: Firing): Promise<Evaluation | undefined> {
  const noted = await ports.alarms.noted(arn, firedAt).catch((thrown: unknown) => {
    ports.log.warn({ alarm: name, err: asAppError(thrown) }, 'history of an alarm not read');
    return undefined;
  });
  return noted && evaluationOf({ state: 'ALARM', reason: noted.reason, reasonData: noted.reasonData, at: noted.at, rule: measures, children: [] });
}

/** What is read of an alarm now is of the firing that was told when its time is no further from it. */
const furthestMs = 2 * 60_000;

function firingFrom({ arn, name, account, region, since, measures, reason, reasonData, state }: AlarmFacts & { state: AlarmState }): Firing {
  const evaluation = evaluationOf({ state, reason, reasonData, at: since, rule: measures, children: [] });
  return { arn, name, account, region, firedAt: since, measures, evaluation };
}

/** @param isAgain an earlier reading had fewer lines than were counted: the periods around are read too */
export async function countOf(ports: CountingPorts, firing: Firing, isAgain: boolean): Promise<Counting> {
  const nobody = nobodyCounted(firing.evaluation);
  if (nobody !== undefined) return { counted: { ...empty(firing), nobody }, events: [] };
  const { measures } = firing;
  if (measures === undefined) return unread(firing, 'not-known');
  if (measures.expression?.of === 'query') return unread(firing, 'expression');
  if (isOpaque(measures)) return unread(firing, 'expression');
  const fed = await filtersOf(ports, firing, measures.metrics);
  if (!Array.isArray(fed)) return unread(firing, fed);
  if (fed.length === 0) return unread(firing, 'no-filter');
  return read(ports, firing, { fed, isWider: isAgain });
}

function empty({ arn, name, firedAt, measures }: Firing): Counted {
  return {
    arn,
    name,
    firedAt,
    measures,
    nobody: undefined,
    readings: [],
    notRead: undefined,
    extent: undefined,
    isWider: false,
    groups: [],
    otherLines: 0,
  };
}

function unread(firing: Firing, notRead: NotRead): Counting {
  return { counted: { ...empty(firing), notRead }, events: [] };
}

interface Fed {
  readonly filter: MetricFilter;
  readonly metric: MeasuredMetric;
}

async function filtersOf(ports: CountingPorts, { account, region }: Firing, metrics: readonly MeasuredMetric[]): Promise<Fed[] | NotRead> {
  const fed: Fed[] = [];
  for (const metric of metrics) {
    const place = { account: metric.account ?? account, region };
    const { accounts } = ports.settings;
    if (accounts.size > 0 && !accounts.has(place.account)) return 'not-configured';
    try {
      const filters = await ports.logs.filters(place, metric);
      fed.push(...feeding(filters, metric).map((filter) => ({ filter, metric })));
    } catch (thrown) {
      ports.log.warn({ ...place, metric: metric.name, err: asAppError(thrown) }, 'metric filters not read');
      return notReadFor(asAppError(thrown));
    }
  }
  return fed;
}

async function read(ports: CountingPorts, firing: Firing, { fed, isWider }: { fed: readonly Fed[]; isWider: boolean }): Promise<Counting> {
  const { evaluation, measures, firedAt } = firing;
  const margin = isWider ? 1 : 0;
  const { from, until } = windowOf(evaluation, measures, { firedAt, margin });
  const isCounted = ({ at }: LogLine): boolean => isInPeriods(at, evaluation, { rule: measures, margin });
  const results = await Promise.all(fed.map((one) => readOne(ports, one, { from, until, isCounted })));
  const lines = results.flatMap((result) => result.lines);
  const events = eventsIn(results, firing);
  const expected = expectedCount(
    evaluation,
    measures,
    fed.map(({ filter }) => filter),
  );
  const isRead = results.some(({ reading }) => reading.notRead === undefined || reading.notRead === 'too-large' || reading.notRead === 'masked');
  const counted: Counted = {
    ...empty(firing),
    readings: results.map(({ reading }) => reading),
    extent: isRead ? extentOf(lines, expected, firedAt) : undefined,
    isWider,
    groups: groupsOf(events, ({ principal }) => personWords(principal)),
    otherLines: results.reduce((sum, result) => sum + result.otherLines, 0),
  };
  return { counted, events };
}

interface ReadOne {
  readonly reading: Reading;
  readonly lines: readonly LogLine[];
  readonly records: readonly { readonly record: Parameters<typeof signInFromRecord>[0]; readonly line: LogLine }[];
  readonly otherLines: number;
}

interface Wanted {
  readonly from: number;
  readonly until: number;
  readonly isCounted: (line: LogLine) => boolean;
}

async function readOne(ports: CountingPorts, { filter, metric }: Fed, { from, until, isCounted }: Wanted): Promise<ReadOne> {
  const { account, region, group, pattern } = filter;
  const question = { account, region, group, pattern, from, until };
  if (filter.isTransformed) return { reading: { ...question, notRead: 'transformed' }, lines: [], records: [], otherLines: 0 };
  const { lines, notRead } = await readPages(ports, question);
  const parsed = lines.filter(isCounted).map((line) => ({ line, record: recordIn(line.message) }));
  const own = parsed.filter(({ record }) => record === undefined || isOfSeries(record, filter, metric));
  const records = own.flatMap(({ line, record }) => (record === undefined ? [] : [{ line, record }]));
  const masked = records.some(({ record }) => isMasked(record));
  return {
    reading: { ...question, notRead: masked ? 'masked' : notRead },
    lines: own.map(({ line }) => line),
    records: masked ? records.filter(({ record }) => !isMasked(record)) : records,
    otherLines: own.length - records.length,
  };
}

/** Each once, though two filters may have counted it. A record without an id goes by the times of its line. */
function eventsIn(results: readonly ReadOne[], { account, region }: Firing): SignIn[] {
  const events = results.flatMap(({ records }) =>
    records.map(({ record, line }) => signInFromRecord(record, { account, region, at: line.at, id: `line:${line.at}:${line.ingestedAt}` })),
  );
  return [...new Map(events.map((event) => [event.eventId, event])).values()].toSorted((a, b) => a.at - b.at);
}
