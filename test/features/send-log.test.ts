/** A part of the log as a file: who may have which, what is in it, and that it was asked for is an entry. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { askedLog, askedLogWords } from '../../src/domain/audit/asked.ts';
import { AppError } from '../../src/domain/error.ts';
import type { PersonalFile } from '../../src/domain/files.ts';
import { acknowledge } from '../../src/features/responses/acknowledge.ts';
import { lockOut } from '../../src/features/responses/lock-out.ts';
import { responses } from '../../src/features/responses.ts';
import { notSentText, sendLog } from '../../src/features/send-log.ts';
import { transition } from '../../src/features/transition.ts';
import { about, finished, type Office, office, person } from '../support/responding.ts';
import { alarmText } from '../support/sandbox.ts';
import { type FreshDatabase, freshDatabase } from '../support/stores.ts';

let database: FreshDatabase;
let here: Office;
let sent: { person: string; file: PersonalFile }[];
beforeEach(async () => {
  database = await freshDatabase('sqlite', '');
  here = await office(database, responses);
  await here.refresh();
  sent = [];
  await here.replica.receive(alarmText('Logins', 'ALARM', here.replica.now));
  const locked = about(lockOut, 'bob');
  await finished(await here.give(locked, await here.prepare(locked)));
});
afterEach(() => database.close());

function ask(by: string, text: string, send = async (to: string, file: PersonalFile) => void sent.push({ person: to, file })) {
  const asked = askedLog(text);
  if (asked === undefined) throw new Error(`Not understood: ${text}`);
  return sendLog({ ...here.world.ports, files: { send } }, person(by), asked);
}

/** Which entries are in the file that was sent last: `1/2`. */
function lines(): string[] {
  const [, ...all] = sent.at(-1)?.file.content.trimEnd().split('\r\n') ?? [];
  return all.map((line) => line.split(',').slice(0, 2).join('/'));
}

describe('/signin-audit', () => {
  it('sends an incident’s log to a responder, and says so in the log', async () => {
    expect(await ask('dana', 'SIN-1')).toMatchObject({ ok: true, text: expect.stringContaining('5 entries of SIN-1') });
    expect(sent[0]).toMatchObject({ person: person('dana').id, file: { name: expect.stringMatching(/^signin-audit-[\dT-]+\.csv$/) } });
    expect(lines()).toEqual(['1/1', '1/2', '1/3', '1/4', '1/5']);
    expect((await here.entries(1)).at(-1)).toMatchObject({
      what: 'log-asked',
      by: { name: 'dana' },
      text: 'dana asked for the log of SIN-1 as a file.',
    });
  });

  it('sends what goes across incidents to remediators only; a refusal is an entry', async () => {
    expect(await ask('dana', 'since 7d')).toMatchObject({ ok: false, reason: 'not-a-remediator' });
    expect(await ask('eve', 'SIN-1')).toMatchObject({ ok: false, reason: 'not-a-responder' });
    expect(sent).toEqual([]);
    expect((await here.entries(0)).map(({ text }) => text)).toContainEqual(
      expect.stringContaining('dana asked for “/signin-audit the last 7 d” and was refused'),
    );
    expect(await ask('bob', 'since 7d')).toMatchObject({ ok: true });
    expect(lines().some((line) => line.startsWith('2/'))).toBe(true);
    expect((await here.entries(0)).at(-1)?.text).toBe('bob asked for the log of the last 7 d as a file.');
  });

  it('finds a user by name, as a whole word', async () => {
    await ask('bob', 'user ALICE');
    expect(lines()).toEqual(expect.arrayContaining(['1/2']));
    expect(lines()).not.toContain('2/1');
    await ask('bob', 'user alic');
    // Only what was asked for just now names that.
    expect(lines().filter((line) => !line.startsWith('0/'))).toEqual([]);
  });

  it('does not say that no file was sent where that is not known', () => {
    expect(notSentText(new AppError('denied', 'Slack refused it.'))).toBe('Slack refused it. No file was sent.');
    expect(notSentText(new AppError('ambiguous', 'Slack gave no answer.'))).toContain('Whether the file came through is not known');
  });

  it('leaves out what is older', async () => {
    here.replica.now += 3_600_000;
    await transition(here.world.ports, person('dana'), { response: acknowledge, incident: 1, answers: {} });
    await ask('bob', 'since 10m');
    expect(lines()).toEqual(['0/1', '1/5']);
  });

  it('marks what is not what was written', async () => {
    await database.db.updateTable('entries').set({ body: '{"what":"x","text":"y"}' }).where('incident', '=', 1).where('seq', '=', 2).execute();
    await ask('dana', 'SIN-1');
    expect(sent[0]?.file.content.split('\r\n')[2]).toMatch(/,body-changed$/);
  });

  it('of an incident that is none is refused, and who asked is known also where Slack does not take the file', async () => {
    expect(await ask('dana', 'SIN-99')).toMatchObject({ ok: false, reason: 'no-such-incident' });
    const failing = ask('dana', 'SIN-1', async () => {
      throw new AppError('denied', 'The Slack app lacks a scope (missing_scope).');
    });
    await expect(failing).rejects.toThrow('missing_scope');
    expect((await here.entries(1)).some(({ what }) => what === 'log-asked')).toBe(true);
  });
});

describe('what is asked for', () => {
  it.each([
    ['SIN-42', 'SIN-42'],
    ['sin 42', 'SIN-42'],
    ['#42', 'SIN-42'],
    ['user alice', 'user alice'],
    ['USER a+b@example.com', 'user a+b@example.com'],
    ['since 7d', 'the last 7 d'],
    ['since 90m', 'the last 90 m'],
    ['since 24h', 'the last 1 d'],
  ])('%s', (text, words) => {
    const asked = askedLog(text);
    expect(asked && askedLogWords(asked)).toBe(words);
  });

  it.each(['', 'help', 'alice', 'user', 'user a b', 'since', 'since 0d', 'since 4000d', 'since 7w', 'SIN-', 'SIN-1; drop table entries'])(
    'not %s',
    (text) => {
      expect(askedLog(text)).toBeUndefined();
    },
  );
});
