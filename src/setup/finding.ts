/** What the doctor finds, and what it is given to look at. */
import type { AwsInspection, SlackInspection } from '../domain/inspection.ts';
import type { ProtectedUsers } from '../domain/response/protected.ts';

/** `note`: works, and somebody should know. `fault`: does not work, or not safely. */
export interface Finding {
  readonly about: string;
  readonly state: 'ok' | 'note' | 'fault';
  readonly says: string;
  readonly fix?: string | undefined;
}

export interface DoctorOptions {
  readonly slack: SlackInspection;
  readonly aws: AwsInspection;
  /** The scopes that manifest.yml asks for. */
  readonly scopes: readonly string[];
  readonly responders: readonly string[];
  readonly remediators: readonly string[];
  /** Slack users whom PEOPLE names. */
  readonly owners: readonly string[];
  readonly protectedUsers: readonly ProtectedUsers[];
  readonly topicArns: readonly string[];
  readonly requireVersion2: boolean;
  /** The topic of the pager. */
  readonly escalationTopic: string | undefined;
  readonly auditBucket: string | undefined;
  readonly isLogSigned: boolean;
  /** Variables of the environment that nobody reads, each with the one that is meant. */
  readonly misspelt: readonly { readonly name: string; readonly meant: string }[];
  /** ARN of the canary. */
  readonly canaryAlarm: string | undefined;
  readonly accounts: ReadonlyMap<string, string>;
  readonly homeRegion: string;
  readonly regions: readonly string[];
  /** Where the trail and its log group should be; undefined: in each account. */
  readonly trailAccount: string | undefined;
  /** Until when the certificate of TLS_CERT_FILE holds, and why nobody accepts it now; undefined: none is set. Throws what keeps the start from using it. */
  readonly tls: () => { readonly until: number; readonly fault: string | undefined } | undefined;
  /**
   * Where the database is, in words; `isFleeting`: on a disk that goes away with its container; `openToOthers`: its folder and files that other
   * users of the machine may open; `lackingKeys`: what AUDIT_KEY lacks of what the log was signed with. Throws when it cannot be reached.
   */
  readonly database: () => Promise<{ where: string; isFleeting: boolean; openToOthers: readonly string[]; lackingKeys: string | undefined }>;
}
