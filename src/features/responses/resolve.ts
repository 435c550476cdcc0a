import { isOfMore, mayBeLeft } from '../../domain/incident/campaign.ts';
import { inForce } from '../../domain/incident/contained.ts';
import { whatHappened } from '../../domain/incident/headline.ts';
import { type Incident, nameOf, resolve as resolvedBy } from '../../domain/incident/incident.ts';
import { type ResolvedAs, verdictLabels, verdicts } from '../../domain/incident/resolution.ts';
import { accountWords } from '../../domain/place.ts';
import { keptWords } from '../../domain/response/kept-state.ts';
import type { Line } from '../../domain/response/plan.ts';
import { answerTo, chosenIn, type Question } from '../../domain/response/question.ts';
import type { StepAround, StepResponse } from '../../domain/response/response.ts';

const verdictAsked: Question = {
  kind: 'choose-one',
  id: 'verdict',
  label: 'What was it?',
  options: verdicts.map((verdict) => ({ id: verdict, label: verdictLabels[verdict] })),
  missing: 'Choose what it was.',
};
const noteAsked: Question = {
  kind: 'text',
  id: 'note',
  label: 'Note',
  isLong: true,
  optional: true,
  hint: 'How do you know? It stays on the card.',
};

/** Those of one campaign that are chosen are resolved alike; each gets its entry. */
export const resolve: StepResponse = {
  kind: 'step',
  id: 'resolve',
  label: 'Resolve',
  button: { id: 'resolve', label: 'Resolve', heading: 'Resolve', verb: 'Resolve' },
  needs: 'responder',
  effect: 'Closes the incident with your verdict.',
  nonEffect: 'Changes nothing in AWS; an alarm stays as it is.',
  access: 'unchanged',
  undo: 'Reopen',
  target: 'incident',
  offered: ({ status }) => (status === 'acknowledged' ? 'incident' : undefined),
  form: (incident, around) => ({
    lines: remaining(incident),
    questions: [...whichOf(incident, around), verdictAsked, ...containedAsked(incident), noteAsked],
  }),
  concerns: ({ id }, _campaign, answers) => {
    const [first, ...others] = chosenIn(answers, 'incidents').map(Number);
    return first === undefined ? [id] : [first, ...others];
  },
  step: (incident, by, { now, answers }) => {
    const next = answerTo(answers, 'contained') === 'for-good' ? incident : withReminder(incident);
    return resolvedBy(next, by, now, answerTo(answers, 'verdict') as ResolvedAs, answerTo(answers, 'note'));
  },
};

/** What becomes of what was taken and stands. To give it back it is undone first. */
function containedAsked(incident: Incident): Question[] {
  const held = inForce(incident).map(({ on, left }) => `${on}: ${keptWords(left)}`);
  if (held.length === 0) return [];
  const options = [
    { id: 'for-now', label: 'It stays for now: remind me' },
    { id: 'for-good', label: 'It stays for good' },
  ];
  const hint = `To give it back, use Undo in the thread before you resolve. ${held.join('; ')}`.slice(0, 1_900);
  return [
    {
      kind: 'choose-one',
      id: 'contained',
      label: 'Something is still contained. What becomes of it?',
      options,
      hint,
      missing: 'Say what becomes of it.',
    },
  ];
}

/** Left to do, so that somebody is asked after a day. */
function withReminder(incident: Incident): Incident {
  const lines = inForce(incident).map(({ on, left }) => `decide what becomes of ${on} (${keptWords(left)})`);
  return lines.length === 0 ? incident : { ...incident, leftToDo: [...new Set([...incident.leftToDo, ...lines])] };
}

function remaining({ notStopped, leftToDo }: Incident): Line[] {
  const left = [...notStopped.map(({ text }) => `Not stopped: ${text}`), ...leftToDo.map((what) => `Left to do: ${what}`)];
  return left.map((line) => [{ bold: line }]);
}

/** Which incidents of a campaign are resolved at once; none: it stands alone. */
function whichOf(incident: Incident, { campaign: others, accounts }: StepAround): Question[] {
  if (others.length === 0) return [];
  const options = [incident, ...others].map((one) => ({
    id: String(one.id),
    label: `${nameOf(one)} ${one.severity}: ${whatHappened(one)}`,
    description: accountWords(one.account, accounts),
  }));
  const hint = isOfMore(incident) ? { hint: mayBeLeft } : {};
  return [
    { kind: 'choose-several', id: 'incidents', label: 'Which of this attack?', options, initial: 'all', ...hint, missing: 'Choose one at least.' },
  ];
}
