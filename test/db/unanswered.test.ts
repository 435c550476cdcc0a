/** A database that goes away between a commit and its answer. */
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, expect, inject, it } from 'vitest';
import { openDatabase } from '../../src/db/database.ts';
import { openStore } from '../../src/db/store.ts';
import { asAppError } from '../../src/domain/error.ts';
import { failedWords } from '../../src/slack/click.ts';
import { newDatabase } from '../support/postgres.ts';

const now = Date.parse('2026-11-22T03:00:00Z');
const sockets: Socket[] = [];
let server: Server | undefined;
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await new Promise((resolve) => server?.close(resolve));
});

/** In front of a Postgres. @param cuts whether what a client says is passed on and its connection is then cut */
async function before(url: string, cuts: (said: string) => boolean): Promise<string> {
  const target = new URL(url);
  server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    sockets.push(client, upstream);
    for (const socket of [client, upstream]) socket.on('error', () => undefined).on('close', () => client.destroy());
    upstream.on('data', (part) => client.write(part));
    client.on('data', (part: Buffer) => {
      const isCut = cuts(part.toString('latin1'));
      upstream.write(part, () => (isCut ? client.destroy() : undefined));
    });
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const way = new URL(url);
  way.port = String((server.address() as { port: number }).port);
  return way.href;
}

it('is not said to have changed nothing: what was committed may be there', async () => {
  let isGoing = false;
  const database = await openDatabase(await before(await newDatabase(inject('postgresUrl')), (said) => isGoing && /commit/i.test(said)));
  const store = await openStore(database, 'me');
  isGoing = true;
  const error = asAppError(await store.transact((tx) => tx.note('done', 'yes', now)).catch((thrown: unknown) => thrown));
  isGoing = false;
  expect([error.code, failedWords(error)]).toEqual(['ambiguous', 'The database gave no answer: the card shows whether this was done.']);
  await expect.poll(() => store.fact('done').catch(() => undefined)).toBe('yes');
  const refused = asAppError(
    await store.transact(() => Promise.reject(Object.assign(new Error('x'), { code: '57P03' }))).catch((thrown: unknown) => thrown),
  );
  expect(failedWords(refused)).toBe(
    'The database did not take this; nothing was changed. Why: it is just starting or stopping. Try again in a moment. Nothing was changed by this click.',
  );
  await database.close();
});
