/** In whose name AWS is called, against the emulated AWS, which decides by the template's own trust and policies. The tables are printed. */

import { AssumeRoleCommand, type AssumeRoleCommandInput, STSClient } from '@aws-sdk/client-sts';
import { afterEach, describe, expect, it } from 'vitest';
import { rulePattern } from '../../src/domain/detection/detection.ts';
import { detectionIds, detectionOf } from '../../src/domain/detection/detections.ts';
import type { EntryBody } from '../../src/domain/incident/timeline.ts';
import type { Json } from '../../src/domain/json.ts';
import { sessionNameOf } from '../../src/domain/response/attribution.ts';
import { changesAws } from '../../src/domain/response/response.ts';
import { kindsIn, type Target } from '../../src/domain/response/target.ts';
import { followResponses } from '../../src/features/follow-responses.ts';
import type { Planned } from '../../src/features/prepare-response.ts';
import { lockOut } from '../../src/features/responses/lock-out.ts';
import { lookUpMfa } from '../../src/features/responses/look-up-mfa.ts';
import { quarantine } from '../../src/features/responses/quarantine.ts';
import { resetAlarm } from '../../src/features/responses/reset-alarm.ts';
import { responses } from '../../src/features/responses.ts';
import { deployedRole } from '../../src/sandbox/aws/deployed-roles.ts';
import { prodAccount } from '../../src/sandbox/aws/names.ts';
import type { DeployedRole } from '../../src/sandbox/aws/shapes.ts';
import type { AwsCall } from '../../src/sandbox/aws/state.ts';
import { eventMatches } from '../support/event-pattern.ts';
import { alarmName, everyTarget, recordOf } from '../support/every-target.ts';
import { finished, person } from '../support/responding.ts';
import { type BeyondIam, beyondIam } from '../support/responding-beyond-iam.ts';
import { sessionsOf } from '../support/sign-in-sessions.ts';
import { twoRungs } from '../support/two-rungs.ts';

let here: BeyondIam;
afterEach(() => here.stop());

const bob = person('bob');
const { 'iam-user': user, alarm } = everyTarget;

async function open(target: Target, all = [...responses, twoRungs]): Promise<void> {
  here = await beyondIam(all, recordOf(target, Date.now()), { approvals: new Map(all.map(({ id }) => [id, 0])) });
  here.prod.signInSessions = sessionsOf(1, { who: 'user/bella', now: Date.now() });
  if (target.kind === 'alarm') Object.assign(here.prod.alarms[alarmName] ?? {}, { state: 'ALARM', breaching: false });
}

/** Which entry is known once something was taken. */
const taken = everyTarget.entry;
const changing = [...responses, twoRungs].filter((one): one is Planned => one.kind !== 'step' && changesAws(one));
/** On the first kind of target that each is for; test/features/every-response.test.ts has the others. */
const driven = changing.map((response) => ({ response, target: everyTarget[kindsIn(response.target)[0] ?? 'incident'] }));

const changesMade = (from = 0): AwsCall[] =>
  here.aws.state.calls.slice(from).filter(({ service, operation }) => {
    return ['iam', 'cloudwatch', 'sso', 'identitystore', 'signin'].includes(service) && !/^(Get|List|Describe|Simulate)/.test(operation);
  });

const rows: string[][] = [];
/** There is nothing for them to do here: they have tests of their own. */
const idle: string[] = [];

describe('each change', () => {
  it.each(driven)('of $response.id carries person, incident and response, by one session that may do nothing else', async ({ response, target }) => {
    await open(target);
    const one = target === taken ? await takenFromUser() : target;
    const from = here.aws.state.calls.length;
    const given = await here.respond(response, one);
    if (given.is === 'refused' && given.refused.reason === 'already-so') return void idle.push(response.id);
    expect(given).toMatchObject({ is: 'begun' });
    if (given.is === 'begun') await given.finish(async () => 'shown');
    const outcomes = (await outcomesOf(response.kind === 'ladder' ? response.rungs.length : target === taken ? 2 : 1)).filter(
      ({ what }) => target !== taken || what === response.id,
    );
    expect(outcomes.map(({ result }) => result)).toEqual(outcomes.map(() => 'done'));
    const made = changesMade(from);
    expect(made.length).toBeGreaterThan(0);
    const noted = outcomes.flatMap(({ requests = [] }) => requests);
    expect(noted).toEqual(expect.arrayContaining(made.map(({ operation, requestId }) => `${operation} ${requestId}`)));
    for (const { operation, sourceIdentity, roleSessionName, tags, requestId } of made) {
      const id = tags?.response ?? response.id;
      expect([response.id, ...(response.kind === 'ladder' ? response.rungs : [])]).toContain(id);
      // AssumeRoot hands on who it is for, and neither name nor tags.
      const session = {
        roleSessionName: sessionNameOf({ person: bob, incident: 1, response: id }),
        tags: { person: bob.id, incident: 'SIN-1', response: id },
      };
      expect({ sourceIdentity, roleSessionName, tags }).toEqual({ sourceIdentity: bob.id, ...(target.kind === 'root' ? {} : session) });
      rows.push([id, operation, sourceIdentity ?? '', roleSessionName ?? '', JSON.stringify(tags), requestId]);
    }
    const sessions = here.aws.state.calls.slice(from).filter(({ operation, input }) => operation === 'AssumeRole' && input.Policy !== undefined);
    // Of a ladder each rung has one that has something to do.
    expect(sessions).toHaveLength(outcomes.length);
    for (const { input } of sessions) expect(input).toMatchObject({ DurationSeconds: '900' });
    expect(await ownActionsOpen()).toBe(0);
  });

  it('is listed', () => {
    console.table(
      rows.map(([response, call, sourceIdentity, session, tags, requestId]) => ({ response, call, sourceIdentity, session, tags, requestId })),
    );
    return open(user);
  });
});

/** What there is to undo. */
async function takenFromUser(): Promise<Target> {
  await finished(await here.respond(quarantine, user));
  const [contained] = (await here.incident()).contained ?? [];
  return { kind: 'entry', incident: 1, seq: contained?.seq ?? 0 };
}

/** Once AWS has ended what it goes on with. */
async function outcomesOf(count: number): Promise<EntryBody[]> {
  for (let tries = 0; ; tries++) {
    const { entries } = await here.replica.store.entries(1, { from: 0, count: 50 });
    const outcomes = entries.filter(({ body }) => body.phase === 'outcome').map(({ body }) => body);
    if (outcomes.length === count || tries === 20) return outcomes;
    here.replica.now += 5_000;
    await here.aws.clock.advance(5);
    await followResponses(here.world);
  }
}

/** What CloudTrail has of it comes back as events, where a rule of the templates lets it through. @returns how many incidents they opened */
async function ownActionsOpen(): Promise<number> {
  const before = (await here.replica.incidents()).length;
  const records = [here.prod, here.hub].flatMap(({ trail }) => trail.map(({ record }) => record as Json));
  expect(records.length).toBe(changesMade().length);
  for (const detail of records) {
    const source = String(detail.eventSource).replace(/^(\w+)\..*/, 'aws.$1');
    const place = { account: detail.recipientAccountId, region: detail.awsRegion };
    const event = { 'detail-type': 'AWS API Call via CloudTrail', source, ...place, detail };
    if (detectionIds.some((id) => eventMatches(rulePattern(detectionOf(id)), event))) await here.replica.receive(event);
  }
  return (await here.replica.incidents()).length - before;
}

describe('without it', () => {
  const asked: AssumeRoleCommandInput = {
    RoleArn: `arn:aws:iam::${prodAccount}:role/signin-responder-respond`,
    RoleSessionName: 'U0BOB.SIN-1.lock-out',
    SourceIdentity: 'U0BOB',
    Tags: Object.entries({ person: 'U0BOB', incident: 'SIN-1', response: 'lock-out' }).map(([Key, Value]) => ({ Key, Value })),
  };
  const tagsBut = (name: string, ...more: { Key: string; Value: string }[]) => ({
    Tags: [...(asked.Tags ?? []).filter(({ Key }) => Key !== name), ...more],
  });
  const statement = { Effect: 'Allow', Action: 'iam:GetUser', Resource: `arn:aws:iam::${prodAccount}:user/${'x'.repeat(2_048)}` };
  const tooLong = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
  const elsewhere = (): void => void Object.assign(here.hub, { organization: 'o-elsewhere001' });
  const cases: [string, AssumeRoleCommandInput, string, (() => void)?][] = [
    ['as the program asks', asked, 'given'],
    ['without SourceIdentity', { ...asked, SourceIdentity: undefined }, 'sts:AssumeRole'],
    ['a SourceIdentity that is no Slack user', { ...asked, SourceIdentity: 'mallory' }, 'sts:AssumeRole'],
    ['without tags', { ...asked, Tags: [] }, 'sts:AssumeRole'],
    ...['person', 'incident', 'response'].map((tag): [string, AssumeRoleCommandInput, string] => [
      `without the tag ${tag}`,
      { ...asked, ...tagsBut(tag) },
      'sts:AssumeRole',
    ]),
    ['with an incident that is none', { ...asked, ...tagsBut('incident', { Key: 'incident', Value: '7' }) }, 'sts:AssumeRole'],
    ['with a tag more', { ...asked, ...tagsBut('', { Key: 'team', Value: 'x' }) }, 'sts:TagSession'],
    ['from another organisation', asked, 'sts:AssumeRole', elsewhere],
    ['with a session policy of more than AWS takes', { ...asked, Policy: tooLong }, 'ValidationError'],
    ['a role that is not there', { ...asked, RoleArn: `arn:aws:iam::${prodAccount}:role/admin` }, 'sts:AssumeRole'],
    [
      'reading, in nobody’s name',
      { RoleArn: `arn:aws:iam::${prodAccount}:role/signin-responder-read`, RoleSessionName: 'signin-responder' },
      'given',
    ],
    ['reading, in a person’s name', { ...asked, RoleArn: `arn:aws:iam::${prodAccount}:role/signin-responder-read` }, 'given'],
  ];

  it('the template’s own trust denies it', async () => {
    const seen: Record<string, string>[] = [];
    for (const [what, input, expected, before] of cases) {
      await open(user);
      before?.();
      const answer = await new STSClient(here.aws.options).send(new AssumeRoleCommand(input)).then(
        () => 'given',
        (thrown: Error) => (thrown.name === 'AccessDenied' ? (/perform: (\S+)/.exec(thrown.message)?.[1] ?? '') : thrown.name),
      );
      seen.push({
        asked: what,
        expected: expected === 'given' ? expected : `denied: ${expected}`,
        seen: answer === 'given' ? answer : `denied: ${answer}`,
      });
      if (what !== cases.at(-1)?.[0]) await here.stop();
    }
    console.table(seen);
    expect(seen.filter((row) => row.expected !== row.seen)).toEqual([]);
  });

  it('an older trust lets nobody change anything, and says so', async () => {
    await open(user);
    const account = here.prod;
    const statement = { Effect: 'Allow', Principal: '*', Action: ['sts:AssumeRole', 'sts:SetSourceIdentity'] };
    account.deployedRoles = { 'signin-responder-respond': { trust: { Version: '2012-10-17', Statement: [statement] }, policies: [] } };
    const ended = await finished(await here.respond(lockOut, user));
    expect(ended).toMatchObject({ result: 'failed', text: expect.stringContaining('AWS does not let the responder call AssumeRole') });
    expect(changesMade()).toEqual([]);
  });
});

it('a session does not do what its response did not say, nor the same to somebody else', async () => {
  await open(user);
  const calls = [{ action: 'iam:UpdateLoginProfile', resource: `arn:aws:iam::${prodAccount}:user/bella`, account: prodAccount }];
  const actor = { person: bob, incident: 1, response: 'lock-out', calls, sent: () => undefined };
  const { identities } = here.world.ports;
  const serial = `arn:aws:iam::${prodAccount}:mfa/bella-phone`;
  const denied = { code: 'denied' };
  await expect(identities.deactivate({ account: prodAccount, name: 'bella' }, serial, actor)).rejects.toMatchObject(denied);
  await expect(identities.deactivate({ account: prodAccount, name: 'carl' }, serial, actor)).rejects.toMatchObject(denied);
});

it('an end without an answer has no request id, and the entry says so', async () => {
  await open(alarm);
  here.aws.faults.aws.push({ operation: 'SetAlarmState', mode: 'reset-after', times: 1 });
  await finished(await here.respond(resetAlarm, alarm));
  const { entries } = await here.replica.store.entries(1, { from: 0, count: 50 });
  const outcome = entries.find(({ body }) => body.phase === 'outcome');
  expect(outcome?.body.requests).toEqual(['SetAlarmState: no request id, for AWS gave no answer']);
});

describe('what a click makes the responder read of a person', () => {
  const reads = (): AwsCall[] => here.aws.state.calls.filter(({ service, operation }) => service === 'iam' && /^(Get|List)/.test(operation));

  it.each([lockOut, lookUpMfa])('by $id is read in that person’s name, and is an entry', async (response) => {
    await open(user);
    await finished(await here.respond(response, user));
    expect(reads().length).toBeGreaterThan(3);
    for (const { sourceIdentity, roleSessionName, tags } of reads())
      expect({ sourceIdentity, roleSessionName, tags }).toEqual({
        sourceIdentity: bob.id,
        roleSessionName: `${bob.id}.SIN-1.${response.id}`,
        tags: { person: bob.id, incident: 'SIN-1', response: response.id },
      });
    const { entries } = await here.replica.store.entries(1, { from: 0, count: 50 });
    const told = entries.filter(({ body }) => body.by?.id === bob.id && (body.what === 'read' || body.phase === 'intent'));
    expect(told.map(({ body }) => body.what)).toContain(response === lookUpMfa ? 'look-up-mfa' : 'read');
    expect(told.filter(({ body }) => body.what === 'read').length).toBeLessThanOrEqual(1);
  });

  it('goes on in nobody’s name while the stack is an older one, and that is asked once', async () => {
    await open(user);
    const account = here.prod;
    const statement = { Effect: 'Allow', Principal: '*', Action: 'sts:AssumeRole' };
    const { policies } = deployedRole('signin-responder-read', { account: prodAccount, partition: 'aws' }) as DeployedRole;
    account.deployedRoles = { 'signin-responder-read': { trust: { Version: '2012-10-17', Statement: [statement] }, policies } };
    for (const response of [lookUpMfa, lookUpMfa]) expect((await finished(await here.respond(response, user))).result).toBe('done');
    expect(reads().every(({ sourceIdentity, roleSessionName }) => sourceIdentity === undefined && roleSessionName === 'signin-responder')).toBe(true);
    expect(here.aws.state.calls.filter(({ operation, error }) => operation === 'AssumeRole' && error !== undefined)).toHaveLength(1);
  });
});
