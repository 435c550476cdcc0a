import { expect, it } from 'vitest';
import { lastDeviceMayGo, type Replaced } from '../../../src/domain/response/last-device.ts';

const at = Date.parse('2026-11-25T03:00:00Z');
const minute = 60_000;
const replaced = (response: string, byId: string, minutes: number, result: Replaced['result'] = 'done'): Replaced => ({
  response,
  byId,
  startedAt: at - minutes * minute,
  result,
});

it.each<[string, Replaced | undefined, boolean]>([
  ['no replacement', undefined, false],
  ['one’s own lock-out', replaced('lock-out', 'bob', 5), true],
  ['a lock-out by somebody else', replaced('lock-out', 'carmen', 60), true],
  ['a lock-out of more than an hour ago', replaced('lock-out', 'carmen', 61), false],
  ['one’s own hand-over', replaced('hand-over', 'bob', 5), false],
  ['a hand-over by somebody else', replaced('hand-over', 'carmen', 5), true],
  ['a lock-out that is not known to be done', replaced('lock-out', 'carmen', 5, 'unknown'), false],
  ['a lock-out under way', replaced('lock-out', 'carmen', 0, null), false],
])('after %s', (_what, newest, mayGo) => {
  expect(lastDeviceMayGo(newest, { by: 'bob', at, shows: 'hand-over' })).toBe(mayGo);
});
