/** What a transaction that changes incidents or appends entries carries with it. */
import type { Kysely } from 'kysely';
import type { AuditKeys } from '../domain/audit/keys.ts';
import type { Entry } from '../domain/incident/timeline.ts';
import { type Chains, chainsOver } from './append.ts';
import type { Prepared } from './node-sqlite.ts';
import { type Rows, rowsOver } from './rows.ts';
import type { Schema } from './schema.ts';
import { type Sealing, sealingOver } from './seals.ts';
import { type Sender, senderOver } from './sender.ts';

export interface Chained {
  readonly keys: AuditKeys;
  readonly sender: Sender;
  readonly rows: Rows;
  readonly chains: Chains;
  readonly sealing: Sealing;
}

export async function chainedOver(db: Kysely<Schema>, prepared: Prepared | undefined, keys: AuditKeys): Promise<Chained> {
  const sender = await senderOver(db);
  const rows = rowsOver(sender, prepared);
  return { keys, sender, rows, chains: chainsOver(rows, keys), sealing: sealingOver(db) };
}

/** To be called last in the transaction. @returns all that was appended */
export async function finished({ chains, sealing }: Chained): Promise<readonly Entry[]> {
  await chains.finish(await sealing.resealed(), sealing.at());
  return chains.written;
}
