/** An alarm that went back to OK: what its newest firing counted is still said, as it was measured then. */
import { expect, it } from 'vitest';
import { firedWords } from '../../../src/domain/alarm/fired.ts';
import type { Incident } from '../../../src/domain/incident/incident.ts';
import { apply } from '../../../src/domain/incident/intake.ts';
import { type AlarmMemory, meaningOf, triage } from '../../../src/domain/incident/triage.ts';
import { type Signal, understand } from '../../../src/domain/signal/signal.ts';
import { textOfBlocks } from '../../../src/sandbox/slack/as-text.ts';
import { drawCard } from '../../../src/slack/card.ts';
import { alone } from '../../support/memory.ts';
import { settings } from '../../support/ports.ts';
import { alarmText, prod, topic } from '../../support/sandbox.ts';

const minute = 60_000;
const t0 = Date.parse('2026-11-22T03:00:00Z');
const arn = `arn:aws:cloudwatch:us-east-1:${prod}:alarm:A`;
type Change = readonly [state: AlarmMemory['state'], at: number, more?: object];

function after(before: Incident | undefined, [state, at, more = {}]: Change): Incident {
  const message = JSON.stringify(alarmText('A', state, at, more));
  const signal = understand({ topicArn: topic, messageId: `m${at}`, subject: undefined, publishedAt: at, message })[0] as Signal;
  const known = before?.alarm;
  const alarm: AlarmMemory = {
    id: arn,
    arn,
    name: 'A',
    account: prod,
    region: 'us-east-1',
    state: known?.state ?? 'OK',
    at: known?.since ?? t0,
    resets: [],
  };
  const decision = triage(signal, { incident: before, alarm, isQuiet: false }, 'MEDIUM', at);
  return apply(signal, decision, alone({ before, meaning: meaningOf(signal, alarm, settings), now: at })).incident as Incident;
}

function saidAfter(...changes: readonly Change[]): string {
  const incident = changes.reduce<Incident | undefined>(after, undefined);
  return incident?.alarm === undefined ? 'no alarm' : firedWords(incident.alarm);
}

const crossed = (value: number) => ({
  NewStateReason: `Threshold Crossed: 1 out of the last 1 datapoints [${value}.0 (22/11/26 02:55:00)] was greater than or equal to the threshold (5.0).`,
});
const quiet = {
  NewStateReason: 'Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as [NonBreaching].',
};
const fired = ['ALARM', t0 + minute, crossed(7)] as const;

const cases: readonly [string, readonly Change[], string][] = [
  ['in ALARM', [fired], '7 in 5 min (alarm at 5 or more)'],
  ['back to OK', [fired, ['OK', t0 + 6 * minute, quiet]], '7 in 5 min (alarm at 5 or more)'],
  ['without data', [fired, ['INSUFFICIENT_DATA', t0 + 6 * minute, quiet]], '7 in 5 min (alarm at 5 or more)'],
  [
    'back to OK, and fired again before',
    [fired, ['ALARM', t0 + 11 * minute, crossed(9)], ['OK', t0 + 16 * minute, quiet]],
    '9 in 5 min (alarm at 5 or more)',
  ],
  [
    'back to OK because its limit was raised',
    [fired, ['OK', t0 + 6 * minute, { ...quiet, Trigger: { ...trigger(), Threshold: 100 } }]],
    '7 in 5 min (alarm at 5 or more)',
  ],
  [
    'fired again by another limit',
    [
      fired,
      ['OK', t0 + 6 * minute, { ...quiet, Trigger: { ...trigger(), Threshold: 8 } }],
      ['ALARM', t0 + 11 * minute, { ...crossed(9), Trigger: { ...trigger(), Threshold: 8 } }],
    ],
    '9 in 5 min (alarm at 8 or more)',
  ],
  [
    'back to OK, and nothing was told of its firing',
    [
      ['ALARM', t0 + minute],
      ['OK', t0 + 6 * minute, quiet],
    ],
    '',
  ],
];

it.each(cases)('%s', (_what, changes, said) => {
  expect(saidAfter(...changes)).toBe(said);
});

function trigger(): object {
  return (alarmText('A', 'OK', 0) as { Trigger: object }).Trigger;
}

it('a firing that is told after its OK is the one that is said', () => {
  expect(saidAfter(['ALARM', t0 + minute, crossed(7)], ['OK', t0 + 16 * minute, quiet], ['ALARM', t0 + 11 * minute, crossed(9)])).toBe(
    '9 in 5 min (alarm at 5 or more)',
  );
});

it('stands in the first line of the card', () => {
  const incident = [fired, ['OK', t0 + 6 * minute, quiet] as const].reduce<Incident | undefined>(after, undefined);
  const reach = { ...settings, accounts: new Map([[prod, 'prod']]) };
  const options = { accounts: reach.accounts, responders: [], remediatorsExist: true, responses: [], reach, permalink: () => '' };
  const { blocks } = drawCard({ ...(incident as Incident), id: 42 }, options, new Map());
  expect(textOfBlocks(blocks as never)).toContain('Alarm fired 1×, 7 in 5 min (alarm at 5 or more), back to OK 1× · ');
});
