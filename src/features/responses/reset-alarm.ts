import { actingOf } from '../../domain/alarm/acting.ts';
import { alarmSubject, namedAlarm } from '../../domain/alarm/named.ts';
import { ownAlarmNames } from '../../domain/alarm/own-alarms.ts';
import { type AlarmOfIncident, type Incident, nameOf } from '../../domain/incident/incident.ts';
import type { AlarmFacts, Ports } from '../../domain/ports.ts';
import type { Ended, Line, Plan } from '../../domain/response/plan.ts';
import { reachesAlarm } from '../../domain/response/reach.ts';
import type { Answer, Refused } from '../../domain/response/refusal.ts';
import type { CallResponse, Doing } from '../../domain/response/response.ts';
import { isUnresolved, type Target } from '../../domain/response/target.ts';
import { placeName } from '../../domain/sweep/sweeps.ts';
import { certainly } from '../certainly.ts';

/** When CloudWatch is asked for the OK of a reset that nobody is notified of: once the call has ended. */
const lookAfterMs = 15_000;

interface AlarmPlan extends Plan {
  readonly alarm: AlarmFacts;
}

export const resetAlarm: CallResponse<AlarmPlan> = {
  kind: 'call',
  id: 'reset-alarm',
  label: 'Reset alarm',
  button: { id: 'reset-alarm', label: 'Reset alarm', heading: 'Reset alarm', verb: 'Set to OK' },
  needs: 'responder',
  effect: 'Sets the alarm to OK in CloudWatch. Your name is in the reason.',
  nonEffect: 'Fixes nothing: a metric alarm returns to its actual state within seconds while its data still breaches.',
  access: 'unchanged',
  undo: 'Nothing to undo: the next evaluation sets what is so',
  target: 'alarm',
  permissions: [{ action: 'cloudwatch:SetAlarmState', on: 'alarm' }],
  causes: [{ event: 'SetAlarmState', names: 'alarm' }],
  offered: (incident, reach) =>
    isUnresolved(incident) && incident.alarm?.state === 'ALARM' && reachesAlarm(incident, reach) ? 'incident' : undefined,
  plan,
  intent: ({ alarm }, by) => `${by.name} resets alarm ${namedAlarm(alarm)}.`,
  calls: ({ alarm: { arn, account } }) => [{ action: 'cloudwatch:SetAlarmState', resource: arn, account }],
  act,
};

/** Refused when AWS says that the alarm is not in ALARM. */
async function plan(ports: Ports, target: Target, incident: Incident): Promise<Answer<{ plan: AlarmPlan }>> {
  if (incident.alarm === undefined)
    return { ok: false, reason: 'no-alarm', message: `${nameOf(incident)} did not come from an alarm, so there is none to reset.` };
  const other = anotherShown(incident, target.kind === 'alarm' ? target.arn : undefined);
  if (other) return other;
  const checked = await alarmInAlarm(ports, incident.alarm);
  if (!checked.ok) return checked;
  const { alarm } = checked;
  const untouchable = neverSet(alarm);
  if (untouchable) return untouchable;
  return {
    ok: true,
    plan: {
      alarm,
      target: { kind: 'alarm', arn: alarm.arn },
      named: undefined,
      on: alarmSubject(alarm),
      facts: {},
      lines: linesOf(alarm),
      notes: toldNotes(alarm.okActions.filter((arn) => !ports.settings.topicArns.includes(arn))),
      warnings:
        alarm.shape === 'composite' ? ['It is a composite alarm: it stays OK until one of its children changes, even while they are in ALARM.'] : [],
      questions: [],
    },
  };
}

function linesOf(alarm: AlarmFacts): Line[] {
  const isSilent: Line[] = [[{ bold: 'The actions of this alarm are switched off: ' }, 'it does not notify anybody when it fires.']];
  const says: Line = ['CloudWatch says that ', { bold: namedAlarm(alarm) }, ` is ${alarm.state} since `, { at: alarm.since }, '.'];
  return [says, ...(alarm.actionsEnabled ? [] : isSilent)];
}

/** @param others targets of the alarm's OK actions that are not our own topics: they are told "OK" too */
function toldNotes(others: readonly string[]): string[] {
  if (others.length === 0) return ['No other target is notified.'];
  return [`This also notifies ${others.length} other target${others.length === 1 ? '' : 's'}; a pager may close its incident:`, ...others];
}

async function alarmInAlarm({ alarms }: Pick<Ports, 'alarms'>, shown: Pick<AlarmOfIncident, 'arn' | 'name'>): Promise<Answer<{ alarm: AlarmFacts }>> {
  const alarm = await alarms.describe(shown.arn);
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

/** What tells of the responder's own death, and what does more than tell: its actions are done when it is set, and again when it fires. */
function neverSet(alarm: AlarmFacts): Refused | undefined {
  const named = namedAlarm(alarm);
  if (ownAlarmNames.includes(alarm.name)) {
    const message = `${named} reports the responder’s own death, and is never set from Slack. Nothing was changed.`;
    return { ok: false, reason: 'own-alarm', message };
  }
  const acts = actingOf([...alarm.okActions, ...alarm.alarmActions, ...alarm.noDataActions]);
  if (acts.length === 0) return undefined;
  const message = `${named} does not only notify people: when its state changes it ${acts.join(', and ')}. It is never set from Slack. Nothing was changed; set it by hand, in CloudWatch.`;
  return { ok: false, reason: 'alarm-acts', message };
}

/** What was confirmed of one alarm is not done to another: a signal may have come since the form was drawn. */
function anotherShown({ alarm, otherAlarms }: Incident, confirmed: string | undefined): Refused | undefined {
  if (alarm === undefined || alarm.arn === confirmed) return undefined;
  const asked = otherAlarms.find(({ arn }) => arn === confirmed);
  const yours = asked === undefined ? 'one that it does not show any more' : namedAlarm(asked);
  const message = `The card shows ${namedAlarm(alarm)} now; you confirmed ${yours}. Nothing was changed: press Reset alarm again.`;
  return { ok: false, reason: 'another-alarm-shown', message };
}

async function act(ports: Ports, { alarm: shown }: AlarmPlan, doing: Doing): Promise<Ended> {
  const checked = await alarmInAlarm(ports, shown);
  if (!checked.ok) return { result: 'refused', text: checked.message };
  const { alarm } = checked;
  const untouchable = neverSet(alarm);
  if (untouchable) return { result: 'refused', text: untouchable.message };
  const { by, incident, seq, actor } = doing;
  const marker = `[${nameOf(incident)}/${seq}]`;
  await expectOk(ports, alarm, { marker, doing });
  const reason = `Reset from Slack by ${by.name} (${by.id}) ${marker}`;
  // ALARM read afterwards proves nothing: a metric alarm may have gone back already.
  const how = await certainly(
    ports,
    () => ports.alarms.reset(alarm.arn, reason, actor),
    async () => (await ports.alarms.describe(alarm.arn))?.state === 'OK',
  );
  const named = namedAlarm(alarm);
  if (how === 'unknown') return { result: 'unknown', text: `AWS gave no answer to SetAlarmState for ${named}. Outcome unknown: check CloudTrail.` };
  const said = how === 'read' ? `AWS gave no answer, but ${named} reads OK now.` : `CloudWatch took OK for ${named}.`;
  return { result: 'done', text: `${said} ${whatNext(alarm)}` };
}

function whatNext(alarm: AlarmFacts): string {
  return alarm.shape === 'composite'
    ? 'A composite alarm stays OK until one of its children changes, even if they are in ALARM.'
    : 'It returns to ALARM within seconds while its data still breaches; that would show on this card.';
}

/** Written before the call: the OK that follows can arrive before the call returns. */
async function expectOk(ports: Ports, alarm: AlarmFacts, { marker, doing }: { marker: string; doing: Doing }): Promise<void> {
  const now = ports.clock.now();
  await ports.store.transact(async (tx) => {
    await tx.incident(doing.incident.id);
    const known = (await tx.alarms([alarm.arn])).get(alarm.arn);
    const { arn, name, account, region, state, since } = alarm;
    const memory = known ?? { id: arn, arn, name, account, region, state, at: since, resets: [], recognised: undefined };
    await tx.saveAlarms([{ ...memory, resets: [...memory.resets, { marker, by: doing.by, at: now }] }]);
    await tx.sweepBy({ kind: 'alarms', of: placeName({ account, region }) }, now + lookAfterMs);
  });
}
