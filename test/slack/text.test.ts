import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Incident } from '../../src/domain/incident/incident.ts';
import { apply } from '../../src/domain/incident/intake.ts';
import { meaningOf } from '../../src/domain/incident/triage.ts';
import { understand } from '../../src/domain/signal/signal.ts';
import { lookUpMfa } from '../../src/features/responses/look-up-mfa.ts';
import { recordStep } from '../../src/features/responses/record-step.ts';
import { resolve } from '../../src/features/responses/resolve.ts';
import { responses } from '../../src/features/responses.ts';
import { faultsOfBlocks, faultsOfView } from '../../src/sandbox/slack/validate.ts';
import { drawCard } from '../../src/slack/card.ts';
import { chooseForm } from '../../src/slack/choose-form.ts';
import { evidenceModal } from '../../src/slack/evidence.ts';
import { stepForm } from '../../src/slack/forms.ts';
import { bold, clean, fallback, lines, mention, paragraphs, preformatted, withoutBlocks, words } from '../../src/slack/text.ts';
import { alone } from '../support/memory.ts';
import { settings } from '../support/ports.ts';
import { alarmText, prod, topic } from '../support/sandbox.ts';

const options = {
  accounts: new Map([[prod, 'prod']]),
  responders: ['S01ONCALL0'],
  remediatorsExist: true,
  responses,
  reach: { ...settings, accounts: new Map([[prod, 'prod']]) },
  permalink: (ts: string) => `https://example.slack.com/${ts}`,
};
const noCards = new Map<number, string>();

function incidentOf(message: object): Incident {
  const [signal] = understand({ topicArn: topic, messageId: 'm', subject: undefined, publishedAt: 0, message: JSON.stringify(message) });
  if (signal === undefined) throw new Error('no signal');
  return {
    ...(apply(signal, { do: 'open', reason: 'test' }, alone({ before: undefined, meaning: meaningOf(signal, undefined, settings), now: 0 }))
      .incident as Incident),
    id: 42,
  };
}

const signIn = (userName: string, userAgent: string): object => ({
  eventSource: 'signin.amazonaws.com',
  eventName: 'ConsoleLogin',
  recipientAccountId: prod,
  userIdentity: { type: 'IAMUser', accountId: prod, userName },
  responseElements: { ConsoleLogin: 'Failure' },
  userAgent,
});

describe('hostile text', () => {
  it('has nothing left in it that is invisible or reorders what is read', () => {
    const own = /\u2068([^\u2068\u2069]+)\u2069/g;
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(clean(text).replace(own, '$1'))),
    );
    expect(clean('a\u202Eb\u0000c\nd')).toBe('abc d');
  });

  it('leaves what stands beside right-to-left letters where it is, wherever it is cut', () => {
    const name = 'דוד';
    expect(words(`${name}: failed 7×`)).toEqual({ type: 'text', text: `\u2068${name}\u2069: failed 7×` });
    expect(bold(`\u2067${name}\u202e`)).toMatchObject({ text: `\u2068${name}\u2069` });
    expect(fallback(`SIN-1: ${name}, 7 failures`, 300)).toBe(`SIN-1: \u2068${name}\u2069, 7 failures`);
    expect([clean('abcדוד', 6), clean('abcדוד', 7)]).toEqual(['abc…', 'abc\u2068ד\u2069…']);
  });

  it('leaves commands to copy, and whole texts, letter for letter', () => {
    expect(JSON.stringify([preformatted(['aws x --name דוד']), paragraphs('שלום, דוד.', 100)])).not.toMatch(/[\u2068\u2069]/);
  });

  it('starts no mention, link or entity in the text of a message', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => !/[<>]|&(?!amp;|lt;|gt;)/.test(fallback(text, 300))));
  });

  it('makes the text of a message no longer than is asked for, also where each character is escaped or marked', () => {
    const text = fc.string({ unit: fc.constantFrom('&', '<', 'a', 'ד', '👾', ' '), maxLength: 200 });
    fc.assert(fc.property(text, fc.integer({ min: 2, max: 100 }), (all, longest) => fallback(all, longest).length <= longest));
    expect(fallback('a&b', 7)).toBe('a&amp;b');
    expect(fallback('a&b', 6)).toBe('a…');
    const { text: plain } = withoutBlocks({ text: fallback('&'.repeat(5_000), 3_000), blocks: [lines([words('<'.repeat(5_000), 5_000)])] });
    expect(plain.length).toBeLessThanOrEqual(3_500);
    expect(plain).toMatch(/&lt;…$/);
  });

  it('rings whom it mentions also where Slack refuses the blocks, however long they are', () => {
    const long = withoutBlocks({
      text: 'SIN-1 HIGH OPEN',
      blocks: [lines([words('a<b '.repeat(2_000), 9_000)], [words('Now: acknowledge it. '), mention('S01ONCALL0'), mention('U01BOBEK00')])],
    });
    expect(long.text).toMatch(/^SIN-1 HIGH OPEN <!subteam\^S01ONCALL0> <@U01BOBEK00>\n/);
    expect(long.text.length).toBeLessThanOrEqual(3_500);
    const asked = withoutBlocks({ text: 'SIN-1', blocks: [lines([words('Asked: '), mention('U0ALICE'), words(' <!channel>')])] });
    expect(asked.text).toBe('SIN-1 <@U0ALICE>\nAsked: <@U0ALICE> &lt;!channel&gt;');
  });

  it('makes no card or modal that Slack would refuse, and none that it would parse', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 2_000 }), fc.string({ maxLength: 255 }), (text, name) => {
        for (const incident of [
          incidentOf(alarmText(name || 'A', 'ALARM', 0, { AlarmDescription: text, NewStateReason: text })),
          incidentOf(signIn(name, text)),
          incidentOf({ text }),
        ]) {
          const card = drawCard(incident, options, noCards);
          expect(faultsOfBlocks(card.blocks, 'message')).toEqual([]);
          expect(JSON.stringify(card.blocks)).not.toContain('"mrkdwn"');
          expect(card.text.length).toBeLessThan(3_500);
          const alone = { campaign: [], accounts: options.accounts };
          for (const view of [
            stepForm(incident, resolve, alone),
            stepForm(incident, recordStep, alone),
            chooseForm(incident, lookUpMfa, { reach: options.reach }),
            evidenceModal(incident, options.accounts, 0),
          ]) {
            expect(faultsOfView(view as unknown as Record<string, unknown>)).toEqual([]);
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});

it('the text of a card says all that a screen reader needs, and what to do first of all', () => {
  const incident = incidentOf(signIn('alice', 'curl'));
  const { text, blocks } = drawCard(incident, options, noCards);
  expect(text.split('\n')[0]).toMatch(/^SIN-42 \S+ OPEN: .* Nobody is on it\. Call alice/);
  for (const said of ['Who: alice (IAM user)', 'Seen 1×', 'prod 4444-5555-6666', 'Now: acknowledge it']) expect(text).toContain(said);
  expect(text).not.toMatch(/<[!@]/);
  expect(withoutBlocks({ text, blocks }).text.match(/Who: alice/g)).toHaveLength(1);
});

it('a card’s text stands alone on a lock screen, without addresses', () => {
  const { text } = drawCard(incidentOf(signIn('alice', 'x')), options, noCards);
  expect(text.slice(0, 90)).toContain('SIN-42 LOW OPEN: alice failed to sign in · prod');
  expect(text).not.toMatch(/\d+\.\d+\.\d+\.\d+/);
});

it('a grave card mentions the responders, others nobody', () => {
  const root = incidentOf({ ...signIn('x', 'y'), userIdentity: { type: 'Root', accountId: prod }, responseElements: { ConsoleLogin: 'Success' } });
  expect(JSON.stringify(drawCard(root, options, noCards).blocks)).toContain('"usergroup_id":"S01ONCALL0"');
  expect(JSON.stringify(drawCard(incidentOf(signIn('alice', 'y')), options, noCards).blocks)).not.toContain('usergroup');
});
