/** Entries for other programs: one JSON object a line, or cells of a spreadsheet. */
import type { EntryBody, EntryFault } from '../incident/timeline.ts';
import { parseObject } from '../json.ts';
import { detailLines } from '../response/to-copy.ts';
import { visibleJson, withoutInvisible } from '../visible.ts';
import type { StoredEntry } from './chain.ts';

export const exportFormats = ['jsonl', 'csv'] as const;
export type ExportFormat = (typeof exportFormats)[number];

const columns = [
  'incident',
  'seq',
  'time',
  'kind',
  'what',
  'phase',
  'result',
  'by',
  'by_id',
  'on',
  'why',
  'text',
  'reason',
  'details',
  'hash',
  'key',
  'fault',
] as const;

type Exported = Record<(typeof columns)[number], string | number>;

/** @param body empty: it was pruned */
function exported({ incident, seq, at, kind, hash, key }: StoredEntry, body: Partial<EntryBody>, fault: EntryFault | undefined): Exported {
  return {
    incident,
    seq,
    time: new Date(at).toISOString(),
    kind,
    what: body.what ?? 'pruned',
    phase: body.phase ?? '',
    result: body.result ?? '',
    by: body.by?.name ?? '',
    by_id: body.by?.id ?? '',
    on: body.on ?? '',
    why: body.why ?? '',
    text: body.text ?? '',
    reason: body.reason ?? '',
    details: [...detailLines(body), ...(body.requests ?? [])].join('\n'),
    hash,
    key: key ?? '',
    fault: fault ?? '',
  };
}

/** What comes before the first entry. */
export function exportHead(format: ExportFormat): string {
  return format === 'csv' ? `${columns.join(',')}\r\n` : '';
}

/** One entry, with its line end. @param fault why it is not what was written; it is exported as it stands, with that beside it */
export function exportLine(entry: StoredEntry, format: ExportFormat, fault: EntryFault | undefined): string {
  const body = (entry.body === undefined ? {} : (parseObject(entry.body) ?? {})) as Partial<EntryBody>;
  if (format === 'jsonl') return `${visibleJson(JSON.stringify({ ...entry, body, time: new Date(entry.at).toISOString(), fault }))}\n`;
  const row = exported(entry, body, fault);
  return `${columns.map((column) => cell(row[column])).join(',')}\r\n`;
}

/**
 * RFC 4180. Text that a spreadsheet would run as a formula gets an apostrophe before it; what is invisible, or able to reorder what is read, goes.
 * Source: OWASP, CSV Injection: = + - @, tab and carriage return; full-width forms are read as the same.
 */
function cell(given: string | number): string {
  if (typeof given === 'number') return String(given);
  const value = given.replace(/[^\t\r\n]+/g, (part) => withoutInvisible(part));
  const defused = /^[\s]*[=+\-@＝＋－＠]|^[\t\r\n]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(defused) ? `"${defused.replaceAll('"', '""')}"` : defused;
}
