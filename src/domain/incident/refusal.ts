/** Why a step of an incident is not taken. */
export type StepRefusal =
  | 'merged'
  | 'already-resolved'
  | 'already-acknowledged'
  | 'already-owner'
  | 'nobody-on-it'
  | 'not-resolved'
  | 'newer-is-open';
