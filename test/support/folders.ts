/** Folders for one test file, or for one script: whoever makes one need not remove it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const made = new Set<string>();

/** A fresh folder in the temporary directory. It is gone when the test file, or the process, ends, also one that fails. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'signin-responder-test-'));
  made.add(folder);
  return folder;
}

/** Those that were made until now; what a process still writes into one meanwhile goes too. */
export function removeFolders(): void {
  for (const folder of made) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  made.clear();
}

process.on('exit', removeFolders);
