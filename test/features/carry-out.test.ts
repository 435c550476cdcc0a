/** Break-glass whose two minutes are over, with several replicas: one carries it out, and the others say nothing of it. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { AppError } from '../../src/domain/error.ts';
import { read } from '../../src/domain/response/iam-user.ts';
import { carryOut } from '../../src/features/carry-out.ts';
import type { World } from '../../src/features/prepare-response.ts';
import { settleRequests } from '../../src/features/requests.ts';
import { lockOut } from '../../src/features/responses/lock-out.ts';
import { responses } from '../../src/features/responses.ts';
import { about, type Office, office, userFacts } from '../support/responding.ts';
import { type FreshDatabase, freshDatabase } from '../support/stores.ts';

let database: FreshDatabase;
let here: Office;
beforeEach(async () => {
  database = await freshDatabase('sqlite', '');
  here = await office(database, responses);
  const asked = about(lockOut, 'bob', 'backdoor');
  await here.give(asked, await here.prepare(asked), { 'user-again': 'backdoor' });
  here.replica.now += 120_000;
});
afterEach(() => database.close());

const settle = (world: World) => settleRequests(world, (request) => carryOut(world, request));

it('a replica that read what is due before another one carried it out refuses nothing', async () => {
  const { ports } = here.world;
  const due = await ports.store.requestsDue(ports.clock.now());
  await settle(here.world);
  here.iam.set('backdoor', userFacts('backdoor', { password: read({ createdAt: here.replica.now, resetRequired: true }) }));
  const store = { ...ports.store, requestsDue: async () => due };
  await settle({ ...here.world, ports: { ...ports, store } });
  expect((await here.entries()).map(({ what, result }) => result ?? what)).not.toContain('refused');
  expect(here.changes).toEqual(['replacePassword backdoor for bob']);
});

it('one that AWS could not be read for is tried again', async () => {
  const { ports } = here.world;
  const facts = async (): Promise<never> => {
    throw new AppError('throttled', 'IAM asks to wait.');
  };
  await settle({ ...here.world, ports: { ...ports, identities: { ...ports.identities, facts } } });
  here.replica.now += 20_000;
  await settle(here.world);
  expect(here.changes).toEqual(['replacePassword backdoor for bob']);
});
