/** What an incident keeps of what the clock asks of it. The rules are in reminders.ts. */

/** In milliseconds; undefined: never. */
export interface TimerSettings {
  readonly escalateAfter: number | undefined;
  readonly askOwnerAfter: number | undefined;
  readonly askLeftOpenAfter: number | undefined;
}

/** From severity HIGH on: since when it is open (`nobody`) or acknowledged (`owner`). */
export interface Held {
  readonly by: 'nobody' | 'owner';
  readonly since: number;
  /** The owner's id; not in what older versions stored. */
  readonly owner?: string | undefined;
  /** Somebody was on it before. */
  readonly isReleased?: true;
}

/** What an incident keeps of it. */
export interface Timers {
  readonly held?: Held | undefined;
  /** Since when something of it is not stopped or left to do. */
  readonly leftSince?: number | undefined;
  /** How many publishes to the pager were begun, and when the last. */
  readonly pages: number;
  readonly pagedAt?: number;
  /** Number of the entry of a publish whose outcome is not written yet. */
  readonly paging?: number | undefined;
  readonly isReminded?: true;
  /** When that was last; not in what older versions stored. */
  readonly remindedAt?: number | undefined;
  readonly askedOwnerAt?: number | undefined;
  readonly askedLeftAt?: number | undefined;
  /** Digests of the lines that were asked about and are open still; not in what older versions stored. */
  readonly askedLines?: readonly string[] | undefined;
}
