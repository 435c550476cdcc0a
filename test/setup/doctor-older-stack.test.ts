/** What the doctor says of roles that an older template made, against the emulated AWS. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type DoctorOfRoles, doctorOfRoles, madeRole } from '../support/doctor-roles.ts';

let doctor: DoctorOfRoles;
beforeEach(async () => {
  doctor = await doctorOfRoles({ hasSessionsRole: false });
});
afterEach(() => doctor.stop());

it('all is there with the roles of this version', async () => {
  expect(await doctor.said()).toEqual([expect.stringMatching(/^ok: \d+ permissions tried, all there$/)]);
});

it('a read role that no person can assume is named as older, with what goes on without it', async () => {
  const trust = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: '*', Action: 'sts:AssumeRole' }] };
  doctor.deploy({ 'signin-responder-read': { ...madeRole('read'), trust } });
  expect(await doctor.said()).toEqual([
    'fault: The stack is older: what a click makes the responder read of a user is read in nobody’s name. Deploy the central template again, then member-roles in this account.',
  ]);
});

it('a respond role that does not take the tags lets nobody change anything', async () => {
  const assume = { Effect: 'Allow', Principal: '*', Action: ['sts:AssumeRole', 'sts:SetSourceIdentity'] };
  const tag = {
    Effect: 'Allow',
    Principal: '*',
    Action: 'sts:TagSession',
    Condition: { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['incident'] } },
  };
  const trust = { Version: '2012-10-17', Statement: [assume, tag] };
  doctor.deploy({ 'signin-responder-respond': { ...madeRole('respond'), trust } });
  expect((await doctor.said()).join('\n')).toMatch(
    /fault: assume the role that responds \(AWS_RESPOND_ROLE\): AWS does not let the responder call AssumeRole/,
  );
});
