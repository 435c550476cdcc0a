/** What every response says of itself. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { changesAws } from '../../src/domain/response/response.ts';
import { responses } from '../../src/features/responses.ts';

it('is a row of the table in docs/responses.md, in the order of the cards', () => {
  const page = readFileSync('docs/responses.md', 'utf8').split('\n');
  const start = page.findIndex((line) => /^\| response +\| who/.test(line));
  const end = page.findIndex((line, index) => index > start && !line.startsWith('|'));
  const rows = page.slice(start + 2, end).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  expect(rows).toEqual(responses.map(({ label, needs, effect, nonEffect, access, undo }) => [label, needs, effect, nonEffect, access, undo]));
});

it('has an id of its own, and one that changes AWS says what it needs and what it causes', () => {
  expect(new Set(responses.map(({ id }) => id)).size).toBe(responses.length);
  for (const response of responses.filter(changesAws)) {
    if (response.kind !== 'call') continue;
    expect(response.causes.map(({ event }) => event).toSorted()).toEqual(
      response.permissions.map(({ action }) => action.split(':')[1] as string).toSorted(),
    );
  }
});
