/** An outcome that somebody takes out of the database: the reply in the thread keeps it, and the incident says once, loudly, that it is gone. */
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { repliesOf } from '../../src/domain/incident/picture.ts';
import type { ClaimedIncident } from '../../src/domain/store.ts';
import { reportChangedLog } from '../../src/features/report-changed-log.ts';
import { acknowledge } from '../../src/features/responses/acknowledge.ts';
import { lockOut } from '../../src/features/responses/lock-out.ts';
import { responses } from '../../src/features/responses.ts';
import { transition } from '../../src/features/transition.ts';
import { about, finished, type Office, office, person } from '../support/responding.ts';
import { engines, type FreshDatabase, freshDatabase } from '../support/stores.ts';

const hour = 3_600_000;

describe.each(engines)('an outcome in the database, on %s', (engine) => {
  let database: FreshDatabase;
  let here: Office;
  let outcome: number;

  beforeEach(async () => {
    database = await freshDatabase(engine, inject('postgresUrl'));
    here = await office(database, responses);
    const locked = about(lockOut, 'bob');
    await finished(await here.give(locked, await here.prepare(locked)));
    const { entries } = await here.replica.store.entries(1, { from: 0, count: 9 });
    outcome = entries.find(({ body }) => body.intent !== undefined)?.seq ?? 0;
    await transition(here.world.ports, person('dana'), { response: acknowledge, incident: 1, answers: {} });
  });
  afterEach(() => database.close());

  const run = (statement: string) => sql.raw(statement).execute(database.db);

  async function claimed(): Promise<ClaimedIncident> {
    await run('update incidents set due_at = 1, lease_owner = null, lease_until = null, waits_for = null where id = 1');
    const found = await here.replica.store.claim(here.replica.now + hour, []);
    if (found === undefined) throw new Error('nothing is due');
    return found;
  }

  const intents = ({ entries }: ClaimedIncident) =>
    repliesOf(entries, [])
      .flat()
      .flatMap(({ entry, outcome: end }) => (entry.body.phase === 'intent' ? [[entry.seq, end?.seq]] : []));
  const said = async () => (await here.replica.store.entries(1, { from: 0, count: 1 })).entries[0]?.body.text;

  it('is shown in the reply of its intent', async () => {
    const whole = await claimed();
    expect(intents(whole)).toEqual([[outcome - 1, outcome]]);
    expect(whole.entries.filter(({ fault }) => fault !== undefined)).toEqual([]);
  });

  it.each<[string, () => string[], () => string]>([
    ['deleted', () => [`delete from entries where incident = 1 and seq = ${outcome}`], () => `entry ${outcome} is gone`],
    ['hidden', () => [`update entries set in_thread = 0 where incident = 1 and seq = ${outcome}`], () => `entry ${outcome} is not what was written`],
    [
      'cut off with all after it and the end of the chain',
      () => [
        `delete from entries where incident = 1 and seq >= ${outcome}`,
        `update chains set seq = ${outcome - 1}, hash = (select hash from entries where incident = 1 and seq = ${outcome - 1}) where incident = 1`,
      ],
      () => `entry ${outcome - 1} has lost its outcome`,
    ],
  ])('that is %s leaves the reply as it was, and is told once', async (_how, statements, told) => {
    for (const statement of statements()) await run(statement);
    const found = await claimed();
    expect(intents(found)).toEqual([]);
    expect(await reportChangedLog(here.world.ports, found)).toBe(true);
    expect(await said()).toContain(told());
    const again = await claimed();
    expect([intents(again), await reportChangedLog(here.world.ports, again)]).toEqual([[], false]);
  });
});
