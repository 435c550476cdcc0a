/** What the doctor says of the role that may write policies, against the emulated AWS. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type DoctorOfRoles, doctorOfRoles, madeRole } from '../support/doctor-roles.ts';

let doctor: DoctorOfRoles;
beforeEach(async () => {
  doctor = await doctorOfRoles({ hasSessionsRole: true });
});
afterEach(() => doctor.stop());

it('all is there, and who is administrator by it is said', async () => {
  expect(await doctor.said()).toEqual([
    expect.stringMatching(/^ok: \d+ permissions tried, all there$/),
    expect.stringMatching(/^note: AWS_SESSIONS_ROLE may write policies .*whoever controls the responder and that role is administrator here/),
  ]);
  expect(doctor.prod.users['signin-responder-doctor-no-such-user']).toBeUndefined();
});

it('a role that is not there is named with the fix', async () => {
  doctor.deploy({ 'signin-responder-sessions': { trust: { Version: '2012-10-17', Statement: [] }, policies: [] } });
  const all = await doctor.said();
  expect(all).toEqual([expect.stringMatching(/^fault: assume the role that denies sessions \(AWS_SESSIONS_ROLE\): .*DenySessions=yes/)]);
});

it('each permission that is missing is named', async () => {
  doctor.deploy({ 'signin-responder-sessions': { ...madeRole('sessions'), policies: [] } });
  const faults = (await doctor.said()).filter((one) => one.startsWith('fault'));
  expect(faults).toEqual(
    ['PutUserPolicy', 'PutRolePolicy'].map((name) => expect.stringMatching(new RegExp(`^fault: iam:${name}: .*DenySessions=yes`))),
  );
});
