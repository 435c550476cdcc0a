import type { Subject } from './incident.ts';
import type { SignIn } from './sign-in.ts';

const keptSubjects = 200;
const keptAddresses = 20;

/** Equal for sign-ins of one principal. Failures carry no ARN, so the name decides; hidden names are one subject per account and kind. */
export function subjectKey(signIn: SignIn): string {
  const { kind, account, name } = signIn.principal;
  return `${kind}:${account}:${name ?? '?'}`;
}

/** The subjects with one sign-in more counted, the most recent first; those beyond the kept number are only counted. */
export function withSignIn(
  before: { subjects: readonly Subject[]; moreSubjects: number },
  signIn: SignIn,
): { subjects: Subject[]; moreSubjects: number } {
  const key = subjectKey(signIn);
  const known = before.subjects.find((subject) => subject.key === key);
  const others = before.subjects.filter((subject) => subject !== known);
  const subjects = [counted(known, key, signIn), ...others].sort((a, b) => b.lastSeen - a.lastSeen);
  const surplus = Math.max(0, subjects.length - keptSubjects);
  return { subjects: subjects.slice(0, keptSubjects), moreSubjects: before.moreSubjects + surplus };
}

function counted(known: Subject | undefined, key: string, signIn: SignIn): Subject {
  const addresses =
    signIn.address === undefined ? (known?.addresses ?? []) : [signIn.address, ...(known?.addresses ?? []).filter((one) => one !== signIn.address)];
  const isNewest = known === undefined || signIn.at >= known.lastSeen;
  return {
    key,
    kind: signIn.principal.kind,
    name: signIn.principal.name,
    account: signIn.principal.account,
    failures: (known?.failures ?? 0) + (signIn.outcome === 'failure' ? 1 : 0),
    successes: (known?.successes ?? 0) + (signIn.outcome === 'success' ? 1 : 0),
    addresses: addresses.slice(0, keptAddresses),
    mfa: isNewest ? signIn.mfa : known.mfa,
    userAgent: isNewest ? signIn.userAgent : known.userAgent,
    firstSeen: Math.min(known?.firstSeen ?? signIn.at, signIn.at),
    lastSeen: Math.max(known?.lastSeen ?? signIn.at, signIn.at),
  };
}
