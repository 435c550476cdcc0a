/** “Post its card”, in the list of those that wait in a storm. */
import { expect, it } from 'vitest';
import { postCard } from '../../src/features/post-card.ts';
import { alarm, cards, inStorms, pass, receive, world } from '../support/storm-world.ts';

inStorms();

it('says of a card that is in the channel that it is there, and where; and changes nothing', async () => {
  await receive(...Array.from({ length: 14 }, alarm));
  await pass(12_000);
  const { incidents } = await world.store.folded({ count: 100 });
  const id = incidents[0]?.id ?? 0;
  const ask = (person: string) => postCard(world.ports, { id: person, name: person, home: { team: undefined, organisation: undefined } }, id);
  expect(await ask('U1')).toMatchObject({ ok: true, text: `The card of SIN-${id} is being posted to the channel.`, card: undefined });
  await pass(10_000);
  const own = cards().filter(({ key }) => key === `SIN-${id}/card`);
  const before = await world.database.db.selectFrom('incidents').selectAll().where('id', '=', id).execute();
  expect(await ask('U2')).toEqual({
    ok: true,
    text: `The card of SIN-${id} is in the channel already.`,
    card: `https://slack.example/${own[0]?.ts}`,
  });
  expect(await world.database.db.selectFrom('incidents').selectAll().where('id', '=', id).execute()).toEqual(before);
  expect(own).toHaveLength(1);
}, 60_000);
