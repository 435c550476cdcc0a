import { lineKey, settled, withDeed, withNotesOutdated } from '../../domain/incident/deeds.ts';
import type { Incident } from '../../domain/incident/incident.ts';
import { answerTo, chosenIn, type Question } from '../../domain/response/question.ts';
import type { StepResponse } from '../../domain/response/response.ts';
import { isUnresolved } from '../../domain/response/target.ts';

const whatAsked: Question = {
  kind: 'text',
  id: 'what',
  label: 'What was done?',
  isLong: true,
  hint: 'For example: both access keys switched off in IAM.',
  missing: 'Say what was done.',
};
const onAsked: Question = { kind: 'text', id: 'on', label: 'On whom or what?', optional: true };

/** What somebody did by hand is evidence like any other response. */
export const recordStep: StepResponse = {
  kind: 'step',
  id: 'record-step',
  label: 'Record a step',
  button: { id: 'record-step', label: 'Record a step', heading: 'Record a step', verb: 'Record' },
  needs: 'responder',
  effect: 'Writes down what was done by hand, as evidence.',
  nonEffect: 'Changes nothing in AWS.',
  access: 'unchanged',
  undo: 'Record what corrects it',
  target: 'incident',
  offered: (incident) => (isUnresolved(incident) ? 'more' : undefined),
  form: (incident) => ({ lines: [], questions: [whatAsked, onAsked, ...settledAsked(incident)] }),
  step: (incident, by, { now, answers }) => {
    const [done, on] = [answerTo(answers, 'what'), answerTo(answers, 'on')];
    const what = on === '' ? done : `${done} (${on})`;
    const after = withDeed(settled(incident, chosenIn(answers, 'settles')), { at: now, by, how: 'hand', what });
    return { ok: true, incident: withNotesOutdated(after, undefined, now), text: `By hand, ${by.name}: ${what}` };
  },
};

function settledAsked({ notStopped, leftToDo }: Incident): Question[] {
  const options = [...notStopped.map(({ text }) => text), ...leftToDo].map((line) => ({ id: lineKey(line), ...inTwo(line) }));
  return options.length === 0 ? [] : [{ kind: 'choose-several', id: 'settles', label: 'What is settled by it?', options, optional: true }];
}

/** What Slack shows of an option before it cuts it. */
const longestLabel = 75;

/** A long line goes on in the description: two that begin alike are told apart by their ends. */
function inTwo(line: string): { label: string; description?: string } {
  if (line.length <= longestLabel) return { label: line };
  const space = line.lastIndexOf(' ', longestLabel - 2);
  const at = space > 0 ? space : longestLabel - 2;
  return { label: `${line.slice(0, at)} …`, description: `… ${line.slice(at).trimStart()}` };
}
