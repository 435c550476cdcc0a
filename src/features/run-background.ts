/** Does what is asked for incidents outside their cards' leases: looks, users, links. Rows, so that nothing is lost when the process dies. */
import { asAppError } from '../domain/error.ts';
import type { Ports } from '../domain/ports.ts';
import type { Chore, ChoreKind } from '../domain/store.ts';
import { beginLooking, lookThrough } from './enrich-incident.ts';
import { linkIncidents } from './link-incidents.ts';
import { readUsers } from './read-users.ts';
import { ring } from './ring.ts';

const workers = 3;
/** How long a replica may take to notice what another one, or a lapsed lease, made due. */
const pollMs = 1_000;
const mostFailures = 5;

const chores: Record<ChoreKind, (ports: Ports, incident: number) => Promise<void>> = {
  look: beginLooking,
  users: readUsers,
  link: linkIncidents,
  ring,
};

export interface Background {
  wake(): void;
  /** Ends after the calls under way. */
  stop(): Promise<void>;
}

export function runBackground(ports: Ports): Background {
  let isStopped = false;
  let waking = new AbortController();
  const wake = (): void => {
    waking.abort();
    waking = new AbortController();
  };

  const oneChore = async (): Promise<boolean> => {
    const chore = await ports.store.claimChore(ports.clock.now());
    if (chore !== undefined) await doChore(ports, chore);
    return chore !== undefined;
  };
  const oneLook = async (): Promise<boolean> => {
    const look = await ports.store.claimLook(ports.clock.now());
    if (look !== undefined) await lookThrough(ports, look);
    return look !== undefined;
  };
  /** Both in turn: neither hundreds of new incidents nor a slow CloudTrail keeps the other waiting. */
  const once = async (): Promise<boolean> => {
    const looked = await oneLook();
    return (await oneChore()) || looked;
  };

  const loop = async (): Promise<void> => {
    while (!isStopped) {
      try {
        const signal = waking.signal; // taken before the claim: a wake in between is not lost
        if (await once()) continue;
        const now = ports.clock.now();
        const due = (await ports.store.nextChoreAt()) ?? Number.POSITIVE_INFINITY;
        if (!isStopped) await ports.clock.wait(Math.max(5, Math.min(now + pollMs, due) - now), signal);
      } catch (thrown) {
        ports.log.error({ err: asAppError(thrown) }, 'background work failed');
        await ports.clock.wait(pollMs);
      }
    }
  };

  const running = Array.from({ length: workers }, loop);
  return {
    wake,
    stop: async () => {
      isStopped = true;
      wake();
      await Promise.all(running);
    },
  };
}

async function doChore(ports: Ports, chore: Chore): Promise<void> {
  try {
    await chores[chore.kind](ports, chore.incident);
    await ports.store.endChore(chore, undefined);
    ports.wake();
  } catch (thrown) {
    const error = asAppError(thrown);
    ports.log.warn({ incident: chore.incident, chore: chore.kind, err: error }, 'chore failed');
    const again = chore.failures < mostFailures ? ports.clock.now() + 1_000 * 2 ** chore.failures : undefined;
    await ports.store.endChore(chore, again);
  }
}
