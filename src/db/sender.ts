/** Sends the statements of one transaction to Postgres without waiting for the answers to those before. */
import { CompiledQuery, type Kysely } from 'kysely';
import type { Schema } from './schema.ts';

export interface Sender {
  /** They are run in the order in which this is called. */
  send<R>(text: string, values: readonly unknown[]): Promise<R[]>;
}

/** @param transaction ends only when all that was sent is answered */
export async function senderOver(transaction: Kysely<Schema>): Promise<Sender> {
  // The query builder sends a statement when the one before is answered; what is given to its connection goes out at once.
  const connection = await transaction.getExecutor().provideConnection(async (one) => one);
  return {
    send: async <R>(text: string, values: readonly unknown[]) => (await connection.executeQuery<R>(CompiledQuery.raw(text, [...values]))).rows,
  };
}
