// Runs a file with a Node that can: the one at hand, or else the one that "npm ci" brought along. Plain JavaScript, so that an older Node
// can read it. Not left to node_modules/.bin/node: npm 10 takes that link away again with the package for the other processor.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import module from 'node:module';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const [major, minor] = process.versions.node.split('.').map(Number);
const isEnough = major > 22 || (major === 22 && minor >= 18);
const compiled = fileURLToPath(new URL('../node_modules/.cache/compiled', import.meta.url));
const brought = fileURLToPath(new URL(`../node_modules/node-linux-${process.arch}/bin/node`, import.meta.url));

if (isEnough) {
  module.enableCompileCache(compiled);
  process.argv.splice(1, 1);
  await import(pathToFileURL(resolve(process.argv[1])).href);
} else if (process.platform === 'linux' && existsSync(brought)) {
  const child = spawn(brought, [...process.execArgv, ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { NODE_COMPILE_CACHE: compiled, ...process.env },
  });
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(signal ? 1 : code));
} else {
  process.stderr.write(
    `Sign-in Responder needs Node 22.18 or later to run, and this is ${process.version}.\n` +
      'On Linux "npm ci" brings one along, unless optional packages are left out. Elsewhere: install Node 24.\n',
  );
  process.exit(1);
}
