/** What goes on although something was taken from somebody, on the card until it is stopped. Pure. */

/** Undefined account: an older version did not keep it. */
export interface Whose {
  readonly kind: 'iam-user' | 'role' | 'identity-center-user';
  readonly name: string;
  readonly account: string | undefined;
}

/** `sign-in-sessions`: of `aws login` and the like, which take new credentials by themselves. */
type Going = 'sessions' | 'sign-in-sessions' | 'keys';

export interface GoesOn {
  /** For people; it may change. */
  readonly text: string;
  /** What of whom: a response that stops it takes the line away. Undefined: somebody says that it is settled. */
  readonly of?: { readonly what: Going; readonly whose: Whose };
}

/** The lines with more, each once. */
export function withGoingOn(before: readonly GoesOn[], more: readonly GoesOn[]): GoesOn[] {
  return [...new Map([...before, ...more].map((line) => [JSON.stringify([line.text, line.of?.whose.account]), line])).values()];
}

/** The lines without what is stopped of somebody. */
export function withoutStopped(lines: readonly GoesOn[], what: Going, whose: Whose): GoesOn[] {
  return lines.filter(({ of }) => of?.what !== what || !isSame(of.whose, whose));
}

function isSame(one: Whose, other: Whose): boolean {
  return one.kind === other.kind && one.name === other.name && (one.account === undefined || one.account === other.account);
}

export function runningSessions({ name, account }: { readonly name: string; readonly account: string }): GoesOn {
  return { text: `running sessions of ${name}`, of: { what: 'sessions', whose: { kind: 'iam-user', name, account } } };
}

/** A deny of older sessions is of credentials: those that such a session renews are newer. */
export function renewingSessions(whose: Whose): GoesOn {
  return {
    text: `sign-in sessions of ${whose.name} (aws login), which renew their credentials: End sessions`,
    of: { what: 'sign-in-sessions', whose },
  };
}
