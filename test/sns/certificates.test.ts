import { X509Certificate } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '../../src/domain/error.ts';
import { newSigner } from '../../src/sandbox/sns.ts';
import { certificateSource } from '../../src/sns/certificates.ts';

let certificate: X509Certificate;
beforeAll(async () => {
  certificate = new X509Certificate((await newSigner()).certificate);
});

/** Fetches end when the test says so. */
function held(now = () => 0) {
  const pending = new Map<string, { readonly give: () => void; readonly refuse: () => void }>();
  const asked: string[] = [];
  const proven: string[] = [];
  const certificates = certificateSource({
    fetch: (url) =>
      new Promise((resolve, reject) => {
        asked.push(url);
        pending.set(url, { give: () => resolve(certificate), refuse: () => reject(new AppError('unavailable', 'No such certificate.')) });
      }),
    onProven: (url) => proven.push(url),
    now,
  });
  const ask = (url: string): Promise<string> =>
    certificates.at(url).then(
      () => 'given',
      (thrown: AppError) => thrown.code,
    );
  return { certificates, pending, asked, proven, ask };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('signing certificates', () => {
  it('are fetched once for all who ask, and kept', async () => {
    const { ask, pending, asked } = held();
    const asking = [ask('a'), ask('a'), ask('a')];
    pending.get('a')?.give();
    expect(await Promise.all(asking)).toEqual(['given', 'given', 'given']);
    expect(await ask('a')).toBe('given');
    expect(asked).toEqual(['a']);
  });

  it('that cannot be fetched are not asked for again within half a minute', async () => {
    let now = 0;
    const { ask, pending, asked } = held(() => now);
    const asking = ask('a');
    pending.get('a')?.refuse();
    expect(await asking).toBe('unavailable');
    expect(await ask('a')).toBe('unavailable');
    expect(asked).toEqual(['a']);
    now = 30_000;
    void ask('a');
    expect(asked).toEqual(['a', 'a']);
  });

  it('that have verified a message are never pushed out by those that have not', async () => {
    const { certificates, ask, pending, asked, proven } = held();
    const asking = ask('real');
    pending.get('real')?.give();
    await asking;
    certificates.prove('real');
    certificates.prove('real');
    for (let i = 0; i < 600; i++) {
      const other = ask(`served-${i}`);
      pending.get(`served-${i}`)?.give();
      await other;
    }
    expect(await ask('real')).toBe('given');
    expect(asked.filter((url) => url === 'real')).toHaveLength(1);
    expect(proven).toEqual(['real']);
  });

  it('that are known are fetched at once, whatever waits', async () => {
    const { certificates, ask, pending, asked } = held();
    certificates.prove('real');
    for (let i = 0; i < 160; i++) void ask(`made-up-${i}`);
    await turn();
    expect(asked).toHaveLength(4);
    const asking = ask('real');
    pending.get('real')?.give();
    expect(await asking).toBe('given');
  });

  it('that are new come before made-up ones when several messages ask for them', async () => {
    const { ask, pending, asked } = held();
    const made = Array.from({ length: 80 }, (_, i) => ask(`made-up-${i}`));
    const asking = [ask('new'), ask('new')];
    const later = Array.from({ length: 80 }, (_, i) => ask(`made-up-later-${i}`));
    await turn();
    pending.get('made-up-0')?.refuse();
    await turn();
    await turn();
    expect(asked).toContain('new');
    pending.get('new')?.give();
    expect(await Promise.all(asking)).toEqual(['given', 'given']);
    for (let i = 0; i < 200; i++) {
      for (const { refuse } of pending.values()) refuse();
      await turn();
    }
    const ends = await Promise.all([...made, ...later]);
    expect(ends.filter((end) => end === 'throttled').length).toBeLessThanOrEqual(60);
    expect(ends).not.toContain('given');
  });

  it('that several messages wait for do not give way to any number of made-up ones', async () => {
    const { ask, pending } = held();
    for (let i = 0; i < 4; i++) void ask(`made-up-${i}`);
    const asking = [ask('new'), ask('new')];
    for (let i = 0; i < 1_000; i++) void ask(`made-up-later-${i}`);
    await turn();
    pending.get('made-up-0')?.refuse();
    await expect.poll(() => pending.has('new')).toBe(true);
    pending.get('new')?.give();
    expect(await Promise.all(asking)).toEqual(['given', 'given']);
  });
});
