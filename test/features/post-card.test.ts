/** “Post its card”, in the list of those that wait in a storm. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { postCard } from '../../src/features/post-card.ts';
import { type FreshDatabase, freshDatabase } from '../support/stores.ts';
import { type Storming, storming } from '../support/storming.ts';

let database: FreshDatabase;
let here: Storming;
beforeEach(async () => {
  database = await freshDatabase('sqlite', '');
  here = await storming(database);
});
afterEach(async () => {
  await here.stop();
  await database.close();
});

it('says of a card that is in the channel that it is there, and where; and changes nothing', async () => {
  await here.receive(...Array.from({ length: 14 }, here.alarm));
  await here.pass(12_000);
  const { incidents } = await here.store.folded({ count: 100 });
  const id = incidents[0]?.id ?? 0;
  const ask = (person: string) => postCard(here.ports, { id: person, name: person, home: { team: undefined, organisation: undefined } }, id);
  expect(await ask('U1')).toMatchObject({ ok: true, text: `The card of SIN-${id} is being posted to the channel.`, card: undefined });
  await here.pass(10_000);
  const own = here.cards().filter(({ key }) => key === `SIN-${id}/card`);
  const before = await database.db.selectFrom('incidents').selectAll().where('id', '=', id).execute();
  expect(await ask('U2')).toEqual({
    ok: true,
    text: `The card of SIN-${id} is in the channel already.`,
    card: `https://slack.example/${own[0]?.ts}`,
  });
  expect(await database.db.selectFrom('incidents').selectAll().where('id', '=', id).execute()).toEqual(before);
  expect(own).toHaveLength(1);
}, 60_000);
