/** The database's files belong to the responder's user alone: what they hold is who was attacked, and the audit. */
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

const ownFile = 0o600;
const ownFolder = 0o700;
const others = 0o077;

/** Makes folder and files where there are none: SQLite gives a log beside a database the database's own mode. */
export function makeOwnFiles(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: ownFolder });
  for (const file of [path, `${path}.lock`]) makeOwnFile(file);
}

export function makeOwnFile(file: string): void {
  closeSync(openSync(file, 'a', ownFile));
}

/** What was written to a file is on the disk then. */
export function syncFile(file: string): void {
  const opened = openSync(file, 'r+');
  try {
    fsyncSync(opened);
  } finally {
    closeSync(opened);
  }
}

export function filesOf(path: string): string[] {
  return [path, `${path}-wal`, `${path}-shm`, `${path}.lock`];
}

/** Those of a database's folder and files that other users of the machine may open, each with its mode: `./data (0755)`. */
export function filesOpenToOthers(path: string): string[] {
  if (process.platform === 'win32') return [];
  return [dirname(path), ...filesOf(path)].flatMap((file) => {
    const mode = existsSync(file) ? statSync(file).mode & 0o777 : 0;
    return (mode & others) === 0 ? [] : [`${file} (0${mode.toString(8)})`];
  });
}
