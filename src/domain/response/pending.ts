/** A response under way: its intent is committed, its outcome is not. */
export interface PendingResponse {
  readonly incident: number;
  readonly seq: number;
  /** A response's id, what it is done to, and by whom: a like one soon after is asked about, in whatever incident. */
  readonly response: string;
  readonly subject: string;
  readonly by: string;
  /** Slack user id: what STS SourceIdentity says in CloudTrail. */
  readonly byId: string;
  readonly startedAt: number;
  readonly owner: string;
  /** Against a person's changes in an hour. */
  readonly counts: boolean;
}
