/** Credentials of a member account's root user, against the emulated AWS: AssumeRoot for one task, and IAM as root. */
import { AssumeRootCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { guardOf } from '../../src/domain/response/approval.ts';
import type { Target } from '../../src/domain/response/target.ts';
import { detailLines } from '../../src/domain/response/to-copy.ts';
import { prepare } from '../../src/features/prepare-response.ts';
import { auditRootCredentials } from '../../src/features/responses/audit-root-credentials.ts';
import { deleteRootCredentials } from '../../src/features/responses/delete-root-credentials.ts';
import { hubAccount, prodAccount } from '../../src/sandbox/aws/names.ts';
import type { RootCredentials } from '../../src/sandbox/aws/person-shapes.ts';
import { consoleLogin } from '../support/records.ts';
import { finished, person } from '../support/responding.ts';
import { type BeyondIam, beyondIam } from '../support/responding-beyond-iam.ts';

const target: Target = { kind: 'root', account: prodAccount };
let here: BeyondIam;
const printed: string[] = [];
afterEach(() => here.stop());
afterAll(() => process.stdout.write(`${printed.join('\n')}\n`));

async function open(): Promise<RootCredentials> {
  const identity = { type: 'Root', arn: `arn:aws:iam::${prodAccount}:root`, accountId: prodAccount };
  const login = consoleLogin(identity, 'Success', 'No', { recipientAccountId: prodAccount, eventTime: new Date().toISOString() });
  here = await beyondIam([auditRootCredentials, deleteRootCredentials], login, { approvals: new Map([['delete-root-credentials', 0]]) });
  return here.prod.root as RootCredentials;
}

const left = ({ loginProfile, mfaDevices, accessKeys, signingCertificates }: RootCredentials): string =>
  [
    loginProfile === null ? 'no password' : 'password',
    `${mfaDevices.length} devices`,
    `${accessKeys.length} keys`,
    `${signingCertificates.length} certificates`,
  ].join(', ');

it('audit: what there is, in the thread, and nothing changed', async () => {
  const root = await open();
  const before = left(root);
  const ended = await finished(await here.respond(auditRootCredentials, target));
  expect(ended.text).toMatch(/^root of prod 4444-5555-6666 has: console password set up .* · 1 MFA device · 1 access key · 1 signing certificate\.$/);
  expect([left(root), here.changes()]).toEqual([before, []]);
  printed.push(`audit-root-credentials | before: ${before} | calls: none that change | thread: ${ended.text}`);
});

it('delete: said before that it cannot be taken back; all goes in the person’s name; read back', async () => {
  const root = await open();
  const before = left(root);
  const shown = await prepare(here.world, { clicker: person('bob'), incident: 1, response: deleteRootCredentials, target });
  const said = shown.ok ? shown.prepared.plan.warnings.join(' ') : '';
  expect(`${deleteRootCredentials.nonEffect} ${said}`).toMatch(/Cannot be taken back.*To use root again.*stops at once/);
  const ended = await finished(await here.respond(deleteRootCredentials, target));
  expect(ended).toMatchObject({ result: 'done', text: '4 of 4 credentials of root of prod 4444-5555-6666 deleted. This cannot be taken back.' });
  expect(left(root)).toBe('no password, 0 devices, 0 keys, 0 certificates');
  expect(detailLines(ended).join('\n')).toMatch(
    /Read back: no console password · no MFA device.*Not stopped: sessions of root.*aws organizations attach-policy/s,
  );
  expect(here.changes().map((one) => one.split(' ').slice(0, 3).join(' '))).toEqual(
    ['DeleteLoginProfile', 'DeleteAccessKey', 'DeleteSigningCertificate', 'DeactivateMFADevice'].map((one) => `${one} for U0BOB`),
  );
  const { notStopped, deeds } = await here.incident();
  expect([notStopped.map(({ text }) => text), deeds.length]).toEqual([['sessions of root of prod 4444-5555-6666 that run, until they expire'], 1]);
  printed.push(
    `delete-root-credentials | before: ${before} | calls: ${here.changes().join('; ')} | after, read back: ${left(root)} | card: Not stopped: ${notStopped.map(({ text }) => text).join()} | undo: “${deleteRootCredentials.nonEffect.split('.')[0]}” said before`,
  );
});

it('a key that a session of root makes meanwhile is told, and root is not without credentials then', async () => {
  const root = await open();
  const { ports } = here.world;
  const { rootAccess } = ports;
  const [key] = root.accessKeys;
  const remove: NonNullable<typeof rootAccess>['remove'] = async (account, credential, actor) => {
    await rootAccess?.remove(account, credential, actor);
    if (credential.kind === 'key') root.accessKeys.push({ ...(key as NonNullable<typeof key>), accessKeyId: 'AKIAROOTMADEMEANWHI' });
  };
  Object.assign(ports, { rootAccess: { ...rootAccess, remove } });
  const ended = await finished(await here.respond(deleteRootCredentials, target));
  expect(ended).toMatchObject({ result: 'partly', text: expect.stringContaining('4 of 4 credentials') });
  expect(ended.details?.join('\n')).toMatch(/Access key AKIA…NWHI.*: made meanwhile, and not deleted/);
  expect((await here.incident()).rootsEmptied).toEqual([]);
});

it('a second press finds nothing to do', async () => {
  await open();
  await finished(await here.respond(deleteRootCredentials, target));
  const again = await here.respond(deleteRootCredentials, target);
  expect(again).toMatchObject({ is: 'refused', refused: { reason: 'already-so' } });
  expect(here.changes().length).toBe(4);
});

describe('what AWS answers', () => {
  it.each<[string, Parameters<BeyondIam['aws']['faults']['aws']['push']>[0], string]>([
    ['one is denied', { operation: 'DeleteAccessKey', mode: 'denied', times: 1 }, 'partly'],
    ['one is throttled', { operation: 'DeleteLoginProfile', mode: 'throttle', times: 1 }, 'partly'],
    ['one gives no answer, and is done', { operation: 'DeleteAccessKey', mode: 'reset-after', times: 1 }, 'done'],
    ['one gives no answer, and is not done', { operation: 'DeleteAccessKey', mode: '500', times: 1 }, 'unknown'],
    ['root cannot be assumed', { operation: 'AssumeRoot', mode: 'denied', times: 99 }, 'none'],
  ])('%s', async (what, fault, result) => {
    const root = await open();
    here.aws.faults.aws.push(fault);
    const given = await here.respond(deleteRootCredentials, target).catch((thrown: Error) => thrown);
    if (given instanceof Error) {
      expect([result, given.message]).toEqual(['none', expect.stringContaining('does not let the responder call AssumeRoot')]);
      printed.push(`delete-root-credentials, ${what} | ${given.message} | left: ${left(root)}`);
      return;
    }
    const ended = await finished(given);
    expect(ended.result).toBe(result);
    printed.push(`delete-root-credentials, ${what} | ${ended.result}: ${ended.text} ${ended.details?.[1]} | left: ${left(root)}`);
  });
});

describe('who may, and whose', () => {
  it('two people, never break-glass: also where root is not in the incident', async () => {
    await open();
    const incident = { ...(await here.incident()), subjects: [] };
    const guard = guardOf(
      {
        response: deleteRootCredentials,
        calls: [deleteRootCredentials],
        target,
        incident,
        by: 'U0BOB',
        tagged: { is: 'nobody' },
        takesBackOwn: false,
      },
      { approvals: new Map(), owners: [], hasBreakGlass: true },
    );
    expect(guard).toMatchObject({ is: 'approval', needed: 1 });
  });

  it('not the management account’s', async () => {
    await open();
    const given = await here.respond(deleteRootCredentials, { kind: 'root', account: hubAccount });
    expect(given).toMatchObject({ is: 'refused', refused: { message: expect.stringContaining('is the management account: AWS has no API') } });
  });

  it('not of an account that AWS_ACCOUNTS does not name', async () => {
    await open();
    const given = await here.respond(deleteRootCredentials, { kind: 'root', account: '999988887777' });
    expect(given).toMatchObject({ is: 'refused', refused: { message: expect.stringContaining('is not in AWS_ACCOUNTS') } });
  });

  it('only where a root user of a member account is in the incident, and a role is configured', async () => {
    await open();
    const incident = await here.incident();
    const { settings } = here.world.ports;
    // An event alone, which only says of which account it is, puts nobody's root user within reach.
    const elsewhere = { ...settings, accounts: new Map([[hubAccount, 'hub']]) };
    const offered = [settings, { ...settings, rootAccessAccount: undefined }, { ...settings, rootAccessAccount: prodAccount }, elsewhere].map(
      (reach) => deleteRootCredentials.offered(incident, reach),
    );
    expect(offered).toEqual(['user', undefined, undefined, undefined]);
  });
});

describe('AssumeRoot', () => {
  const task = (name: string) => ({ arn: `arn:aws:iam::aws:policy/root-task/${name}` });
  it.each([
    ['of the management account', { TargetPrincipal: hubAccount, TaskPolicyArn: task('IAMAuditRootUserCredentials') }, 'AccessDenied'],
    [
      'for a policy of one’s own',
      { TargetPrincipal: prodAccount, TaskPolicyArn: { arn: 'arn:aws:iam::aws:policy/AdministratorAccess' } },
      'ValidationError',
    ],
    [
      'for longer than 15 minutes',
      { TargetPrincipal: prodAccount, TaskPolicyArn: task('IAMAuditRootUserCredentials'), DurationSeconds: 901 },
      'ValidationError',
    ],
  ])('is refused %s', async (_what, input, name) => {
    await open();
    await expect(new STSClient(here.aws.options).send(new AssumeRootCommand(input))).rejects.toMatchObject({ name });
  });

  it('is asked of the regional endpoint', async () => {
    await open();
    let host = '';
    const handle = async ({ hostname }: { hostname: string }): Promise<never> => {
      host = hostname;
      throw new Error('not sent');
    };
    const { credentials } = here.aws.options;
    const client = new STSClient({ region: 'us-east-1', credentials, maxAttempts: 1, requestHandler: { handle } as never });
    await client
      .send(new AssumeRootCommand({ TargetPrincipal: prodAccount, TaskPolicyArn: task('IAMAuditRootUserCredentials') }))
      .catch(() => undefined);
    expect(host).toBe('sts.us-east-1.amazonaws.com');
  });
});
