/** The doctor says of a database what the start would, and changes nothing in it. */
import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createSecureContext, TLSSocket } from 'node:tls';
import { sql } from 'kysely';
import pg from 'pg';
import { beforeEach, describe, expect, inject, it } from 'vitest';
import { openDatabase } from '../../src/db/database.ts';
import { reachDatabase } from '../../src/db/reach.ts';
import { selfSigned } from '../support/certificates.ts';
import { newFolder } from '../support/folders.ts';
import { newDatabase } from '../support/postgres.ts';

let home: string;
beforeEach(() => {
  home = newFolder();
});

async function saidOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'all is well',
    (thrown) => (thrown as Error).message,
  );
}

/** What both say. */
async function bothSay(url: string): Promise<string> {
  const doctor = await saidOf(reachDatabase(url));
  expect(await saidOf(openDatabase(url).then((database) => database.close()))).toBe(doctor);
  return doctor;
}

async function withRole(attributes: string): Promise<string> {
  const url = new URL(await newDatabase(inject('postgresUrl')));
  const name = `role_${Math.random().toString(36).slice(2)}`;
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  await client.query(`create role ${name} login password 'right' ${attributes}`);
  await client.end();
  url.username = name;
  url.password = 'right';
  return url.href;
}

describe('of a Postgres the doctor and the start say the same', () => {
  it('where the role may create nothing', async () => {
    expect(await bothSay(await withRole(''))).toContain('the user may not create tables. Grant CREATE on the schema');
  });

  it('where the password is wrong, and where there is no such database', async () => {
    const url = new URL(await withRole(''));
    url.password = 'wrong';
    expect(await bothSay(url.href)).toContain('user or password is wrong');
    expect(await bothSay(`${inject('postgresUrl')}/nothing_of_that_name`)).toContain('there is no such database');
  });

  it('where nothing listens', async () => {
    expect(await bothSay('postgres://nobody:secret@127.0.0.1:1/none')).toContain('nothing listens there');
  });

  it('where it takes no writes', async () => {
    const url = await newDatabase(inject('postgresUrl'));
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query(`alter database ${new URL(url).pathname.slice(1)} set default_transaction_read_only = on`);
    await client.end();
    expect(await bothSay(url)).toContain('Give the address of the primary');
  });

  it('where its certificate is signed by nobody we know', async () => {
    const context = createSecureContext(await selfSigned('localhost'));
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => {
        socket.write('S');
        new TLSSocket(socket, { isServer: true, secureContext: context }).on('error', () => undefined);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    expect(await bothSay(`postgres://a:b@localhost:${port}/c?sslmode=verify-full`)).toContain(
      'its certificate is not trusted. Set NODE_EXTRA_CA_CERTS',
    );
    server.close();
  });

  it('where a newer version wrote it', async () => {
    const url = await newDatabase(inject('postgresUrl'));
    const database = await openDatabase(url);
    await sql`insert into kysely_migration (name, timestamp) values ('9999-later', '2030-01-01T00:00:00.000Z')`.execute(database.db);
    await database.close();
    expect(await bothSay(url)).toContain('a newer version of the responder wrote this database');
  });

  it('where all is well; and the doctor has made nothing', async () => {
    const url = await newDatabase(inject('postgresUrl'));
    await reachDatabase(url);
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    expect((await client.query("select 1 from information_schema.tables where table_schema = 'public'")).rows).toEqual([]);
    await client.end();
    expect(await bothSay(url)).toBe('all is well');
  });
});

describe('of a file the doctor and the start say the same', () => {
  it('where it is no database, and where a part of its path is a file', async () => {
    writeFileSync(join(home, 'text.db'), 'no database '.repeat(100));
    expect(await bothSay(`file:${join(home, 'text.db')}`)).toContain('the file is no SQLite database');
    expect(await bothSay(`file:${join(home, 'text.db', 'responder.db')}`)).toContain('a part of its path is a file');
  });

  // Whoever is root may write anywhere.
  it.skipIf(process.getuid?.() === 0)('where its folder may not be written to', async () => {
    mkdirSync(join(home, 'locked'));
    chmodSync(join(home, 'locked'), 0o500);
    expect(await bothSay(`file:${join(home, 'locked', 'responder.db')}`)).toContain('it may not be written to');
  });

  it('where all is well; and the doctor has made nothing, and looks at one that a responder has open', async () => {
    const url = `file://${join(home, 'new', 'responder.db')}`;
    expect(await reachDatabase(url)).toBe(`a file at ${join(home, 'new', 'responder.db')}`);
    expect(readdirSync(home)).toEqual([]);
    const database = await openDatabase(url);
    expect(await reachDatabase(url)).toContain('a file at');
    await database.close();
    expect(await bothSay(url)).toBe('all is well');
  });
});
