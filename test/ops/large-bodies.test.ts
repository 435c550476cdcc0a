import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fewLargeBodies, type LargeBody } from '../../src/ops/large-bodies.ts';

const size = 512 * 1024;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

interface Sent extends LargeBody {
  /** All of it is there. */
  readonly end: () => void;
}

/** `told` gets what happens to it, in order. */
function body(name: string, told: string[]): Sent {
  const request = Object.assign(new EventEmitter(), {
    socket: Object.assign(new EventEmitter(), {
      bytesRead: 0,
      pause: () => told.push(`${name} waits`),
      resume: () => undefined,
      destroy: () => {
        told.push(`${name} cut`);
        request.socket.emit('close');
      },
    }),
    headers: { 'content-length': String(size) },
  });
  const response = new EventEmitter();
  const read = (): void => void told.push(`${name} read`);
  const end = (): void => {
    request.emit('end');
  };
  return { request, response, read, end } as unknown as Sent;
}

describe('large bodies', () => {
  it('are read two at a time, with a rest after each that one which just comes does not cut short', () => {
    const told: string[] = [];
    const take = fewLargeBodies(() => undefined);
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => body(name, told)) as [Sent, Sent, Sent, Sent];
    for (const one of [a, b, c]) take(one);
    expect(told.filter((one) => one.endsWith('read'))).toEqual(['a read', 'b read']);
    a.end();
    take(d);
    expect(told.at(-1)).toBe('d waits');
    vi.advanceTimersByTime(size / (3 * 1024));
    expect(told.at(-1)).toBe('c read');
  });

  it('leave nothing behind for long: after each MiB the young part of the heap is cleared', () => {
    const gc = vi.fn();
    vi.stubGlobal('gc', gc);
    const take = fewLargeBodies(() => undefined);
    for (const name of ['a', 'b', 'c', 'd']) {
      const one = body(name, []);
      take(one);
      one.end();
      vi.advanceTimersByTime(1_000);
    }
    vi.unstubAllGlobals();
    expect(gc.mock.calls).toEqual([[{ type: 'minor' }], [{ type: 'minor' }]]);
  });

  it('that wait are read no further, and have their turn once what comes slowly is cut', () => {
    const told: string[] = [];
    const cut = vi.fn();
    const take = fewLargeBodies(cut);
    for (const name of ['a', 'b', 'c']) take(body(name, told));
    expect(told).toEqual(['a waits', 'a read', 'b waits', 'b read', 'c waits']);
    vi.advanceTimersByTime(1_000);
    expect(told.slice(5)).toEqual(['a cut', 'b cut', 'c read']);
    expect(cut).toHaveBeenCalledTimes(2);
  });
});
