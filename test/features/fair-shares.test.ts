/** What people cause has its share of what Slack takes, in turn between them, and what rings goes before it. */
import { describe, expect, it } from 'vitest';
import type { Incident } from '../../src/domain/incident/incident.ts';
import { recordStep } from '../../src/features/responses/record-step.ts';
import { transition } from '../../src/features/transition.ts';
import { alarm, cards, inStorms, many, pass, receive, responder, root, world } from '../support/storm-world.ts';

inStorms();

/** Everybody has a card in Slack already: 18 incidents and SIN-1. */
async function prepared(busy: 'HIGH' | 'MEDIUM'): Promise<void> {
  await receive(alarm());
  if (busy === 'HIGH') await receive(...many(18, root));
  else
    for (let i = 0; i < 18; i++) {
      await receive(alarm());
      await pass(3_000);
    }
  await pass(120_000);
  expect(cards()).toHaveLength(19);
}

const by = (id: string, incident: number, what: string) =>
  transition(world.ports, { ...responder, id, name: id }, { response: recordStep, incident, answers: { what, on: '' } });

describe('what people cause', () => {
  it.each([
    ['one person, a step a second', 1, 1_000],
    ['ten people, each a step every ten seconds', 10, 1_000],
    ['ten people, each a step every twelve seconds', 10, 1_200],
  ])(
    'is told in its turn: %s on eighteen incidents, and one who does one thing on another',
    async (_what, people, everyMs) => {
      await prepared('MEDIUM');
      let at = 0;
      for (let tick = 0; tick < 180_000 / everyMs; tick++) {
        await by(`UBUSY${tick % people}`, 2 + (tick % 18), `step ${tick}`);
        if (tick === 30) {
          at = world.clock.now();
          await by('UCALM', 1, 'I called alice');
        }
        await pass(everyMs);
      }
      const reply = world.posted.find(({ key }) => /^SIN-1\/\d+$/.test(key));
      expect((reply?.at ?? Number.POSITIVE_INFINITY) - at).toBeLessThanOrEqual(30_000);
      // Cards go on to show what was done.
      expect(world.edits.filter((when) => when > at).length).toBeGreaterThan(30);
    },
    120_000,
  );

  it('is told in its turn also where others work on what is graver: a step a second on HIGH incidents, one thing on a MEDIUM one', async () => {
    await prepared('HIGH');
    let at = 0;
    for (let tick = 0; tick < 180; tick++) {
      await by(`UBUSY${tick % 10}`, 2 + (tick % 18), `step ${tick}`);
      if (tick === 30) {
        at = world.clock.now();
        await by('UCALM', 1, 'I called alice');
      }
      await pass(1_000);
    }
    const reply = world.posted.find(({ key }) => /^SIN-1\/\d+$/.test(key));
    expect((reply?.at ?? Number.POSITIVE_INFINITY) - at).toBeLessThanOrEqual(30_000);
  }, 120_000);

  it('has a share of the posts: whoever acts on what waits in a storm gets its card, while ten people record a step every ten seconds each', async () => {
    await prepared('MEDIUM');
    await receive(...many(14, alarm));
    await pass(12_000);
    const { incidents } = await world.store.folded({ count: 100 });
    const folded = incidents.at(-1)?.id as number;
    let at = 0;
    for (let tick = 0; tick < 150; tick++) {
      await by(`UBUSY${tick % 10}`, 2 + (tick % 18), `step ${tick}`);
      if (tick === 30) {
        at = world.clock.now();
        await by('UCALM', folded, 'I called alice');
      }
      await pass(1_000);
    }
    const reply = world.posted.find(({ key }) => key.startsWith(`SIN-${folded}/`) && !key.endsWith('card'));
    expect((reply?.at ?? Number.POSITIVE_INFINITY) - at).toBeLessThanOrEqual(60_000);
  }, 120_000);
});

describe('what rings', () => {
  it('is told to the channel in time while one responder records a step a second on grave incidents', async () => {
    await receive(...many(19, root));
    await pass(120_000);
    expect(cards()).toHaveLength(19);
    let at = 0;
    for (let tick = 0; tick < 180; tick++) {
      await transition(
        world.ports,
        { ...responder, id: 'UBUSY' },
        { response: recordStep, incident: 2 + (tick % 18), answers: { what: `step ${tick}`, on: '' } },
      );
      if (tick === 30) {
        at = world.clock.now();
        // As `ring` writes it when somebody else is concerned too.
        await world.store.transact(async (tx) => {
          await tx.append([{ incident: 1, at, kind: 'note', reply: 'loud', body: { what: 'severity-rose', text: 'Somebody else too: alice.' } }]);
          await tx.save([{ incident: { ...((await tx.incident(1)) as Incident), told: { alice: 'HIGH' } }, due: 'loud' }], at);
        });
      }
      await pass(1_000);
    }
    const loud = world.posted.find(({ broadcast, key }) => broadcast && key.startsWith('SIN-1/'));
    expect((loud?.at ?? Number.POSITIVE_INFINITY) - at).toBeLessThanOrEqual(30_000);
  }, 120_000);
});
