/** Refusals are entries: whoever is kept from something, and why, whatever the kind of the refusal. */
import { asAppError } from '../domain/error.ts';
import type { Person } from '../domain/incident/incident.ts';
import type { EntryBody } from '../domain/incident/timeline.ts';
import type { Ports } from '../domain/ports.ts';
import { begunWith, type Gathered, gatheredBody, withOneMore } from '../domain/response/gathered.ts';
import { type Answer, isRecorded } from '../domain/response/refusal.ts';
import type { Tx } from '../domain/store.ts';

type RecordPorts = Pick<Ports, 'store' | 'clock' | 'metrics' | 'log'>;

/** Who asked for what. */
export interface AskedFor {
  readonly by: Person;
  /** 0: none. */
  readonly incident: number;
  readonly label: string;
}

interface Found {
  readonly reason: string;
  readonly message: string;
}

/** The first is an entry at once; those that follow are gathered, and are an entry a minute for as long as they go on. */
export async function recordRefusal(ports: RecordPorts, { by: { id, name }, incident, label }: AskedFor, { reason, message }: Found): Promise<void> {
  if (!isRecorded(reason)) return;
  const by = { id, name };
  await ports.store.transact(async (tx) => {
    await tx.lock(['log']);
    const now = ports.clock.now();
    const gathered = await tx.gathered(id);
    const goesOn = gathered === undefined || gathered.until > now ? gathered : await nextOf(tx, gathered, now);
    if (goesOn !== undefined) return tx.gather(withOneMore(goesOn, { incident, label, reason }));
    await tx.gather(begunWith(by, now));
    const known = incident === 0 ? undefined : await tx.incident(incident);
    const text = `${name} asked for “${label}” and was refused: ${message}`;
    const body: EntryBody = { what: 'refused-click', by, reason, result: 'refused', text };
    await tx.append([{ incident: known ? incident : 0, at: now, kind: 'response', reply: 'none', body }]);
  });
  ports.metrics.count('responses', 'refused');
  ports.log.info({ incident, user: id, reason }, 'click refused');
}

/** Hands on an answer; a refusal is recorded first, as is an account that is not known. */
export async function recorded<T extends object>(ports: RecordPorts, asked: AskedFor, answer: Promise<Answer<T>>): Promise<Answer<T>> {
  try {
    const given = await answer;
    if (!given.ok) await recordRefusal(ports, asked, given);
    return given;
  } catch (thrown) {
    await recordThrown(ports, asked, thrown);
    throw thrown;
  }
}

/** What was declined as such; what went wrong is no refusal. */
export async function recordThrown(ports: RecordPorts, asked: AskedFor, thrown: unknown): Promise<void> {
  const { code, reason, message } = asAppError(thrown);
  if (code === 'refused' || code === 'denied') await recordRefusal(ports, asked, { reason, message });
}

/** Writes down those of a minute that is over. @returns what the next minute begins with; undefined: there were none */
async function nextOf(tx: Tx, gathered: Gathered, now: number): Promise<Gathered | undefined> {
  const body = gatheredBody(gathered);
  if (body === undefined) return undefined;
  await tx.append([{ incident: 0, at: now, kind: 'response', reply: 'none', body }]);
  return begunWith(gathered.by, now);
}

/** Writes down what was gathered of those whose minute is over. */
export async function writeRefusals({ store, clock }: Pick<Ports, 'store' | 'clock'>): Promise<void> {
  for (const { by } of await store.gatheredUntil(clock.now())) {
    await store.transact(async (tx) => {
      await tx.lock(['log']);
      const now = clock.now();
      const gathered = await tx.gathered(by.id);
      if (gathered === undefined || gathered.until > now) return;
      const next = await nextOf(tx, gathered, now);
      await (next === undefined ? tx.forgetGathered(by.id) : tx.gather(next));
    });
  }
}
