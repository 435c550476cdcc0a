import { expect, it } from 'vitest';
import { coverageOf } from '../../src/domain/detection/coverage.ts';
import { detectionIds } from '../../src/domain/detection/detections.ts';
import { keptTroubles } from '../../src/domain/troubles.ts';
import type { Status } from '../../src/features/report-status.ts';
import { textOfBlocks } from '../../src/sandbox/slack/as-text.ts';
import type { Block } from '../../src/sandbox/slack/workspace.ts';
import { drawCoverage, drawStatus } from '../../src/slack/status.ts';
import { ofSignIns } from '../support/drawn.ts';
import { consoleLogin, iamUser } from '../support/records.ts';

it('says once what is the same of many detections, and names each', () => {
  const side = { filters: [], alarms: [], rules: [], trailLogGroups: undefined };
  const coverage = coverageOf(side as never, { topicArns: [], accounts: [], regions: [] } as never);
  const said = textOfBlocks(drawCoverage({ coverage, faults: [] }).blocks as Block[]);
  expect(said.split('Nothing watches it')).toHaveLength(2);
  expect(said.split('Deploy the central template again')).toHaveLength(2);
  for (const title of ['Root sign-in, ', 'Console sign-in failures, ']) expect(said).toContain(title);
});

/** Slack takes some 12,000 characters in the blocks of a message: slackapi/bolt-js #2509, #2867. */
const mostInMessage = 12_000;

it('however much is broken, the answer is one that Slack takes, and says what it leaves out', () => {
  const coverage = detectionIds.map((detection) => ({
    detection,
    state: 'flawed' as const,
    says: `${detection}: ${'the filter of account 444455556666 in us-east-1 misses some. '.repeat(25)}`,
    fix: 'Give the filter the pattern that npm run template prints. '.repeat(4),
    toKnow: [`Of ${detection}: ${'another filter is muted. '.repeat(15)}`],
  }));
  const faults = Array.from({ length: 30 }, (_, index) => `account ${index}: ${'AWS denied it. '.repeat(18)}`);
  const said = textOfBlocks(drawCoverage({ coverage, faults }).blocks as Block[]);
  expect(said.length).toBeLessThan(mostInMessage);
  expect(said).toMatch(/… and \d+ lines more: npm run doctor says all of it\./);
});

it('however much is open, in ALARM and broken, so is that of /signin-status', () => {
  const long = 'n'.repeat(255);
  const troubles = Array.from({ length: 15 }, (_, index) => ({
    about: `sweep ${index}`,
    trouble: `${index}: ${'It is broken. '.repeat(60)}`,
    at: 0,
  }));
  const incident = {
    ...ofSignIns(consoleLogin(iamUser('alice'), 'Failure', 'No')),
    owner: { id: 'U1', name: 'd'.repeat(80) },
    title: 't'.repeat(200),
  };
  const status: Status = {
    now: 0,
    incidents: Array.from({ length: 15 }, (_, index) => ({ incident: { ...incident, id: 10 ** 6 + index }, card: undefined })),
    open: 900,
    remembered: [],
    withoutCard: 3,
    delivery: {
      lastMessageAt: 0,
      oldestUndeliveredAt: 0,
      facts: new Map([['troubles 1', { value: keptTroubles(troubles), at: 0 }]]),
    },
  };
  const alarms = Array.from({ length: 40 }, (_, index) => ({
    name: `${long}${index}`,
    account: '444455556666',
    arn: `arn:aws:cloudwatch:us-east-1:444455556666:alarm:${long}${index}`,
    state: 'ALARM',
    since: 0,
    actionsEnabled: false,
    mutedBy: [long],
    suppressedBy: long,
  }));
  const faults = Array.from({ length: 30 }, (_, index) => `account ${index}: ${'AWS denied it. '.repeat(30)}`);
  const message = drawStatus(status, { alarms: alarms as never, faults }, { accounts: new Map(), permalink: (ts) => ts, refusals: new Map() });
  const said = textOfBlocks(message.blocks as Block[]);
  expect(said.length).toBeLessThan(mostInMessage);
  expect(said).toMatch(/Deliveries[\s\S]*… and \d+ lines more/);
});
