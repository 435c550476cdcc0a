/** The organisation’s directory, root users and sign-in sessions as they are at the start. */
import { directoryUser, hubAccount, prodAccount } from './names.ts';
import type { IdentityCenter, RootCredentials } from './person-shapes.ts';

const day = 86_400_000;
const instance = 'ssoins-7223a1b2c3d4e5f6';
const developers = 'a4b8c4d8-1111-4222-8333-444455556666';
const permissionSet = (id: string): string => `arn:aws:sso:::permissionSet/${instance}/ps-${id}`;
const [readOnly, powerUser] = [permissionSet('1111111111111111'), permissionSet('2222222222222222')];

/** In the management account: dora has an assignment of her own in prod, and is in a group that reaches prod and hub. */
export function freshCenter(): IdentityCenter {
  return {
    region: 'us-east-1',
    instanceArn: `arn:aws:sso:::instance/${instance}`,
    identityStoreId: 'd-9067642ac7',
    users: [{ id: directoryUser, name: 'dora@example.com', status: 'ENABLED' }],
    groups: [{ id: developers, name: 'Developers' }],
    memberships: [{ id: 'b4b8c4d8-1111-4222-8333-444455556666', groupId: developers, userId: directoryUser }],
    permissionSets: [
      { arn: readOnly, name: 'ReadOnlyAccess', sessionDuration: 'PT1H', managedPolicies: ['arn:aws:iam::aws:policy/ReadOnlyAccess'] },
      { arn: powerUser, name: 'PowerUserAccess', sessionDuration: 'PT8H', managedPolicies: ['arn:aws:iam::aws:policy/PowerUserAccess'] },
    ],
    assignments: [
      { account: prodAccount, permissionSetArn: powerUser, principalId: directoryUser, principalType: 'USER' },
      { account: prodAccount, permissionSetArn: readOnly, principalId: developers, principalType: 'GROUP' },
      { account: hubAccount, permissionSetArn: readOnly, principalId: developers, principalType: 'GROUP' },
    ],
    deletions: [],
  };
}

export function freshRoot(account: string, now: number): RootCredentials {
  return {
    loginProfile: { createDate: now - 900 * day },
    mfaDevices: [{ serialNumber: `arn:aws:iam::${account}:mfa/root-account-mfa-device`, enableDate: now - 890 * day }],
    accessKeys: [
      {
        accessKeyId: 'AKIAROOTROOTROOTROOT',
        status: 'Active',
        createDate: now - 700 * day,
        lastUsed: { date: now - 60_000, service: 's3', region: 'us-east-1' },
      },
    ],
    signingCertificates: [{ certificateId: 'ABCDEFGHIJKLMNOPQRSTUVWX', status: 'Active', uploadDate: now - 800 * day }],
  };
}
