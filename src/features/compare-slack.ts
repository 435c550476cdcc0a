/** Compares the messages that Slack still shows with the entries that they were posted for. */
import type { AuditLog } from '../domain/audit/log.ts';
import { comparedText, entriesOf, type ToldMessage, toldFault } from '../domain/audit/told.ts';
import type { Finding } from '../domain/audit/verify.ts';

export interface Compared {
  readonly findings: readonly Finding[];
  /** How much of Slack was compared, in words. */
  readonly says: string;
}

export async function compareSlack(log: AuditLog, messages: AsyncIterable<ToldMessage>): Promise<Compared> {
  const findings: Finding[] = [];
  const incidents = new Set<number>();
  let count = 0;
  let first: number | undefined;
  for await (const message of messages) {
    count++;
    first = Math.min(first ?? message.at, message.at);
    for (const told of entriesOf(message)) {
      incidents.add(told.incident);
      const [entry] = await log.entries(told.incident, told.seq - 1, 1);
      const fault = toldFault(told, entry?.seq === told.seq ? entry : undefined);
      if (fault !== undefined) findings.push(fault);
    }
  }
  return { findings, says: comparedText(count, first, incidents) };
}
