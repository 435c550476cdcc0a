/** Which detections are really watched: what the filters, alarms, trails and rules that exist add up to. Pure. */

import { partitionAt } from '../place.ts';
import { shellWord } from '../response/iam-user.ts';
import { eventPattern } from './condition.ts';
import { type DetectionId, detectionIds, detectionOf, recognisePattern } from './detections.ts';

export interface Place {
  readonly account: string;
  readonly region: string;
}

export interface FilterFacts extends Place {
  readonly name: string;
  readonly pattern: string;
  readonly logGroup: string;
  readonly metrics: readonly { readonly name: string; readonly namespace: string }[];
}

interface WatchingAlarm extends Place {
  readonly name: string;
  readonly metric: { readonly name: string; readonly namespace: string } | undefined;
  readonly actionsEnabled: boolean;
  /** Targets of its ALARM actions. */
  readonly alarmActions: readonly string[];
}

/** An EventBridge rule that the templates made: `signin-responder-<detection>`, or the one from the central bus to the topic. */
export interface RuleFacts extends Place {
  readonly name: string;
  readonly enabled: boolean;
  /** Its event pattern as JSON. */
  readonly pattern: string;
}

export interface AwsSide {
  readonly filters: readonly FilterFacts[];
  readonly alarms: readonly WatchingAlarm[];
  readonly rules: readonly RuleFacts[];
  /** The log groups that logging trails deliver to; undefined: trails could not be read. */
  readonly trailLogGroups: readonly string[] | undefined;
  /** What could not be read. */
  readonly faults: readonly string[];
}

export interface Expected {
  readonly topicArns: readonly string[];
  readonly accounts: readonly string[];
  /** The regions that are used. */
  readonly regions: readonly string[];
}

export interface Coverage {
  readonly detection: DetectionId;
  readonly state: 'watched' | 'flawed' | 'not-watched';
  readonly says: string;
  /** What to do; undefined where nothing is to be done. */
  readonly fix: string | undefined;
}

interface Path {
  readonly says?: string;
  readonly fault?: string;
  readonly fix?: string;
}

const redeploy = 'Deploy the central template again (npm run template -- central).';
const redeployRules = 'Deploy the regional-rules template in every account, in every region of sign-ins.';
const busRule = 'signin-responder-to-topic';

/** What is watched, detection by detection. An alarm with its filter, or a rule everywhere, is enough; a broken one beside it is told. */
export function coverageOf(side: AwsSide, expected: Expected): Coverage[] {
  return detectionIds.map((detection) => {
    const own = side.filters.filter(({ pattern }) => recognisePattern(pattern)?.detection === detection);
    const paths = [...own.map((filter) => byAlarm(filter, side, expected.topicArns)), byRules(detection, side.rules, expected)];
    const fault = paths.find((path) => path.fault !== undefined);
    const says = paths.flatMap((path) => path.fault ?? path.says ?? []).join(' ');
    if (fault) return { detection, state: 'flawed', says, fix: fault.fix };
    if (says !== '') return { detection, state: 'watched', says, fix: undefined };
    const nothing = `Nothing watches “${detectionOf(detection).title}”: no metric filter with its pattern and no rule in the accounts and regions that are configured.`;
    return { detection, state: 'not-watched', says: nothing, fix: redeploy };
  });
}

function at({ account, region }: Place): string {
  return `${account} ${region}`;
}

function byAlarm(filter: FilterFacts, { alarms, trailLogGroups }: AwsSide, topicArns: readonly string[]): Path {
  const broken = (fault: string, fix: string): Path => ({ fault, fix });
  const flaw = recognisePattern(filter.pattern)?.flaw;
  if (flaw !== undefined)
    return broken(`The filter ${filter.name} (${at(filter)}) ${flaw}`, 'Give the filter the pattern that npm run template prints.');
  if (trailLogGroups && !trailLogGroups.includes(`${at(filter)} ${filter.logGroup}`))
    return broken(
      `The filter ${filter.name} (${at(filter)}) reads ${filter.logGroup}, to which no logging trail delivers.`,
      'Put it on the log group of the trail.',
    );
  const measuring = alarms.filter(
    (alarm) => at(alarm) === at(filter) && filter.metrics.some((one) => one.name === alarm.metric?.name && one.namespace === alarm.metric.namespace),
  );
  const [first] = measuring;
  if (first === undefined) return broken(`The filter ${filter.name} (${at(filter)}) counts, but no alarm looks at its metric.`, redeploy);
  const enabled = measuring.filter(({ actionsEnabled }) => actionsEnabled);
  if (enabled.length === 0)
    return broken(
      `The actions of alarm ${first.name} (${at(first)}) are switched off.`,
      `aws cloudwatch enable-alarm-actions --region ${first.region} --alarm-names ${shellWord(first.name)}`,
    );
  const telling = enabled.find(({ alarmActions }) => alarmActions.some((arn) => topicArns.includes(arn)));
  if (telling === undefined)
    return broken(`Alarm ${first.name} (${at(first)}) does not notify a topic of SNS_TOPIC_ARNS.`, `Add ${topicArns[0]} to its alarm actions.`);
  return { says: `Alarm ${telling.name} (${at(telling)}).` };
}

/** Where a detection's events are recorded, and so where its rule has to be. */
function regionsOf(detection: DetectionId, regions: readonly string[]): string[] {
  const { happensIn } = detectionOf(detection);
  const { signIn, iamRegion } = partitionAt(regions[0] ?? '');
  return { 'sign-in-regions': [...signIn.regions], 'iam-region': [iamRegion], 'used-regions': [...regions] }[happensIn];
}

function byRules(detection: DetectionId, rules: readonly RuleFacts[], { accounts, regions }: Expected): Path {
  const name = `signin-responder-${detection}`;
  const own = rules.filter((rule) => rule.name === name);
  const [first] = own;
  if (first === undefined) return {};
  const off = own.find(({ enabled }) => !enabled);
  if (off) return { fault: `The rule ${name} is disabled in ${at(off)}.`, fix: `aws events enable-rule --name ${name} --region ${off.region}` };
  const wanted = JSON.stringify(sorted(eventPattern(detectionOf(detection).condition)));
  const other = own.find(({ pattern }) => patternOf(pattern) !== wanted);
  if (other) return { fault: `The rule ${name} in ${at(other)} has another pattern than the catalogue.`, fix: redeployRules };
  const places = accounts.flatMap((account) => regionsOf(detection, regions).map((region) => ({ account, region })));
  const missing = places.find((place) => !own.some((rule) => at(rule) === at(place)));
  if (missing) return { fault: `The rule ${name} is missing in ${at(missing)}.`, fix: redeployRules };
  if (!rules.some((rule) => rule.name === busRule && rule.enabled))
    return { fault: `Rules send to the central bus, but its rule ${busRule} is missing or disabled: nothing reaches the topic.`, fix: redeploy };
  return { says: `Rules in ${[...new Set(own.map(({ region }) => region))].join(', ')}.` };
}

function patternOf(text: string): string | undefined {
  try {
    return JSON.stringify(sorted(JSON.parse(text)));
  } catch {
    return undefined;
  }
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}
