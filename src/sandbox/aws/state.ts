/** The emulated AWS: its accounts, and every call the bot made. */
import type { SandboxClock } from '../clock.ts';
import { freshAccounts } from './fresh.ts';
import { auditBucket } from './names.ts';
import type { Account, Alarm } from './shapes.ts';

export interface AwsCall {
  readonly at: number;
  readonly account: string;
  readonly region: string;
  readonly service: string;
  readonly operation: string;
  readonly input: Record<string, unknown>;
  readonly error?: string;
  readonly sourceIdentity?: string;
  readonly roleSessionName?: string;
  /** Of the session. */
  readonly tags?: Record<string, string>;
  readonly requestId: string;
}

/** What was published to a topic that is not the responder's own. */
export interface PublishedPage {
  readonly at: number;
  readonly topicArn: string;
  readonly subject: string;
  readonly message: string;
  readonly messageId: string;
}

/** One version of an object in S3; `body` is undefined of a delete marker. */
export interface ObjectVersion {
  readonly key: string;
  readonly versionId: string;
  readonly at: number;
  readonly body: string | undefined;
  readonly retainUntil: number;
}

export interface Bucket {
  readonly name: string;
  readonly region: string;
  /** Of the default retention, in compliance mode; 0: nothing is locked. */
  readonly retentionDays: number;
  /** In the order in which they were put. */
  versions: ObjectVersion[];
}

/** Whose credentials a call is signed with: a role session that the emulated STS gave out, or the responder's own user. */
export interface Session {
  readonly account: string;
  /** Empty for users. */
  readonly roleArn: string;
  readonly roleSessionName: string;
  readonly sourceIdentity: string | undefined;
  readonly tags?: Record<string, string>;
  /** What is left to it of what its role may. */
  readonly policy?: Record<string, unknown>;
  /** Of a session of root: the task that it is for. */
  readonly task?: string;
  /** When it began; undefined: an access key, which has no such time. Milliseconds. */
  readonly issuedAt?: number;
  /** An IAM user of the account; undefined: a role, or the responder's own user. */
  readonly userName?: string;
}

export class AwsState {
  readonly clock: SandboxClock;
  #accounts: Record<string, Account> = {};
  calls: AwsCall[] = [];
  pages: PublishedPage[] = [];
  sessions = new Map<string, Session>();
  buckets: Bucket[] = [];
  /** When calls came lately that a rate bounds, by account and region: one of each rate. */
  readonly recentCalls: Map<string, number[]>[] = [];

  constructor(clock: SandboxClock) {
    this.clock = clock;
    this.reset();
  }

  reset(): void {
    this.accounts = freshAccounts(this.clock.now());
    this.calls = [];
    this.pages = [];
    this.sessions.clear();
    for (const recent of this.recentCalls) recent.clear();
    this.buckets = [{ name: auditBucket, region: 'us-east-1', retentionDays: 365, versions: [] }];
  }

  get accounts(): Record<string, Account> {
    return this.#accounts;
  }

  /** Without what every object has: an account that a call names is only ever one of these. */
  set accounts(given: Record<string, Account>) {
    this.#accounts = Object.assign(Object.create(null) as Record<string, Account>, given);
  }

  /** By name and region: the key under which an alarm is held may be another. */
  alarm(account: string, region: string, name: string): Alarm | undefined {
    return Object.values(this.accounts[account]?.alarms ?? {}).find((alarm) => alarm.name === name && alarm.region === region);
  }
}
