/** A response that is in no list: one module, given to the app by this test, driven from its button to its outcome. Nothing else knows of it. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Incident } from '../../src/domain/incident/incident.ts';
import type { ResponseRequest } from '../../src/domain/response/request.ts';
import { type CallResponse, labelsOf, permissionsOf } from '../../src/domain/response/response.ts';
import { concernsIamUsers } from '../../src/domain/response/target.ts';
import { brake } from '../../src/features/brakes.ts';
import { give } from '../../src/features/give-response.ts';
import { planUserChange, type UserPlan } from '../../src/features/plan-user-change.ts';
import { decide } from '../../src/features/requests.ts';
import { causesOf, responses } from '../../src/features/responses.ts';
import { faultsOfBlocks, faultsOfView } from '../../src/sandbox/slack/validate.ts';
import { actions } from '../../src/slack/card-actions.ts';
import { approveForm, confirmForm, outcomeView } from '../../src/slack/forms.ts';
import { drawReply } from '../../src/slack/reply.ts';
import { about, finished, type Office, office, person } from '../support/responding.ts';
import { type FreshDatabase, freshDatabase } from '../support/stores.ts';

const pretend: CallResponse<UserPlan> = {
  kind: 'call',
  id: 'switch-lamp',
  label: 'Switch the lamp',
  button: { id: 'switch-lamp', label: 'Switch the lamp', heading: 'Lamp', verb: 'Switch' },
  needs: 'remediator',
  effect: 'Switches the lamp of the user on.',
  nonEffect: 'Does not switch it off again.',
  access: 'gives',
  approvals: 1,
  undo: 'By hand',
  target: 'iam-user',
  permissions: [{ action: 'iam:SwitchLamp', on: 'user' }],
  causes: [{ event: 'SwitchLamp', names: 'user' }],
  offered: (incident, reach) => (concernsIamUsers(incident, reach) ? 'user' : undefined),
  plan: async (ports, target, incident) => {
    const answer = await planUserChange(ports, target, { incident, access: 'gives' });
    const colours = ['red', 'green'].map((id) => ({ id, label: id }));
    return answer.ok
      ? { ok: true, plan: { ...answer.plan, questions: [{ kind: 'choose-one', id: 'colour', label: 'Which colour?', options: colours }] } }
      : answer;
  },
  check: (_plan, answers) => (answers.colour === 'red' ? { colour: 'The red one is broken.' } : {}),
  intent: ({ on }, by, answers) => `${by.name} switches the ${answers.colour} lamp of ${on}.`,
  calls: ({ userArn, user }) => [{ action: 'iam:SwitchLamp', resource: userArn, account: user.ref.account }],
  act: async (_ports, { user }) => ({ result: 'done', text: `The lamp of ${user.ref.name} is on.` }),
};
const all = [...responses, pretend];

let database: FreshDatabase;
let here: Office;
beforeEach(async () => {
  database = await freshDatabase('sqlite', '');
  here = await office(database, all);
});
afterEach(() => database.close());

const incidentNow = async (): Promise<Incident> => (await here.replica.store.incident(1)) as Incident;

async function reply(): Promise<string> {
  const { entries } = await here.replica.store.entries(1, { from: 0, count: 50 });
  const entry = entries.find(({ body }) => body.phase === 'request');
  const outcome = entries.find(({ body }) => entry !== undefined && body.intent === entry.seq);
  if (entry === undefined) return '';
  const { blocks } = drawReply(await incidentNow(), [{ entry, outcome }], { responders: [], labels: labelsOf(all) });
  expect(faultsOfBlocks(blocks, 'message')).toEqual([]);
  return JSON.stringify(blocks);
}

it('from its button to its outcome, with approval and freeze', async () => {
  const { reach } = { reach: here.world.ports.settings };
  const rows = actions(await incidentNow(), { responses: all, remediatorsExist: true, reach });
  expect(JSON.stringify(rows)).toContain('"action_id":"switch-lamp"');
  expect(permissionsOf(all)).toContainEqual({ action: 'iam:SwitchLamp', on: 'user' });
  expect(causesOf(all)['switch-lamp']).toEqual([{ event: 'SwitchLamp', names: 'user' }]);

  const asked = about(pretend, 'bob');
  const shown = await here.prepare(asked);
  const form = confirmForm(shown, asked.target, { alternatives: [pretend] });
  expect(faultsOfView(form as unknown as Record<string, unknown>)).toEqual([]);
  expect(JSON.stringify(form)).toMatch(/Which colour\?.*Why\?/);
  expect(await here.give(asked, shown, { colour: 'red' })).toMatchObject({ is: 'asked-again', problems: { colour: 'The red one is broken.' } });

  expect(await here.give(asked, shown, { colour: 'green' })).toMatchObject({ is: 'requested' });
  expect(await reply()).toMatch(/Switch the lamp.*Why, in the words of bob.*"action_id":"approve"/);
  const { entries } = await here.replica.store.entries(1, { from: 0, count: 50 });
  const { seq } = entries.find(({ body }) => body.phase === 'request') as { seq: number };
  const request = (await here.replica.store.request(1, seq)) as ResponseRequest;
  const view = approveForm(await here.prepare(asked), request, pretend);
  expect(faultsOfView(view as unknown as Record<string, unknown>)).toEqual([]);
  expect(JSON.stringify(view)).toMatch(/Which colour\?.*green.*"action_id":"check"/);
  const run = () => give(here.world, asked, { facts: request.facts, answers: request.answers, why: request.why, seen: request.seen, request: seq });

  expect(await run()).toMatchObject({ is: 'refused', refused: { reason: 'request-over' } });
  expect(await decide(here.world, person('carmen'), { incident: 1, seq, verb: 'approve', facts: shown.plan.facts })).toMatchObject({ ok: true });
  await brake(here.world.ports, person('dana'), { verb: 'freeze', why: 'stop' });
  expect(await run()).toMatchObject({ is: 'refused', refused: { reason: 'frozen' } });
  await brake(here.world.ports, person('carmen'), { verb: 'end', why: '' });
  expect(await reply()).toContain('"action_id":"run"');
  const ended = await finished(await run());
  expect(JSON.stringify(outcomeView(pretend, 1, ended))).toContain('The lamp of alice is on.');
  expect((await here.entries()).slice(-2)).toMatchObject([
    { what: 'switch-lamp', phase: 'intent', text: 'bob switches the green lamp of alice in 123456789012.', why: 'takeover' },
    { what: 'switch-lamp', phase: 'outcome', result: 'done' },
  ]);
});
