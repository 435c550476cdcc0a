/** All changes are frozen while a response of several calls is at it: what it did is told, and no further call is made. */
import { afterEach, expect, it } from 'vitest';
import type { Json } from '../../src/domain/json.ts';
import type { Ports } from '../../src/domain/ports.ts';
import type { CallResponse } from '../../src/domain/response/response.ts';
import type { Target } from '../../src/domain/response/target.ts';
import { brake } from '../../src/features/brakes.ts';
import { followResponses } from '../../src/features/follow-responses.ts';
import { deleteRootCredentials } from '../../src/features/responses/delete-root-credentials.ts';
import { endSessions } from '../../src/features/responses/end-sessions.ts';
import { removeAccess } from '../../src/features/responses/remove-access.ts';
import { resetMfa } from '../../src/features/responses/reset-mfa.ts';
import { switchOffKeys } from '../../src/features/responses/switch-off-keys.ts';
import { directoryUser, prodAccount } from '../../src/sandbox/aws/names.ts';
import { consoleLogin, iamUser } from '../support/records.ts';
import { person } from '../support/responding.ts';
import { type BeyondIam, beyondIam, failedVerification } from '../support/responding-beyond-iam.ts';
import { sessionsOf } from '../support/sign-in-sessions.ts';

let here: BeyondIam;
afterEach(() => here.stop());

const login = (identity: object): Json =>
  consoleLogin({ ...identity, accountId: prodAccount }, 'Success', 'No', {
    recipientAccountId: prodAccount,
    eventTime: new Date().toISOString(),
  });
const alice: Target = { kind: 'iam-user', account: prodAccount, name: 'alice' };
const root: Target = { kind: 'root', account: prodAccount };
const dora: Target = { kind: 'identity-center-user', account: prodAccount, userId: directoryUser };

interface Row {
  readonly response: CallResponse<never>;
  readonly target: Target;
  readonly record: () => Json;
  /** What there is to take, and the change after the first of which everything is frozen. */
  readonly prepared?: (of: BeyondIam) => void;
  readonly change: readonly [port: keyof Ports, method: string];
  readonly text: string;
}

const rows: readonly Row[] = [
  {
    response: removeAccess as unknown as CallResponse<never>,
    target: dora,
    record: failedVerification,
    change: ['identityCenter', 'removeAssignment'],
    text: '1 of 2 assignments and group memberships of dora@example.com removed.',
  },
  {
    response: deleteRootCredentials as unknown as CallResponse<never>,
    target: root,
    record: () => login({ type: 'Root', arn: `arn:aws:iam::${prodAccount}:root` }),
    change: ['rootAccess', 'remove'],
    text: '1 of 4 credentials of root of prod 4444-5555-6666 deleted. This cannot be taken back.',
  },
  {
    response: endSessions as unknown as CallResponse<never>,
    target: alice,
    record: () => login(iamUser('alice')),
    prepared: ({ prod, aws }) =>
      Object.assign(prod, { signInSessions: sessionsOf(7, { who: 'user/alice', now: aws.clock.now(), over: () => ({}) }) }),
    change: ['sessions', 'revoke'],
    text: `5 of 7 sign-in sessions that AWS lists of alice in prod ${prodAccount} ended.`,
  },
  {
    response: switchOffKeys as unknown as CallResponse<never>,
    target: alice,
    record: () => login(iamUser('alice')),
    prepared: ({ prod }) => void prod.users.alice?.accessKeys.push({ accessKeyId: 'AKIAALICESECONDKEY00', status: 'Active', createDate: 0 } as never),
    change: ['containment', 'switchKey'],
    text: '1 of 2 access keys of alice switched off.',
  },
  {
    response: resetMfa as unknown as CallResponse<never>,
    target: alice,
    record: () => login(iamUser('alice')),
    prepared: ({ prod }) =>
      Object.assign(prod.users.alice as object, {
        mfaDevices: ['one', 'two'].map((name) => ({ serialNumber: `arn:aws:iam::${prodAccount}:u2f/user/alice/${name}`, enableDate: 0 })),
      }),
    change: ['identities', 'deactivate'],
    text: '1 of 2 MFA devices of alice deactivated.',
  },
];

it.each(rows.map((row) => [row.response.id, row] as const))('%s stops there', async (_id, { response, target, record, prepared, change, text }) => {
  here = await beyondIam([response], record(), { approvals: new Map([[response.id, 0]]) });
  prepared?.(here);
  const { ports } = here.world;
  const [port, method] = change;
  let calls = 0;
  const frozenAfterwards = (of: object): object => ({
    ...of,
    [method]: async (...args: unknown[]) => {
      const answer = await (of as Record<string, (...args: unknown[]) => unknown>)[method]?.(...args);
      calls++;
      await brake(ports, person('dana'), { verb: 'freeze', why: 'wrong person' });
      return answer;
    },
  });
  const { readAs } = ports;
  Object.assign(ports, { [port]: frozenAfterwards(ports[port] as object), readAs: (reader: never) => wrapped(readAs?.(reader) ?? {}) });
  const wrapped = (of: object): object => (port in of ? { ...of, [port]: frozenAfterwards((of as Record<string, object>)[port] as object) } : of);
  const given = await here.respond(response, target);
  if (given.is !== 'begun') throw new Error(JSON.stringify(given));
  await given.finish(async () => 'closed');
  here.replica.now += 10_000;
  await here.aws.clock.advance(10);
  await followResponses(here.world);
  const { entries } = await here.replica.store.entries(1, { from: 0, count: 50 });
  const outcome = entries.find(({ body }) => body.phase === 'outcome')?.body;
  expect(outcome).toMatchObject({ result: 'partly', text });
  expect(outcome?.details?.join(' ')).toContain('dana froze all changes');
  expect(calls).toBe(1);
});
