/** What was confirmed is what is changed: the facts as they were shown are compared with the facts as they are. */
import type { Facts, Plan } from './plan.ts';

/** What is not as it was shown, a sentence each; a fact that is gone or new is one too. */
export function differences({ facts, named, on }: Plan, shown: Facts): string[] {
  const labels = [...new Set([...Object.keys(facts), ...Object.keys(shown)])];
  return labels
    .filter((label) => facts[label] !== shown[label])
    .map((label) => {
      const them = label.endsWith('s') ? 'them' : 'it';
      const [before, now] = [shown[label] || 'none', facts[label] || 'none'];
      return `The ${label} of ${named ?? on} changed since you were shown ${them}. Nothing was done. Shown: ${before}. Now: ${now}.`;
    });
}
