import type { Ended, Later, Line } from '../domain/response/plan.ts';
import { isRecorded } from '../domain/response/refusal.ts';
import { passedOver, type Rung } from './prepare-response.ts';

export interface LadderStep {
  readonly label: string;
  readonly ended: Ended | Later;
}

/** What a ladder goes on without although it is not so already, and why. */
export function skippedIn(rungs: readonly Rung[]): string[] {
  return passedOver(rungs.filter(({ planned }) => !planned.ok && isRecorded(planned.reason)));
}

interface Climbed {
  readonly ended: readonly LadderStep[];
  /** Of all that was to be done. */
  readonly labels: readonly string[];
  readonly skipped: readonly string[];
}

/** What became of a ladder, for the requester: the thread has a reply of each rung. */
export function ladderOutcome({ ended, labels, skipped }: Climbed): Ended | Later {
  const left = labels.slice(ended.length);
  const lines = ended.map(({ label, ended: one }, index): Line => [{ bold: `${index + 1}. ${label}: ` }, one.text]);
  const onward = 'Press the button again to go on from there, or give one of them alone, under More responses.';
  const stopped: Line[] = left.length === 0 ? [] : [[{ bold: `Not done: ${left.join(', ')}. ` }, onward]];
  const last = (ended.at(-1) as LadderStep).ended;
  // What one rung leaves a later one takes: after the last, only what that leaves is to be stopped by hand.
  const isWhole = left.length === 0 && last.result === 'done';
  const telling = isWhole ? ended.slice(-1) : ended;
  const commands = telling.flatMap(({ ended: one }) => one.shown?.commands ?? []);
  // The first block of each is its text.
  const open = telling.flatMap(({ ended: one }) => one.shown?.blocks.slice(1) ?? []);
  return { ...last, shown: { blocks: [[...lines, ...skipped.map((line) => [line]), ...whyNot(last), ...stopped], ...open], commands } };
}

/** Why the last step was not done, and the fix: the thread has it too, but who pressed the button reads this. */
function whyNot({ result, details = [], shown }: Ended | Later): Line[] {
  if (result === undefined || result === 'done' || shown !== undefined) return [];
  return details.map((line) => [line]);
}
