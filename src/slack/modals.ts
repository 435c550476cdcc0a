/** The modals about the incident itself and about its alarm. Those about a user are in user-modals.ts. */
import type { KnownBlock, View } from '@slack/types';
import { byHand } from '../domain/by-hand.ts';
import { type Incident, nameOf, verdicts } from '../domain/incident.ts';
import { responses } from '../domain/responses.ts';
import type { Entry } from '../domain/timeline.ts';
import type { AlarmResetPlan } from '../features/reset-alarm.ts';
import { bold, code, lines, link, time, utc, words } from './text.ts';
import { choice, modal, option, textInput } from './view.ts';
import { accountWords, subjectRow, subjectWords } from './who.ts';

const perPage = 15;

const verdictLabels = { attack: 'Attack', mistake: "User's mistake", expected: 'Expected', test: 'Test', unknown: 'Not explained' } as const;

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
  const blocks: KnownBlock[] = [
    lines([words(`${responses['record-step'].effect} ${responses['record-step'].nonEffect}`)]),
    textInput('what', 'What was done?', { multiline: true, hint: 'For example: both access keys switched off in IAM.' }),
    textInput('on', 'On whom or what?', { optional: true }),
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

/** Newest first. */
export function timelineModal(incident: Incident, entries: readonly Entry[], page: number): View {
  const newest = entries.toReversed();
  const shown = newest.slice(page * perPage, (page + 1) * perPage);
  const blocks: KnownBlock[] = shown.map((entry) =>
    lines(
      [time(entry.at), words(` · ${entry.body.what}${entry.body.result ? ` · ${entry.body.result}` : ''}`)],
      [words(entry.body.text, 400)],
      ...(entry.body.why ? [[words(`Why: ${entry.body.why}`)]] : []),
    ),
  );
  const head = lines([words(`${entries.length} entries, newest first. Each is chained to the one before by its hash.`)]);
  return modal({
    callback: 'timeline',
    title: `Timeline ${nameOf(incident)}`,
    state: { i: incident.id, page },
    blocks: [head, ...blocks, ...paging('timeline', page, newest.length)],
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
    blocks: [...(rows.length > 0 ? rows : [none]), ...beyond, ...paging('evidence', page, incident.subjects.length)],
  });
}

function paging(callback: string, page: number, total: number): KnownBlock[] {
  const older =
    (page + 1) * perPage < total
      ? [{ type: 'button' as const, action_id: `${callback}-older`, text: { type: 'plain_text' as const, text: 'Older' }, value: String(page + 1) }]
      : [];
  const newer =
    page > 0
      ? [{ type: 'button' as const, action_id: `${callback}-newer`, text: { type: 'plain_text' as const, text: 'Newer' }, value: String(page - 1) }]
      : [];
  return older.length + newer.length > 0 ? [{ type: 'actions', elements: [...newer, ...older] }] : [];
}

export function byHandModal(incident: Incident, accounts: ReadonlyMap<string, string>): View {
  const kinds = incident.subjects.length > 0 ? [...new Set(incident.subjects.map((subject) => subject.kind))] : (['unknown'] as const);
  const blocks: KnownBlock[] = kinds.flatMap((kind) => {
    const { who, why, steps, link: place } = byHand[kind];
    const names = incident.subjects
      .filter((subject) => subject.kind === kind)
      .slice(0, 5)
      .map(subjectWords)
      .join(', ');
    return [
      lines([bold(names || who)], [words(why)], ...steps.map((step, index) => [words(`${index + 1}. ${step}`)]), [link(place.label, place.url)]),
    ];
  });
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

function alarmUrl(incident: Incident): string {
  const name = encodeURIComponent(incident.alarm?.name ?? '');
  return `https://console.aws.amazon.com/cloudwatch/home?region=${encodeURIComponent(incident.region)}#alarmsV2:alarm/${name}`;
}
