/** The list behind “More responses”: all that is offered, by whom it is done to, with its effect, who may, and who has to approve. */
import type { Button, KnownBlock, RichTextElement, View } from '@slack/types';
import { namedAlarm } from '../domain/alarm/named.ts';
import { type Incident, nameOf } from '../domain/incident/incident.ts';
import { accountWords } from '../domain/place.ts';
import type { Guard } from '../domain/response/approval.ts';
import { changesAws } from '../domain/response/response.ts';
import { askLabel } from '../features/ask-owner.ts';
import type { ListedGroup, ListedResponse } from '../features/list-responses.ts';
import { subjectChoice } from './forms.ts';
import { limits } from './limits.ts';
import { askAction } from './owner-question.ts';
import { bold, lines, mention, plain, words } from './text.ts';
import { modal } from './view.ts';
import { subjectWords } from './who.ts';

export const moreAction = 'more-responses';

/** So few people at once can be read on a phone. */
const groupsPerPage = 4;
/** In place of a key of the incident's subjects: whom it is about is asked. */
export const toChoose = 'choose';

interface Listed {
  readonly groups: readonly ListedGroup[];
  readonly page: number;
  readonly accounts: ReadonlyMap<string, string>;
}

export function moreView(incident: Incident, { groups, page, accounts }: Listed): View {
  const seen = new Map<string, number>();
  const explained = new Set<string>();
  const shown = groups.slice(page * groupsPerPage, (page + 1) * groupsPerPage);
  const blocks = shown.flatMap((group): KnownBlock[] => {
    const buttons = buttonsOf(incident, group, seen);
    const rows = [...responseRows(group.responses, explained), ...askRows(group)];
    return [
      lines([bold(headingOf(incident, group, accounts))], ...rows),
      ...(buttons.length > 0 ? [{ type: 'actions' as const, elements: buttons }] : []),
    ];
  });
  const refused = refusedRows(shown);
  const head = refused.length === 0 ? [] : [lines(...refused)];
  const none = groups.length === 0 ? [lines([words(`Nothing is offered on ${nameOf(incident)} now.`)])] : [];
  return modal({
    callback: 'responses',
    title: 'More responses',
    state: { i: incident.id, page },
    blocks: [...none, ...head, ...blocks, ...paging(page, groups.length)],
  });
}

function headingOf(incident: Incident, { of }: ListedGroup, accounts: ReadonlyMap<string, string>): string {
  if (of === 'incident') return `${nameOf(incident)} itself`;
  if (of === 'alarm') return incident.alarm === undefined ? 'The alarm' : `Alarm ${namedAlarm(incident.alarm)}`;
  if (of === 'to-choose') return 'Somebody else, by name';
  return `${subjectWords(of)} in ${accountWords(of.account, accounts)}`;
}

/** Each response is explained where the page has it first; of the next person only who may is said. */
function responseRows(responses: readonly ListedResponse[], explained: Set<string>): RichTextElement[][] {
  const [known, news] = [
    responses.filter(({ response }) => explained.has(response.id)),
    responses.filter(({ response }) => !explained.has(response.id)),
  ];
  for (const { response } of news) explained.add(response.id);
  const rows = news.map((one) => [bold(`${one.response.label}: `), words(`${one.response.effect} `, 400), words(`(${whoWords(one)}.)`)]);
  const again = [...Map.groupBy(known, whoWords)].map(([who, all]): RichTextElement[] => [
    bold(all.map(({ response }) => response.label).join(' · ')),
    words(` (${who}.)`),
  ]);
  return [...rows, ...again];
}

function whoWords({ response, guard }: ListedResponse): string {
  const who = response.needs === 'responder' ? 'responders' : 'remediators';
  return `${who}${changesAws(response) ? `, ${guardWords(guard)}` : ''}`;
}

/** What of it is not for whoever looks: it has no button here. */
function refusedRows(groups: readonly ListedGroup[]): RichTextElement[][] {
  const refused = groups.flatMap(({ responses }) => responses).find((one) => one.refused !== undefined)?.refused;
  if (refused === undefined) return [];
  const why = refused.reason === 'no-remediators' ? 'REMEDIATORS is not set: nobody changes IAM from Slack.' : 'You are not a remediator.';
  return [[bold(why), words(' You have buttons for what you may do.')]];
}

function askRows({ ask }: ListedGroup): RichTextElement[][] {
  if (ask === undefined) return [];
  const { owner, refused } = ask;
  return [
    [
      bold(`${askLabel} `),
      words('Asks '),
      mention(owner),
      words(` by direct message.${refused === undefined ? '' : ` Not now: ${refused.message}`}`, 400),
    ],
  ];
}

function guardWords(guard: Guard | undefined): string {
  if (guard === undefined) return 'who approves depends on the person';
  if (guard.is === 'none') return 'no approval';
  if (guard.is === 'break-glass') return 'after 2 min, in which any responder may cancel it';
  return guard.needed === 1 ? 'another one approves' : `${guard.needed} others approve`;
}

/** Several responses may be behind one button. Ids are unique in a view: a second of a kind has its number behind it. */
function buttonsOf(incident: Incident, { of, responses, ask }: ListedGroup, seen: Map<string, number>): Button[] {
  const allowed = responses.filter(({ refused }) => refused === undefined).map(({ response }) => response);
  const firsts = allowed.filter(({ button }, index) => allowed.findIndex((one) => one.button.id === button.id) === index);
  const key = of === 'alarm' || of === 'incident' ? '' : `:${of === 'to-choose' ? toChoose : subjectChoice(of)}`;
  const asks = ask !== undefined && ask.refused === undefined ? [{ id: askAction, label: askLabel }] : [];
  return [...firsts.map(({ button }) => button), ...asks].map(({ id, label }) => {
    const nth = (seen.get(id) ?? 0) + 1;
    seen.set(id, nth);
    return {
      type: 'button',
      action_id: nth === 1 ? id : `${id}/${nth}`,
      value: `${incident.id}${key}`,
      text: plain(label, limits.buttonText),
    };
  });
}

function paging(page: number, total: number): KnownBlock[] {
  const next = (page + 1) * groupsPerPage < total ? [{ action_id: 'responses-older', label: 'Next', to: page + 1 }] : [];
  const before = page > 0 ? [{ action_id: 'responses-newer', label: 'Before', to: page - 1 }] : [];
  const buttons = [...before, ...next].map(({ action_id, label, to }) => ({
    type: 'button' as const,
    action_id,
    text: plain(label, limits.buttonText),
    value: String(to),
  }));
  return buttons.length === 0 ? [] : [{ type: 'actions', elements: buttons }];
}
