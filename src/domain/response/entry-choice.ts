/** An entry as the value of a button or an option: by its incident and number, for two of merged incidents may share a number. */
import type { EntryRef } from './kept-state.ts';
import type { Target } from './target.ts';

export function entryChoice({ incident, seq }: EntryRef): string {
  return `${incident}.${seq}`;
}

/** The entry that was chosen; undefined: the value is none of ours. */
export function entryChosen(value: string): Target | undefined {
  const [, incident, seq] = /^(\d{1,15})\.(\d{1,15})$/.exec(value) ?? [];
  return incident === undefined || seq === undefined ? undefined : { kind: 'entry', incident: Number(incident), seq: Number(seq) };
}
