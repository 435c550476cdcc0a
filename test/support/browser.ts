/** A real browser from npm, unpacked into a folder of its own. CHROMIUM_PATH takes another one. */
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import chromium from '@sparticuz/chromium';
import { type Browser, chromium as playwright } from 'playwright-core';
import { newFolder } from './folders.ts';

export interface OpenedBrowser {
  readonly browser: Browser;
  close(): Promise<void>;
}

export async function openBrowser(): Promise<OpenedBrowser> {
  // Nothing may be run from a folder in memory, in containers.
  const home = newFolder(tmpdir());
  // The package unpacks into the temporary folder, and its libraries only where it believes itself on AWS Lambda.
  process.env.TMPDIR = home;
  process.env.AWS_LAMBDA_JS_RUNTIME = 'nodejs24.x';
  const executablePath = process.env.CHROMIUM_PATH ?? (await chromium.executablePath());
  // In a single process, closing a page ends the browser.
  const args = chromium.args.filter((arg) => arg !== '--single-process');
  const quiet = ['--disable-background-networking', '--disable-component-update', '--disable-sync'];
  const launch = (env: Record<string, string>) => playwright.launch({ executablePath, args: [...args, ...quiet], headless: true, env });
  const own = { PATH: process.env.PATH ?? '', HOME: home, TMPDIR: home };
  const browser = await launch(own).catch((thrown: Error) => {
    // A machine without libnss3 takes the libraries that come along.
    if (!/shared libraries/.test(thrown.message)) throw thrown;
    return launch({ ...own, LD_LIBRARY_PATH: join(home, 'al2023', 'lib') });
  });
  return {
    browser,
    close: async () => {
      await browser.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}
