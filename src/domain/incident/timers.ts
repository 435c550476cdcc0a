/** What an incident keeps of what the clock asks of it. The rules are in reminders.ts. */

/** In milliseconds; undefined: never. */
export interface TimerSettings {
  readonly escalateAfter: number | undefined;
  readonly askOwnerAfter: number | undefined;
  readonly askLeftOpenAfter: number | undefined;
}

/** What an incident keeps of it. */
export interface Timers {
  /** From severity HIGH on: since when it is open (`nobody`) or acknowledged (`owner`). */
  readonly held?: { readonly by: 'nobody' | 'owner'; readonly since: number } | undefined;
  /** Since when something of it is not stopped or left to do. */
  readonly leftSince?: number | undefined;
  /** How many publishes to the pager were begun, and when the last. */
  readonly pages: number;
  readonly pagedAt?: number;
  /** Number of the entry of a publish whose outcome is not written yet. */
  readonly paging?: number | undefined;
  readonly isReminded?: true;
  readonly askedOwnerAt?: number;
  readonly askedLeftAt?: number;
}
