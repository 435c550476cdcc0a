/** What the doctor looks at, as the adapters tell it. Nothing here changes anything; the test message is posted, edited and deleted. */
import type { AwsSide, Place, RuleFacts } from './detection/coverage.ts';
import type { HeldPolicies } from './response/administrator.ts';
import type { OptionalPart } from './response/parts.ts';

export interface ChannelFacts {
  readonly name: string;
  readonly isMember: boolean;
  readonly isArchived: boolean;
  readonly isPrivate: boolean;
  /** Shared with another workspace. */
  readonly isShared: boolean;
  readonly people: number | undefined;
}

/** Each throws AppError; its message is for people. */
export interface SlackInspection {
  /** Who the token belongs to, and the scopes it has. */
  identity(): Promise<{ workspace: string; bot: string; scopes: string[] }>;
  channel(): Promise<ChannelFacts>;
  /** Slack user ids of whoever is in the incident channel; undefined: too many to read. */
  channelMembers(): Promise<string[] | undefined>;
  /** Slack user ids. */
  groupMembers(usergroup: string): Promise<string[]>;
  person(user: string): Promise<'active' | 'deactivated' | 'unknown'>;
  /** Posts, edits and deletes one message. */
  testMessage(): Promise<void>;
  /** Asks for a connection of Socket Mode, and does not make it. Undefined: Slack reaches the responder over HTTPS. */
  readonly openSocket: (() => Promise<void>) | undefined;
}

export interface TrailFacts {
  readonly name: string;
  /** Where it was made: only there it can be changed. */
  readonly homeRegion: string;
  readonly isMultiRegion: boolean;
  readonly isLogging: boolean;
  readonly logGroupArn: string | undefined;
  /** What CloudTrail says of its last delivery to the log group, if it failed. */
  readonly deliveryError: string | undefined;
  readonly hasManagementEvents: boolean;
  /** Of the organisation: it records all accounts, in the account that owns it. */
  readonly isOrganization: boolean;
  /** The account that owns it; of another account's trail the rest is not told. */
  readonly owner: string;
}

export interface TopicFacts {
  readonly signatureVersion: string;
  /** HTTPS subscriptions; those to other addresses are other people's. */
  readonly subscriptions: readonly {
    readonly endpoint: string;
    readonly isConfirmed: boolean;
    /** Without the envelope, and so without a signature. */
    readonly isRaw: boolean;
    /** ARN of its dead-letter queue; undefined: it has none. */
    readonly deadLetters: string | undefined;
  }[];
}

/** A permission that only an older stack lacks: what it is for goes on without it. */
export const readsByName = 'assume the role that reads in a person’s name (AWS_MEMBER_ROLE)';

/** Path as IAM tells it: `/`, or `/TEAM/`. */
export interface UserName {
  readonly account: string;
  readonly name: string;
  readonly path: string;
}

/** A permission that was tried. */
export interface TriedPermission {
  readonly action: string;
  /** Why it is not there; undefined: it is. */
  readonly fault: string | undefined;
  /** The part of the template that allows it; undefined: it is always allowed. */
  readonly part?: OptionalPart | 'each';
}

export interface AwsInspection {
  /** The ARN the responder runs as. */
  caller(): Promise<string>;
  /** Each permission by a call that changes nothing: of a user or an alarm that does not exist where it would. */
  permissions(account: string, region: string): Promise<readonly TriedPermission[]>;
  /** The same for each role in the management account that is configured. */
  management(): Promise<readonly { readonly about: string; readonly tried: readonly TriedPermission[] }[]>;
  users(account: string): Promise<UserName[]>;
  /** What is attached to an IAM user and to its groups, and whether its tag protects it. */
  held(user: UserName): Promise<HeldPolicies & { readonly isTagged: boolean }>;
  trails(account: string, region: string): Promise<TrailFacts[]>;
  topic(arn: string): Promise<TopicFacts>;
  /** Why nothing may be published to a topic; undefined: it may. Nothing is: what is sent cannot be delivered. */
  publishFault(arn: string): Promise<string | undefined>;
  /** Why no anchor may be put into AUDIT_BUCKET; undefined: one may, or none is set. None is. */
  anchorFault(): Promise<string | undefined>;
  /** Of the canary alarm: whom it notifies, and why it may not be set off; undefined: it may. It is not. */
  canary(arn: string): Promise<{ readonly notifies: readonly string[] | undefined; readonly fault: string | undefined }>;
  /** Why a dead-letter queue cannot be emptied; undefined: it can. Nothing is taken out of it. */
  queueFault(queue: string): Promise<string | undefined>;
  /** Why a log group cannot be searched; undefined: it can. Nothing is read of it. */
  logFault(place: Place, group: string): Promise<string | undefined>;
  /** Which of up to 50 lines a pattern matches, by AWS's own TestMetricFilter, of which five a second are allowed. */
  testFilter(place: Place, pattern: string, lines: readonly string[]): Promise<boolean[]>;
  /** The responder's own rules in one account and region. */
  rules(place: Place): Promise<RuleFacts[]>;
  /** Filters, alarms and rules of all configured accounts and regions. */
  awsSide(): Promise<AwsSide>;
}
