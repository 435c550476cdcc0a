/** The newest event of an incident, in its own sentence. */
import { namelessWords } from '../sign-in/principal.ts';
import { openingSentence } from '../sign-in/sentence.ts';
import type { SignIn } from '../sign-in/sign-in.ts';
import type { Incident } from './incident.ts';

type Newest = Incident['newest'];

const longest = 400;

export function newestOf(before: Newest, events: readonly SignIn[]): Newest {
  return events.reduce<Newest>((newest, event) => {
    if (newest !== undefined && event.at < newest.at) return newest;
    return { at: event.at, text: openingSentence(event).slice(0, longest).toWellFormed() };
  }, before);
}

/** The same with names that were found since; undefined: there is none. */
export function newestText({ newest, subjects }: Pick<Incident, 'newest' | 'subjects'>): string | undefined {
  return subjects.reduce<string | undefined>((text, subject) => {
    if (subject.directory === undefined || subject.name === undefined) return text;
    return text?.replaceAll(namelessWords(subject), `Identity Center user ${subject.name}`);
  }, newest?.text);
}
