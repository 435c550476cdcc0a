/** A change of an alarm as its history has it, read as if CloudWatch had told of it. */
import type { AlarmChange, AlarmState } from '../alarm/alarm.ts';
import { evaluationOf } from '../alarm/evaluation.ts';
import type { HistoryItem } from '../alarm/history.ts';
import type { AlarmFacts } from '../ports.ts';
import type { Way } from '../signal/way.ts';

export function changeOf(facts: AlarmFacts, item: HistoryItem, toldBy: 'history' | 'state'): AlarmChange {
  const { state, at, reason, reasonData } = item;
  const { arn, name, account, region, shape, description, measures } = facts;
  return {
    kind: 'alarm-change',
    toldBy,
    arn,
    name,
    account,
    region,
    shape,
    contributor: item.contributor,
    state,
    previousState: item.previousState,
    at,
    reason,
    description,
    measures,
    evaluation: evaluationOf({ state, reason, reasonData, at, rule: measures, children: [] }),
    kept: { silence: undefined, attributes: item.attributes, lines: undefined },
    extra: {},
  };
}

/** The newest change as DescribeAlarms itself says it: where the history may not be read, that is known all the same. */
export function newestChange(facts: AlarmFacts): AlarmChange {
  const { name, state, since, reason, reasonData } = facts;
  const item = { alarm: name, at: since, state, previousState: undefined, reason, reasonData, contributor: undefined, attributes: undefined };
  return changeOf(facts, item, 'state');
}

/**
 * How a change is told that SNS did not bring; undefined: nobody is to be told, because the alarm does not notify the responder when it goes into
 * ALARM. That it left ALARM is shown whether or not it notifies: a card that says ALARM must not say so for ever.
 */
export function wayOf(facts: AlarmFacts, state: AlarmState, topicArns: readonly string[]): Way | undefined {
  const actions = { ALARM: facts.alarmActions, OK: facts.okActions, INSUFFICIENT_DATA: facts.noDataActions }[state];
  if (actions.some((arn) => topicArns.includes(arn))) return 'sweep';
  return state === 'ALARM' ? undefined : 'read';
}

/** Whether its actions are carried out now: what people silenced is remembered, not told. */
export function isSilent({ actionsEnabled, mutedBy, suppressedBy }: AlarmFacts): boolean {
  return !actionsEnabled || mutedBy.length > 0 || suppressedBy !== undefined;
}
