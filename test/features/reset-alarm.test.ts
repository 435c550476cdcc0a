/** Which alarms are never set from Slack: in words, and in AWS by the template's own policy. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ownAlarmNames } from '../../src/domain/alarm/own-alarms.ts';
import type { Target } from '../../src/domain/response/target.ts';
import { resetAlarm } from '../../src/features/responses/reset-alarm.ts';
import { responses } from '../../src/features/responses.ts';
import { type SweepPorts, sweep } from '../../src/features/run-sweep.ts';
import { prodAccount, topicArn } from '../../src/sandbox/aws/names.ts';
import type { Alarm } from '../../src/sandbox/aws/shapes.ts';
import { person } from '../support/responding.ts';
import { type RespondingInAws, respondingInAws } from '../support/responding-in-aws.ts';
import { alarmText } from '../support/sandbox.ts';

const arnOf = (name: string): string => `arn:aws:cloudwatch:us-east-1:${prodAccount}:alarm:${name}`;
const targetOf = (name: string): Target => ({ kind: 'alarm', arn: arnOf(name) });

let here: RespondingInAws;
beforeEach(async () => {
  here = await respondingInAws(responses, { topicArns: [topicArn] });
});
afterEach(() => here.stop());

/** SIN-1 is about it. */
async function firing(name: string, over: Partial<Alarm> = {}): Promise<void> {
  const alarms = here.aws.state.accounts[prodAccount]?.alarms ?? {};
  alarms[name] = { ...(alarms.ConsoleSigninFailures as Alarm), name, arn: arnOf(name), state: 'ALARM', ...over };
  await here.replica.receive(alarmText(name, 'ALARM', here.aws.clock.now()));
}

const sets = (): number => here.aws.state.calls.filter(({ operation, error }) => operation === 'SetAlarmState' && error === undefined).length;

it.each([
  ['alarmActions', 'arn:aws:automate:us-east-1:ec2:terminate', 'when its state changes it changes an EC2 instance. It is never set from Slack.'],
  ['okActions', 'arn:aws:autoscaling:us-east-1:1:scalingPolicy:p:autoScalingGroupName/g:policyName/n', 'scales a group of Auto Scaling'],
  ['insufficientDataActions', 'arn:aws:lambda:us-east-1:1:function:clean', 'runs a Lambda function'],
])('one whose %s do more than tell is refused in words', async (list, arn, says) => {
  await firing('CpuIdle', { [list]: [arn] });
  const given = await here.respond(resetAlarm, targetOf('CpuIdle'));
  expect(given).toMatchObject({ is: 'refused', refused: { reason: 'alarm-acts', message: expect.stringContaining(says) } });
  expect(sets()).toBe(0);
});

it.each(ownAlarmNames)('%s is refused in words, and to the role by its policy whatever the session may', async (name) => {
  await firing(name);
  expect(await here.respond(resetAlarm, targetOf(name))).toMatchObject({ is: 'refused', refused: { reason: 'own-alarm' } });
  const calls = [{ action: 'cloudwatch:SetAlarmState', resource: arnOf(name), account: prodAccount }];
  const actor = { person: person('mallory'), incident: 1, response: 'reset-alarm', calls, sent: () => undefined };
  await expect(here.world.ports.alarms.reset(arnOf(name), 'quiet', actor)).rejects.toMatchObject({
    code: 'denied',
    message: expect.stringContaining('A policy in AWS denies the responder SetAlarmState here'),
  });
  expect(sets()).toBe(0);
});

it('one whose OK nobody is notified of is looked at within half a minute of its reset, and shown as reset', async () => {
  const { store } = here.replica;
  const of = { kind: 'alarms', of: `${prodAccount} us-east-1` } as const;
  await store.planSweeps([of], here.replica.now);
  const first = await store.claimSweep(here.replica.now);
  if (first === undefined) throw new Error('nothing to sweep');
  await store.endSweep(first, { through: here.replica.now, again: here.replica.now + 300_000 });
  await firing('TellsNoOk', { okActions: [], alarmActions: [topicArn], breaching: false });
  const given = await here.respond(resetAlarm, targetOf('TellsNoOk'));
  if (given.is !== 'begun') throw new Error(JSON.stringify(given));
  expect(await given.finish(async () => 'closed')).toMatchObject({ result: 'done' });
  const at = (await store.nextSweepAt()) ?? 0;
  expect(at - here.replica.now).toBeLessThanOrEqual(30_000);
  here.replica.now = at;
  await here.aws.clock.advance(30);
  const due = await store.claimSweep(at);
  if (due === undefined) throw new Error('nothing to sweep');
  await sweep(here.world.ports as SweepPorts, due, () => undefined);
  const [incident] = await here.replica.incidents();
  expect(incident?.alarm).toMatchObject({ state: 'OK', resetBy: { name: 'bob' } });
  expect(incident?.late).toEqual({ read: 1 });
});
