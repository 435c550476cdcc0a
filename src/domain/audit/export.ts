/** Entries for other programs: one JSON object a line, or cells of a spreadsheet. */
import type { EntryFault } from '../incident/timeline.ts';
import { asList, asObject, type Json, parseObject } from '../json.ts';
import { detailsIn } from '../response/to-copy.ts';
import { timeText } from '../utc.ts';
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

/** @param body undefined: it was erased, or is none: whoever writes to the database puts anything there */
function exported(
  { incident, seq, at, kind, hash, key, body: stored }: StoredEntry,
  body: Json | undefined,
  fault: EntryFault | undefined,
): Exported {
  const { what, phase, result, by, on, why, text, reason, requests } = body ?? {};
  const { name, id } = asObject(by);
  return {
    incident,
    seq,
    time: timeText(at),
    kind,
    what: stored === undefined ? 'pruned' : said(what ?? 'unreadable'),
    phase: said(phase),
    result: said(result),
    by: said(name),
    by_id: said(id),
    on: said(on),
    why: said(why),
    text: said(body === undefined ? stored : text),
    reason: said(reason),
    details: [...detailsIn(body ?? {}), ...asList(requests)].map(said).join('\n'),
    hash,
    key: key ?? '',
    fault: fault ?? '',
  };
}

/** As it stands, whatever it is. */
function said(value: unknown): string {
  return typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);
}

/** What comes before the first entry. */
export function exportHead(format: ExportFormat): string {
  return format === 'csv' ? `${columns.join(',')}\r\n` : '';
}

/** One entry, with its line end. @param fault why it is not what was written; it is exported as it stands, with that beside it */
export function exportLine(entry: StoredEntry, format: ExportFormat, fault: EntryFault | undefined): string {
  const body = entry.body === undefined ? undefined : parseObject(entry.body);
  if (format === 'jsonl') {
    const stands = body ?? (entry.body === undefined ? {} : entry.body);
    return `${visibleJson(JSON.stringify({ ...entry, body: stands, time: timeText(entry.at), fault }))}\n`;
  }
  const row = exported(entry, body, fault);
  return `${columns.map((column) => cell(row[column])).join(',')}\r\n`;
}

/**
 * RFC 4180. Text that a spreadsheet would run as a formula gets an apostrophe before it; what is invisible, or able to reorder what is read, goes.
 * In countries where it separates cells by semicolons, or where tabs are taken for separators, quotes within a line are not: there a cell begins after
 * each of them, and after each line break.
 * Source: OWASP, CSV Injection: = + - @, tab and carriage return; full-width forms are read as the same; "take care of the field separator".
 */
function cell(given: string | number): string {
  if (typeof given === 'number') return String(given);
  const value = given.replace(/[^\t\r\n]+/g, (part) => withoutInvisible(part));
  const defused = value.replace(/(^|[;\t\r\n])(?=[\s"]*[=+\-@＝＋－＠])|^(?=[\t\r\n])/g, "$1'");
  return /[",\r\n]/.test(defused) ? `"${defused.replaceAll('"', '""')}"` : defused;
}
