import type { Person } from '../incident/incident.ts';
import type { Call } from './plan.ts';

/** For whom and what a response calls AWS: one of each response, and one session of each in an account (response/attribution.ts). */
export interface Actor {
  readonly person: Person;
  readonly incident: number;
  /** The response's id. */
  readonly response: string;
  /** All that is to be called: its session may do nothing else. */
  readonly calls: readonly Call[];
  /** Told of each change that was sent. @param requestId by which AWS knows it; undefined: AWS gave no answer */
  readonly sent: (operation: string, requestId: string | undefined) => void;
}

/** In whose name AWS is read, where a click makes it read what concerns a person. */
export type Reader = Pick<Actor, 'person' | 'incident' | 'response'>;
