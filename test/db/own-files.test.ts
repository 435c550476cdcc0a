import { chmodSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../src/db/database.ts';
import { newFolder } from '../support/folders.ts';

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

describe.skipIf(process.platform === 'win32')('a database that is a file', () => {
  it('is for the responder’s user alone: folder, database, log and lock', async () => {
    const folder = join(newFolder(), 'data');
    const umask = process.umask(0);
    const database = await openDatabase(`file:${join(folder, 'responder.db')}`).finally(() => process.umask(umask));
    expect(modeOf(folder)).toBe('700');
    const files = readdirSync(folder);
    expect(files).toEqual(expect.arrayContaining(['responder.db', 'responder.db-wal', 'responder.db-shm', 'responder.db.lock']));
    for (const file of files) expect(modeOf(join(folder, file)), file).toBe('600');
    expect(database.openToOthers).toEqual([]);
    await database.close();
  });

  it('names what is wider', async () => {
    const folder = newFolder();
    const path = join(folder, 'responder.db');
    await (await openDatabase(`file:${path}`)).close();
    chmodSync(folder, 0o755);
    chmodSync(path, 0o644);
    const database = await openDatabase(`file:${path}`);
    expect(database.openToOthers?.slice(0, 2)).toEqual([`${folder} (0755)`, `${path} (0644)`]);
    await database.close();
  });
});
