/** Alarms that a card says are in ALARM and of which SNS will tell no more: they were deleted, or notify the responder no longer. */
import type { AlarmChange } from '../domain/alarm/alarm.ts';
import { goneChange } from '../domain/alarm/gone.ts';
import type { Place } from '../domain/detection/coverage.ts';
import { asAppError } from '../domain/error.ts';
import { alarmsOf } from '../domain/incident/alarms-of-incident.ts';
import { placeOf } from '../domain/place.ts';
import type { AlarmFacts, Ports } from '../domain/ports.ts';
import { newestChange } from '../domain/sweep/change.ts';

const mostIncidents = 100;
const mostAsked = 10;

interface Unlisted {
  /** How many of them cards say to be in ALARM. */
  readonly count: number;
  readonly changes: readonly AlarmChange[];
}

/** @param listed all alarms of the place that notify the responder */
export async function unlistedIn(ports: Ports, { account, region }: Place, listed: readonly AlarmFacts[]): Promise<Unlisted> {
  const { store, alarms, clock, log } = ports;
  const known = new Set(listed.map(({ arn }) => arn));
  const firing = (await store.openIncidents(mostIncidents)).flatMap(({ incident }) => alarmsOf(incident)).filter(({ state }) => state === 'ALARM');
  const unlisted = firing.filter(({ arn }) => !known.has(arn) && placeOf(arn).account === account && placeOf(arn).region === region);
  const changes: AlarmChange[] = [];
  for (const alarm of unlisted.slice(0, mostAsked)) {
    try {
      const facts = await alarms.describe(alarm.arn);
      if (facts === undefined) changes.push(goneChange({ ...alarm, account, region }, clock.now()));
      else if (facts.state !== 'ALARM') changes.push(newestChange(facts));
    } catch (thrown) {
      log.warn({ alarm: alarm.arn, err: asAppError(thrown) }, 'an alarm that notifies the responder no longer is not described');
    }
  }
  return { count: unlisted.length, changes };
}
