/** Requests per second, for everybody together in one account and region, on the sandbox's clock; a reset forgets them. */
import { AwsError } from './errors.ts';
import type { AwsState } from './state.ts';

/** Counts a call; throws what the service throws where it is one too many. */
export type Rate = (account: string, region: string) => void;

/**
 * @param perSecond of the region
 * @param code of the error, as the service names it
 */
export function rateOf({ clock, recentCalls }: AwsState, perSecond: (region: string) => number, code = 'ThrottlingException'): Rate {
  const recent = new Map<string, number[]>();
  recentCalls.push(recent);
  return (account, region) => {
    const now = clock.now();
    const key = `${account} ${region}`;
    const times = (recent.get(key) ?? []).filter((at) => at > now - 1_000 && at <= now);
    if (times.length >= perSecond(region)) throw new AwsError(code, 'Rate exceeded');
    recent.set(key, [...times, now]);
  };
}
