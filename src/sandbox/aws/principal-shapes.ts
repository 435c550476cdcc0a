/** Roles of an emulated account, and the policies that are attached to somebody. */

/** A managed policy that is, or was, attached. Times are milliseconds. */
export interface Attached {
  arn: string;
  since: number;
  /** Detached then. */
  until?: number;
}

/** An inline policy that is, or was, in a user or role. */
export interface Inline {
  name: string;
  /** JSON. */
  document: string;
  since: number;
  /** Deleted, or written anew, then. */
  until?: number;
}

export interface Role {
  roleName: string;
  path: string;
  roleId: string;
  createDate: number;
  description?: string;
  tags?: Record<string, string>;
  attachedPolicies?: Attached[];
  inlinePolicies?: Inline[];
  lastUsed?: { date: number; region: string };
}

export interface Group {
  groupName: string;
  path: string;
  /** Names of its users. */
  users: string[];
  attachedPolicies?: Attached[];
  inlinePolicies?: Inline[];
}

export interface RolesOfAccount {
  roles?: Record<string, Role>;
  groups?: Record<string, Group>;
  /** Documents of managed policies, by ARN. */
  policies?: Record<string, unknown>;
}

export interface AccessKey {
  accessKeyId: string;
  status: 'Active' | 'Inactive';
  /** When it was changed. */
  statusAt?: number;
  createDate: number;
  lastUsed?: { date: number; service: string; region: string };
}
