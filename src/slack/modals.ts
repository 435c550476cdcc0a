/** The modals about the incident itself and about its alarm. Those about a user are in user-modals.ts. */
import type { Button, KnownBlock, View } from '@slack/types';
import { byHand, byHandWithoutSubject } from '../domain/by-hand.ts';
import { type Incident, lineKey, nameOf, verdictLabels, verdicts } from '../domain/incident.ts';
import { type ResponseId, responses } from '../domain/responses.ts';
import type { PrincipalKind } from '../domain/sign-in.ts';
import type { Entry } from '../domain/timeline.ts';
import type { AlarmResetPlan } from '../features/reset-alarm.ts';
import { resultWords } from './reply.ts';
import { bold, code, lines, link, plain, time, utc, words } from './text.ts';
import { choice, modal, option, severalOf, textInput } from './view.ts';
import { accountWords, subjectRow, subjectWords } from './who.ts';

const perPage = 15;
const shownDetails = 5;

export function resolveModal(incident: Incident): View {
  const blocks: KnownBlock[] = [
    lines([words(`${responses.resolve.effect} ${responses.resolve.nonEffect}`)], ...remaining(incident)),
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
    lines([words('CloudWatch says that '), bold(alarm.name), words(` is ${alarm.state} since `), time(alarm.since), words('.')]),
    lines(
      [words(`${responses['reset-alarm'].effect} Your name is in the reason.`)],
      [bold('It mends nothing. '), words(alarm.shape === 'composite' ? composite : metric)],
      [words(told)],
      ...others.map((arn) => [code(arn)]),
    ),
    ...(alarm.actionsEnabled
      ? []
      : [lines([bold('The actions of this alarm are switched off: '), words('it does not notify anybody when it fires.')])]),
    textInput('why', 'Why?', { longest: 300 }),
  ];
  return modal({ callback: 'reset-alarm', title: 'Reset alarm', state: { i: incident.id, seen: plan.seen }, submit: 'Set to OK', blocks });
}

const entryLabels: Record<string, string> = {
  'alarm-change': 'Alarm',
  'sign-in': 'Sign-in',
  notice: 'Message',
  'refused-click': 'Refused',
  interrupted: 'Interrupted',
};

function entryLabel({ body }: Entry): string {
  const label = responses[body.what as ResponseId]?.label ?? entryLabels[body.what] ?? body.what;
  return body.phase === 'outcome' && body.result ? `${label} · ${resultWords[body.result]}` : label;
}

/** Newest first. */
export function timelineModal(incident: Incident, entries: readonly Entry[], page: number): View {
  const newest = entries.toReversed();
  const shown = newest.slice(page * perPage, (page + 1) * perPage);
  const blocks: KnownBlock[] = shown.map((entry) =>
    lines(
      [time(entry.at), words(` · ${entryLabel(entry)}`)],
      [words(entry.body.text, 400)],
      ...(entry.body.why ? [[words(`Why: ${entry.body.why}`)]] : []),
      ...(entry.body.details ?? []).slice(0, shownDetails).map((detail) => [words(detail, 300)]),
    ),
  );
  const head = lines([words(`${entries.length} ${entries.length === 1 ? 'entry' : 'entries'}, newest first.`)]);
  return modal({
    callback: 'timeline',
    title: `Timeline ${nameOf(incident)}`,
    state: { i: incident.id, page },
    blocks: [head, ...blocks, ...paging('timeline', page, newest.length, 'evidence')],
  });
}

export function evidenceModal(incident: Incident, accounts: ReadonlyMap<string, string>, page: number): View {
  const shown = incident.subjects.slice(page * perPage, (page + 1) * perPage);
  const rows: KnownBlock[] = shown.map((subject) =>
    lines(subjectRow(subject, incident, accounts), [
      words(`First seen ${utc(subject.firstSeen)}. Addresses: ${subject.addresses.join(', ') || 'none recorded'}`, 500),
    ]),
  );
  const none = lines([
    words(
      incident.origin === 'alarm'
        ? 'The alarm names nobody, and no sign-in event has reached this incident.'
        : 'No sign-in belongs to this incident.',
    ),
  ]);
  const beyond = incident.moreSubjects > 0 ? [lines([words(`${incident.moreSubjects} more were counted but not kept.`)])] : [];
  return modal({
    callback: 'evidence',
    title: `Evidence ${nameOf(incident)}`,
    state: { i: incident.id, page },
    blocks: [...(rows.length > 0 ? rows : [none]), ...beyond, ...paging('evidence', page, incident.subjects.length, 'timeline')],
  });
}

type Paged = 'timeline' | 'evidence';
const pagedLabels: Record<Paged, string> = { timeline: 'Timeline', evidence: 'Evidence' };

/** Older, newer, and across to the other view. */
function paging(callback: Paged, page: number, total: number, other: Paged): KnownBlock[] {
  const button = (action_id: string, label: string, to: number): Button => ({ type: 'button', action_id, text: plain(label, 75), value: String(to) });
  const older = (page + 1) * perPage < total ? [button(`${callback}-older`, 'Older', page + 1)] : [];
  const newer = page > 0 ? [button(`${callback}-newer`, 'Newer', page - 1)] : [];
  return [{ type: 'actions', elements: [...newer, ...older, button(`${other}-open`, pagedLabels[other], 0)] }];
}

export function byHandModal(incident: Incident, accounts: ReadonlyMap<string, string>): View {
  const kinds = [...new Set(incident.subjects.map((subject) => subject.kind))];
  const guides =
    kinds.length === 0
      ? [{ guide: byHandWithoutSubject, names: '' }]
      : kinds.map((kind) => ({ guide: byHand[kind], names: namesOf(incident, kind) }));
  const blocks: KnownBlock[] = guides.map(({ guide: { who, why, steps, link: place }, names }) =>
    lines([bold(names || who)], [words(why)], ...steps.map((step, index) => [words(`${index + 1}. ${step}`)]), [link(place.label, place.url)]),
  );
  const alarm = incident.alarm
    ? [
        lines([
          words(`Alarm ${incident.alarm.name} in ${accountWords(incident.account, accounts)}, ${incident.region}: `),
          link('open it in CloudWatch', alarmUrl(incident)),
        ]),
      ]
    : [];
  const after = lines([words('Write down what you did with ⋯ “Record a step”: it is evidence too.')]);
  return modal({ callback: 'by-hand', title: 'What to do by hand', state: { i: incident.id }, blocks: [...blocks, ...alarm, after] });
}

function namesOf(incident: Incident, kind: PrincipalKind): string {
  return incident.subjects
    .filter((subject) => subject.kind === kind)
    .slice(0, 5)
    .map(subjectWords)
    .join(', ');
}

function alarmUrl(incident: Incident): string {
  const name = encodeURIComponent(incident.alarm?.name ?? '');
  return `https://console.aws.amazon.com/cloudwatch/home?region=${encodeURIComponent(incident.region)}#alarmsV2:alarm/${name}`;
}
