/** Roles, managed policies and how attaching and detaching them spreads. Source: IAM user guide, "Changes that I make are not always immediately visible". */
import type { AccessKey, Attached, Role } from './principal-shapes.ts';
import type { Account, User } from './shapes.ts';

/** IAM is eventually consistent: so long a change takes to reach what decides on calls. Lists show it at once. */
const spreadMs = 4_000;

export function roleNamed(account: Account | undefined, name: string): Role | undefined {
  return Object.values(account?.roles ?? {}).find(({ roleName }) => roleName.toLowerCase() === name.toLowerCase());
}

export function roleArn(account: string, { path, roleName }: Role): string {
  return `arn:aws:iam::${account}:role${path}${roleName}`;
}

export function userArn(account: string, { path, userName }: User): string {
  return `arn:aws:iam::${account}:user${path}${userName}`;
}

/** What lists show. */
export function attachedNow(policies: readonly Attached[] = []): Attached[] {
  return policies.filter(({ until }) => until === undefined);
}

/** What decides on calls, of attached and of inline policies. */
export function effective<T extends Pick<Attached, 'since' | 'until'>>(policies: readonly T[] = [], now: number): T[] {
  return policies.filter(({ since, until }) => since + spreadMs <= now && (until === undefined || until + spreadMs > now));
}

/** Whether calls with an access key are taken. */
export function isKeyTaken({ status, statusAt }: AccessKey, now: number): boolean {
  const isSpreading = statusAt !== undefined && statusAt + spreadMs > now;
  return (status === 'Active') !== isSpreading;
}
