import { expect, it } from 'vitest';
import { blank } from '../../src/domain/incident/blank.ts';
import type { Incident } from '../../src/domain/incident/incident.ts';
import { meaningOf } from '../../src/domain/incident/triage.ts';
import { understand } from '../../src/domain/signal/signal.ts';
import { drawReply } from '../../src/slack/reply.ts';
import { settings } from '../support/ports.ts';

const [signal] = understand({ topicArn: 'arn:aws:sns:us-east-1:111122223333:t', messageId: 'm', subject: undefined, publishedAt: 0, message: 'x' });
if (signal === undefined) throw new Error('no signal');
const incident: Incident = { ...blank(signal, { before: undefined, meaning: meaningOf(signal, undefined, settings), now: 0 }), id: 1 };

it('puts commands under the sentence that says what they are for, and no sentence among them', () => {
  const entry = { incident: 1, seq: 1, at: 0, hash: 'h', kind: 'response' as const, reply: 'quiet' as const };
  const toCopy = [
    { heading: 'To give back', commands: ['aws a', 'aws b'] },
    { heading: 'To stop these', commands: ['aws c'] },
  ];
  const body = { what: 'quarantine', phase: 'outcome' as const, intent: 1, result: 'done' as const, text: 'Done.' };
  const told = {
    entry: { ...entry, body: { what: 'quarantine', phase: 'intent' as const, text: 'Carl asks.' } },
    outcome: { ...entry, seq: 2, body: { ...body, details: ['aws is asked again:', 'Read back.'], toCopy } },
  };
  const { blocks } = drawReply(incident, [told], { responders: [], labels: new Map() });
  const [said, ...commands] = blocks.map((block) => JSON.stringify(block));
  expect(said).toMatch(/• aws is asked again:.*• Read back\./);
  expect(commands.join()).toMatch(/To give back.*aws a\\naws b.*To stop these.*aws c/);
  expect(commands).toHaveLength(4);
});
