/** A process that was suspended between the intent and the call to AWS, or between two calls, and goes on an hour later. */
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { brake } from '../../src/features/brakes.ts';
import type { Given } from '../../src/features/give-response.ts';
import { closeAbandoned } from '../../src/features/respond.ts';
import { lockOut } from '../../src/features/responses/lock-out.ts';
import { removeAccess } from '../../src/features/responses/remove-access.ts';
import { responses } from '../../src/features/responses.ts';
import { directoryUser, prodAccount } from '../../src/sandbox/aws/names.ts';
import { about, finished, type Office, office, otherOffice, person } from '../support/responding.ts';
import { beyondIam, failedVerification } from '../support/responding-beyond-iam.ts';
import { type FreshDatabase, freshDatabase } from '../support/stores.ts';

const hour = 3_600_000;

describe('a response that was begun', () => {
  let database: FreshDatabase;
  let here: Office;
  let there: Office;
  beforeEach(async () => {
    database = await freshDatabase('postgres', inject('postgresUrl'));
    here = await office(database, responses);
    there = await otherOffice(database, here);
  });
  afterEach(async () => {
    await there.replica.close();
    await database.close();
  });

  const begun = async (): Promise<Given> => {
    const asked = about(lockOut, 'bob');
    return here.give(asked, await here.prepare(asked));
  };

  it('and was told as lost by another replica does nothing to AWS, and the log says so', async () => {
    const given = await begun();
    there.replica.now += hour;
    await closeAbandoned(there.world, false);
    expect((await there.entries()).at(-1)).toMatchObject({ phase: 'outcome', result: 'unknown' });
    here.replica.now += hour + 1_000;
    expect(await finished(given)).toMatchObject({ result: 'refused', text: expect.stringContaining('stood still for 60 min') });
    expect(here.changes).toEqual([]);
    expect((await here.entries()).at(-1)).toMatchObject({ phase: 'outcome', result: 'refused' });
  });

  it('more than a minute ago does nothing to AWS, though nobody has told its outcome', async () => {
    const given = await begun();
    here.replica.now += 61_000;
    expect(await finished(given)).toMatchObject({ result: 'refused' });
    expect(here.changes).toEqual([]);
  });

  it('a second before everything was frozen does nothing to AWS', async () => {
    const given = await begun();
    expect(await brake(there.world.ports, person('dana'), { verb: 'freeze', why: 'a token is out' })).toMatchObject({ ok: true });
    here.replica.now += 1_000;
    expect(await finished(given)).toMatchObject({ result: 'refused', text: expect.stringContaining('dana froze all changes') });
    expect(here.changes).toEqual([]);
  });
});

it('a response of several calls makes no further one once its outcome was told', async () => {
  const here = await beyondIam([removeAccess], failedVerification(), { approvals: new Map([['remove-access', 0]]) });
  const { identityCenter, store } = here.world.ports;
  if (identityCenter === undefined) throw new Error('no Identity Center');
  const removeAssignment: typeof identityCenter.removeAssignment = async (what, actor) => {
    const asked = await identityCenter.removeAssignment(what, actor);
    const { entries } = await store.entries(1, { from: 0, count: 50 });
    const intent = entries.find(({ body }) => body.phase === 'intent');
    await store.transact((tx) => tx.end({ incident: 1, seq: intent?.seq ?? 0 }, { result: 'unknown', isGuess: true }));
    return asked;
  };
  Object.assign(here.world.ports, { identityCenter: { ...identityCenter, removeAssignment } });
  const given = await here.respond(removeAccess, { kind: 'identity-center-user', account: prodAccount, userId: directoryUser });
  expect(await finished(given)).toMatchObject({ result: 'unknown', text: expect.stringContaining('told meanwhile') });
  expect(here.changes()).toEqual(['DeleteAccountAssignment for U0BOB U0BOB SIN-1 remove-access']);
  await here.stop();
});
