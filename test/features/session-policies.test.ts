/** What each response asks of STS with the longest names that AWS takes: within the 2,048 characters of a session policy. The table is printed. */
import { afterAll, afterEach, expect, it } from 'vitest';
import { sessionPolicyOf } from '../../src/domain/response/attribution.ts';
import { denyAllArn, type Holder, type KeptState } from '../../src/domain/response/kept-state.ts';
import { changesAws } from '../../src/domain/response/response.ts';
import { kindsIn, type Target, type TargetKind } from '../../src/domain/response/target.ts';
import { answersOf, type Planned, prepare } from '../../src/features/prepare-response.ts';
import { responses } from '../../src/features/responses.ts';
import { directoryUser, prodAccount } from '../../src/sandbox/aws/names.ts';
import type { IdentityCenter } from '../../src/sandbox/aws/person-shapes.ts';
import type { Alarm, User } from '../../src/sandbox/aws/shapes.ts';
import { alarmName, everyTarget, recordOf } from '../support/every-target.ts';
import { consoleLogin, iamUser } from '../support/records.ts';
import { person } from '../support/responding.ts';
import { type BeyondIam, beyondIam } from '../support/responding-beyond-iam.ts';
import { alarmText } from '../support/sandbox.ts';
import { sessionsOf } from '../support/sign-in-sessions.ts';

const account = prodAccount;
/** IAM takes any letter from ! to DEL in a path, CloudWatch any but control characters in a name. */
const path = `/${'"'.repeat(510)}/`;
const [user, role, alarm] = ['u'.repeat(64), 'r'.repeat(64), '𝔞'.repeat(255)];
const alarmArn = `arn:aws:cloudwatch:us-east-1:${account}:alarm:${alarm}`;
const uuid = (nth: number): string => `90677c608a-${String(nth).padStart(8, '0')}-2222-3333-4444-555566667777`;

let here: BeyondIam;
afterEach(() => here.stop());
const printed: Record<string, string | number>[] = [];
afterAll(() => console.table(printed));

const targets: Readonly<Record<TargetKind, Target>> = {
  ...everyTarget,
  'iam-user': { kind: 'iam-user', account, name: user },
  role: { kind: 'role', account, name: role, session: 's'.repeat(64) },
  alarm: { kind: 'alarm', arn: alarmArn },
};

async function open(kind: TargetKind): Promise<void> {
  const at = { eventTime: new Date().toISOString(), recipientAccountId: account };
  const record =
    kind === 'alarm'
      ? alarmText(alarm, 'ALARM', Date.now(), { AlarmArn: alarmArn })
      : kind === 'iam-user' || kind === 'entry'
        ? consoleLogin({ ...iamUser(user), accountId: account }, 'Success', 'No', at)
        : recordOf(everyTarget[kind], Date.now());
  here = await beyondIam(responses, record as Record<string, unknown>);
  lengthen();
}

function lengthen(): void {
  const { users, roles = {}, alarms } = here.prod;
  const devices = Array.from({ length: 8 }, (_, nth) => ({
    serialNumber: `arn:aws:iam::${account}:mfa${path}${nth}${'m'.repeat(225)}`,
    enableDate: nth,
  }));
  const keys = Array.from({ length: 2 }, (_, nth) => ({ accessKeyId: `AKIA${nth}`.padEnd(128, 'K'), status: 'Active' as const, createDate: nth }));
  users[user] = { ...(users.bella as User), userName: user, path, mfaDevices: devices, accessKeys: keys };
  roles[role] = { ...(roles.web as NonNullable<typeof roles.web>), roleName: role, path };
  const known = alarms[alarmName] as Alarm;
  alarms[alarm] = { ...known, name: alarm, arn: alarmArn, state: 'ALARM' };
  here.prod.signInSessions = ['root', `user/${user}`, `role/${role}`].flatMap((who) => sessionsOf(40, { who, now: here.aws.clock.now() }));
  const center = here.hub.identityCenter as IdentityCenter;
  center.groups = Array.from({ length: 60 }, (_, nth) => ({ id: uuid(nth), name: 'g'.repeat(1_024) }));
  center.memberships = center.groups.map(({ id }, nth) => ({ id: uuid(100 + nth), groupId: id, userId: directoryUser }));
  const sets = Array.from({ length: 30 }, (_, nth) => ({
    arn: `arn:aws:sso:::permissionSet/ssoins-7223a1b2c3d4e5f6/ps-${String(nth).padStart(16, '0')}`,
    name: 'p'.repeat(32),
    sessionDuration: 'PT1H',
  }));
  center.permissionSets.push(...sets);
  center.assignments = sets.flatMap(({ arn }) =>
    ['111111111111', account].map((of) => ({ account: of, permissionSetArn: arn, principalId: directoryUser, principalType: 'USER' as const })),
  );
}

const kept = (holder: Holder): KeptState[] => [
  { v: 1, of: 'quarantine', holder, isOn: true },
  ...(holder.kind === 'role'
    ? []
    : [{ v: 1 as const, of: 'keys' as const, holder, keys: [0, 1].map((nth) => ({ id: `AKIA${nth}`.padEnd(128, 'K'), isActive: false })) }]),
];

function before(left: KeptState): KeptState {
  if (left.of === 'keys') return { ...left, keys: left.keys.map(({ id }) => ({ id, isActive: true })) };
  return left.of === 'quarantine' ? { ...left, isOn: false } : left;
}

/** Something of each kind that an undo gives back. */
async function taken(): Promise<Target[]> {
  const holders: Holder[] = [
    { kind: 'iam-user', account, name: user },
    { kind: 'role', account, name: role },
  ];
  const attached = [{ arn: denyAllArn('us-east-1', account), since: 0 }];
  for (const key of here.prod.users[user]?.accessKeys ?? []) key.status = 'Inactive';
  Object.assign(here.prod.users[user] as object, { attachedPolicies: attached });
  Object.assign(here.prod.roles?.[role] as object, { attachedPolicies: attached });
  const contained = holders.flatMap(kept).map((left, index) => {
    return {
      incident: 1,
      seq: index + 1,
      response: left.of,
      on: left.holder.name,
      by: { id: 'U0BOB', name: 'bob' },
      at: 1,
      before: before(left),
      left,
    };
  });
  const incident = { ...(await here.incident()), contained };
  await here.replica.store.transact((tx) => tx.save([{ incident, due: 'now' }], here.replica.now));
  return contained.map(({ seq }) => ({ kind: 'entry', incident: 1, seq }));
}

const all = responses
  .filter((one): one is Planned => one.kind !== 'step' && changesAws(one))
  .flatMap((response) => kindsIn(response.target).map((kind) => ({ response, kind, id: response.id })));

it.each(all)('$id of $kind', async ({ response, kind }) => {
  await open(kind);
  for (const target of kind === 'entry' ? await taken() : [targets[kind]]) {
    const shown = await prepare(here.world, { clicker: person('bob'), incident: 1, response, target });
    if (!shown.ok) throw new Error(shown.message);
    const { plan, rungs } = shown.prepared;
    const answers = Object.fromEntries(
      plan.questions.map((question) => [
        question.id,
        question.kind === 'choose-several'
          ? question.options.map(({ id }) => id)
          : question.kind === 'choose-one'
            ? (question.options.at(-1)?.id ?? '')
            : 'x',
      ]),
    );
    for (const rung of rungs) {
      if (!rung.planned.ok) throw new Error(rung.planned.message);
      const calls = rung.response.calls(rung.planned.plan, answersOf(response, rung, answers));
      const policies = [...new Set(calls.map((call) => call.account))].map((of) => sessionPolicyOf(calls, of));
      expect(policies.length).toBeGreaterThan(0);
      for (const policy of policies) {
        if (!('text' in policy)) throw new Error(policy.is);
        expect(policy.text.length).toBeLessThanOrEqual(2_048);
        printed.push({ response: rung.response.id, of: kind, resources: calls.length, characters: policy.text.length, told: policy.is });
      }
    }
  }
});
