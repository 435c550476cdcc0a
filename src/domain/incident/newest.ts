/** The newest event of an incident, in its own sentence. */
import { sentence } from '../sign-in/sentence.ts';
import type { SignIn } from '../sign-in/sign-in.ts';

export interface Newest {
  /** When it happened, in milliseconds since the epoch. */
  readonly at: number;
  readonly text: string;
}

const longest = 400;

export function newestOf(before: Newest | undefined, events: readonly SignIn[]): Newest | undefined {
  return events.reduce<Newest | undefined>((newest, event) => {
    if (newest !== undefined && event.at < newest.at) return newest;
    return { at: event.at, text: sentence(event).slice(0, longest).toWellFormed() };
  }, before);
}
