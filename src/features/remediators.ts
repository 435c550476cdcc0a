/** Who is a remediator since when: who joins after the bot first knew them does not approve at once. Each change is an entry. */
import type { Ports } from '../domain/ports.ts';
import type { Tx } from '../domain/store.ts';

const fact = 'remediators';

/** By Slack user id: when the bot first saw them as remediators; 0: at its first reading. */
type Since = Readonly<Record<string, number>>;

async function readSince(tx: Tx): Promise<Since | undefined> {
  const stored = await tx.fact(fact);
  return stored === undefined ? undefined : (JSON.parse(stored) as Since);
}

/** Since when somebody is a remediator; undefined: since the first reading, or not known yet. */
export async function sinceWhen(tx: Tx, id: string): Promise<number | undefined> {
  const since = await readSince(tx);
  const at = since !== undefined && Object.hasOwn(since, id) ? since[id] : undefined;
  return at === 0 || since === undefined ? undefined : (at ?? Number.POSITIVE_INFINITY);
}

/** Compares with what was known. @param now the remediators, by Slack user id; undefined: not all of them could be read */
export async function noteRemediators(
  { store, clock, log }: Pick<Ports, 'store' | 'clock' | 'log'>,
  ids: readonly string[] | undefined,
): Promise<void> {
  if (ids === undefined) return;
  await store.transact(async (tx) => {
    await tx.lock(['log']);
    const now = clock.now();
    const before = await readSince(tx);
    const next = Object.fromEntries(ids.map((id) => [id, before === undefined ? 0 : Object.hasOwn(before, id) ? (before[id] ?? 0) : now]));
    const joined = before === undefined ? [] : ids.filter((id) => !Object.hasOwn(before, id));
    const left = Object.keys(before ?? {}).filter((id) => !ids.includes(id));
    if (before !== undefined && joined.length === 0 && left.length === 0) return;
    await tx.note(fact, JSON.stringify(next), now);
    if (before === undefined) return;
    const parts = [...joined.map((id) => `${id} joined`), ...left.map((id) => `${id} left`)];
    const text = `The remediators changed: ${parts.join(', ')}. Who joined does not approve for 24 h.`;
    log.warn({ joined, left }, 'the remediators changed');
    await tx.append([{ incident: 0, at: now, kind: 'note', reply: 'none', body: { what: 'remediators-changed', text } }]);
  });
}
