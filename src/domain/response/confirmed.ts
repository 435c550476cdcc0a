/** What was confirmed is what is changed: the facts as they were shown are compared with the facts as they are. */
import { sha256 } from '../digest.ts';
import type { Facts, Plan } from './plan.ts';
import type { Answers } from './question.ts';

/** One name for all that a person confirms: it goes with the form, the approval and the run. */
export function digestOf(confirmed: {
  readonly incident: number;
  readonly response: string;
  readonly facts: Facts;
  readonly answers: Answers;
}): string {
  const { incident, response, facts, answers } = confirmed;
  const sorted = (values: Facts | Answers): unknown[] => Object.entries(values).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return sha256(JSON.stringify([incident, response, sorted(facts), sorted(answers)]));
}

function changedIn(facts: Facts, shown: Facts): string[] {
  return [...new Set([...Object.keys(facts), ...Object.keys(shown)])].filter((label) => facts[label] !== shown[label]);
}

/** What is not as it was shown, for the thread: key ids and serial numbers stand whole only where responders alone read them. */
export function changedWords({ facts, named, on }: Plan, shown: Facts): string {
  const labels = changedIn(facts, shown);
  return labels.length === 0 ? '' : `The ${labels.join(', ')} of ${named ?? on} changed since it was confirmed.`;
}

/** What is not as it was shown, a sentence each; a fact that is gone or new is one too. */
export function differences({ facts, named, on }: Plan, shown: Facts): string[] {
  return changedIn(facts, shown).map((label) => {
    const them = label.endsWith('s') ? 'them' : 'it';
    const [before, now] = [shown[label] || 'none', facts[label] || 'none'];
    return `The ${label} of ${named ?? on} changed since you were shown ${them}. Nothing was done. Shown: ${before}. Now: ${now}.`;
  });
}
