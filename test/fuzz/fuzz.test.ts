/** The small form of `npm run fuzz`, with the same cases each time. */
import { expect, it } from 'vitest';
import { faultsOfMessage } from './drawn.ts';
import { emptyReport, fuzzParts } from './run.ts';

it('nothing that comes from outside crashes what it goes through, nor comes out unescaped', () => {
  const report = emptyReport();
  fuzzParts(2_000, 42, report);
  expect(report.wrong).toEqual([]);
});

it('what must never come out is noticed', () => {
  const said = (text: string, ...elements: object[]) =>
    faultsOfMessage({ text, blocks: [{ type: 'rich_text', elements: [{ type: 'rich_text_section', elements }] }] }, ['S01ONCALL0']).length > 0;
  expect(said('plain', { type: 'usergroup', usergroup_id: 'S01ONCALL0' })).toBe(false);
  expect(said('<!channel>')).toBe(true);
  expect(said('plain', { type: 'broadcast', range: 'channel' })).toBe(true);
  expect(said('plain', { type: 'user', user_id: 'U0ATTACKER' })).toBe(true);
  expect(said('plain', { type: 'text', text: 'NaN min' })).toBe(true);
  expect(said('plain', { type: 'text', text: 'a\0b' })).toBe(true);
});
