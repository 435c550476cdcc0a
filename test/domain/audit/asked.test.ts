import { expect, it } from 'vitest';
import { namesUser } from '../../../src/domain/audit/asked.ts';
import { exportLine } from '../../../src/domain/audit/export.ts';
import { storedEntryBody } from '../../../src/domain/incident/timeline.ts';

const link = { incident: 1, seq: 2, at: 0, kind: 'response' as const, hash: 'h', previous: 'p', salt: 's', digest: 'd' };
const stored = (body: string) => ({ ...link, body }) as never;
const outcome = storedEntryBody({
  what: 'quarantine',
  text: 'Done.',
  details: ['Not stopped: key of bella.'],
  toCopy: [{ heading: 'For carl:', commands: ['aws iam list-access-keys --user-name dora'] }],
});

it('whoever is named in a detail, or in a command that is to be copied, is found', () => {
  for (const name of ['bella', 'Carl', 'dora']) expect([name, namesUser(stored(outcome), name)]).toEqual([name, true]);
  expect(namesUser(stored(outcome), 'erin')).toBe(false);
});

it('what is no entry of ours names nobody', () => {
  for (const body of ['{"toCopy":7,"details":{}}', '{"toCopy":[7,{"commands":"dora"}]}', 'no JSON'])
    expect([body, namesUser(stored(body), 'dora')]).toEqual([body, false]);
});

it('the table has commands among the details', () => {
  expect(exportLine(stored(outcome), 'csv', undefined)).toContain('Not stopped: key of bella.\nFor carl:\naws iam list-access-keys --user-name dora');
});

it('what reorders what is read is in JSON by its number, in the table it is gone, and a line break in a cell stays', () => {
  const body = storedEntryBody({ what: 'note', text: 'alice\u202e\nbob\u2066' });
  const json = exportLine(stored(body), 'jsonl', undefined);
  expect(json).toContain('alice\\u202e\\nbob\\u2066');
  expect(JSON.parse(json).body.text).toBe('alice\u202e\nbob\u2066');
  expect(exportLine(stored(body), 'csv', undefined)).toContain('"alice\nbob"');
});
