/** Reading a person's data for a click: in the name of whoever clicked, and written down before AWS is asked. */
import type { Incident } from '../domain/incident/incident.ts';
import type { EntryBody } from '../domain/incident/timeline.ts';
import type { Ports } from '../domain/ports.ts';
import type { Reader } from '../domain/response/actor.ts';
import type { Target } from '../domain/response/target.ts';

/** The same ports, of which those that read what concerns people do so in that person's name. */
export function readingAs(ports: Ports, reader: Reader): Ports {
  return { ...ports, ...ports.readAs(reader) };
}

const everyMs = 60_000;

interface Read {
  readonly incident: Incident;
  readonly label: string;
  readonly target: Target;
}

/** Once a minute of each person and target. Alarms concern nobody. */
export async function recordRead(
  ports: Pick<Ports, 'clock' | 'settings' | 'store'>,
  by: Reader['person'],
  { incident, label, target }: Read,
): Promise<void> {
  const on = personIn(target, ports.settings.accounts);
  if (on === undefined) return;
  const body: EntryBody = { what: 'read', by, on, text: `AWS is asked about ${on} for ${by.name}, who opened “${label}”.` };
  await ports.store.transact(async (tx) => {
    const now = ports.clock.now();
    if (!(await tx.first(`read ${by.id} ${incident.id} ${on}`, now, everyMs)) || (await tx.incident(incident.id)) === undefined) return;
    await tx.append([{ incident: incident.id, at: now, kind: 'response', reply: 'none', body }]);
  });
}

/** Undefined: it is about no person. */
function personIn(target: Target, accounts: ReadonlyMap<string, string>): string | undefined {
  if (target.kind === 'incident' || target.kind === 'alarm' || target.kind === 'entry') return undefined;
  const known = accounts.get(target.account);
  const place = ` in ${known === undefined ? '' : `${known} `}${target.account}`;
  if (target.kind === 'root') return `root${place}`;
  return `${target.name ?? ('userId' in target ? target.userId : undefined) ?? 'a user'}${place}`;
}
