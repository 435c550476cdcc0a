import { expect, it } from 'vitest';
import { ladderOutcome } from '../../src/features/ladder-outcome.ts';

const fix = 'Key AKIA…QQQQ: not switched off. AWS does not let the responder call UpdateAccessKey. Deploy the template with ContainUsers=yes.';

it('says to whoever pressed it why a step was not done, and how the rest is reached', () => {
  const ended = [
    { label: 'Lock out', ended: { result: 'done' as const, text: 'Password replaced.', details: ['Not stopped: keys.', 'aws a'] } },
    {
      label: 'Switch off keys',
      ended: { result: 'failed' as const, text: '0 of 1 switched off.', details: [fix, 'To stop these, by hand:', 'aws b'] },
    },
  ];
  const said = JSON.stringify(ladderOutcome(ended, ['Lock out', 'Switch off keys', 'Quarantine']).shown?.blocks);
  expect(said).toContain(fix);
  expect(said).toMatch(/Not done: Quarantine\. .*under More responses/);
  expect(said).not.toMatch(/aws [ab]|Not stopped: keys|by hand/);
});
