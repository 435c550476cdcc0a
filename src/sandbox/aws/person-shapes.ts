/** What an emulated account holds of people who are no IAM users, and of sessions. Times are milliseconds since the epoch. */

/** Of `aws login` or an MCP client. */
export interface SignInSession {
  sessionArn: string;
  region: string;
  /** Without a path. */
  principalArn: string;
  role?: string;
  status: 'ACTIVE' | 'REVOKED';
  issuedAt: number;
  expiresAt: number;
  clientId?: string;
  clientType?: 'CLI' | 'MCP';
  lastUsedAt?: number;
  userAgent?: string;
  originSessionArn?: string;
  /** Of the credentials that its last refresh gave: they outlast its revocation. */
  credentialsUntil: number;
  /** What AWS says instead of revoking it. */
  revokeError?: { code: string; message: string };
}

export interface CenterUser {
  id: string;
  name: string;
  status: 'ENABLED' | 'DISABLED';
  /** Of the identity provider that provisions it. */
  issuer?: string;
}

export interface CenterAssignment {
  account: string;
  permissionSetArn: string;
  principalId: string;
  principalType: 'USER' | 'GROUP';
  /** Why AWS fails to remove it. */
  deletionFails?: string;
}

interface Membership {
  id: string;
  groupId: string;
  userId: string;
}

interface PermissionSet {
  arn: string;
  name: string;
  sessionDuration: string;
  /** ARNs of AWS's own policies. */
  managedPolicies?: string[];
  /** Names of policies in the accounts. */
  customerPolicies?: string[];
  inlinePolicy?: string;
}

/** Of the management account. */
export interface IdentityCenter {
  region: string;
  instanceArn: string;
  identityStoreId: string;
  users: CenterUser[];
  groups: { id: string; name: string; issuer?: string }[];
  memberships: Membership[];
  permissionSets: PermissionSet[];
  assignments: CenterAssignment[];
  deletions: {
    requestId: string;
    of: { account: string; permissionSetArn: string; principalId: string };
    principalType: string;
    status: 'IN_PROGRESS' | 'SUCCEEDED' | 'FAILED';
    endsAt: number;
    fails: string | undefined;
    createdAt: number;
  }[];
  /** How long AWS takes to remove an assignment: 4 s, unless it says otherwise. */
  deletionSeconds?: number;
  /** Memberships cannot be changed here: the identity provider owns them. */
  refusesChanges?: true;
}

/** Credentials of an account's root user. */
export interface RootCredentials {
  loginProfile: { createDate: number } | null;
  mfaDevices: { serialNumber: string; enableDate: number }[];
  accessKeys: {
    accessKeyId: string;
    status: 'Active' | 'Inactive';
    createDate: number;
    lastUsed?: { date: number; service: string; region: string };
  }[];
  signingCertificates: { certificateId: string; status: 'Active' | 'Inactive'; uploadDate: number }[];
}

/** What of an account is here. */
export interface PeopleOfAccount {
  signInSessions?: SignInSession[];
  /** Of the organisation: it may act on the root users of the others, and has Identity Center. */
  isManagement?: true;
  identityCenter?: IdentityCenter;
  root?: RootCredentials;
}
