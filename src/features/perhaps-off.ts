/** Which access keys a step switched off, most likely, whose outcome is not known. */
import { isUnsure } from '../domain/incident/deeds.ts';
import type { Incident } from '../domain/incident/incident.ts';
import type { Entry } from '../domain/incident/timeline.ts';
import type { Ports } from '../domain/ports.ts';
import type { AccessKey, UserRef } from '../domain/response/iam-user.ts';
import { heldAgainst } from '../domain/response/standing.ts';

const perPage = 200;

interface Asked {
  /** Of the response that switches keys off. */
  readonly id: string;
  readonly user: UserRef;
  /** As people read the user. */
  readonly on: string;
  /** `Switch off keys of alice in prod 123456789012`. */
  readonly access: string | undefined;
  readonly keys: readonly AccessKey[];
}

/** Those that are off now, were active when that step began, and are not known as taken. @throws AppError where the log cannot be read */
export async function perhapsOff(
  { store }: { readonly store: Pick<Ports['store'], 'entries'> },
  incident: Incident,
  asked: Asked,
): Promise<AccessKey[]> {
  const { user, access, keys } = asked;
  const off = keys.filter(({ active }) => !active);
  if (off.length === 0 || access === undefined || !isUnsure(incident, access)) return [];
  const held = heldAgainst(incident, { kind: 'iam-user', ...user }).flatMap(({ left }) => (left.of === 'keys' ? left.keys : []));
  const taken = new Set(held.filter(({ isActive }) => !isActive).map(({ id }) => id));
  const before = await activeBefore(store, incident.id, asked);
  return off.filter(({ id }) => before.has(id) && !taken.has(id));
}

/** Newest first, until one that was done: what was not known then is since. */
async function activeBefore(store: Pick<Ports['store'], 'entries'>, incident: number, { id, on }: Asked): Promise<Set<string>> {
  const active = new Set<string>();
  const results = new Map<number, Entry['body']['result']>();
  for (let from = 0; ; from += perPage) {
    const { entries, total } = await store.entries(incident, { from, count: perPage });
    for (const { seq, body, fault } of entries) {
      if (fault !== undefined) continue;
      if (body.phase === 'outcome' && body.intent !== undefined) results.set(body.intent, body.result);
      if (body.what !== id || body.phase !== 'intent' || body.on !== on) continue;
      if (results.get(seq) === 'done') return active;
      if (results.get(seq) !== 'unknown' || body.before?.of !== 'keys') continue;
      for (const key of body.before.keys) if (key.isActive) active.add(key.id);
    }
    if (from + perPage >= total) return active;
  }
}
