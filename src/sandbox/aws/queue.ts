/** A queue of the emulated SQS, with what services put into it. Times are milliseconds since the epoch of the sandbox’s clock. */

export interface Queue {
  name: string;
  region: string;
  /** JSON text; told, not applied. */
  policy: string | null;
  /** By default four days. */
  retentionSeconds?: number;
  letters: Letter[];
}

export interface Letter {
  messageId: string;
  body: string;
  sentAt: number;
  /** Whoever received it has until then to delete it. */
  visibleAt: number;
  receipt: string | null;
  receives: number;
}
