/**
 * A message that is neither an alarm's change nor a sign-in: shown with its own text, because a security signal is never swallowed. What is
 * known by its shape is told as what it is; messages of one kind fold, by topic, account, source, detail type and event name, or by their
 * shape where they have none of these.
 */
import type { MessageContext } from '../alarm/alarm.ts';
import { sha256 } from '../digest.ts';
import { asList, asObject, asText, type Json, printed } from '../json.ts';
import { isAccount, isRegion, nameIn, placeOf } from '../place.ts';
import type { Severity } from '../severity.ts';
import { openingSentence } from '../sign-in/sentence.ts';
import { type SignIn, signInFromRecord } from '../sign-in/sign-in.ts';
import { alarmConfigurationIn } from './alarm-configuration.ts';
import { noiseIn } from './noise.ts';

/** `noise`: what services write to a topic about themselves. `chain-cut`, `outage`, `remediators`: of the responder itself. `text`, `json`, `records`, `event`: not known by its shape. */
export type NoticeKind =
  | 'unsubscribed'
  | 'chain-cut'
  | 'outage'
  | 'remediators'
  | 'noise'
  | 'test'
  | 'alarm-configuration'
  | 'cloudtrail-event'
  | 'guardduty'
  | 'security-hub'
  | 'health'
  | 'backup'
  | 'event'
  | 'records'
  | 'json'
  | 'text';

export interface Notice {
  readonly kind: 'notice';
  readonly about: NoticeKind;
  readonly severity: Severity;
  readonly title: string;
  /** What it says in one sentence, where its shape tells. */
  readonly says: string | undefined;
  /** Its own words. */
  readonly text: string;
  /** The event's own account and region; the topic's where `isPlaceTold` is false. */
  readonly account: string;
  readonly region: string;
  readonly isPlaceTold: boolean;
  /** The name of the topic that it came through. */
  readonly topic: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Equal for messages of one kind. */
  readonly digest: string;
}

export interface ReceivedMessage extends MessageContext {
  readonly messageId: string;
  readonly subject: string | undefined;
  readonly message: string;
}

/** What a message was recognised as. `identity`: what makes two of them one kind, beside kind, topic and account. */
interface Recognised {
  readonly about: NoticeKind;
  readonly severity: Severity;
  readonly title: string;
  readonly says?: string | undefined;
  readonly identity: readonly (string | undefined)[];
}

const longestText = 20_000;
const longestTitle = 200;

/** The incident-worthy fact that a topic no longer reaches us: somebody ended the subscription. */
export function unsubscribed(received: ReceivedMessage): Notice {
  const text = `The subscription of this responder to ${received.topicArn} was ended. Nothing published there reaches it any more.`;
  const title = `Unsubscribed from ${topicName(received.topicArn)}`;
  return notice(received, { about: 'unsubscribed', severity: 'HIGH', title, identity: [] }, text);
}

/** Of a message that is no JSON object. */
export function textNotice(received: ReceivedMessage): Notice {
  const { message, subject } = received;
  const known = noiseIn(message) ?? backupIn(message, subject);
  const title = subject ?? firstLine(message);
  return notice(received, known ?? { about: 'text', severity: 'MEDIUM', title, identity: [subject, shapeOf(message)] }, message);
}

/** Of a JSON object: an event, or what a service writes. */
export function objectNotice(received: ReceivedMessage, body: Json): Notice {
  const text = printed(body) ?? received.message;
  return notice(received, noiseIn(body) ?? eventIn(body) ?? jsonIn(received, body), text, body);
}

/** Of several records in one message of which none is understood. */
export function recordsNotice(received: ReceivedMessage, others: readonly unknown[], total: number): Notice {
  const sources = [...new Set(others.flatMap((one) => sourceOf(asObject(one)) ?? []))].sort();
  const title = others.length === total ? `List of ${total} records` : `${others.length} of ${total} records that are no sign-ins`;
  const says = sources.length > 0 ? `Records of ${sources.slice(0, 5).join(', ')}${sources.length > 5 ? ' and others' : ''}.` : undefined;
  return notice(received, { about: 'records', severity: 'MEDIUM', title, says, identity: sources }, printed(others) ?? received.message);
}

function notice(received: ReceivedMessage, { about, severity, title, says, identity }: Recognised, text: string, body: Json = {}): Notice {
  const place = placeIn(body);
  const tidy = (part: string): string => part.replaceAll('\0', '').toWellFormed();
  const whole = about === 'noise' ? [about] : [about, place?.account, ...identity];
  return {
    kind: 'notice',
    about,
    severity,
    title: tidy(title).slice(0, longestTitle).toWellFormed(),
    says: says === undefined ? undefined : tidy(says),
    text: tidy(text).slice(0, longestText).toWellFormed(),
    ...placeOf(received.topicArn),
    ...place,
    isPlaceTold: place !== undefined,
    topic: topicName(received.topicArn),
    at: received.publishedAt,
    digest: sha256(JSON.stringify([received.topicArn, ...whole])).slice(0, 24),
  };
}

/** Where an event says that it happened: EventBridge writes that, whoever puts the event; a finding of another account has it inside. */
function placeIn(body: Json): { account: string; region: string } | undefined {
  const detail = asObject(body.detail);
  const account = [detail.recipientAccountId, detail.accountId, body.account, body.accountId].find(isAccount);
  const region = [detail.awsRegion, body.region].find(isRegion);
  return account === undefined ? undefined : { account, region: region ?? '' };
}

/** An event of EventBridge. */
function eventIn(body: Json): Recognised | undefined {
  const detailType = asText(body['detail-type']);
  if (detailType === undefined) return undefined;
  const source = asText(body.source);
  const detail = asObject(body.detail);
  const identity = [source, detailType];
  const known = knownEventIn(body, detailType, identity);
  if (known !== undefined) return known;
  const eventName = asText(detail.eventName);
  if (eventName === undefined || asText(detail.eventSource) === undefined)
    return { about: source === 'aws.backup' ? 'backup' : 'event', severity: source === 'aws.backup' ? 'LOW' : 'MEDIUM', title: detailType, identity };
  return {
    about: 'cloudtrail-event',
    severity: 'MEDIUM',
    title: eventName,
    says: `${openingSentence(eventRecord(detail))}.`,
    identity: [...identity, eventName],
  };
}

/** An event of a kind that is read by itself. */
function knownEventIn(body: Json, detailType: string, identity: Recognised['identity']): Recognised | undefined {
  const detail = asObject(body.detail);
  switch (detailType) {
    case 'CloudWatch Alarm Configuration Change': {
      const change = alarmConfigurationIn(body);
      return change && { about: 'alarm-configuration', ...change, identity };
    }
    case 'GuardDuty Finding': {
      const level = typeof detail.severity === 'number' ? ` (GuardDuty severity ${detail.severity} of 10)` : '';
      const told = asText(detail.title) ?? asText(detail.type);
      const title = told === undefined ? detailType : `GuardDuty: ${told}`;
      return { about: 'guardduty', severity: 'MEDIUM', title, says: `${asText(detail.description) ?? title}${level}`, identity };
    }
    case 'Security Hub Findings - Imported': {
      const findings = asList(detail.findings).map(asObject);
      const titles = findings.flatMap(({ Title }) => asText(Title) ?? []);
      return { about: 'security-hub', severity: 'MEDIUM', title: `Security Hub: ${titles[0] ?? 'findings'}`, says: titles.join('; '), identity };
    }
    case 'AWS Health Event': {
      const code = asText(detail.eventTypeCode) ?? '';
      const isRisk = /RISK|ABUSE|SECURITY|EXPOSED|COMPROMISE/i.test(code);
      const says = asText(asObject(asList(detail.eventDescription)[0]).latestDescription);
      const title = `AWS Health: ${code || 'event'}`;
      return { about: 'health', severity: isRisk ? 'MEDIUM' : 'LOW', title, says, identity: [...identity, isRisk ? code : undefined] };
    }
    default:
      return undefined;
  }
}

/** Of the record itself; what it does not tell is not taken from the message around it. */
function eventRecord(record: Json): SignIn {
  return signInFromRecord(record, { account: '', region: '', at: 0, id: '' });
}

/** JSON that is no event: what one producer writes has the same keys. */
function jsonIn({ subject }: ReceivedMessage, body: Json): Recognised {
  const title = subject ?? asText(body.AlarmName) ?? asText(body.source) ?? 'Message that is not understood';
  return { about: 'json', severity: 'MEDIUM', title, identity: [subject, sourceOf(body), ...Object.keys(body).toSorted()] };
}

function backupIn(message: string, subject: string | undefined): Recognised | undefined {
  const isBackup = subject === 'Notification from AWS Backup' && /^An? AWS Backup job /i.test(message);
  return isBackup ? { about: 'backup', severity: 'LOW', title: subject, says: firstLine(message), identity: [] } : undefined;
}

function sourceOf(body: Json): string | undefined {
  return [body.eventSource, body.EventSource, body['Event Source'], body.source].map(asText).find((one) => one !== undefined);
}

function topicName(arn: string): string {
  return nameIn(arn) || 'a topic';
}

/** A text without what differs between two of one kind: words that hold a digit, a colon or a slash are numbers, times, ARNs and addresses. */
function shapeOf(text: string): string {
  return text.trim().replace(/[^\s"'(){}[\],;]+/g, (word) => (/[\d:/]/.test(word) ? '#' : word));
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0]?.slice(0, 120) || 'Empty message';
}
