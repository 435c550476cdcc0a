import { AppError } from '../domain/error.ts';
import { knownFailure } from './failure.ts';
import { isOfKept } from './kept-statements.ts';

/** Two transactions wanted the same: run the whole work again. */
const postgresConflicts = new Set(['23505', '40001', '40P01']); // unique violation, serialization failure, deadlock
const sqliteConflicts = new Set([5, 261, 517, 1555, 2067]); // busy, its extended codes, primary key and unique constraints
const attempts = 12;

function isConflict(thrown: unknown): boolean {
  const { code, errcode } = thrown as { code?: unknown; errcode?: unknown };
  return postgresConflicts.has(String(code)) || isOfKept(String(code)) || sqliteConflicts.has(Number(errcode));
}

/** Runs work, again after a conflict, or where a connection did not keep a statement as it was. Throws AppError `unavailable` for any failure of the database itself. */
export async function retryingConflicts<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (thrown) {
      if (thrown instanceof AppError) throw thrown;
      if (isConflict(thrown) && attempt < attempts) {
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 10 * attempt));
        continue;
      }
      if (isDatabaseError(thrown)) throw notTaken(thrown);
      throw thrown;
    }
  }
}

/** Whether it is the database that fails, and not one row of it that cannot be read. */
export function isOfDatabase(thrown: unknown): boolean {
  if (thrown instanceof AppError) return thrown.code === 'unavailable' || thrown.code === 'ambiguous';
  return isConflict(thrown) || isDatabaseError(thrown);
}

function notTaken(cause: unknown): AppError {
  const message = 'The database did not take this; nothing was changed.';
  const reason = knownFailure(cause);
  return reason === undefined
    ? new AppError('unavailable', message, { cause })
    : new AppError('unavailable', `${message} Why: ${reason}`, { cause, reason });
}

function isDatabaseError(thrown: unknown): boolean {
  const { code, errcode } = thrown as { code?: unknown; errcode?: unknown };
  return (
    errcode !== undefined ||
    /^[0-9A-Z]{5}$/.test(String(code)) ||
    /^E[A-Z]+$/.test(String(code)) ||
    /connect|terminated|timeout/i.test(String((thrown as Error).message))
  );
}
