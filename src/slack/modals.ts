/** The modals about the incident itself and about its alarm. Those about a user are in user-modals.ts, views in evidence.ts. */
import type { KnownBlock, View } from '@slack/types';
import { namedAlarm } from '../domain/alarm/named.ts';
import { lineKey } from '../domain/incident/deeds.ts';
import { type Incident, nameOf } from '../domain/incident/incident.ts';
import { verdictLabels, verdicts } from '../domain/incident/resolution.ts';
import { responses } from '../domain/response/responses.ts';
import type { AlarmResetPlan } from '../features/reset-alarm.ts';
import { whichOf } from './campaign-rows.ts';
import { bold, code, lines, time, words } from './text.ts';
import { choice, modal, option, severalOf, textInput } from './view.ts';

/** @param others of its campaign that are not resolved */
export function resolveModal(incident: Incident, others: readonly Incident[]): View {
  const blocks: KnownBlock[] = [
    lines([words(`${responses.resolve.effect} ${responses.resolve.nonEffect}`)], ...remaining(incident)),
    ...whichOf(incident, others),
    choice(
      'verdict',
      'What was it?',
      verdicts.map((verdict) => option(verdict, verdictLabels[verdict])),
    ),
    textInput('note', 'Note', { multiline: true, optional: true, hint: 'How do you know? It stays on the card.' }),
  ];
  return modal({ callback: 'resolve', title: `Resolve ${nameOf(incident)}`, state: { i: incident.id }, submit: 'Resolve', blocks });
}

function remaining(incident: Incident) {
  const left = [...incident.notStopped.map((what) => `Not stopped: ${what}`), ...incident.leftToDo.map((what) => `Left to do: ${what}`)];
  return left.map((line) => [bold(line)]);
}

export function recordStepModal(incident: Incident): View {
  const open = [...incident.notStopped, ...incident.leftToDo];
  const blocks: KnownBlock[] = [
    lines([words(`${responses['record-step'].effect} ${responses['record-step'].nonEffect}`)]),
    textInput('what', 'What was done?', { multiline: true, hint: 'For example: both access keys switched off in IAM.' }),
    textInput('on', 'On whom or what?', { optional: true }),
    ...(open.length > 0
      ? [
          severalOf(
            'settles',
            'What is settled by it?',
            open.map((line) => option(lineKey(line), line)),
            { optional: true },
          ),
        ]
      : []),
  ];
  return modal({ callback: 'record-step', title: 'Record a step', state: { i: incident.id }, submit: 'Record', blocks });
}

export function alarmResetModal(plan: AlarmResetPlan): View {
  const { incident, alarm, others } = plan;
  const told =
    others.length === 0
      ? 'No other target is told.'
      : `This also tells ${others.length} other target${others.length === 1 ? '' : 's'}; a pager may close its incident:`;
  const composite = 'This is a composite alarm: it stays OK until one of its children changes, even while they are in ALARM.';
  const metric = 'A metric alarm returns to its actual state within seconds while its data still breaches, and fires again.';
  const blocks: KnownBlock[] = [
    ...(plan.repeated ? [lines([bold(plan.repeated)])] : []),
    lines([words('CloudWatch says that '), bold(namedAlarm(alarm)), words(` is ${alarm.state} since `), time(alarm.since), words('.')]),
    lines(
      [words(`${responses['reset-alarm'].effect} Your name is in the reason.`)],
      [bold('It fixes nothing. '), words(alarm.shape === 'composite' ? composite : metric)],
      [words(told)],
      ...others.map((arn) => [code(arn)]),
    ),
    ...(alarm.actionsEnabled
      ? []
      : [lines([bold('The actions of this alarm are switched off: '), words('it does not notify anybody when it fires.')])]),
    textInput('why', 'Why?', { longest: 300 }),
  ];
  return modal({
    callback: 'reset-alarm',
    title: 'Reset alarm',
    state: { i: incident.id, seen: plan.seen, alarm: alarm.arn },
    submit: 'Set to OK',
    blocks,
  });
}
