import { request } from 'undici';
import { asAppError } from '../domain/error.ts';
import type { Ports } from '../domain/ports.ts';
import type { Secret } from '../domain/secret.ts';

const timeoutMs = 5_000;
const logEveryMs = 10 * 60_000;

export interface Vitals {
  /** Rejects where the database does not commit. */
  readonly commit: () => Promise<void>;
  readonly isSlackAnswering: () => boolean;
  readonly isBroken: (what: 'delivery' | 'token' | 'clock') => boolean;
  readonly isChainCut: () => Promise<boolean>;
}

/** What keeps the heartbeat back; undefined: nothing. */
export async function unwellOf({ commit, isSlackAnswering, isBroken, isChainCut }: Vitals): Promise<'database' | 'Slack' | 'intake' | undefined> {
  const commits = await commit().then(
    () => true,
    () => false,
  );
  if (!commits) return 'database';
  if (!isSlackAnswering() || isBroken('delivery') || isBroken('token')) return 'Slack';
  return isBroken('clock') || (await isChainCut()) ? 'intake' : undefined;
}

export interface HeartbeatOptions extends Pick<Ports, 'clock' | 'log' | 'metrics'> {
  /** Whoever knows it can keep a dead responder looking alive. */
  readonly url: Secret;
  /** What is not well, in a word or two; undefined: nothing. */
  readonly unwell: () => Promise<string | undefined>;
}

/** Calls the address once, unless something is not well. A failure is logged with no more than its code, and once in ten minutes. */
export function heartbeatOf({ url, unwell, clock, log, metrics }: HeartbeatOptions): () => Promise<void> {
  let loggedAt = Number.NEGATIVE_INFINITY;
  const missed = (outcome: 'failed' | 'held back', fields: object): void => {
    metrics.count('heartbeats', outcome);
    if (clock.now() - loggedAt < logEveryMs) return;
    loggedAt = clock.now();
    log.warn(fields, `heartbeat ${outcome}`);
  };
  return async () => {
    const reason = await unwell();
    if (reason !== undefined) return missed('held back', { reason });
    const failure = await called(url);
    if (failure !== undefined) return missed('failed', { code: failure });
    metrics.count('heartbeats', 'sent');
  };
}

/** Why it failed: a status or the code of an error; undefined: it did not. */
async function called(url: Secret): Promise<string | undefined> {
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    const { statusCode, body } = await request(url.reveal(), { signal });
    await body.dump({ limit: 4_096, signal });
    return statusCode < 300 ? undefined : `status ${statusCode}`;
  } catch (thrown) {
    // Its message may quote the address.
    return String((thrown as { code?: unknown }).code ?? asAppError(thrown).reason);
  }
}
