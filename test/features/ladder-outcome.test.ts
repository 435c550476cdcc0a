import { expect, it } from 'vitest';
import { ladderOutcome } from '../../src/features/ladder-outcome.ts';

const fix = 'aws does not let the responder call UpdateAccessKey. Deploy the template with:';

it('says to whoever pressed it why a step was not done, and how the rest is reached', () => {
  const ended = [
    {
      label: 'Lock out',
      ended: {
        result: 'done' as const,
        text: 'Password replaced.',
        details: ['Not stopped: keys.'],
        toCopy: [{ heading: 'To stop them by hand', commands: ['aws a'] }],
      },
    },
    {
      label: 'Switch off keys',
      // Whatever its words begin or end with.
      ended: { result: 'failed' as const, text: '0 of 1 switched off.', details: [fix], toCopy: [{ heading: 'By hand', commands: ['aws b'] }] },
    },
  ];
  const said = JSON.stringify(ladderOutcome({ ended, labels: ['Lock out', 'Switch off keys', 'Quarantine'], skipped: [] }).shown?.blocks);
  expect(said).toContain(fix);
  expect(said).toMatch(/Not done: Quarantine\. .*under More responses/);
  expect(said).not.toMatch(/aws [ab]\W|Not stopped: keys|by hand/i);
});
