/** The doctor says of a database what the start would, and changes nothing in it. */
import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createSecureContext, TLSSocket } from 'node:tls';
import { sql } from 'kysely';
import pg from 'pg';
import { beforeEach, describe, expect, inject, it } from 'vitest';
import { openDatabase } from '../../src/db/database.ts';
import { notedFact, reachDatabase } from '../../src/db/reach.ts';
import { openStore } from '../../src/db/store.ts';
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

async function query(url: string, ...texts: string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  for (const text of texts) await client.query(text);
  await client.end();
}

/** @param grants with BOT for the role */
async function withRole(url: string, ...grants: string[]): Promise<string> {
  const own = new URL(url);
  const name = `role_${Math.random().toString(36).slice(2)}`;
  await query(url, `create role ${name} login password 'right'`, ...grants.map((grant) => grant.replaceAll('BOT', name)));
  own.username = name;
  own.password = 'right';
  return own.href;
}

const empty = (): Promise<string> => newDatabase(inject('postgresUrl'));
const migrated = (): Promise<string> => newDatabase(inject('postgresUrl'), 'migrated');

describe('of a Postgres the doctor and the start say the same', () => {
  it('where the role may create nothing', async () => {
    expect(await bothSay(await withRole(await empty()))).toContain('the user may not create tables. Grant CREATE on the schema');
  });

  it('where the password is wrong, and where there is no such database', async () => {
    const url = new URL(await withRole(await empty()));
    url.password = 'wrong';
    expect(await bothSay(url.href)).toContain('user or password is wrong');
    expect(await bothSay(`${inject('postgresUrl')}/nothing_of_that_name`)).toContain('there is no such database');
  });

  it('where nothing listens', async () => {
    expect(await bothSay('postgres://nobody:secret@127.0.0.1:1/none')).toContain('nothing listens there');
  });

  it.each<'migrated' | undefined>([undefined, 'migrated'])('where it takes no writes, whether its schema is there: %s', async (schema) => {
    const url = await newDatabase(inject('postgresUrl'), schema);
    await query(url, `alter database ${new URL(url).pathname.slice(1)} set default_transaction_read_only = on`);
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
      'its certificate is not trusted. Add &sslrootcert=FILE',
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

describe('of what the role was granted the doctor and the start say the same', () => {
  const granted = [
    'grant usage on schema public to BOT',
    'grant select, insert, update, delete on all tables in schema public to BOT',
    'revoke update, delete on entries, anchors, kysely_migration, kysely_migration_lock from BOT',
  ];
  const notGranted = 'DATABASE_URL: Postgres: the user was not granted';

  it('where it is all that docs/running.md names', async () => {
    expect(await bothSay(await withRole(await migrated(), ...granted))).toBe('all is well');
  });

  it('where it is nothing', async () => {
    const said = await bothSay(await withRole(await migrated(), 'grant usage on schema public to BOT'));
    expect(said).toContain(`${notGranted} select on kysely_migration; select, insert, update, delete on alarms, budgets,`);
    expect(said).toContain('; select, insert on anchors, entries');
    expect(said).toContain('docs/running.md, “Append only”, step 2');
  });

  it('where a table is new since', async () => {
    const said = await bothSay(await withRole(await migrated(), ...granted, 'revoke all on storms from BOT', 'revoke insert on facts from BOT'));
    expect(said).toContain(`${notGranted} insert on facts; select, insert, update, delete on storms. Grant it as the owner`);
  });

  it('where the schema is older: whoever owns nothing cannot change it', async () => {
    const url = await migrated();
    await query(url, "delete from kysely_migration where name like '0022%'");
    const role = await withRole(url, ...granted);
    expect(await bothSay(role)).toContain(
      'Or let the owner of the tables bring the schema up to date: DATABASE_URL=postgres://OWNER… npm run migrate.',
    );
    await query(url, `grant create on schema public to ${new URL(role).username}`);
    expect(await bothSay(role)).toContain('its tables are another user’s');
  });

  it('where it may not use the schema', async () => {
    const url = await empty();
    await query(url, 'revoke usage on schema public from public');
    expect(await bothSay(await withRole(url))).toContain('it has no schema that the user may use');
  });

  it('and asks for rights on each table that there is', async () => {
    const url = await migrated();
    const said = await saidOf(reachDatabase(await withRole(url, 'grant usage on schema public to BOT')));
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    const { rows } = await client.query<{ name: string }>(
      "select table_name as name from information_schema.tables where table_schema = 'public' and table_name <> 'kysely_migration_lock'",
    );
    await client.end();
    expect(rows.length).toBeGreaterThan(20);
    for (const { name } of rows) expect(said).toMatch(new RegExp(` ${name}[,;.]`));
  });
});

describe('of the address of a Postgres the doctor and the start say the same', () => {
  it.each([
    ['sslmode=verify-full&sslrootcert=/nowhere/rds.pem', 'the file that sslrootcert, sslcert or sslkey names (/nowhere/rds.pem) does not exist.'],
    ['sslmode=verify-full&sslrootcert=/', 'the file that sslrootcert, sslcert or sslkey names is a folder.'],
    ['host=/nowhere', 'nothing listens there'],
  ])('with %s', async (parameters, says) => {
    expect(await bothSay(`postgres://a:b@127.0.0.1:1/c?${parameters}`)).toContain(says);
  });

  it('where the server does not speak TLS', async () => {
    expect(await bothSay(`${await empty()}?sslmode=verify-full`)).toContain('it does not speak TLS. Switch ssl on in the server');
  });
});

describe('of a file the doctor and the start say the same', () => {
  it('where it is no database, and where a part of its path is a file', async () => {
    writeFileSync(join(home, 'text.db'), 'no database '.repeat(100));
    expect(await bothSay(`file:${join(home, 'text.db')}`)).toContain('the file is no SQLite database');
    expect(await bothSay(`file:${join(home, 'text.db', 'responder.db')}`)).toContain('a part of its path is a file');
  });

  it('where it is a folder', async () => {
    const folder = join(home, 'data');
    expect(await bothSay(`file:${folder}/`)).toBe(`DATABASE_URL: ${folder}/: it is a folder. Give the file in it: file:FOLDER/responder.db.`);
    mkdirSync(folder);
    expect(await bothSay(`file:${folder}`)).toBe(`DATABASE_URL: ${folder}: it is a folder. Give the file in it: file:FOLDER/responder.db.`);
  });

  // Whoever is root may write anywhere.
  it.skipIf(process.getuid?.() === 0)('where its folder may not be written to', async () => {
    mkdirSync(join(home, 'locked'));
    for (const mode of [0o500, 0o600]) {
      chmodSync(join(home, 'locked'), mode);
      expect(await bothSay(`file:${join(home, 'locked', 'responder.db')}`)).toContain('it may not be written to');
    }
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

describe.each(['a file', 'Postgres'])('of what was noted in %s', (engine) => {
  const address = async (): Promise<string> => (engine === 'Postgres' ? empty() : `file:${join(home, 'new', 'responder.db')}`);

  it('it is read, and nothing where there is none yet', async () => {
    const url = await address();
    expect(await notedFact(url, 'audit-key')).toBeUndefined();
    const database = await openDatabase(url);
    expect(await notedFact(url, 'audit-key')).toBeUndefined();
    await (await openStore(database, 'me')).remember('audit-key', 'abc', 1_700_000_000_000);
    expect(await notedFact(url, 'audit-key')).toEqual({ value: 'abc', at: 1_700_000_000_000 });
    await database.close();
  });
});
