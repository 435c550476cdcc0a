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

it.each([
  ['as its first', '=HYPERLINK(1)', "'=HYPERLINK(1)"],
  ['after a semicolon, which separates cells in half of the world', 'alice;=HYPERLINK(1)', "alice;'=HYPERLINK(1)"],
  ['after a semicolon, in quotes', 'alice; ""+1', 'alice;\' """"+1'],
  ['after a line break, where quotes hold no line together', 'alice\n@SUM(1)', "alice\n'@SUM(1)"],
  ['after a tab', 'alice\t-1', "alice\t'-1"],
])('a table runs no formula that text from outside has %s', (_where, text, cell) => {
  const line = exportLine(stored(storedEntryBody({ what: 'note', text })), 'csv', undefined);
  expect(line).toContain(cell);
});

it('what cannot be read is in the table as it stands, and is not taken for pruned', () => {
  expect(exportLine(stored('x'), 'csv', 'body-changed')).toContain(',response,unreadable,,,,,,,x,,,h,,body-changed');
  expect(exportLine(stored('{"what":7,"text":["a"]}'), 'csv', 'body-changed')).toContain(',response,7,,,,,,,"[""a""]",,,h,,body-changed');
  expect(JSON.parse(exportLine(stored('x'), 'jsonl', 'body-changed'))).toMatchObject({ body: 'x', fault: 'body-changed' });
});
