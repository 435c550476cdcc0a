import type { Person } from '../domain/incident/incident.ts';
import type { EntryBody } from '../domain/incident/timeline.ts';
import type { Ports } from '../domain/ports.ts';
import type { Refusal } from '../domain/response/who-may.ts';

type RecordPorts = Pick<Ports, 'store' | 'clock' | 'metrics' | 'log'>;

interface Refused {
  /** 0: none. */
  readonly incident: number;
  readonly label: string;
  readonly found: Refusal;
}

const everyMs = 60_000;

/** Written once a minute of one person, whatever he presses: who may nothing must not be able to make us write without end. */
export async function recordRefusal(ports: RecordPorts, { id, name }: Person, { incident, label, found }: Refused): Promise<void> {
  const by = { id, name };
  const body: EntryBody = {
    what: 'refused-click',
    by,
    reason: found.reason,
    result: 'refused',
    text: `${name} asked for “${label}” and was refused: ${found.message}`,
  };
  await ports.store.transact(async (tx) => {
    const now = ports.clock.now();
    if (!(await tx.first(`refused-click ${id}`, now, everyMs))) return;
    const known = incident === 0 ? undefined : await tx.incident(incident);
    if (known === undefined) await tx.lock(['log']);
    await tx.append([{ incident: known ? incident : 0, at: now, kind: 'response', reply: 'none', body }]);
  });
  ports.metrics.count('responses', 'refused');
  ports.log.info({ incident, user: id, reason: found.reason }, 'click refused');
}
