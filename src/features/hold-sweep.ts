import { AppError } from '../domain/error.ts';
import type { Ports } from '../domain/ports.ts';
import type { ClaimedSweep } from '../domain/sweep/sweeps.ts';

const lost = 'lease_lost';

/** Called again and again while a sweep is under way: its lease is shorter than AWS may take. @throws AppError `expired` where another one has it */
export async function hold({ store }: Pick<Ports, 'store'>, sweep: ClaimedSweep): Promise<void> {
  if (!(await store.holdSweep(sweep))) throw new AppError('expired', 'Another worker sweeps this meanwhile.', { reason: lost });
}

export function isLost(thrown: unknown): boolean {
  return thrown instanceof AppError && thrown.reason === lost;
}
