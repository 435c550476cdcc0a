import { expect, it } from 'vitest';
import { openLog } from '../../src/ops/log.ts';
import { printedFindings } from '../../src/setup/doctor.ts';

it('a name in the log reorders nothing in its line, and is told as it is', () => {
  const written: string[] = [];
  openLog('info', { write: (line) => void written.push(line) }).warn({ on: 'ali\u202ece\u009b' }, 'not read back \u2066');
  expect(written).toHaveLength(1);
  expect(written[0]).toContain('"on":"ali\\u202ece\\u009b"');
  expect(written[0]).toMatch(/^[^\p{Cf}]*\n$/u);
  expect(JSON.parse(written[0] ?? '')).toMatchObject({ on: 'ali\u202ece\u009b', msg: 'not read back \u2066' });
});

it('nor does it in what the doctor prints, where something else stands for it', () => {
  expect(printedFindings([{ about: 'Alarm', state: 'note', says: 'fired \u202eon\u2069 \u001b[2J', fix: 'see\u200f it' }])).toMatch(
    /fired \?on\? \?\[2J\n.*see\? it/,
  );
});
