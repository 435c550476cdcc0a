/** Sign-in sessions as AWS listed them: those of `aws login` and of MCP clients. Times are milliseconds since the epoch. */

export interface SignInSession {
  readonly arn: string;
  readonly region: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** `CLI` or `MCP`; undefined: AWS does not say. */
  readonly client: string | undefined;
  readonly lastUsedAt: number | undefined;
}

export interface Listed {
  readonly sessions: readonly SignInSession[];
  /** What could not be read, by region; a session there is not known. */
  readonly faults: Readonly<Record<string, string>>;
}

/** What was listed of a subject when AWS was asked last. */
export interface SessionNotes {
  readonly at: number;
  readonly listed: Listed;
}
