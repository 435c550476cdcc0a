/** Replies that say much: Slack takes them, and what has no room is behind the timeline. */
import { expect, it } from 'vitest';
import type { Incident } from '../../src/domain/incident/incident.ts';
import { repliesOf } from '../../src/domain/incident/picture.ts';
import type { Entry } from '../../src/domain/incident/timeline.ts';
import { wholeEntry } from '../../src/domain/incident/whole-texts.ts';
import { itemLines, type Removal, undoCommands } from '../../src/domain/response/center-removal.ts';
import { removeAccess } from '../../src/features/responses/remove-access.ts';
import { textOfBlocks } from '../../src/sandbox/slack/as-text.ts';
import { faultsOfView } from '../../src/sandbox/slack/validate.ts';
import type { Block } from '../../src/sandbox/slack/workspace.ts';
import { outcomeView } from '../../src/slack/forms.ts';
import { drawReply } from '../../src/slack/reply.ts';
import { withoutBlocks } from '../../src/slack/text.ts';

const dana = { id: 'U1', name: 'dana' };
const place = { incident: 1, at: 0, kind: 'response', hash: 'h' } as const;

/** Of so many assignments. */
function removed(count: number): Removal {
  const assignments = Array.from({ length: count }, (_, index) => {
    const permissionSet = { name: 'AdministratorAccess', arn: `arn:aws:sso:::permissionSet/ssoins-1234567890abcdef/ps-${index}` };
    return { of: { account: String(100_000_000_000 + index), permissionSet }, state: 'done' };
  });
  const instance = { arn: 'arn:aws:sso:::instance/ssoins-1234567890abcdef', storeId: 'd-1234567890', region: 'us-east-1' };
  return { instance, user: { id: 'u', name: 'alice' }, assignments, groups: [] } as unknown as Removal;
}

function outcomeOf(count: number) {
  const removal = removed(count);
  const commands = undoCommands(removal);
  const toCopy = [{ heading: 'To give back what was removed:', commands }];
  return { result: 'done', text: `${count} removed.`, details: itemLines(removal, new Map()), toCopy } as const;
}

function replyTo(count: number): { text: string; outcome: Entry } {
  const body = { what: 'remove-access', phase: 'intent', by: dana, text: 'dana removes the access of alice', why: 'phished' } as const;
  const entry: Entry = { ...place, seq: 2, reply: 'quiet', body };
  const outcome: Entry = { ...place, seq: 3, reply: 'none', body: { what: 'remove-access', phase: 'outcome', intent: 2, ...outcomeOf(count) } };
  const incident = { id: 1, contained: [] } as unknown as Incident;
  const { blocks } = drawReply(incident, [{ entry, outcome }], { responders: [], labels: new Map() });
  return { text: textOfBlocks(blocks as Block[]), outcome };
}

it('the outcome of a removal of many assignments is a message that Slack takes, and all of it is in the whole entry', () => {
  const { text, outcome } = replyTo(120);
  expect(text.length).toBeLessThanOrEqual(10_000);
  expect(text.match(/… and \d+ more: see ⋯ Timeline, Whole entry/g)).toHaveLength(2);
  const whole = wholeEntry(outcome)
    .map((one) => one.text)
    .join('\n');
  for (const line of [...outcomeOf(120).details, ...outcomeOf(120).toCopy.flatMap(({ commands }) => commands)]) expect(whole).toContain(line);
});

it('that of few is told in whole', () => {
  const { text } = replyTo(8);
  expect(text).not.toContain('more:');
  expect(text.match(/create-account-assignment/g)).toHaveLength(8);
});

it('the window of that outcome is one that Slack takes', () => {
  expect(faultsOfView({ ...outcomeView(removeAccess, 1, outcomeOf(120)) })).toEqual([]);
});

it.each([
  ['short', 'of the runbook'],
  ['long', 'which takes a sentence or two to say, '.repeat(12)],
  ['escaped', '<&>'.repeat(60)],
  ['marked', 'ד - '.repeat(60)],
])('%s steps that share a reply are all told where Slack refuses the blocks', (kind, words) => {
  const entries = Array.from({ length: 10 }, (_, index): Entry => {
    const body = {
      what: 'record-step',
      by: { id: 'U1', name: 'd'.repeat(80) },
      text: `Step ${index}, ${words} END-${index}`,
      result: 'done',
    } as const;
    return { ...place, seq: index + 2, reply: 'quiet', body };
  });
  const replies = repliesOf(entries, []);
  expect(replies.length).toBeLessThan(kind === 'short' ? 2 : 10);
  for (const told of replies) {
    const { text } = withoutBlocks(drawReply({ id: 1 } as Incident, told, { responders: [], labels: new Map([['record-step', 'Record a step']]) }));
    for (const { entry } of told) expect(text).toContain(`END-${entry.seq - 2}`);
  }
});
