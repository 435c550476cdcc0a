/** Folders for one test file, or for one script: whoever makes one need not remove it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const made = new Set<string>();

/** Test files say where there is room in memory: what they write need not outlast the machine. */
const { TEST_FOLDERS: roomy = tmpdir() } = process.env;

/** A fresh folder in a temporary directory. It is gone when the test file, or the process, ends, also one that fails. */
export function newFolder(place = roomy): string {
  const folder = mkdtempSync(join(place, 'signin-responder-test-'));
  made.add(folder);
  return folder;
}

/** Those that were made until now; what a process still writes into one meanwhile goes too. */
export function removeFolders(): void {
  for (const folder of made) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  made.clear();
}

process.on('exit', removeFolders);
