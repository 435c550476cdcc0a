/** Addresses from which many names failed. */
import { isUntold } from './memory.ts';
import type { Subject } from './subjects.ts';

/** So many users failing from one address are a spray; hidden names are attempts, of which it takes more. */
const sprayUsers = 5;
const sprayAttempts = 10;

export interface Spraying {
  /** How many known names failed from there, and how many attempts AWS hides the name of. */
  readonly names: number;
  readonly hidden: number;
  readonly since: number;
}

export function sprayingAddresses(subjects: readonly Subject[]): Map<string, Spraying> {
  const found = new Map<string, Spraying>();
  for (const subject of subjects) {
    for (const { address, failures, firstFailureAt } of subject.contacts) {
      if (failures === 0 || firstFailureAt === undefined) continue;
      const before = found.get(address) ?? { names: 0, hidden: 0, since: firstFailureAt };
      found.set(address, {
        names: before.names + (isUntold(subject) ? 0 : 1),
        hidden: before.hidden + (isUntold(subject) ? failures : 0),
        since: Math.min(before.since, firstFailureAt),
      });
    }
  }
  return new Map([...found].filter(([, { names, hidden }]) => names >= sprayUsers || names + hidden >= sprayAttempts));
}

/** What failed, in words. */
export function tried({ names, hidden }: Spraying): string {
  const known = names === 0 ? '' : `${names} user${names === 1 ? '' : 's'}`;
  const others = hidden === 0 ? '' : `${hidden} attempt${hidden === 1 ? '' : 's'} at names that do not exist`;
  return [known, others].filter((part) => part !== '').join(' and ');
}
