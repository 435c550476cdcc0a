/** Which detections are really watched: what the filters, alarms, trails and rules that exist add up to. Pure. */

import { partitionAt } from '../place.ts';
import { shellWord } from '../response/iam-user.ts';
import { rulePattern } from './detection.ts';
import { alarmName, type DetectionId, detectionIds, detectionOf } from './detections.ts';
import { judgePattern } from './judge.ts';
import { detectionIn, filterWords, flawOf, type Judgement, theFix } from './judgement.ts';

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
  /** Active mute rules, by name. */
  readonly mutedBy: readonly string[];
  /** Targets of its ALARM actions. */
  readonly alarmActions: readonly string[];
}

/** An EventBridge rule that the templates made: `signin-responder-<detection>`, or the one from the central bus to the topic. */
export interface RuleFacts extends Place {
  readonly name: string;
  readonly enabled: boolean;
  /** Its state lets read-only events of CloudTrail through. */
  readonly readOnlyEvents: boolean;
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
  /** Filters of others that are flawed, or do not notify the responder, while the detection is watched without them. */
  readonly toKnow: readonly string[];
}

/** One way in which a detection may be watched. */
interface Path {
  /** Set where it is, by this. */
  readonly says?: string;
  readonly fault?: string;
  readonly fix?: string;
  /** What else there is to say of it. */
  readonly more?: string | undefined;
  /** The templates made it. */
  readonly isOurs: boolean;
}

const redeploy = 'Deploy the central template again (npm run -s template -- central).';
const watchIt =
  'Deploy the central template again with your LogGroupName, or, for EventBridge only, regional-rules in every account and region (npm run -s template -- NAME).';
const redeployRules = 'Deploy the regional-rules template in every account, in every region of sign-ins.';
const busRule = 'signin-responder-to-topic';

/**
 * What is watched, detection by detection. An alarm with its filter, or a rule everywhere, is enough. What of ours is broken beside it is a
 * fault; what others have that is flawed, or does not notify the responder, is a line to know.
 */
export function coverageOf(side: AwsSide, expected: Expected): Coverage[] {
  return detectionIds.map((detection) => {
    const paths = [...byFilters(detection, side, expected.topicArns), byRules(detection, side.rules, expected)];
    const well = paths.flatMap(({ says }) => says ?? []);
    const faults = paths.filter(({ fault, isOurs }) => fault !== undefined && (isOurs || well.length === 0));
    const [first] = faults;
    const toKnow = paths.filter((path) => !faults.includes(path)).flatMap(({ fault, more }) => fault ?? more ?? []);
    const says = [...faults.map(({ fault }) => fault), ...well].join(' ');
    if (first) return { detection, state: 'flawed', says, fix: first.fix, toKnow };
    if (says !== '') return { detection, state: 'watched', says, fix: undefined, toKnow };
    const nothing = `Nothing watches it: no metric filter with its pattern and no rule in the accounts and regions that are configured.`;
    return { detection, state: 'not-watched', says: nothing, fix: watchIt, toKnow };
  });
}

function at({ account, region }: Place): string {
  return `${account} ${region}`;
}

function byFilters(detection: DetectionId, side: AwsSide, topicArns: readonly string[]): Path[] {
  return side.filters.flatMap((filter): Path[] => {
    const judgement = judgePattern(filter.pattern);
    const isOurs = filter.name === alarmName(detection);
    if (!isOurs && detectionIn(judgement) !== detection) return [];
    const named = `The filter ${filter.name} (${at(filter)})`;
    const flaw = flawOfFilter(judgement, detection);
    const path = { ...byAlarm(filter, side, topicArns), isOurs };
    if (flaw === undefined)
      return [{ ...path, more: judgement.is === 'same' && judgement.scope.length > 0 ? `${named} ${filterWords(judgement)}` : undefined }];
    const notifies = isOurs || path.says === undefined ? '' : ` It notifies the responder: ${path.says}`;
    return [{ fault: `${named} ${flaw}${notifies}`, fix: theFix, isOurs }];
  });
}

/** What is wrong with a filter that should be about a detection. */
function flawOfFilter(judgement: Judgement, detection: DetectionId): string | undefined {
  const other = detectionIn(judgement);
  if (other === detection) return flawOf(judgement);
  return other === undefined ? filterWords(judgement) : `is about “${detectionOf(other).title}”.`;
}

function byAlarm(filter: FilterFacts, { alarms, trailLogGroups }: AwsSide, topicArns: readonly string[]): Omit<Path, 'isOurs'> {
  const broken = (fault: string, fix: string) => ({ fault, fix });
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
  const heard = enabled.find((alarm) => alarm.mutedBy.length === 0 && alarm.alarmActions.some((arn) => topicArns.includes(arn)));
  if (heard === undefined)
    return broken(
      `Alarm ${telling.name} (${at(telling)}) is muted now by the rule ${telling.mutedBy.join(', ')}: it notifies nobody.`,
      'Wait until the mute ends, or take the alarm out of the rule (CloudWatch, Alarm mute rules).',
    );
  return { says: `Alarm ${heard.name} (${at(heard)}).` };
}

/** Where a detection's events are recorded, and so where its rule has to be. */
function regionsOf(detection: DetectionId, regions: readonly string[]): string[] {
  const { happensIn } = detectionOf(detection);
  const { signIn, iamRegion } = partitionAt(regions[0] ?? '');
  return { 'sign-in-regions': [...signIn.regions], 'iam-region': [iamRegion], 'used-regions': [...regions] }[happensIn];
}

function byRules(detection: DetectionId, rules: readonly RuleFacts[], expected: Expected): Path {
  return { ...ruleState(detection, rules, expected), isOurs: true };
}

function ruleState(detection: DetectionId, rules: readonly RuleFacts[], { accounts, regions }: Expected): Omit<Path, 'isOurs'> {
  const { needsReadOnlyEvents } = detectionOf(detection);
  const name = `signin-responder-${detection}`;
  const own = rules.filter((rule) => rule.name === name);
  const [first] = own;
  if (first === undefined) return {};
  const off = own.find(({ enabled }) => !enabled);
  // Enabling it by hand would leave read-only events out.
  const enabling = needsReadOnlyEvents ? redeployRules : `aws events enable-rule --name ${name} --region ${off?.region}`;
  if (off) return { fault: `The rule ${name} is disabled in ${at(off)}.`, fix: enabling };
  const wanted = JSON.stringify(sorted(rulePattern(detectionOf(detection))));
  const other = own.find(({ pattern }) => patternOf(pattern) !== wanted);
  if (other) return { fault: `The rule ${name} in ${at(other)} has another pattern than the catalogue.`, fix: redeployRules };
  const withheld = needsReadOnlyEvents ? own.find(({ readOnlyEvents }) => !readOnlyEvents) : undefined;
  if (withheld) return withheldFrom(withheld, redeployRules);
  const places = accounts.flatMap((account) => regionsOf(detection, regions).map((region) => ({ account, region })));
  const missing = places.find((place) => !own.some((rule) => at(rule) === at(place)));
  if (missing) return { fault: `The rule ${name} is missing in ${at(missing)}.`, fix: redeployRules };
  const toTopic = rules.find((rule) => rule.name === busRule && rule.enabled);
  if (toTopic === undefined)
    return { fault: `Rules send to the central bus, but its rule ${busRule} is missing or disabled: nothing reaches the topic.`, fix: redeploy };
  if (needsReadOnlyEvents && !toTopic.readOnlyEvents) return withheldFrom(toTopic, redeploy);
  return { says: `Rules in ${[...new Set(own.map(({ region }) => region))].join(', ')}.` };
}

/** Source: "Receiving read-only management events from AWS services" in the EventBridge user guide. */
function withheldFrom(rule: RuleFacts, fix: string): Omit<Path, 'isOurs'> {
  return {
    fault: `The rule ${rule.name} in ${at(rule)} is merely ENABLED: EventBridge keeps read-only events from it, and these are some (it takes the state ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS).`,
    fix,
  };
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
