/** Sign-in sessions as the emulated AWS has them. */
import { prodAccount } from '../../src/sandbox/aws/names.ts';
import type { SignInSession } from '../../src/sandbox/aws/person-shapes.ts';

const minute = 60_000;

interface Wanted {
  /** `user/alice`, `root`. */
  readonly who: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly over?: (nth: number) => Partial<SignInSession>;
}

/** So many of one principal, begun a minute apart, the oldest first. */
export function sessionsOf(count: number, { who, now, over = () => ({}) }: Wanted): SignInSession[] {
  return Array.from({ length: count }, (_, nth) => ({
    sessionArn: `arn:aws:signin:us-east-1:${prodAccount}:session/s${nth}`,
    region: 'us-east-1',
    principalArn: `arn:aws:iam::${prodAccount}:${who}`,
    status: 'ACTIVE',
    issuedAt: now - (count - nth) * minute,
    expiresAt: now + 600 * minute,
    clientType: 'CLI',
    lastUsedAt: now - minute,
    credentialsUntil: now + 10 * minute,
    ...over(nth),
  }));
}
