/** docs/security.md says which test shows what: each of them is there. */
import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const page = readFileSync('docs/security.md', 'utf8').replace(/\s+/g, ' ');
const plain = (text: string): string => text.replace(/[’']/g, "'");

it('every test that docs/security.md names exists, in the file that it names', () => {
  const named = [...page.matchAll(/`(test\/[\w/.-]+\.test\.ts)`: ((?:“[^”]+”(?:, )?)+)/g)].flatMap(([, file = '', names = '']) =>
    [...names.matchAll(/“([^”]+)”/g)].map(([, name = '']) => ({ file, name })),
  );
  expect(named.length).toBeGreaterThan(40);
  const missing = named.filter(
    ({ file, name }) => !existsSync(file) || !plain(readFileSync(file, 'utf8').replaceAll("\\'", "'")).includes(plain(name)),
  );
  expect(missing).toEqual([]);
});

it('every edge says what remains', () => {
  const edges = [
    'The public endpoint',
    'A Slack member',
    'A stolen Slack account',
    'A stolen bot token',
    'A stolen signing secret',
    'A database writer',
    'An AWS member',
    'The bot’s operator',
  ];
  for (const edge of edges) {
    const section = page.slice(page.indexOf(`## ${edge}`)).split(' ## ')[0];
    expect(section, edge).toContain('_Remains:_');
  }
});
