import { AppError } from '../domain/error.ts';
import type { Ports } from '../domain/ports.ts';

/**
 * Calls once; after an end without an answer reads whether it happened. IAM is eventually consistent, so "not yet" is read again.
 * @returns `done`: AWS said so; `read`: it did not answer, and reading shows it; `unknown`: neither
 * @throws AppError what the call itself was refused with
 */
export async function certainly(ports: Ports, call: () => Promise<void>, happened: () => Promise<boolean>): Promise<'done' | 'read' | 'unknown'> {
  try {
    await call();
    return 'done';
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.code !== 'ambiguous') throw thrown;
  }
  for (let reads = 0; reads < 3; reads++) {
    if (reads > 0) await ports.clock.wait(1_000);
    // A read that fails says nothing about the change.
    if (await happened().catch(() => false)) return 'read';
  }
  return 'unknown';
}
