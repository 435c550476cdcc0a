/** Where Slack gets its answer too late it leaves the window open, and whoever sent it sends it again: what was done is done once. */
import { afterEach, describe, expect, inject, it } from 'vitest';
import { acknowledge } from '../../src/features/responses/acknowledge.ts';
import { recordStep } from '../../src/features/responses/record-step.ts';
import { resolve } from '../../src/features/responses/resolve.ts';
import { responses } from '../../src/features/responses.ts';
import { transition } from '../../src/features/transition.ts';
import { type Office, office, otherOffice, person } from '../support/responding.ts';
import { engines, type FreshDatabase, freshDatabase } from '../support/stores.ts';

let database: FreshDatabase;
let here: Office;
afterEach(() => database.close());

const said = async (): Promise<string[]> =>
  (await here.replica.store.entries(1, { from: 0, count: 50 })).entries.filter(({ kind }) => kind === 'response').map(({ body }) => body.text);

describe.each(engines)('a form on %s', (engine) => {
  const record = (on: Office, form: string, what = 'keys switched off') =>
    transition(on.world.ports, person('dana'), { response: recordStep, incident: 1, answers: { what, on: '' }, form });

  it('that is sent again is one entry, and is not said to have failed', async () => {
    database = await freshDatabase(engine, inject('postgresUrl'));
    here = await office(database, responses);
    expect(await record(here, 'V1')).toMatchObject({ ok: true });
    expect(await record(here, 'V1')).toMatchObject({ ok: true });
    expect(await said()).toEqual(['By hand, dana: keys switched off']);
    expect(await record(here, 'V2')).toMatchObject({ ok: true });
    expect(await said()).toHaveLength(2);
    await transition(here.world.ports, person('dana'), { response: acknowledge, incident: 1, answers: {} });
    const closed = { response: resolve, incident: 1, answers: { verdict: 'mistake', note: '' }, form: 'V3' };
    for (let times = 0; times < 2; times++) expect(await transition(here.world.ports, person('dana'), closed)).toMatchObject({ ok: true });
    expect(await said()).toHaveLength(4);
  });
});

it('sent to two processes at the same moment is one entry', async () => {
  database = await freshDatabase('postgres', inject('postgresUrl'));
  here = await office(database, responses);
  const other = await otherOffice(database, here);
  const asked = { response: recordStep, incident: 1, answers: { what: 'keys switched off', on: '' }, form: 'V1' };
  await Promise.all([here, other].map((on) => transition(on.world.ports, person('dana'), asked)));
  expect(await said()).toEqual(['By hand, dana: keys switched off']);
  await other.replica.close();
});
