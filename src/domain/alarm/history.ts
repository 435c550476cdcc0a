import type { AlarmState } from './alarm.ts';

/** A change of state as an alarm's history has it. */
export interface HistoryItem {
  /** The alarm's name. */
  readonly alarm: string;
  readonly at: number;
  readonly state: AlarmState;
  readonly previousState: string | undefined;
  readonly reason: string;
  /** JSON text. */
  readonly reasonData: string | undefined;
  /** Whose own state changed, of an alarm with several time series, and what it stands for. */
  readonly contributor: string | undefined;
  readonly attributes: Readonly<Record<string, string>> | undefined;
}

/** Changes, oldest first. */
export interface History {
  readonly items: readonly HistoryItem[];
  /** There were more than are read: those before this time are missing. Undefined: all are here. */
  readonly cutBefore: number | undefined;
}

export interface HistoryAsked {
  /** Both ends are within it. */
  readonly from: number;
  readonly until: number;
  /** Awaited before each call. */
  readonly beforePage: () => Promise<void>;
}
