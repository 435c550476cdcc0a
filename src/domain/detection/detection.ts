/** What one entry of the catalogue says. The entries are in catalogue/, and detections.ts lists them. */

import type { Severity } from '../severity.ts';
import { type Condition, eventPattern } from './condition.ts';

export interface Detection {
  readonly title: string;
  readonly severity: Severity;
  /** The severity of one event that came by EventBridge, where it takes several to be worth more. */
  readonly alone?: Severity;
  readonly condition: Condition;
  /**
   * What its EventBridge rule sends, where that is more than the condition: the rest opens nothing by itself and is remembered, for what sign-ins
   * add up to.
   */
  readonly ruleSends?: Condition;
  /** Its alarm also mails: it is about the responder itself, who may be the attacker then. */
  readonly mails?: true;
  /** No response causes it, whoever seems to have asked for one: it is never taken for our own action. */
  readonly isNeverOurs?: true;
  /** Some of its events only read, as AWS counts them: EventBridge keeps those from a rule that is merely ENABLED. */
  readonly needsReadOnlyEvents?: true;
  /** Of the alarm on the metric filter. Missing data never breaches: no sign-in is no trouble. */
  readonly alarm: { readonly seconds: number; readonly threshold: number };
  /** Where CloudTrail keeps such events: sign-ins in several regions, IAM's in one, CloudWatch's where it is used. */
  readonly happensIn: 'sign-in-regions' | 'iam-region' | 'used-regions';
  /** How often it fires where all is well. */
  readonly expectedRate: string;
  readonly means: string;
  readonly check: readonly string[];
  readonly act: readonly string[];
  /** What it misses or cannot tell. */
  readonly cannotTell: readonly string[];
  readonly references: readonly string[];
  /** Alarm names that suggest it, for an alarm whose filter cannot be read. */
  readonly names: RegExp;
}

export const yes = ['Yes', 'YES', 'yes'] as const;
export const no = ['No', 'NO', 'no'] as const;

export function is(path: string, ...anyOf: readonly string[]): Condition {
  return { is: path, anyOf };
}

export const bySignIn = is('eventSource', 'signin.amazonaws.com');
export const consoleLogin = is('eventName', 'ConsoleLogin');
export const succeeded = is('responseElements.ConsoleLogin', 'Success');
export const failed = is('responseElements.ConsoleLogin', 'Failure');

/** The event pattern of its rule. */
export function rulePattern({ condition, ruleSends }: Detection): ReturnType<typeof eventPattern> {
  return eventPattern(ruleSends ?? condition);
}
