import { expect, it } from 'vitest';
import { commandBlocks, detailsOf } from '../../src/slack/details.ts';

it('puts commands under the sentence that says what they are for, in order', () => {
  const details = detailsOf(['Read back.', 'To give back:', 'aws a', 'aws b', 'Something else.', 'aws c']);
  expect(details).toEqual({
    prose: ['Read back.', 'Something else.'],
    commands: [
      { heading: 'To give back:', rows: ['aws a', 'aws b'] },
      { heading: 'To stop these, by hand:', rows: ['aws c'] },
    ],
  });
  expect(JSON.stringify(commandBlocks(details))).toMatch(/To give back:.*aws a\\naws b.*To stop these, by hand:.*aws c/);
});
