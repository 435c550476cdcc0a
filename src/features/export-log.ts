/** Writes entries out for other programs, those of one incident after the other. */
import { type ExportFormat, exportHead, exportLine } from '../domain/audit/export.ts';
import type { AuditLog } from '../domain/audit/log.ts';

const perPage = 1_000;

export interface Export {
  /** Times in milliseconds; the end is not part of it. */
  readonly from: number;
  readonly until: number;
  readonly format: ExportFormat;
}

/** In pieces, so that a log of any length takes little memory. */
export async function* exportLog(log: AuditLog, { from, until, format }: Export): AsyncGenerator<string> {
  yield exportHead(format);
  for (let next = await log.next(-1); next !== undefined; next = await log.next(next.incident)) {
    let last = 0;
    for (let page = await log.entries(next.incident, last, perPage); page.length > 0; page = await log.entries(next.incident, last, perPage)) {
      const wanted = page.filter(({ at }) => at >= from && at < until);
      yield wanted.map((entry) => exportLine(entry, format)).join('');
      last = page.at(-1)?.seq ?? last;
    }
  }
}
