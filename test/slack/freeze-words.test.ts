/** What is meant by the words after /signin-freeze. */
import { expect, it } from 'vitest';
import { askedFreeze, longestWhy } from '../../src/slack/freeze-words.ts';

it.each([
  ['', 'freeze', ''],
  ['  tokens are out ', 'freeze', 'tokens are out'],
  ['end of the month: stop it', 'freeze', 'end of the month: stop it'],
  ['help, somebody has our tokens', 'freeze', 'help, somebody has our tokens'],
  ['the &lt;app&gt; is out', 'freeze', 'the <app> is out'],
  ['now', 'freeze', 'now'],
  ['end', 'end', ''],
  ['END', 'end', ''],
  ['End!', 'end', ''],
  ['“end”', 'end', ''],
  ['end the freeze', 'end', ''],
  ['end it now please.', 'end', ''],
  ['Confirm.', 'confirm', ''],
  ['lift the limit', 'lift', ''],
])('“%s” is %s', (text, what, why) => {
  expect(askedFreeze(text)).toEqual({ what, why });
});

it.each(['help', '?', '--help', 'Help!', 'off', 'unfreeze', 'thaw', 'stop', 'stop the freeze', 'status', 'cancel'])(
  '“%s” starts no freeze: it is asked what is meant',
  (text) => {
    expect(askedFreeze(text)).toEqual({ what: 'usage' });
  },
);

it('keeps so much of a reason', () => {
  expect(askedFreeze('🙂'.repeat(400))).toEqual({ what: 'freeze', why: '🙂'.repeat(longestWhy) });
});
