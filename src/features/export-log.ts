/** Writes entries out for other programs, those of one incident after the other, each with whether it is what was written. */
import { type StoredEntry, storedFault } from '../domain/audit/chain.ts';
import { type ExportFormat, exportHead, exportLine } from '../domain/audit/export.ts';
import type { AuditKeys } from '../domain/audit/keys.ts';
import type { AuditLog } from '../domain/audit/log.ts';
import type { EntryFault } from '../domain/incident/timeline.ts';

const perPage = 1_000;

export interface LogSource {
  readonly log: AuditLog;
  readonly keys: AuditKeys;
  /** Waited for before each page, where others come first. */
  readonly turn?: () => Promise<void>;
}

export interface CheckedEntry {
  readonly entry: StoredEntry;
  readonly fault: EntryFault | undefined;
}

/** In pages, so that a log of any length takes little memory. @param only of one incident; undefined: of all */
export async function* checkedEntries({ log, keys, turn }: LogSource, only?: number): AsyncGenerator<CheckedEntry> {
  let incident = only ?? (await log.next(-1))?.incident;
  while (incident !== undefined) {
    let last: StoredEntry | undefined;
    for (let page = await log.entries(incident, 0, perPage); page.length > 0; page = await log.entries(incident, last?.seq ?? 0, perPage)) {
      await turn?.();
      for (const entry of page) {
        yield { entry, fault: storedFault(last, entry, keys) };
        last = entry;
      }
    }
    incident = only === undefined ? (await log.next(incident))?.incident : undefined;
  }
}

export interface Export {
  /** Times in milliseconds; the end is not part of it. */
  readonly from: number;
  readonly until: number;
  readonly format: ExportFormat;
}

/** In pieces. */
export async function* exportLog(source: LogSource, { from, until, format }: Export): AsyncGenerator<string> {
  yield exportHead(format);
  for await (const { entry, fault } of checkedEntries(source)) if (entry.at >= from && entry.at < until) yield exportLine(entry, format, fault);
}
