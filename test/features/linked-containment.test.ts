/** Two incidents about one person: what was done because of one is known to the other, and is not advised there again. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Incident } from '../../src/domain/incident/incident.ts';
import { mayNotAsk } from '../../src/domain/response/owner-question.ts';
import type { Target } from '../../src/domain/response/target.ts';
import type { Planned } from '../../src/features/prepare-response.ts';
import { contain } from '../../src/features/responses/contain.ts';
import { endSessions } from '../../src/features/responses/end-sessions.ts';
import { handOver } from '../../src/features/responses/hand-over.ts';
import { lockOut } from '../../src/features/responses/lock-out.ts';
import { quarantine } from '../../src/features/responses/quarantine.ts';
import { undo } from '../../src/features/responses/undo.ts';
import { responses } from '../../src/features/responses.ts';
import { prodAccount } from '../../src/sandbox/aws/names.ts';
import { textOfBlocks } from '../../src/sandbox/slack/as-text.ts';
import { faultsOfBlocks } from '../../src/sandbox/slack/validate.ts';
import { drawCard } from '../../src/slack/card.ts';
import { alice, type Scene, scene } from '../support/contained.ts';
import { consoleLogin } from '../support/records.ts';
import { person } from '../support/responding.ts';
import { sessionsOf } from '../support/sign-in-sessions.ts';

let here: Scene;
beforeEach(async () => {
  here = await scene(responses, { approvals: new Map([['hand-over', 0]]) });
  const eventTime = new Date(here.aws.clock.now() - 30_000).toISOString();
  const user = { type: 'IAMUser', accountId: prodAccount, arn: `arn:aws:iam::${prodAccount}:user/alice`, userName: 'alice' };
  await here.replica.receive(consoleLogin(user, 'Failure', 'Yes', { eventTime, recipientAccountId: prodAccount }));
  await here.replica.work();
});
afterEach(() => here.close());

/** SIN-1 is about a sign-in of alice's without MFA, SIN-3 about a code of hers that was wrong. */
const second = 3;

async function press(response: Planned, incident = 1, target: Target = alice): Promise<void> {
  const ended = await here.press({ ...here.asked(response, target), incident });
  expect(ended).toMatchObject({ result: 'done' });
  await here.pass(10);
  await here.replica.work();
}

async function cardOf(id: number, change: Partial<Incident> = {}): Promise<string> {
  const options = {
    accounts: new Map([[prodAccount, 'prod']]),
    responders: [],
    remediatorsExist: true,
    responses,
    reach: here.world.ports.settings,
    permalink: (ts: string) => `https://slack.test/${ts}`,
  };
  const claimed = await here.incident(id);
  const { blocks } = drawCard({ ...claimed, ...change }, options, new Map([[1, '1.1']]));
  expect(faultsOfBlocks(blocks, 'message')).toEqual([]);
  if (claimed.elsewhere?.length) expect(JSON.stringify(blocks)).toContain('{"type":"link","url":"https://slack.test/1.1","text":"SIN-1"}');
  return textOfBlocks(blocks as never);
}

/** As if the second were the takeover. */
const grave: Partial<Incident> = {
  severity: 'CRITICAL',
  assessment: { verdict: 'takeover', reasons: [], severity: 'CRITICAL', about: undefined, concerns: [] },
};

it('the second card says on which one she was contained, and puts forward what is left', async () => {
  expect((await here.incident(second)).links.map(({ id }) => id)).toContain(1);
  expect(await cardOf(second, grave)).toMatch(/Now: .*Contain alice, then call alice\./);
  await press(contain);
  const card = await cardOf(second, grave);
  expect(card).toMatch(/alice was contained on SIN-1: password replaced, .*inactive, under quarantine\./);
  expect(card).not.toMatch(/Contain alice|Lock alice out|Reset password, and/);
  expect(card).toMatch(/Now: .*[cC]all alice\./);
  expect(await cardOf(1)).not.toContain(' on SIN-');
});

it('is drawn again because of it', async () => {
  const before = await here.incident(second);
  await press(quarantine);
  const after = await here.incident(second);
  expect(after.revision).toBeGreaterThan(before.revision);
  expect(after.elsewhere).toMatchObject([{ incident: 1, contained: [{ left: { of: 'quarantine', isOn: true } }], passwordsReset: [] }]);
});

it('sessions that were ended are listed anew for it', async () => {
  const now = here.aws.clock.now();
  here.account().signInSessions = sessionsOf(2, { who: 'user/alice', now });
  expect(await here.press(here.asked(endSessions, alice))).toMatchObject({ result: 'done' });
  await here.pass(10);
  const due = [];
  for (let claimed = await next(); claimed !== undefined; claimed = await next()) due.push(claimed.incident);
  expect(due.toSorted()).toEqual(expect.arrayContaining([second]));
});

const next = () => here.world.ports.store.claimChore(here.aws.clock.now(), ['users']);

it('an undo is known too', async () => {
  await press(quarantine);
  const [held] = (await here.incident()).contained ?? [];
  await press(undo, 1, { kind: 'entry', incident: 1, seq: held?.seq ?? 0 });
  expect((await here.incident(second)).elsewhere).toEqual([]);
  expect(await cardOf(second, grave)).toMatch(/Contain alice, then call alice\./);
});

it('a lock-out is not done twice, and a password that is handed over on the second card ends it on both', async () => {
  await press(lockOut);
  const shown = await here.shown({ ...here.asked(lockOut, alice), incident: second });
  expect(shown.plan).toMatchObject({ done: expect.stringMatching(/^alice is locked out already \(entry \d+ of SIN-1\)\.$/) });
  await here.pass(16 * 60);
  await press(handOver, second);
  expect((await here.incident()).contained).toEqual([]);
  expect((await here.incident(second)).elsewhere).toMatchObject([{ contained: [] }]);
  expect(await cardOf(second)).toContain('alice got a new password on SIN-1');
});

it('her owner may be asked on the second card once she is contained on the first', async () => {
  const may = async (): Promise<string | undefined> => {
    const incident = { ...(await here.incident(second)), ...grave };
    const subject = incident.subjects.find(({ name }) => name === 'alice');
    return subject && mayNotAsk(incident, subject, { owner: 'U0ALICE', by: person('bob').id, now: here.aws.clock.now() })?.reason;
  };
  expect(await may()).toBe('contain-first');
  await press(quarantine);
  expect(await may()).toBeUndefined();
});
