/** How something was heard of that SNS did not bring when it happened: entry and card say so. */

/**
 * `sweep`: CloudWatch has a change of which SNS delivered nothing; `read`: it has one that the alarm tells nobody; `letter`: SNS gave a message
 * up and its dead-letter queue has it, signed; `unsigned-letter`: EventBridge gave an event up; `event-history`: CloudTrail has a sign-in whose
 * event did not come.
 */
export type Way = 'sweep' | 'read' | 'letter' | 'unsigned-letter' | 'event-history';

export const wayWords: Readonly<Record<Way, string>> = {
  sweep: 'found by the sweep, SNS delivered nothing',
  read: 'read from CloudWatch, the alarm notifies the responder of no such change',
  letter: 'from the dead-letter queue, SNS could not deliver it',
  'unsigned-letter': 'from a dead-letter queue of EventBridge, without a signature: only EventBridge may put events there',
  'event-history': 'found in CloudTrail’s event history, its event did not come',
};

const counted: Readonly<Record<Way, string>> = {
  sweep: 'found by the sweep: SNS had delivered nothing',
  read: 'read from CloudWatch, which notifies the responder of no such change',
  letter: 'from the dead-letter queue: SNS could not deliver it in time',
  'unsigned-letter': 'from a dead-letter queue of EventBridge, WITHOUT A SIGNATURE',
  'event-history': 'found in CloudTrail’s event history: the event itself did not come',
};

/** `Found by the sweep: SNS had delivered nothing (2×).`, a line for each way. */
export function lateWords(late: Late | undefined): string[] {
  return Object.entries(late ?? {}).map(([way, times]) => {
    const words = counted[way as Way];
    return `${words.charAt(0).toUpperCase()}${words.slice(1)}${times === 1 ? '' : ` (${times}×)`}.`;
  });
}

/** How many signals of an incident came by each way. */
export type Late = Readonly<Partial<Record<Way, number>>>;

export function withLate(before: Late | undefined, way: Way | undefined): Late | undefined {
  return way === undefined ? before : { ...before, [way]: (before?.[way] ?? 0) + 1 };
}
