import { type Json, parseObject } from '../domain/json.ts';
import type { Log, Trail } from '../domain/ports.ts';
import type { Accounts } from './accounts.ts';
import { sdk } from './sdk.ts';

/**
 * The Trail port over CloudTrail's event history: 90 days of management events, without a trail, in the region where they happened. What has no
 * record that can be read is left out, and the log says how many.
 */
export function trailOf(accounts: Accounts, log: Pick<Log, 'warn'>): Trail {
  return {
    page: async ({ account, region, attribute, value, from }, until, token) => {
      const client = await accounts.cloudTrail(account, region);
      const command = new sdk.cloudTrail.LookupEventsCommand({
        LookupAttributes: [{ AttributeKey: attribute, AttributeValue: value }],
        StartTime: new Date(from),
        EndTime: new Date(until),
        MaxResults: 50,
        ...(token === undefined ? {} : { NextToken: token }),
      });
      const answer = await accounts.called('LookupEvents', false, () => client.send(command));
      const records = (answer.Events ?? []).flatMap((event): Json[] => {
        const record = parseObject(event.CloudTrailEvent ?? '');
        return record === undefined ? [] : [record];
      });
      const leftOut = (answer.Events ?? []).length - records.length;
      if (leftOut > 0) log.warn({ account, region, [attribute]: value, leftOut }, 'CloudTrail told events without a record that can be read');
      return { records, next: answer.NextToken };
    },
  };
}
