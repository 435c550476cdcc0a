/** Access that was taken, and what is said of it once the incident's details are pruned: on the emulated AWS. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Ended } from '../../src/domain/response/plan.ts';
import type { Target } from '../../src/domain/response/target.ts';
import { day } from '../../src/domain/retention.ts';
import type { Planned } from '../../src/features/prepare-response.ts';
import { prune } from '../../src/features/prune.ts';
import { lockOut } from '../../src/features/responses/lock-out.ts';
import { quarantine } from '../../src/features/responses/quarantine.ts';
import { reopen } from '../../src/features/responses/reopen.ts';
import { resolve } from '../../src/features/responses/resolve.ts';
import { undo } from '../../src/features/responses/undo.ts';
import { responses } from '../../src/features/responses.ts';
import { transition } from '../../src/features/transition.ts';
import { prodAccount } from '../../src/sandbox/aws/names.ts';
import { textOfBlocks } from '../../src/sandbox/slack/as-text.ts';
import { drawCard } from '../../src/slack/card.ts';
import { alice, type Scene, scene } from '../support/contained.ts';
import { person } from '../support/responding.ts';

const keeping = { detailsMs: 31 * day, signInsMs: 7 * day };
let here: Scene;
beforeEach(async () => {
  here = await scene(responses);
});
afterEach(() => here.close());

const press = async (response: Planned, target: Target = alice): Promise<Ended> => {
  const ended = await here.press(here.asked(response, target, 'bob'));
  if (!('result' in ended)) throw new Error(JSON.stringify(ended));
  return ended;
};

async function card(): Promise<string> {
  const accounts = new Map([[prodAccount, 'prod']]);
  const options = { accounts, responders: [], remediatorsExist: true, responses, reach: here.world.ports.settings, permalink: () => '' };
  return textOfBlocks(drawCard(await here.incident(), options, new Map()).blocks as never);
}

async function resolvedAndPruned(): Promise<void> {
  await transition(here.world.ports, person('bob'), {
    response: resolve,
    incident: 1,
    answers: { verdict: 'attack', note: '', contained: 'for-now' },
  });
  expect((await here.incident()).status).toBe('resolved');
  await here.pass(32 * 86_400);
  await prune(here.world.ports, { keeping, stop: new AbortController().signal });
  expect((await here.incident()).pruned).toBeDefined();
}

it('what stands is kept and shown, and can still be given back: by others’ leave, for the incident no longer names her', async () => {
  await press(quarantine);
  const [held] = (await here.incident()).contained ?? [];
  await resolvedAndPruned();
  expect((await here.incident()).contained).toMatchObject([held]);
  expect(await card()).toContain('Under quarantine: alice');
  expect(await card()).not.toMatch(/Nobody is known|did nothing to anybody/);
  await transition(here.world.ports, person('bob'), { response: reopen, incident: 1, answers: {} });
  expect(await here.press(here.asked(undo, { kind: 'entry', incident: 1, seq: held?.seq ?? 0 }, 'bob'))).toMatchObject({
    is: 'requested',
    text: expect.stringContaining('alice'),
  });
});

it('the name of whoever was locked out goes with the details: a password cannot be given back', async () => {
  await press(lockOut);
  await resolvedAndPruned();
  expect(await here.incident()).not.toHaveProperty('contained');
  expect(JSON.stringify(await here.incident())).not.toContain('alice');
});
