/** Keys of IAM users as older versions stored them: spelt as the record spells the name, which told ALICE from alice. */
import { oneSpelling } from '../sign-in/memory.ts';
import type { Subject } from '../sign-in/subjects.ts';

/** The incident with each user under one key. Of two subjects that have it now, the second keeps its own: what is told of it stays. */
export function withOneSpelling<T extends { readonly subjects?: readonly Subject[] }>(older: T): T {
  const { subjects = [], ...rest } = older;
  const keys = subjects.map(({ key }) => oneSpelling(key));
  if (subjects.every(({ key }, index) => key === keys[index])) return older;
  const respelt = subjects.map((subject, index) => ({
    ...subject,
    key: keys.indexOf(keys[index] ?? '') === index ? oneSpelling(subject.key) : subject.key,
  }));
  return { ...(spelt(rest) as Omit<T, 'subjects'>), subjects: respelt } as unknown as T;
}

/** Whatever of it is a key, or stands under one. */
function spelt(value: unknown): unknown {
  if (typeof value === 'string') return inOneSpelling(value);
  if (Array.isArray(value)) return value.map(spelt);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [inOneSpelling(name), spelt(one)]));
}

function inOneSpelling(text: string): string {
  return /^iam-user:\d{12}:[\w+=,.@-]+$/.test(text) ? oneSpelling(text) : text;
}
