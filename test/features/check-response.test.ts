/** A dry run: each call as the simulator answers of it, the role in the person's name, and nothing else. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Ports } from '../../src/domain/ports.ts';
import type { Call } from '../../src/domain/response/plan.ts';
import { checkResponse } from '../../src/features/check-response.ts';
import { lockOut } from '../../src/features/responses/lock-out.ts';
import { resetMfa } from '../../src/features/responses/reset-mfa.ts';
import { responses } from '../../src/features/responses.ts';
import { faultsOfView } from '../../src/sandbox/slack/validate.ts';
import { checkView } from '../../src/slack/check-view.ts';
import { about, type Office, office } from '../support/responding.ts';
import { type FreshDatabase, freshDatabase } from '../support/stores.ts';
import { twoRungs } from '../support/two-rungs.ts';

let database: FreshDatabase;
let here: Office;
let simulated: Call[];
let assumed: string[];
beforeEach(async () => {
  database = await freshDatabase('sqlite', '');
  here = await office(database, [...responses, twoRungs]);
  simulated = [];
  assumed = [];
});
afterEach(() => database.close());

function worldWith(over: Partial<Ports['dryRun']> = {}) {
  const dryRun: Ports['dryRun'] = {
    assume: async ({ person, response, calls }) => {
      assumed.push(`${response} as ${person.name}`);
      return calls.map(({ account }) => ({ account, role: 'acting', fault: undefined }));
    },
    simulate: async (_actor, calls) => {
      simulated.push(...calls);
      return calls.map(() => ({ is: 'may' }));
    },
    ...over,
  };
  return { ...here.world, ports: { ...here.world.ports, dryRun } };
}

async function said(by: string, over: Partial<Ports['dryRun']> = {}, response: Parameters<typeof about>[0] = lockOut, answers = {}): Promise<string> {
  const answer = await checkResponse(worldWith(over), about(response, by), answers);
  if (!answer.ok) return answer.message;
  const view = checkView({ incident: 1, response, checked: answer.checked }, new Map());
  expect(faultsOfView(view as unknown as Record<string, unknown>)).toEqual([]);
  return JSON.stringify(view.blocks);
}

it('asks of the response’s own calls, with what was read, as the person; nothing is begun', async () => {
  expect(await said('bob')).toMatch(/✓ As you: .*✓ May .*iam:UpdateLoginProfile.*Nothing was changed\. .*Not looked at: /);
  expect(assumed).toEqual(['lock-out as bob']);
  expect(simulated).toEqual([expect.objectContaining({ action: 'iam:UpdateLoginProfile', context: { 'aws:ResourceTag/signin-responder': '' } })]);
  expect(here.changes).toEqual([]);
  expect((await here.entries()).flatMap(({ phase }) => phase ?? [])).toEqual([]);
});

it('says why not, what cannot be told, and that the role was not given', async () => {
  const no = { simulate: async () => [{ is: 'may-not' as const, why: 'a statement of the role’s policies denies it' }] };
  expect(await said('bob', no)).toMatch(/✗ May not .*a statement of the role’s policies denies it/);
  expect(await said('bob', { simulate: async () => [] })).toMatch(/\? Cannot say .*the simulator gave no answer for it/);
  const untrusted = { assume: async () => [{ account: '123456789012', role: 'acting', fault: 'AWS does not let the responder call AssumeRole.' }] };
  expect(await said('bob', untrusted)).toMatch(/✗ Not as you: .*AssumeRole/);
});

it('waits for the answers that the calls depend on, and goes through each rung of a ladder', async () => {
  expect(await said('bob', {}, resetMfa)).toContain('What is called depends on the answers');
  expect(await said('bob', {}, twoRungs)).toMatch(/"Lock out".*✓ May .*"Reset MFA".*depends on the answers/);
});

it('is for who may give the response', async () => {
  expect(await said('dana')).toContain('“Reset password” is for remediators');
  expect(simulated).toEqual([]);
});
