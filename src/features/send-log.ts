/** Sends somebody a part of the log as a file, in direct messages. That it was asked for is an entry. */
import { type AskedLog, askedLogWords, namesUser } from '../domain/audit/asked.ts';
import { exportHead, exportLine } from '../domain/audit/export.ts';
import type { AppError } from '../domain/error.ts';
import type { EntryBody } from '../domain/incident/timeline.ts';
import type { Ports } from '../domain/ports.ts';
import type { Answer } from '../domain/response/refusal.ts';
import { checkedEntries } from './export-log.ts';
import { recorded } from './record-refusal.ts';
import { type Clicker, mayNot, missing } from './respond.ts';

/** What a person reads, and Slack takes without asking. */
const mostEntries = 20_000;

type LogPorts = Pick<Ports, 'store' | 'clock' | 'log' | 'metrics' | 'people' | 'files' | 'rightOfWay'>;

export const auditCommand = '/signin-audit';

/**
 * Of one incident any responder may have it: its card shows them the same. What goes across incidents is for remediators.
 * @returns the number of entries sent @throws AppError what Slack says
 */
export function sendLog(ports: LogPorts, clicker: Clicker, asked: AskedLog): Promise<Answer<{ text: string }>> {
  const incident = asked.of === 'incident' ? asked.number : 0;
  return recorded(ports, { by: clicker, incident, label: `${auditCommand} ${askedLogWords(asked)}` }, send(ports, clicker, asked));
}

async function send(ports: LogPorts, clicker: Clicker, asked: AskedLog): Promise<Answer<{ text: string }>> {
  const { store, clock, files } = ports;
  const refused = mayNot(ports, clicker, { needs: asked.of === 'incident' ? 'responder' : 'remediator', label: auditCommand });
  if (refused) return refused;
  if (asked.of === 'incident' && (await store.incident(asked.number)) === undefined) return missing(asked.number);
  await noteAsked(ports, clicker, asked);
  const from = asked.of === 'time' ? clock.now() - asked.ms : 0;
  const { lines, count, isCut } = await linesOf(ports, asked, from);
  const name = `signin-audit-${new Date(clock.now()).toISOString().slice(0, 19).replaceAll(':', '')}.csv`;
  await files.send(clicker.id, { name, content: lines.join(''), says: `The log of the sign-in responder that you asked for: ${count} entries.` });
  const cut = isCut ? ` It is cut after ${mostEntries}: npm run audit -- export on the host has all of it.` : '';
  return { ok: true, text: `${count} entries of ${askedLogWords(asked)} are in your direct messages with this app.${cut}` };
}

/** What whoever asked is told where sending failed. */
export function notSentText({ code, message }: AppError): string {
  return `${message} ${code === 'ambiguous' ? 'Whether the file came through is not known: look in your direct messages with this app.' : 'No file was sent.'}`;
}

/** Before it is sent: who reads what is in the log, whatever becomes of the file. */
async function noteAsked({ store, clock }: LogPorts, { id, name }: Clicker, asked: AskedLog): Promise<void> {
  await store.transact(async (tx) => {
    await tx.lock(['log']);
    const incident = asked.of === 'incident' && (await tx.incident(asked.number)) !== undefined ? asked.number : 0;
    const text = `${name} asked for the log of ${askedLogWords(asked)} as a file.`;
    const body: EntryBody = { what: 'log-asked', by: { id, name }, text };
    await tx.append([{ incident, at: clock.now(), kind: 'response', reply: 'none', body }]);
  });
}

interface Lines {
  readonly lines: readonly string[];
  readonly count: number;
  readonly isCut: boolean;
}

async function linesOf({ store, rightOfWay }: LogPorts, asked: AskedLog, from: number): Promise<Lines> {
  const lines = [exportHead('csv')];
  let count = 0;
  // Intake and clicks come first.
  const source = { ...store.audit, turn: () => rightOfWay.turn() };
  for await (const { entry, fault } of checkedEntries(source, asked.of === 'incident' ? asked.number : undefined)) {
    if (entry.at < from || (asked.of === 'user' && !namesUser(entry, asked.name))) continue;
    if (count === mostEntries) return { lines, count, isCut: true };
    lines.push(exportLine(entry, 'csv', fault));
    count++;
  }
  return { lines, count, isCut: false };
}
