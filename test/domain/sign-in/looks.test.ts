import { describe, expect, it } from 'vitest';
import { detectionIds } from '../../../src/domain/detection/detections.ts';
import { quiet } from '../../../src/domain/incident/decision.ts';
import type { Incident } from '../../../src/domain/incident/incident.ts';
import { apply, withSignIns } from '../../../src/domain/incident/intake.ts';
import { type AlarmMemory, keyOf, meaningOf } from '../../../src/domain/incident/triage.ts';
import type { Json } from '../../../src/domain/json.ts';
import { type OwnIdentity, ownActionIn } from '../../../src/domain/response/own-actions.ts';
import { belonging, looksFor, nextLookAt } from '../../../src/domain/sign-in/looks.ts';
import { type SignIn, signInFromRecord } from '../../../src/domain/sign-in/sign-in.ts';
import { noSurroundings } from '../../../src/domain/sign-in/surroundings.ts';
import { type Signal, understand } from '../../../src/domain/signal/signal.ts';
import { causesOf, responses } from '../../../src/features/responses.ts';
import { alone } from '../../support/memory.ts';
import { settings } from '../../support/ports.ts';
import { consoleLogin, iamUser } from '../../support/records.ts';
import { alarmText, topic } from '../../support/sandbox.ts';

const account = '123456789012';
const t0 = Date.parse('2026-11-22T03:00:00Z');

function signInOf(record: Json): SignIn {
  return signInFromRecord(record, { account, region: 'us-east-1', at: t0, id: 'e' });
}

function alarm(name: string, arn: string, state: 'ALARM' | 'OK' = 'ALARM', at = t0): Signal {
  const message = JSON.stringify(alarmText(name, state, at, { AlarmArn: arn, AWSAccountId: account }));
  return understand({ topicArn: topic, messageId: 'm', subject: undefined, publishedAt: at, message })[0] as Signal;
}

describe('where and when CloudTrail is asked', () => {
  const incident = { detection: 'console-sign-in-failures', account, region: 'eu-west-1' } as const;
  const base = { regions: ['eu-west-1'], accounts: new Map([['111111111111', 'a']]).set('222222222222', 'b'), trailAccount: undefined };

  it('for sign-ins: where they are recorded, and in the regions that are used', () => {
    const looks = looksFor(incident, t0, base);
    expect(new Set(looks.map(({ region }) => region))).toEqual(new Set(['us-east-1', 'us-east-2', 'eu-north-1', 'ap-southeast-2', 'eu-west-1']));
    expect(new Set(looks.map((look) => look.account))).toEqual(new Set([account]));
  });

  it.each([
    ['cn-north-1', 'cn-northwest-1'],
    ['us-gov-east-1', 'us-gov-west-1'],
    ['eusc-de-east-1', 'eusc-de-east-1'],
  ])('of an incident in %s: nowhere outside its partition', (region, other) => {
    for (const detection of [...detectionIds, undefined]) {
      const asked = new Set(looksFor({ detection, account, region }, t0, { ...base, regions: ['eu-west-1', region] }).map((look) => look.region));
      expect([...asked].filter((one) => one.startsWith('us-east') || one.startsWith('eu-'))).toEqual([]);
      expect(asked.size).toBeGreaterThan(0);
    }
    expect(new Set(looksFor({ ...incident, region }, t0, base).map((look) => look.region))).toEqual(new Set([region, other]));
  });

  it('in every account where one trail watches all', () => {
    const looks = looksFor({ ...incident, account: '111111111111' }, t0, { ...base, trailAccount: '111111111111' });
    expect(new Set(looks.map((look) => look.account))).toEqual(new Set(['111111111111', '222222222222']));
  });

  it.each(detectionIds)('of %s asks for something somewhere', (detection) => {
    expect(looksFor({ ...incident, detection }, t0, base).length).toBeGreaterThan(0);
  });

  it('at 0, 1, 3, 6, 10 and 15 minutes', () => {
    const times: number[] = [];
    for (let at = nextLookAt(t0, t0 - 1); at !== undefined; at = nextLookAt(t0, at)) times.push((at - t0) / 60_000);
    expect(times).toEqual([0, 1, 3, 6, 10, 15]);
  });
});

describe('what belongs to an incident', () => {
  const at = (record: Json, sourceIPAddress: string): SignIn => signInOf({ ...record, eventTime: new Date(t0).toISOString(), sourceIPAddress });
  const failed = at(consoleLogin({ type: 'IAMUser', userName: 'alice' }, 'Failure', 'No'), '203.0.113.7');
  const sameAddress = at(consoleLogin(iamUser('carl'), 'Success', 'Yes'), '203.0.113.7');
  const sameUser = at(consoleLogin(iamUser('alice'), 'Success', 'Yes'), '192.0.2.1');
  const stranger = at(consoleLogin(iamUser('dora'), 'Success', 'Yes'), '192.0.2.9');
  const internal = at(consoleLogin({ type: 'IAMUser', userName: 'x' }, 'Failure', 'No'), 'AWS Internal');
  const otherInternal = at(consoleLogin(iamUser('y'), 'Success', 'Yes'), 'AWS Internal');
  const nothing = { detection: 'console-sign-in-failures', subjects: [] } as const;

  it('is what its detection matches, and what shares an address or a user with that', () => {
    expect(belonging(nothing, t0, [failed, sameAddress, sameUser, stranger])).toEqual([failed, sameAddress, sameUser]);
    expect(belonging(nothing, t0, [sameAddress, stranger])).toEqual([]);
  });

  it('is nothing that only comes from inside AWS too, and nothing from before its window', () => {
    expect(belonging(nothing, t0, [internal, otherInternal])).toEqual([internal]);
    expect(belonging(nothing, t0 + 1, [failed])).toEqual([]);
  });
});

describe('what an alarm means', () => {
  const arn = `arn:aws:cloudwatch:us-east-1:${account}:alarm:Nightly`;

  it('is what people configured, by name or ARN, before anything else', () => {
    const memory = { recognised: { detection: 'root-sign-in', by: 'metric-filter' } } as AlarmMemory;
    for (const key of ['Nightly', arn]) {
      const configured = { ...settings, alarmDetections: new Map([[key, 'federated-sign-in' as const]]) };
      expect(meaningOf(alarm('Nightly', arn), memory, configured).recognised).toMatchObject({ detection: 'federated-sign-in', by: 'configured' });
    }
    expect(meaningOf(alarm('Nightly', arn), memory, settings).recognised?.detection).toBe('root-sign-in');
  });

  it('an event belongs to the account whose trail watches it', () => {
    const event = { ...signInOf(consoleLogin(iamUser('alice'), 'Success', 'No')), account: '222222222222' };
    const watched = meaningOf(event, undefined, { ...settings, trailAccount: '111111111111' });
    expect(keyOf(event, watched)).toBe('detection:console-sign-in-without-mfa:111111111111');
    expect(keyOf(event, meaningOf(event, undefined, settings))).toBe('detection:console-sign-in-without-mfa:222222222222');
  });

  it('two alarms of one detection are one incident, which shows one that is in ALARM', () => {
    const both = { ...settings, alarmDetections: new Map([['A', 'root-sign-in' as const]]).set('B', 'root-sign-in') };
    const arnOf = (name: string) => `arn:aws:cloudwatch:us-east-1:${account}:alarm:${name}`;
    let incident: Incident | undefined;
    const take = (signal: Signal): void => {
      const decision = incident === undefined ? { do: 'open' as const, reason: 'first-firing' as const } : quiet('fired-again');
      incident = apply(signal, decision, alone({ before: incident, meaning: meaningOf(signal, undefined, both), now: t0 })).incident;
    };
    take(alarm('A', arnOf('A')));
    take(alarm('B', arnOf('B'), 'ALARM', t0 + 1));
    expect(incident?.alarm?.name).toBe('B');
    expect(incident?.otherAlarms.map(({ name }) => name)).toEqual(['A']);
    take(alarm('B', arnOf('B'), 'OK', t0 + 2));
    expect(incident?.alarm).toMatchObject({ name: 'A', state: 'ALARM' });
    expect(incident?.otherAlarms).toEqual([]);
  });
});

describe("the bot's own action", () => {
  const bob = 'U01BOB';
  const own: OwnIdentity = { ownPrincipal: undefined, respondRoles: ['signin-responder-respond'], causes: causesOf(responses) };
  const response = {
    incident: 3,
    seq: 2,
    response: 'lock-out',
    subject: `alice in prod ${account}`,
    by: 'bob',
    byId: bob,
    startedAt: t0,
    owner: 'me',
    counts: true,
    key: 'k',
  };
  const change = (over: Json, identity: Json = {}): SignIn =>
    signInOf({
      eventSource: 'iam.amazonaws.com',
      eventName: 'UpdateLoginProfile',
      eventTime: new Date(t0 + 1_000).toISOString(),
      recipientAccountId: account,
      requestParameters: { userName: 'alice' },
      userIdentity: {
        type: 'AssumedRole',
        accountId: account,
        arn: `arn:aws:sts::${account}:assumed-role/signin-responder-respond/${bob}.SIN-3.lock-out`,
        sessionContext: { sourceIdentity: bob },
        ...identity,
      },
      ...over,
    });

  it('is known by role, session, account, user and time', () => {
    expect(ownActionIn(change({}), [response], own)).toMatchObject({ incident: 3, seq: 2 });
  });

  it.each<[string, SignIn]>([
    ['another role that sets the same SourceIdentity', change({}, { arn: `arn:aws:sts::${account}:assumed-role/attacker/${bob}.SIN-3.lock-out` })],
    ['the session of another response', change({}, { arn: `arn:aws:sts::${account}:assumed-role/signin-responder-respond/${bob}.SIN-3.hand-over` })],
    ['no SourceIdentity', change({}, { sessionContext: {} })],
    ['another user', change({ requestParameters: { userName: 'ceo' } })],
    ['another account', change({ recipientAccountId: '999999999999' })],
    ['another call', change({ eventName: 'CreateLoginProfile' })],
    ['another time', change({ eventTime: new Date(t0 + 3_600_000).toISOString() })],
  ])('is not known by %s', (_what, event) => {
    expect(ownActionIn(event, [response], own)).toBeUndefined();
  });

  it('is nothing that no response does, whoever’s session does it', () => {
    const arn = `arn:aws:sts::${account}:assumed-role/signin-responder-respond/${bob}.SIN-3.switch-off-keys`;
    const keys = { ...response, response: 'switch-off-keys' };
    const switched = (status: string): SignIn =>
      change({ eventName: 'UpdateAccessKey', requestParameters: { userName: 'alice', accessKeyId: 'AKIA1', status } }, { arn });
    expect(ownActionIn(switched('Inactive'), [keys], own)).toMatchObject({ incident: 3 });
    expect(ownActionIn(switched('Active'), [keys], own)).toBeUndefined();

    const role = 'signin-responder-sessions';
    const sessions = { ...response, response: 'deny-older-sessions' };
    const written = (Effect: string): SignIn =>
      change(
        {
          eventName: 'PutUserPolicy',
          requestParameters: { userName: 'alice', policyName: 'signin-responder-older-sessions', policyDocument: JSON.stringify({ Effect }) },
        },
        {
          arn: `arn:aws:sts::${account}:assumed-role/${role}/${bob}.SIN-3.deny-older-sessions`,
          sessionContext: { sourceIdentity: bob, sessionIssuer: { userName: role } },
        },
      );
    const both = { ...own, respondRoles: [...own.respondRoles, role] };
    expect(ownActionIn(written('Deny'), [sessions], both)).toMatchObject({ incident: 3 });
    expect(ownActionIn(written('Allow'), [sessions], both)).toBeUndefined();
  });

  it('done as root of a member account is known by the SourceIdentity, which whoever signs in as root has not', () => {
    const arn = `arn:aws:iam::${account}:root`;
    const deleted = (identity: Json, eventName = 'DeleteLoginProfile'): SignIn =>
      change({ eventName, requestParameters: null }, { type: 'Root', arn, ...identity });
    const ofRoot = { ...response, response: 'delete-root-credentials', subject: 'root of prod 1234-5678-9012' };
    expect(ownActionIn(deleted({}), [ofRoot], own)).toMatchObject({ incident: 3, text: expect.stringContaining('DeleteLoginProfile of root') });
    for (const event of [
      deleted({ sessionContext: {} }),
      deleted({ sessionContext: { sourceIdentity: 'U02MALLORY' } }),
      deleted({}, 'CreateLoginProfile'),
      deleted({ type: 'AssumedRole', arn: `arn:aws:sts::${account}:assumed-role/admin/x` }),
    ])
      expect(ownActionIn(event, [ofRoot], own)).toBeUndefined();
    expect(ownActionIn(deleted({}), [{ ...ofRoot, subject: 'root of prod 9999-9999-9999' }], own)).toBeUndefined();
    expect(ownActionIn(deleted({}), [response], own)).toBeUndefined();
  });

  it('without a member role is known by the principal', () => {
    const arn = `arn:aws:iam::${account}:user/responder`;
    const event = change({}, { type: 'IAMUser', arn, sessionContext: undefined });
    expect(ownActionIn(event, [response], { ownPrincipal: arn, respondRoles: [], causes: own.causes })).toMatchObject({ incident: 3 });
    expect(ownActionIn(event, [response], { ownPrincipal: undefined, respondRoles: [], causes: own.causes })).toBeUndefined();
  });
});

describe('a user whose credentials somebody else changed', () => {
  it('is in the incident as whom it was done to', () => {
    const event = signInOf({
      eventSource: 'iam.amazonaws.com',
      eventName: 'UpdateLoginProfile',
      recipientAccountId: account,
      requestParameters: { userName: 'bella' },
      userIdentity: { accountId: account, ...iamUser('carl') },
    });
    const opened = apply(
      event,
      { do: 'open', reason: 'first-firing' },
      alone({ before: undefined, meaning: meaningOf(event, undefined, settings), now: t0 }),
    ).incident as Incident;
    const of = (name: string) => opened.subjects.find((subject) => subject.name === name);
    expect(of('bella')).toMatchObject({ suffered: ['changed by carl: login profile, most likely the password'], failures: 0, successes: 0 });
    expect(of('carl')).toMatchObject({ changes: ['login profile of bella, most likely the password'] });
    expect(withSignIns(opened, [], noSurroundings).subjects).toHaveLength(2);
  });
});
