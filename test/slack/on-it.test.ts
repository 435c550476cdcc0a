/** Who is on an incident: card, /signin-status and App Home say the same of it, and no more than is known. */
import { expect, it } from 'vitest';
import { acknowledge, type Incident, resolve, type Step, takeOver } from '../../src/domain/incident/incident.ts';
import { reopen } from '../../src/domain/incident/reopened.ts';
import type { Status } from '../../src/features/report-status.ts';
import { textOfBlocks } from '../../src/sandbox/slack/as-text.ts';
import type { Block } from '../../src/sandbox/slack/workspace.ts';
import { drawCard } from '../../src/slack/card.ts';
import { drawIncidentStatus, drawStatus } from '../../src/slack/status.ts';
import { oneSignIn } from '../support/one-sign-in.ts';
import { settings } from '../support/ports.ts';

const minute = 60_000;
const bob = { id: 'U1', name: 'bob' };
const carmen = { id: 'U2', name: 'carmen' };

function after(...steps: ((incident: Incident) => Step)[]): Incident {
  return steps.reduce((incident, step) => {
    const done = step(incident);
    if (!done.ok) throw new Error(done.message);
    return done.incident;
  }, oneSignIn);
}

const acknowledged = (by: typeof bob, at: number) => (incident: Incident) => acknowledge(incident, by, at);
const taken = (by: typeof bob, at: number) => (incident: Incident) => takeOver(incident, by, at);
const resolved = (by: typeof bob, at: number) => (incident: Incident) => resolve(incident, by, at, 'test', '');
const reopenedBy = (by: typeof bob, at: number) => (incident: Incident) => reopen(incident, by, at, undefined);
const changed = (incident: Incident): Step => ({ ok: true, incident: { ...incident, status: 'open' }, text: '' });

it('is said after a name of any length', () => {
  const title = 'N'.repeat(255);
  const alarm: Incident = { ...oneSignIn, origin: 'alarm', title, subjects: [], assessment: undefined };
  expect(saidOf(alarm).slice(2)).toEqual(['nobody is on it', 'nobody is on it']);
});

const options = { accounts: new Map(), permalink: () => 'https://x', refusals: new Map() };
const words = ({ text, blocks }: { text: string; blocks: readonly unknown[] }) => `${text}\n${textOfBlocks(blocks as Block[])}`;

/** What each place says of who is on it. */
function saidOf(incident: Incident): string[] {
  const card = words(drawCard(incident, { ...options, responders: [], remediatorsExist: true, responses: [], reach: settings }, new Map()));
  const delivery = { lastMessageAt: undefined, oldestUndeliveredAt: undefined, facts: new Map() };
  const status: Status = { now: 0, incidents: [{ incident, card: undefined }], open: 1, remembered: [], delivery, withoutCard: 0 } as never;
  return [
    /Now: (.*? (?:on it|it|was on it)(?: since [^.]*|; [^.]*)?\.)/.exec(card)?.[1] ?? /resolved [^.]*\./.exec(card)?.[0] ?? card,
    (card.split('\n')[0]?.split('. ').at(1) ?? '').replace(/\.?$/, '.'),
    / · ([^·]*) · open for/.exec(words(drawStatus(status, undefined, options)))?.[1] ?? '',
    /SIN-1 .* · (.*)/.exec(words(drawIncidentStatus({ incident, entries: [], card: undefined }, options)))?.[1] ?? '',
  ];
}

it.each([
  ['nobody', oneSignIn, /acknowledge it, nobody is on it/, 'Nobody is on it.', 'nobody is on it'],
  ['who acknowledged it', after(acknowledged(bob, minute)), /bob is on it since 1970-01-01 00:01/, 'bob is on it.', 'bob is on it'],
  [
    'nobody that is known, once it changed',
    after(acknowledged(bob, minute), changed),
    /acknowledge it again, it changed/,
    'Not acknowledged again by bob.',
    'not acknowledged again by bob',
  ],
  [
    'who took it over, and not since somebody else acknowledged it',
    after(acknowledged(bob, minute), taken(carmen, 9 * minute)),
    /carmen is on it; bob acknowledged it 1970-01-01 00:01/,
    'carmen is on it.',
    'carmen is on it',
  ],
  [
    'who took over what had changed: since then',
    after(acknowledged(bob, minute), changed, taken(carmen, 9 * minute)),
    /carmen is on it since 1970-01-01 00:09/,
    'carmen is on it.',
    'carmen is on it',
  ],
  [
    'who takes it again after it changed',
    after(acknowledged(bob, minute), changed, taken(bob, 9 * minute)),
    /bob is on it since 1970-01-01 00:09/,
    'bob is on it.',
    'bob is on it',
  ],
  [
    'who reopened it, whoever acknowledged it before',
    after(acknowledged(bob, minute), resolved(bob, 2 * minute), reopenedBy(carmen, 9 * minute)),
    /carmen is on it since 1970-01-01 00:09/,
    'carmen is on it.',
    'carmen is on it',
  ],
  [
    'who reopened what nobody had acknowledged',
    after(resolved(bob, 2 * minute), reopenedBy(carmen, 9 * minute)),
    /carmen is on it since 1970-01-01 00:09/,
    'carmen is on it.',
    'carmen is on it',
  ],
  [
    'nobody any more, once it is resolved',
    after(acknowledged(bob, minute), resolved(carmen, 2 * minute)),
    /resolved 1970-01-01 00:02/,
    'Resolved by carmen.',
    'resolved by carmen',
  ],
])('is %s', (_what, incident, card, text, status) => {
  const [now, summary, listed, one] = saidOf(incident);
  expect([now, summary, listed, one]).toEqual([expect.stringMatching(card), text, status, status]);
});

it('the status does not say that all is in Slack while incidents wait in a storm card', () => {
  const delivery = { lastMessageAt: 0, oldestUndeliveredAt: undefined, facts: new Map() };
  const said = (withoutCard: number): string =>
    words(drawStatus({ now: 0, incidents: [], open: 0, remembered: [], delivery, withoutCard } as never, undefined, options));
  expect(said(0)).toContain('All cards and replies are in Slack.');
  expect(said(1)).toContain('1 incident waits in a storm card for one of its own; all else is in Slack.');
  expect(said(20)).toContain('20 incidents wait in a storm card for ones of their own; all else is in Slack.');
});

it('the status has one line for an alarm with contributors: what keeps it in ALARM', () => {
  const delivery = { lastMessageAt: 0, oldestUndeliveredAt: undefined, facts: new Map() };
  const arn = 'arn:aws:cloudwatch:us-east-1:111122223333:alarm:mi';
  const remembered = (['OK', 'ALARM', 'OK'] as const).map((state, at) => ({ id: `${arn}#${at}`, arn, name: 'mi', region: 'us-east-1', state, at }));
  const said = words(drawStatus({ now: 9, incidents: [], open: 0, remembered, delivery, withoutCard: 0 } as never, undefined, options));
  expect(said.match(/as last notified/g)).toHaveLength(1);
  expect(said).toMatch(/mi.*ALARM since/);
});
