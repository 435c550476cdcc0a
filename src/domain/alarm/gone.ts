/** An alarm that was deleted: it says nothing any more, of what it saw last neither. */
import type { AlarmChange } from './alarm.ts';

const reason = 'The alarm no longer exists in CloudWatch.';

type Deleted = Pick<AlarmChange, 'arn' | 'name' | 'account' | 'region' | 'shape' | 'description'>;

/** As a change of its own kind, for CloudWatch tells nobody. @param at when it was looked for */
export function goneChange({ arn, name, account, region, shape, description }: Deleted, at: number): AlarmChange {
  const state = 'INSUFFICIENT_DATA';
  return {
    kind: 'alarm-change',
    toldBy: 'state',
    arn,
    name,
    account,
    region,
    shape,
    contributor: undefined,
    state,
    previousState: undefined,
    at,
    reason,
    description,
    measures: undefined,
    evaluation: { cause: 'not-told', datapoints: [], areAll: true, children: [] },
    kept: { silence: undefined, attributes: undefined, lines: undefined },
    extra: {},
  };
}

export function isGone(alarm: Pick<AlarmChange, 'state' | 'reason'>): boolean {
  return alarm.state === 'INSUFFICIENT_DATA' && alarm.reason === reason;
}
