import { expect, it } from 'vitest';
import { coverageOf } from '../../src/domain/detection/coverage.ts';
import { textOfBlocks } from '../../src/sandbox/slack/as-text.ts';
import type { Block } from '../../src/sandbox/slack/workspace.ts';
import { drawCoverage } from '../../src/slack/status.ts';

it('says once what is the same of many detections, and names each', () => {
  const side = { filters: [], alarms: [], rules: [], trailLogGroups: undefined };
  const coverage = coverageOf(side as never, { topicArns: [], accounts: [], regions: [] } as never);
  const said = textOfBlocks(drawCoverage({ coverage, faults: [] }).blocks as Block[]);
  expect(said.split('Nothing watches it')).toHaveLength(2);
  expect(said.split('Deploy the central template again')).toHaveLength(2);
  for (const title of ['Root sign-in, ', 'Console sign-in failures, ']) expect(said).toContain(title);
});
