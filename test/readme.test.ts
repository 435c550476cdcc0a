/** What the pages for people name is there: commands, settings, parameters, scenarios, links. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { variableNames } from '../src/config.ts';
import { scenarioNames } from '../src/sandbox/scenarios.ts';
import { templates } from '../src/setup/template.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  ...readdirSync(join(root, 'docs')).flatMap((file) => (file.endsWith('.md') ? `docs/${file}` : [])),
];
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const all = (text: string, form: RegExp): string[] => [...new Set([...text.matchAll(form)].map((match) => match[1] as string))];

/** As GitHub makes them. */
function anchorsOf(page: string): string[] {
  const titles = all(read(page), /^#+ (.+)$/gm);
  return titles.map((title) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

describe.each(pages)('%s', (page) => {
  const text = read(page);

  it('links to pages and sections that are there', () => {
    const broken = all(text, /\]\(([^)\s]+)\)/g).filter((link) => {
      if (/^https?:/.test(link)) return false;
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? page : join(dirname(page), path);
      return !existsSync(join(root, target)) || (anchor !== undefined && !anchorsOf(target).includes(anchor));
    });
    expect(broken).toEqual([]);
  });

  it('names commands that npm has', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    expect(all(text, /npm run (?:-s )?([a-z-]+)/g).filter((name) => scripts[name] === undefined)).toEqual([]);
  });

  it('names settings that the responder reads', () => {
    const ofOthers = /^(NODE_|CHROMIUM_PATH|SANDBOX_PORT|ENABLED_WITH|AWS_ERROR|AMAZON_|CASE_|AWS_WEB|READ_COMMITTED)/;
    const named = all(text, /`([A-Z]+(?:_[A-Z0-9]+)+)(?:=[^`]*)?`/g).filter((name) => !ofOthers.test(name));
    expect(named.filter((name) => !variableNames.includes(name))).toEqual([]);
  });
});

describe('README.md', () => {
  const text = read('README.md');

  it('lists every scenario of the sandbox, and no other', () => {
    const listed = text.slice(text.indexOf('<summary>All scenarios'), text.indexOf('</details>'));
    expect(all(listed, /`([a-z-]+)`/g).toSorted()).toEqual([...scenarioNames].toSorted());
  });

  it('sets parameters that the templates have', () => {
    const parameters = Object.values(templates).flatMap((template) => Object.keys(template().Parameters as object));
    const set = all(text, /\b([A-Z][a-z]+(?:[A-Z][A-Za-z]*)*)=(?!\[)/g);
    expect(set.length).toBeGreaterThan(8);
    expect(set.filter((name) => !parameters.includes(name))).toEqual([]);
  });
});
