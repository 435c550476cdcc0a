/** What docs/running.md and the alert rules name is what the responder has. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Store } from '../../src/domain/store.ts';
import { openMetrics } from '../../src/ops/metrics.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

interface Rules {
  readonly groups: readonly { readonly rules: readonly { alert: string; expr: string; annotations: Record<string, string>; labels: object }[] }[];
}
const rules = (parse(read('docs/prometheus-rules.yml')) as Rules).groups.flatMap((group) => group.rules);
const running = read('docs/running.md');

const nothing = {
  countOpen: async () => ({ open: 0, acknowledged: 0 }),
  countFolded: async () => 0,
  delivery: async () => ({ facts: new Map() }),
} as unknown as Store;

async function metricNames(): Promise<string[]> {
  const { text } = await openMetrics().render(nothing, 0);
  return [...text.matchAll(/^# TYPE (\S+)/gm)].map((match) => match[1] as string);
}

describe('what is documented of running it', () => {
  it('alerts on metrics that the responder has, each with what is wrong and what to do', async () => {
    const known = [...(await metricNames()), 'up'];
    expect(rules.length).toBeGreaterThan(5);
    for (const { alert, expr, annotations, labels } of rules) {
      const used = [...expr.matchAll(/([a-z0-9_]+)\{/g)].map((match) => match[1]);
      expect({ alert, used: used.length > 0, unknown: used.filter((name) => !known.includes(name as string)) }).toEqual({
        alert,
        used: true,
        unknown: [],
      });
      expect(Object.keys(annotations)).toEqual(['summary', 'fix']);
      expect(Object.keys(labels)).toEqual(['severity']);
    }
  });

  it('alerts on the first of what is rare: it is counted from zero on', async () => {
    const { text } = await openMetrics().render(nothing, 0);
    const series = [...text.matchAll(/^(signin_responder_\w+_total)\{outcome="([^"]+)"\} 0$/gm)];
    for (const { alert, expr } of rules) {
      const [, metric, operator = '', pattern = '', most] =
        /increase\((\w+)\{job="signin-responder", outcome(=~|=|!=)"([^"]+)"\}\[\w+\]\)\) > (\d+)/.exec(expr) ?? [];
      // What is asked again and again needs no first.
      if (metric === undefined || Number(most) >= 10 || metric === 'signin_responder_aws_calls_total') continue;
      const isMeant = (outcome: string): boolean => new RegExp(`^(${pattern})$`).test(outcome) !== operator.startsWith('!');
      expect({ alert, counted: series.some(([, name, outcome]) => name === metric && isMeant(outcome as string)) }).toEqual({ alert, counted: true });
    }
    expect(series.length).toBeGreaterThan(10);
  });

  it.each([
    ['LookupEvents denied AccessDenied', true],
    ['AssumeRole denied AccessDenied', true],
    // Only ContainUsers and ContainRoles allow them, and both are off by default; a card is drawn without.
    ['ListSessions denied AccessDeniedException', false],
    ['GetSession denied AccessDeniedException', false],
    ['LookupEvents ok', false],
  ])('counts as denied by AWS only what the responder cannot do without: %s', (outcome, isMeant) => {
    const { expr = '' } = rules.find(({ alert }) => alert === 'SigninResponderAwsDenied') ?? {};
    const matchers = [...expr.matchAll(/outcome(=~|!~)"([^"]+)"/g)];
    expect(matchers.every(([, operator, pattern]) => new RegExp(`^(${pattern})$`).test(outcome) === (operator === '=~'))).toBe(isMeant);
  });

  it('names every metric of ours, and none that there is not', async () => {
    const named = [...running.matchAll(/`(signin_responder_[a-z_]+|nodejs_[a-z0-9_]+|process_[a-z_]+)`/g)].map((match) => match[1] as string);
    const known = await metricNames();
    expect(named.filter((name) => !known.includes(name))).toEqual([]);
    expect(known.filter((name) => name.startsWith('signin_responder_') && !named.includes(name))).toEqual([]);
  });

  it('quotes what a start that fails says', () => {
    const table = running.slice(running.indexOf('## If it does not start'), running.indexOf('## Arithmetic'));
    const quoted = [...table.matchAll(/`([^`]+)`/g)].map((match) => match[1] as string).filter((text) => / (is|may|no)\b/.test(text));
    const sources = ['db', 'ops'].flatMap((room) => readdirSync(join(root, 'src', room)).map((file) => `src/${room}/${file}`));
    const all = sources
      .filter((file) => file.endsWith('.ts'))
      .map(read)
      .join('\n');
    expect(quoted.length).toBeGreaterThan(4);
    // A port stands where the sentence has its own.
    for (const text of quoted)
      for (const part of text
        .replace(/^PORT: 3000 /, '')
        .split(/^… | … /)
        .filter((one) => one !== ''))
        expect(all).toContain(part);
  });
});
