/** What went on, as older versions stored it: in words alone, by which they also knew what had stopped. */
import type { GoesOn } from './goes-on.ts';

type Form = readonly [form: RegExp, what: 'sessions' | 'keys', kind: 'iam-user' | 'role'];

/** As those versions wrote them, with the name first. */
const worded: readonly Form[] = [
  [/^running sessions of (\S+)$/, 'sessions', 'iam-user'],
  [/^role (\S+), which /, 'sessions', 'role'],
  [/^\d+ active access keys? of (\S+) \(/, 'keys', 'iam-user'],
  [/^access keys of (\S+), if there are any/, 'keys', 'iam-user'],
];

export function goesOnFromWords(text: string): GoesOn {
  for (const [form, what, kind] of worded) {
    const name = form.exec(text)?.[1];
    if (name !== undefined) return { text, of: { what, whose: { kind, name, account: undefined } } };
  }
  return { text };
}
