/** What the emulated Slack refuses of what it is given, at each limit and one beyond. Source: Block Kit reference. */
import { expect, it } from 'vitest';
import { faultsOfBlocks, faultsOfView } from '../../src/sandbox/slack/validate.ts';

const input = (more: object) => ({
  type: 'input',
  block_id: 'a',
  label: { type: 'plain_text', text: 'What?' },
  element: { type: 'plain_text_input', action_id: 'a', ...more },
});
const fields = (count: number) => ({ type: 'section', fields: Array.from({ length: count }, () => ({ type: 'plain_text', text: 'x' })) });
const linkTo = (url: string) => ({ type: 'rich_text', elements: [{ type: 'rich_text_section', elements: [{ type: 'link', url, text: 'x' }] }] });
const address = (length: number) => `https://example.com/${'x'.repeat(length - 20)}`;

it.each([
  ['fields of a section', fields(10), fields(11)],
  ['what an input begins with', input({ max_length: 3, initial_value: 'abc' }), input({ max_length: 3, initial_value: 'abcd' })],
  ['how much an input takes', input({ max_length: 1 }), input({ max_length: 0 })],
  ['an address', linkTo(address(3_000)), linkTo(address(3_001))],
])('%s', (_what, taken, refused) => {
  expect(faultsOfBlocks([taken], 'modal')).toEqual([]);
  expect(faultsOfBlocks([refused], 'modal')).toHaveLength(1);
});

it('a view of no type', () => {
  expect(faultsOfView({ blocks: [] })).toHaveLength(1);
});
