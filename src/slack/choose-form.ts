/** Whom a response is about, where the incident leaves a choice. */
import type { KnownBlock, View } from '@slack/types';
import { undoable } from '../domain/incident/contained.ts';
import type { Incident } from '../domain/incident/incident.ts';
import { accountWords } from '../domain/place.ts';
import { entryChoice } from '../domain/response/entry-choice.ts';
import { type Contained, entryWords, keptWords } from '../domain/response/kept-state.ts';
import { outOfReach, type ReachSettings, reachesSubject } from '../domain/response/reach.ts';
import { changesAws } from '../domain/response/response.ts';
import { kindsIn, subjectsFor } from '../domain/response/target.ts';
import type { Planned } from '../features/prepare-response.ts';
import { subjectChoice } from './forms.ts';
import { bold, lines, words } from './text.ts';
import { choice, modal, option, textInput } from './view.ts';
import { subjectWords } from './who.ts';

const listedSubjects = 90;
const listedAccounts = 100;

/** First the subjects of the incident, else a name to type: only IAM users can be typed. */
export function chooseForm(incident: Incident, response: Planned, { reach, problem }: { reach: ReachSettings; problem?: string }): View {
  const { accounts } = reach;
  // A look-up tells of anybody what can be told; a change is for its own kind.
  const subjects = (changesAws(response) ? subjectsFor(incident, response.target) : incident.subjects).filter((one) => reachesSubject(one, reach));
  const listed = subjects
    .slice(0, listedSubjects)
    .map((subject) => option(subjectChoice(subject), `${subjectWords(subject)} · ${accountWords(subject.account, accounts)}`));
  const isTyped = kindsIn(response.target).includes('iam-user');
  const entries = kindsIn(response.target).includes('entry') ? undoable(incident).map((one) => entryOption(one, incident.id)) : [];
  const blocks: KnownBlock[] = [
    ...(problem ? [lines([bold(problem)])] : []),
    lines([words(`${response.effect} ${response.nonEffect}`)]),
    ...(listed.length > 0 ? [choice('subject', 'Somebody in this incident', listed, { optional: isTyped })] : []),
    ...(entries.length > 0 ? [choice('subject', 'Which step?', entries)] : []),
    ...(isTyped ? typedUser(incident, reach, listed.length > 0) : []),
  ];
  const state = { i: incident.id, b: response.button.id };
  return modal({ callback: 'choose-user', title: response.button.label, state, submit: 'Look up', blocks });
}

/** One thing that was taken from somebody, by its entry. */
function entryOption(one: Contained, saidIn: number) {
  const { on, left, by } = one;
  return option(entryChoice(one), `${on}: ${keptWords(left)}`, `By ${by.name}, ${entryWords(one, saidIn)}`);
}

function typedUser(incident: Incident, reach: ReachSettings, isOptional: boolean): KnownBlock[] {
  const { accounts } = reach;
  const places = new Map([[incident.account, accounts.get(incident.account)], ...accounts]);
  const options = [...places.keys()]
    .filter((account) => outOfReach(account, reach) === undefined)
    .slice(0, listedAccounts)
    .map((account) => option(account, accountWords(account, accounts)));
  return [
    textInput('user', isOptional ? 'Or another IAM user' : 'IAM user name', {
      optional: isOptional,
      longest: 64,
      hint: 'The exact name, as in IAM.',
    }),
    choice('account', 'In account', options, incident.origin === 'notice' ? {} : { initial: incident.account }),
  ];
}
