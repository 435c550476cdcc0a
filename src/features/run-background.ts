/** Does what is asked for incidents outside their cards' leases: looks, users, links, verdicts. Rows, so that nothing is lost when the process dies. */
import { asAppError } from '../domain/error.ts';
import type { Ports } from '../domain/ports.ts';
import type { Chore, ChoreKind } from '../domain/work.ts';
import { assessAgain } from './assess-again.ts';
import { askWhoSetIt, beginLooking, lookThrough } from './enrich-incident.ts';
import { fireTimer } from './fire-timer.ts';
import { keepCanary } from './keep-canary.ts';
import { keepContained } from './keep-contained.ts';
import { linkIncidents } from './link-incidents.ts';
import { readLog } from './read-log.ts';
import { readUsers } from './read-users.ts';
import { ring } from './ring.ts';
import { type Job, type Running, runWork } from './work-loop.ts';

const choreWorkers = 3;
const logWorkers = 2;
const lookWorkers = 2;
/** What only adds to a card is given up at some time; who it was and who must be told is not. */
const mostFailures: Record<ChoreKind, number> = {
  log: Number.POSITIVE_INFINITY,
  look: Number.POSITIVE_INFINITY,
  'set-by': Number.POSITIVE_INFINITY,
  assess: Number.POSITIVE_INFINITY,
  ring: Number.POSITIVE_INFINITY,
  timer: Number.POSITIVE_INFINITY,
  contained: Number.POSITIVE_INFINITY,
  canary: Number.POSITIVE_INFINITY,
  users: 5,
  link: 5,
};
const longestPauseMs = 60_000;

/** A chore that has to wait returns until when. */
const chores: Record<ChoreKind, (ports: Ports, incident: number, repeats: number) => Promise<number | undefined>> = {
  log: readLog,
  look: (ports, incident) => beginLooking(ports, incident).then(() => undefined),
  'set-by': (ports, incident) => askWhoSetIt(ports, incident).then(() => undefined),
  users: readUsers,
  link: linkIncidents,
  assess: assessAgain,
  ring,
  timer: fireTimer,
  contained: keepContained,
  canary: keepCanary,
};

/** What is found out about an incident begins after its card: in milliseconds. */
const afterCardMs = 20;

export function runBackground(ports: Ports): Running {
  const oneOf = (kinds: readonly ChoreKind[]) => async (): Promise<Job | undefined> => {
    const chore = await ports.store.claimChore(ports.clock.now(), kinds);
    return chore && (() => doChore(ports, chore));
  };
  const oneLook = async (): Promise<Job | undefined> => {
    const look = await ports.store.claimLook(ports.clock.now());
    return look && (() => lookThrough(ports, look));
  };
  const choresOf = (what: string, workers: number, kinds: readonly ChoreKind[]): Running =>
    runWork(ports, { workers, what, claim: oneOf(kinds), nextAt: () => ports.store.nextChoreAt(kinds) });
  // Apart: a card waits for its log, neither hundreds of new incidents nor an AWS that is slow about users keeps the looks waiting, nor the other way round.
  const running = [
    choresOf('log', logWorkers, ['log']),
    choresOf('chore', choreWorkers, ['look', 'set-by', 'users', 'link', 'assess', 'ring']),
    choresOf('timer', 1, ['timer']),
    choresOf('contained', 1, ['contained']),
    ...(ports.canary === undefined ? [] : [choresOf('canary', 1, ['canary'])]),
    runWork(ports, { workers: lookWorkers, what: 'look', claim: oneLook, nextAt: () => ports.store.nextLookAt() }),
  ];
  let isWaking = false;
  const wakeAll = (): void => {
    isWaking = false;
    for (const one of running) one.wake();
  };
  return {
    wake: () => {
      if (isWaking) return;
      isWaking = true;
      void ports.clock.wait(afterCardMs).then(wakeAll);
    },
    stop: async () => void (await Promise.all(running.map((one) => one.stop()))),
  };
}

async function doChore(ports: Ports, chore: Chore): Promise<void> {
  try {
    await ports.store.endChore(chore, await chores[chore.kind](ports, chore.incident, chore.repeats));
    ports.wake();
  } catch (thrown) {
    const error = asAppError(thrown);
    ports.log.warn({ incident: chore.incident, chore: chore.kind, err: error }, 'chore failed');
    const pause = Math.min(longestPauseMs, 1_000 * 2 ** Math.min(chore.failures, 10));
    const again = chore.failures < mostFailures[chore.kind] ? ports.clock.now() + pause : undefined;
    await ports.store.endChore(chore, again, true);
  }
}
