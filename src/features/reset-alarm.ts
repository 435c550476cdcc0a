import { alarmSubject, namedAlarm } from '../domain/alarm/named.ts';
import { type AlarmOfIncident, type Incident, nameOf } from '../domain/incident/incident.ts';
import type { AlarmFacts, Ports } from '../domain/ports.ts';
import { certainly } from './certainly.ts';
import {
  type Answer,
  type Begun,
  begin,
  type Clicker,
  closedAlready,
  concluding,
  type Ended,
  missing,
  type Refused,
  refusalOf,
  repetition,
} from './respond.ts';

export interface AlarmResetPlan {
  readonly incident: Incident;
  readonly alarm: AlarmFacts;
  /** Targets of the alarm's OK actions that are not our own topics: they are told "OK" too. */
  readonly others: readonly string[];
  readonly repeated: string | undefined;
  readonly seen: number;
}

/** What the person is asked to confirm. Refused when AWS says that the alarm is not in ALARM. */
export async function planAlarmReset(ports: Ports, clicker: Clicker, id: number): Promise<Answer<{ plan: AlarmResetPlan }>> {
  const refused = await refusalOf(ports, clicker, 'reset-alarm', id);
  if (refused) return refused;
  const incident = await ports.store.incident(id);
  if (incident === undefined) return missing(id);
  const closed = closedAlready(incident, ports.clock.now());
  if (closed) return closed;
  if (incident.alarm === undefined)
    return { ok: false, reason: 'no-alarm', message: `${nameOf(incident)} did not come from an alarm, so there is none to reset.` };
  const checked = await alarmInAlarm(ports, incident.alarm);
  if (!checked.ok) return checked;
  const others = checked.alarm.okActions.filter((arn) => !ports.settings.topicArns.includes(arn));
  return { ok: true, plan: { incident, alarm: checked.alarm, others, ...(await repetition(ports, 'reset-alarm', alarmSubject(checked.alarm))) } };
}

async function alarmInAlarm(ports: Ports, shown: Pick<AlarmOfIncident, 'arn' | 'name'>): Promise<Answer<{ alarm: AlarmFacts }>> {
  const alarm = await ports.alarms.describe(shown.arn);
  const named = namedAlarm(shown);
  if (alarm === undefined)
    return { ok: false, reason: 'alarm-gone', message: `CloudWatch no longer has an alarm ${named}. Find out who deleted it.` };
  if (alarm.state === 'ALARM') return { ok: true, alarm };
  return {
    ok: false,
    reason: 'not-in-alarm',
    message: `CloudWatch says that ${named} is ${alarm.state}, not ALARM, so there is nothing to reset. Nothing was changed.`,
  };
}

export interface AlarmResetRequest {
  readonly incident: number;
  /** The ARN of the alarm that the person was shown and confirmed. */
  readonly alarm: string | undefined;
  readonly why: string;
  readonly seen: number;
}

/** Commits the intent; `finish` calls AWS and writes the outcome. */
export async function resetAlarm(ports: Ports, clicker: Clicker, request: AlarmResetRequest): Promise<Answer<{ finish: () => Promise<Ended> }>> {
  const incident = await ports.store.incident(request.incident);
  if (incident?.alarm === undefined) return missing(request.incident);
  const { alarm } = incident;
  const other = anotherShown(incident, request.alarm);
  if (other) return other;
  const answer = await begin(ports, {
    clicker,
    incident: request.incident,
    response: 'reset-alarm',
    on: alarmSubject(alarm),
    why: request.why,
    text: `${clicker.name} resets alarm ${namedAlarm(alarm)}.`,
    seen: request.seen,
  });
  if (!answer.ok) return answer;
  return {
    ok: true,
    finish: async () => (await concluding(ports, answer.begun, async () => ({ ended: await act(ports, answer.begun, alarm) }))).ended,
  };
}

/** What was confirmed of one alarm is not done to another: a signal may have come since the modal was opened. */
function anotherShown({ alarm, otherAlarms }: Incident, confirmed: string | undefined): Refused | undefined {
  if (alarm === undefined || alarm.arn === confirmed) return undefined;
  const asked = otherAlarms.find(({ arn }) => arn === confirmed);
  const yours = asked === undefined ? 'one that it does not show any more' : namedAlarm(asked);
  const message = `The card shows ${namedAlarm(alarm)} now; you confirmed ${yours}. Nothing was changed: press Reset alarm again.`;
  return { ok: false, reason: 'another-alarm-shown', message };
}

async function act(ports: Ports, begun: Begun, shown: AlarmOfIncident): Promise<Ended> {
  const checked = await alarmInAlarm(ports, shown);
  if (!checked.ok) return { result: 'refused', text: checked.message };
  const { alarm } = checked;
  const marker = `[${nameOf(begun.incident)}/${begun.seq}]`;
  await expectOk(ports, alarm, marker, begun);
  const reason = `Reset from Slack by ${begun.by.name} (${begun.by.id}) ${marker}`;
  // ALARM read afterwards proves nothing: a metric alarm may have gone back already.
  const how = await certainly(
    ports,
    () => ports.alarms.reset(alarm.arn, reason, { person: begun.by, incident: begun.incident.id }),
    async () => (await ports.alarms.describe(alarm.arn))?.state === 'OK',
  );
  if (how === 'unknown')
    return { result: 'unknown', text: `AWS gave no answer to SetAlarmState for ${namedAlarm(alarm)}. Outcome unknown: check CloudTrail.` };
  return {
    result: 'done',
    text: `${how === 'read' ? `AWS gave no answer, but ${namedAlarm(alarm)} reads OK now.` : `CloudWatch took OK for ${namedAlarm(alarm)}.`} ${whatNext(alarm)}`,
  };
}

function whatNext(alarm: AlarmFacts): string {
  return alarm.shape === 'composite'
    ? 'A composite alarm stays OK until one of its children changes, even if they are in ALARM.'
    : 'It returns to ALARM within seconds while its data still breaches; that would show on this card.';
}

/** Written before the call: the OK that follows can arrive before the call returns. */
async function expectOk(ports: Ports, alarm: AlarmFacts, marker: string, begun: Begun): Promise<void> {
  const now = ports.clock.now();
  await ports.store.transact(async (tx) => {
    await tx.incident(begun.incident.id);
    const known = (await tx.alarms([alarm.arn])).get(alarm.arn);
    const memory = known ?? {
      id: alarm.arn,
      arn: alarm.arn,
      name: alarm.name,
      account: alarm.account,
      region: alarm.region,
      state: alarm.state,
      at: alarm.since,
      resets: [],
      recognised: undefined,
    };
    await tx.saveAlarms([{ ...memory, resets: [...memory.resets, { marker, by: begun.by, at: now }] }]);
  });
}
