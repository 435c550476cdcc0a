/** “Was this you?”: the form of whoever asks, and the direct message to the person whose user it is. */
import type { KnownBlock, RichTextElement, View } from '@slack/types';
import { type Incident, nameOf } from '../domain/incident/incident.ts';
import { accountWords } from '../domain/place.ts';
import type { Message } from '../domain/ports.ts';
import { questionOf } from '../domain/response/owner-question.ts';
import { subjectMfaWords } from '../domain/sign-in/subject-words.ts';
import { addressesOf, type Subject } from '../domain/sign-in/subjects.ts';
import { didWords } from '../domain/sign-in/tally.ts';
import { askLabel, type Question } from '../features/ask-owner.ts';
import { subjectChoice } from './forms.ts';
import { limits } from './limits.ts';
import { bold, fallback, lines, mention, plain, time, words } from './text.ts';
import { modal } from './view.ts';
import { subjectWords } from './who.ts';

export const askAction = 'was-this-you';
export const answerActions = ['was-me', 'was-not-me'] as const;

type Row = RichTextElement[];
type Accounts = ReadonlyMap<string, string>;

/** What is asked of whom, and what it may give away. */
export function askForm({ incident, subject, owner }: Pick<Question, 'incident' | 'subject' | 'owner'>, accounts: Accounts): View {
  const isGrave = incident.severity === 'CRITICAL';
  const blocks: KnownBlock[] = [
    lines(
      [words('Asks '), mention(owner), words(` by direct message whether this was them: ${subjectWords(subject)}.`)],
      [bold('It tips off whoever holds that person’s Slack.'), ...(isGrave ? [] : [words(' If it may be an attack, contain first.')])],
      [words('Only that person can answer, once, within 30 min. “No” rings everybody. “Yes” lowers nothing, and is no proof.')],
    ),
    lines([bold('What is sent:')], ...tellingRows(incident, subject, accounts)),
  ];
  const state = { i: incident.id, subject: subjectChoice(subject) };
  return modal({ callback: askAction, title: askLabel, state, submit: 'Ask', blocks });
}

/** The message; its buttons carry the incident and the number of the entry that tells of it. */
export function drawQuestion({ incident, subject, by, until, seq }: Question, accounts: Accounts): Message {
  const rows = [
    [bold(`${askLabel} `), words(`${by.name} asks, because of ${nameOf(incident)}.`)],
    ...tellingRows(incident, subject, accounts),
    [words('Answer by '), time(until), words('. If you are not sure, press No: it takes nothing away from you by itself.')],
  ];
  const button = (action_id: (typeof answerActions)[number], label: string, style: 'primary' | 'danger') =>
    ({ type: 'button', action_id, value: `${incident.id}:${seq}`, text: plain(label, limits.buttonText), style }) as const;
  return {
    text: fallback(`${askLabel} ${by.name} asks about ${subject.name ?? 'your user'} in AWS.`, limits.fallbackText),
    blocks: [
      lines(...rows),
      { type: 'actions', elements: [button('was-me', 'Yes, it was me', 'primary'), button('was-not-me', 'No, it was not me', 'danger')] },
    ],
  };
}

/** The message once it is answered, or can no longer be: without buttons. */
export function drawAnswered(said: string): Message {
  return { text: fallback(said, limits.fallbackText), blocks: [lines([bold(`${askLabel} `), words(said, 500)])] };
}

const shownAddresses = 5;

/** What, when, from where and by which device: all that there is, for some of it may be the owner’s and some not. */
function tellingRows(incident: Incident, subject: Subject, accounts: Accounts): Row[] {
  const addresses = addressesOf(subject);
  const left = addresses.length - shownAddresses;
  const from = addresses.slice(0, shownAddresses).join(', ') || 'an address that is not known';
  const did = didWords({ ...subject, suffered: [] });
  const mfa = subjectMfaWords(subject, incident.users[subject.key]?.hadDevice);
  return [
    [words(`${subject.name ?? 'A user'} in the AWS account ${accountWords(subject.account, accounts)}: ${did}, last `, 500), time(subject.lastSeen)],
    [words(`From: ${from}${left > 0 ? ` and ${left} more` : ''}`, 300)],
    [words(`Device of the newest: ${subject.userAgent ?? 'not known'}`, 300)],
    ...(mfa === '' ? [] : [[words(`${mfa.charAt(0).toUpperCase()}${mfa.slice(1)}`, 200)]]),
  ];
}

/** On the card: who was asked, and what they said. */
export function askedRows(incident: Incident): Row[] {
  return incident.subjects.flatMap((subject): Row[] => {
    const question = questionOf(incident, subject);
    if (question === undefined) return [];
    const { person, at, answer } = question;
    const who: Row = [mention(person), words(` (whose user ${subject.name ?? 'it'} is)`)];
    if (answer?.is === 'not-me') return [[bold('It was not them: '), ...who, words(' said No '), time(answer.at), words('.')]];
    if (answer?.is === 'me')
      return [[bold('Says it was them: '), ...who, words(' '), time(answer.at), words(', in Slack only. That proves nothing.')]];
    return [[bold('Asked: '), ...who, words(' whether it was them, '), time(at), words('. No answer yet.')]];
  });
}
