/** Who is an administrator, as the emulated AWS tells it to the role that reads, by the template's own policies. */
import { afterEach, expect, it } from 'vitest';
import { powerOf } from '../../src/domain/response/administrator.ts';
import { targetOf } from '../../src/domain/response/target.ts';
import { powerOfSubject } from '../../src/features/owner-power.ts';
import { responses } from '../../src/features/responses.ts';
import { directoryUser, prodAccount } from '../../src/sandbox/aws/names.ts';
import type { IdentityCenter } from '../../src/sandbox/aws/person-shapes.ts';
import { everyTarget, recordOf } from '../support/every-target.ts';
import { person } from '../support/responding.ts';
import { type BeyondIam, beyondIam } from '../support/responding-beyond-iam.ts';

let here: BeyondIam;
afterEach(() => here.stop());

const bella = { account: prodAccount, name: 'bella' };
const policy = (name: string) => ({ arn: `arn:aws:iam::aws:policy/${name}`, since: 0 });
const open = async (kind: 'iam-user' | 'identity-center-user'): Promise<void> => {
  here = await beyondIam(responses, recordOf(everyTarget[kind], Date.now()));
};

it('of a user: what is attached to it and to its groups, and whether something is written into either', async () => {
  await open('iam-user');
  const held = () => here.world.ports.identities.held(bella);
  expect(await held()).toEqual({ managed: [], hasOthers: false });
  Object.assign(here.prod.users.bella as object, { attachedPolicies: [policy('ReadOnlyAccess'), { ...policy('PowerUserAccess'), until: 1 }] });
  expect(powerOf(await held())).toBe('no-administrator');
  here.prod.groups = { ops: { groupName: 'ops', path: '/', users: ['bella'], inlinePolicies: [{ name: 'x', document: '{}', since: 0 }] } };
  expect(powerOf(await held())).toBe('not-known');
  here.prod.groups.admins = { groupName: 'admins', path: '/teams/', users: ['carl', 'bella'], attachedPolicies: [policy('AdministratorAccess')] };
  expect(await held()).toEqual({ managed: [policy('ReadOnlyAccess').arn, policy('AdministratorAccess').arn], hasOthers: true });
  expect(powerOf(await held())).toBe('administrator');
});

it('of an Identity Center user: by the permission sets of the assignments, also those of groups', async () => {
  await open('identity-center-user');
  const center = here.hub.identityCenter as IdentityCenter;
  const held = async () => here.world.ports.identityCenter?.held({ userId: directoryUser });
  expect(await held()).toEqual({ managed: ['PowerUserAccess', 'ReadOnlyAccess'].map((name) => policy(name).arn), hasOthers: false });
  center.assignments = center.assignments.filter(({ principalType }) => principalType === 'GROUP');
  expect(await held()).toEqual({ managed: [policy('ReadOnlyAccess').arn], hasOthers: false });
  for (const set of center.permissionSets) set.inlinePolicy = '{}';
  expect(await held()).toMatchObject({ hasOthers: true });
  for (const set of center.permissionSets) Object.assign(set, { inlinePolicy: undefined, customerPolicies: ['Everything'] });
  expect(await held()).toMatchObject({ hasOthers: true });
});

it.each(['ListAttachedUserPolicies', 'ListUserPolicies', 'ListGroupsForUser'])(
  'it cannot be told where %s is denied, and nobody is kept from asking',
  async (operation) => {
    await open('iam-user');
    const incident = await here.incident();
    const subject = incident.subjects.find((one) => targetOf(one, 'iam-user') !== undefined);
    if (subject === undefined) throw new Error('nobody');
    expect(await powerOfSubject(here.world.ports, person('bob'), { incident, subject })).toBe('no-administrator');
    const read = here.aws.state.calls.find((call) => call.operation === operation);
    expect(read).toMatchObject({ sourceIdentity: 'U0BOB', roleSessionName: 'U0BOB.SIN-1.was-this-you' });
    here.aws.faults.aws.push({ operation, mode: 'denied', times: 9 });
    expect(await powerOfSubject(here.world.ports, person('bob'), { incident, subject })).toBe('not-known');
  },
);
