/** What a response would do, as it is shown and confirmed, and what came of it. */
import type { ErrorCode } from '../error.ts';
import type { Progress } from '../incident/in-progress.ts';
import type { Incident } from '../incident/incident.ts';
import type { Result } from '../incident/timeline.ts';
import type { Secret } from '../secret.ts';
import type { UserRef } from './iam-user.ts';
import type { EntryRef, KeptState } from './kept-state.ts';
import type { Question } from './question.ts';
import type { Target } from './target.ts';
import type { ToCopy } from './to-copy.ts';

/** Of a line that people read: plain, marked, or a time in milliseconds. */
export type Part = string | { readonly bold: string } | { readonly code: string } | { readonly at: number };
export type Line = readonly Part[];

/** What identifies the target and its state, by what it is called on the form: `MFA devices`, `user id`. What changes of it is told. */
export type Facts = Readonly<Record<string, string>>;

export interface Plan {
  /** As AWS spells it. */
  readonly target: Target;
  /** For titles: `alice`; undefined: the response says all. */
  readonly named: string | undefined;
  /** What it is done to, as people read it: `alice in prod 123456789012`. */
  readonly on: string;
  readonly facts: Facts;
  /** What AWS says of the target. */
  readonly lines: readonly Line[];
  /** What more there is to know of the effect. */
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
  readonly questions: readonly Question[];
  /** The IAM user whom it changes; undefined: it changes none. */
  readonly changes?: UserRef;
  /** The address that the target's own tag gives its owner. */
  readonly ownerEmail?: string;
  /** Tags of the target could not be read. */
  readonly areTagsUnread?: boolean;
  /** What it would do is so already, in words. */
  readonly already?: string;
  /** Tags of whom it is about, as they were read: a policy may go by them. One that is known not to be there is empty. */
  readonly tags?: Readonly<Record<string, string>>;
  /** What it did for this incident before, in words: a ladder goes on without it, and by itself it is done again. */
  readonly done?: string;
  /** Whom it is about, where the target is none. */
  readonly about?: Target;
  /** What is so now of what it takes away: kept with the intent. */
  readonly before?: KeptState;
  /** Whose own doing it takes back. */
  readonly own?: Own;
}

/** Until then nobody else has to agree when that person takes back what they did. */
interface Own {
  /** Slack user id. */
  readonly person: string;
  readonly until: number;
}

export function takesBackOwn({ own }: Pick<Plan, 'own'>, person: string, now: number): boolean {
  return own !== undefined && own.person === person && now < own.until;
}

/** One call to AWS: what is made, simulated, and allowed to the session that makes it. */
export interface Call {
  /** `iam:UpdateLoginProfile`. */
  readonly action: string;
  /** ARN. */
  readonly resource: string;
  readonly account: string;
  /** Condition keys with what they will be. */
  readonly context?: Readonly<Record<string, string>>;
}

/** How a response ended. */
export interface Ended {
  readonly result: Result;
  /** For the thread; never holds a secret. */
  readonly text: string;
  readonly details?: readonly string[];
  readonly toCopy?: readonly ToCopy[];
  /** Why it failed, as AppError's code. */
  readonly code?: ErrorCode;
  /** How the incident changes by it. */
  readonly change?: (incident: Incident, now: number) => Incident;
  /** How other incidents change by it that the user is in. */
  readonly elsewhere?: (incident: Incident) => Incident;
  /** What is so after it of what it took away, as it was read back: kept with the outcome. */
  readonly after?: KeptState;
  /** The intent that it took back. */
  readonly undid?: EntryRef;
  /** What only the requester sees; undefined: text, details and what is to be copied. */
  readonly shown?: Shown;
}

/** AWS goes on with it by itself: it is followed to its end, which comes in the thread. */
export interface Later {
  /** What `follow` needs to know; no secret. */
  readonly later: string;
  /** For the card; undefined: it could not be read, and is told as before. */
  readonly progress?: Progress;
  /** How far it is. */
  readonly text: string;
  readonly details?: readonly string[];
  readonly shown?: Shown;
  readonly toCopy?: undefined;
  readonly result?: undefined;
  readonly code?: undefined;
}

export interface Shown {
  readonly title?: string;
  /** One block each. */
  readonly blocks: readonly (readonly Line[])[];
  /** What it did not stop, as commands to copy. */
  readonly commands?: readonly string[];
}

/** `shown`: in the requester's modal; `closed`: the modal was closed before; `refused`: Slack would not show it; `unsure`: it gave no clear answer. */
export type ShowResult = 'shown' | 'closed' | 'refused' | 'unsure';

/** Shows a secret once, to the requester only. */
export type Reveal = (secret: Secret, about: Required<Shown>) => Promise<ShowResult>;
