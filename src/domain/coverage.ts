/** Which detections are really watched: what the filters, alarms and rules that exist add up to. Pure. */
import { type DetectionId, detectionIds, detectionOf, recognisePattern } from './detections.ts';

export interface FilterFacts {
  readonly name: string;
  readonly pattern: string;
  readonly account: string;
  readonly region: string;
  readonly metrics: readonly { readonly name: string; readonly namespace: string }[];
}

interface WatchingAlarm {
  readonly name: string;
  readonly account: string;
  readonly region: string;
  readonly metric: { readonly name: string; readonly namespace: string } | undefined;
  readonly actionsEnabled: boolean;
  /** Targets of its ALARM actions. */
  readonly alarmActions: readonly string[];
}

/** An EventBridge rule that the templates made: `signin-responder-<detection>`. */
export interface RuleFacts {
  readonly name: string;
  readonly account: string;
  readonly region: string;
  readonly enabled: boolean;
}

export interface AwsSide {
  readonly filters: readonly FilterFacts[];
  readonly alarms: readonly WatchingAlarm[];
  readonly rules: readonly RuleFacts[];
  /** What could not be read. */
  readonly faults: readonly string[];
}

export interface Coverage {
  readonly detection: DetectionId;
  readonly state: 'watched' | 'flawed' | 'not-watched';
  readonly says: string;
  /** What to do; undefined where nothing is to be done. */
  readonly mend: string | undefined;
}

const redeploy = 'Deploy the central template again (npm run template -- central).';

/** What is watched, detection by detection. An alarm with its filter, or a rule in EventBridge, is enough; a broken one beside it is told. */
export function coverageOf({ filters, alarms, rules }: AwsSide, topicArns: readonly string[]): Coverage[] {
  return detectionIds.map((detection) => {
    const own = filters.flatMap((filter) => {
      const found = recognisePattern(filter.pattern);
      return found?.detection === detection ? [{ filter, flaw: found.flaw }] : [];
    });
    const paths = own.map(({ filter, flaw }) => byAlarm(filter, flaw, alarms, topicArns));
    const direct = byRules(detection, rules);
    const well = paths.find((path) => path.fault === undefined);
    const fault = well ? undefined : paths.find((path) => path.fault !== undefined);
    const says = [well?.says, fault?.fault, direct.says].filter((part) => part !== undefined).join(' ');
    if (fault) return { detection, state: 'flawed', says, mend: fault.mend ?? redeploy };
    if (direct.fault !== undefined) return { detection, state: 'flawed', says: `${says} ${direct.fault}`.trim(), mend: direct.mend };
    if (well || direct.says !== undefined) return { detection, state: 'watched', says, mend: undefined };
    return {
      detection,
      state: 'not-watched',
      says: `Nothing watches “${detectionOf(detection).title}”: no metric filter with its pattern, no rule.`,
      mend: redeploy,
    };
  });
}

interface Path {
  readonly says: string | undefined;
  readonly fault: string | undefined;
  readonly mend: string | undefined;
}

function byAlarm(filter: FilterFacts, flaw: string | undefined, alarms: readonly WatchingAlarm[], topicArns: readonly string[]): Path {
  const at = `${filter.account} ${filter.region}`;
  const broken = (fault: string, mend: string): Path => ({ says: undefined, fault, mend });
  if (flaw !== undefined) return broken(`The filter ${filter.name} (${at}) ${flaw}`, 'Give the filter the pattern that npm run template prints.');
  const measuring = alarms.filter(
    ({ metric, account, region }) =>
      account === filter.account &&
      region === filter.region &&
      filter.metrics.some((one) => one.name === metric?.name && one.namespace === metric.namespace),
  );
  const [first] = measuring;
  if (first === undefined) return broken(`The filter ${filter.name} (${at}) counts, but no alarm looks at its metric.`, redeploy);
  const enabled = measuring.filter(({ actionsEnabled }) => actionsEnabled);
  if (enabled.length === 0)
    return broken(`The actions of alarm ${first.name} (${at}) are switched off.`, `aws cloudwatch enable-alarm-actions --alarm-names ${first.name}`);
  const telling = enabled.find(({ alarmActions }) => alarmActions.some((arn) => topicArns.includes(arn)));
  if (telling === undefined)
    return broken(`Alarm ${first.name} (${at}) does not notify a topic of SNS_TOPIC_ARNS.`, `Add ${topicArns[0]} to its alarm actions.`);
  return { says: `Alarm ${telling.name} (${at}).`, fault: undefined, mend: undefined };
}

function byRules(detection: DetectionId, rules: readonly RuleFacts[]): Path {
  const own = rules.filter(({ name }) => name === `signin-responder-${detection}`);
  if (own.length === 0) return { says: undefined, fault: undefined, mend: undefined };
  const off = own.filter(({ enabled }) => !enabled);
  const places = (some: readonly RuleFacts[]): string => [...new Set(some.map(({ region }) => region))].join(', ');
  if (off.length === 0) return { says: `Rules in ${places(own)}.`, fault: undefined, mend: undefined };
  const fault = `The rule ${off[0]?.name} is disabled in ${places(off)}.`;
  return { says: undefined, fault, mend: `aws events enable-rule --name ${off[0]?.name} --region ${off[0]?.region}` };
}
