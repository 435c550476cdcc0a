/** Outcomes that older versions stored: commands stood among their details. */
import { describe, expect, it } from 'vitest';
import { readEntryBody, storedEntryBody } from '../../../src/domain/incident/timeline.ts';
import { detailLines } from '../../../src/domain/response/to-copy.ts';

const outcome = { what: 'quarantine', text: 't', phase: 'outcome' as const, intent: 1 };
const older = (details: readonly string[], more: object = outcome) => readEntryBody(JSON.stringify({ v: 1, ...more, details }));

describe('an outcome of an older version', () => {
  it('has commands under the sentence that says what they are for, in order', () => {
    expect(older(['Read back.', 'To give back:', 'aws a', 'aws b', 'Something else.', 'aws c'])).toEqual({
      ...outcome,
      details: ['Read back.', 'Something else.'],
      toCopy: [
        { heading: 'To give back:', commands: ['aws a', 'aws b'] },
        { heading: 'To stop these, by hand:', commands: ['aws c'] },
      ],
    });
  });

  it.each<[string, readonly string[], object]>([
    ['commands alone', ['aws a'], { toCopy: [{ heading: 'To stop these, by hand:', commands: ['aws a'] }] }],
    ['sentences alone', ['Key: off.', 'What now:'], { details: ['Key: off.', 'What now:'] }],
    [
      'two lists',
      ['One:', 'aws a', 'Two:', 'aws b'],
      {
        toCopy: [
          { heading: 'One:', commands: ['aws a'] },
          { heading: 'Two:', commands: ['aws b'] },
        ],
      },
    ],
    ['nothing', [], {}],
  ])('has %s as it had', (_what, details, expected) => {
    expect(older(details)).toEqual({ ...outcome, ...expected });
  });

  it('is what it was for versions before bodies had one', () => {
    expect(readEntryBody(JSON.stringify({ ...outcome, details: ['To undo:', 'aws a'] })).toCopy).toEqual([
      { heading: 'To undo:', commands: ['aws a'] },
    ]);
  });
});

it('of what is no outcome, whatever somebody wrote stays as it is', () => {
  const notice = { what: 'notice', text: 't' };
  expect(older(['Do this:', 'aws iam delete-user --user-name alice'], notice)).toEqual({
    ...notice,
    details: ['Do this:', 'aws iam delete-user --user-name alice'],
  });
});

it('this version keeps a sentence that begins like a command, or ends like a heading', () => {
  const body = { ...outcome, details: ['aws refused it', 'Why:'], toCopy: [{ heading: 'By hand', commands: ['sh a'] }] };
  expect(readEntryBody(storedEntryBody(body))).toEqual(body);
  expect(detailLines(body)).toEqual(['aws refused it', 'Why:', 'By hand', 'sh a']);
});
